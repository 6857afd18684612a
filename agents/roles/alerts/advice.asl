// What to do about an alert: suggestions on the display; people decide.

txa_is_right
  :- not txa_given & not senior_decides(tranexamic_acid, _) & injury_at_s(I) & txa_window(W)
     & .now(T) & T - I < W.

// A shock index asks to think; a low pressure asks to act. An obstruction is mended first.
@advise_bleeding
+!advise("HAE-01") : not obstructed
  <- !advise_txa;
     !advise_transfusion.
@advise_massive
+!advise("HAE-03")
  <- !suggest(start_mtp, "Start the massive transfusion protocol");
     !suggest(give_blood, "Give red cells and plasma 1:1, warmed");
     !advise_txa.
@advise_late_txa
+!advise("HAE-04") <- !advise_txa.
@advise_tension
+!advise("BRE-03") : injured_side(Side)
  <- !advise_decompression(Side).
@advise_calcium
+!advise("HAE-09") <- !suggest(give_calcium, "Calcium chloride 10 % 10 mL, or gluconate 30 mL").
@advise_binder_now
+!advise("HAE-13") <- !advise_binder.
@advise_reversal
+!advise("HAE-16") : patient(P)
  <- .reversal(P, Text);
     !suggest(give_reversal, Text).
@advise_oxygen
+!advise("BRE-01") : not on_oxygen(true)
  <- !suggest(give_oxygen, "Oxygen 15 L/min by non-rebreather mask").
@advise_airway
+!advise("AIR-01") <- !suggest(intubate, "Plan the airway: the most experienced person, two plans").
@advise_warmth
+!advise("HAE-11") : not in_place(warming)
  <- !suggest(warm_patient, "Warm the patient, the room and the fluids").
@advise_ct
+!advise("NEU-05") <- !suggest(order_head_ct, "Head CT now").
@advise_antibiotic
+!advise("INF-01") : patient(P)
  <- .safe_dose(P, [cefazolin, clindamycin, vancomycin], Dose);
     .concat(Dose, "; ask for tetanus status", Text);
     !suggest(give_antibiotic, Text).

@txa_advice
+!advise_txa : txa_is_right & adult
  <- !suggest(give_tranexamic_acid, "Tranexamic acid 1 g over 10 min, then 1 g over 8 h").
@txa_advice_child
+!advise_txa : txa_is_right & patient(P)
  <- .dose(P, tranexamic_acid, Dose);
     .concat("Tranexamic acid ", Dose, " over 10 min, then 2 mg/kg an hour", Text);
     !suggest(give_tranexamic_acid, Text).
@txa_not_right +!advise_txa.
@binder_advice
+!advise_binder : pelvic_injury & not in_place(pelvic_binder)
  <- !suggest(apply_pelvic_binder, "Pelvic binder at the level of the greater trochanters").
@binder_not_right +!advise_binder.
// In hospital a bleeding patient in shock gets blood, not fluid, before a score says so.
@transfusion_advice
+!advise_transfusion : arrived_s(_) & suspected(bleeding) & not mtp_runs & raised("HAE-01", _)
  <- !suggest(start_mtp, "Start the massive transfusion protocol");
     !suggest(give_blood, "Give red cells and plasma 1:1, warmed").
@transfusion_not_right +!advise_transfusion.

injured_side(Side) :- silent_side(Side).
injured_side(Side) :- not silent_side(_) & injury(_, chest, _, Side, _) & (Side == left | Side == right).
@decompress_left
+!advise_decompression(left)
  <- !suggest(decompress_left, "Decompress the left chest: finger thoracostomy, 5th space").
@decompress_right
+!advise_decompression(right)
  <- !suggest(decompress_right, "Decompress the right chest: finger thoracostomy, 5th space").
