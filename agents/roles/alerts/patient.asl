// The patient in focus: who it is, and the limits that hold for this patient.

trapped(true) :- entrapment(true).
trapped(false) :- not entrapment(true).

@follow_patient
+!follow_patient(P) : not patient(P)
  <- +patient(P);
     .focus(P);
     !set_limits.
@follow_patient_already +!follow_patient(_).

@limits_age +age(_) <- !set_limits.
@limits_weight +weight_kg(_) <- !set_limits.
@limits_pregnancy +pregnancy_weeks(_) <- !set_limits.
@limits_entrapment +entrapment(_) <- !set_limits.
@set_limits
+!set_limits : patient(P) & trapped(Is)
  <- .limits(P, Is, Limits);
     .abolish(limit(_, _));
     !keep_limits(Limits);
     !look([limit]).
@set_limits_later +!set_limits.
@keep_limits_none +!keep_limits([]).
@keep_limits_each
+!keep_limits([limit(N, V) | Rest])
  <- +limit(N, V);
     !keep_limits(Rest).

// Suggestions: said once while they are right, taken off when they are done, whoever made them.
@suggest_again +!suggest(Name, _) : suggested_now(Name).
@suggest
+!suggest(Name, Text) : display(D)
  <- +suggested_now(Name);
     .invoke(D, suggest(Name, Text));
     !suggested(D, Name).
@suggest_failed -!suggest(Name, _) <- .abolish(suggested_now(Name)).
@suggested +!suggested(_, Name) : suggested_now(Name).
// Done while the screen was drawing: it comes off again.
@suggested_in_vain +!suggested(D, Name) <- .invoke(D, drop_suggestion(Name)).
@done_with
+!done_with(Name) : display(D) & suggestion(Name, _, _)[twin(D)]
  <- .abolish(suggested_now(Name));
     .invoke(D, drop_suggestion(Name)).
@done_with_not_drawn +!done_with(Name) : suggested_now(Name) <- .abolish(suggested_now(Name)).
@done_with_quiet +!done_with(_).
@done_with_failed -!done_with(_).

// What was suggested and is done.
@given +drug(D, _, _, _, _) <- !drug_in(D).
@drug_in_txa +!drug_in(tranexamic_acid) <- !done_with(give_tranexamic_acid).
@drug_in_calcium +!drug_in(D) : .drug_class(D, calcium) <- !done_with(give_calcium).
@drug_in_reversal +!drug_in(D) : .drug_class(D, reversal) <- !done_with(give_reversal).
@drug_in_antibiotic +!drug_in(D) : .drug_class(D, antibiotic) <- !done_with(give_antibiotic).
@drug_in_other +!drug_in(_).
@placed +device(_, Kind, _, _) <- !device_in(Kind).
@device_in_binder +!device_in(pelvic_binder) <- !done_with(apply_pelvic_binder).
@device_in_warming +!device_in(warming) <- !done_with(warm_patient).
@device_in_other +!device_in(_).
@transfused +blood_products(_) <- !done_with(give_blood).
@decompressed_now +performed(P, Side, _, _) : decompresses(P) & side_of(N, Side)
  <- !done_with(N).
@oxygen_on +on_oxygen(true) <- !done_with(give_oxygen).
@tubed +intubated(true) <- !done_with(intubate).
decompresses(needle_decompression).
decompresses(pleural_decompression).
decompresses(chest_tube).
side_of(decompress_left, left).
side_of(decompress_right, right).
