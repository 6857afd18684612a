// The patient passport: PAS-01, PAS-02, the limits that it moves and the words that it adds.

@passport_known
+passport_read_s(_) : patient(Patient)
  <- .hazards(Patient, Hazards);
     !keep_hazards(Hazards);
     !set_limits;
     !look([passport, passport_read_s]).
@passport_failed
-!keep_hazards(_)[error_msg(Why)] <- .log(warning, "the passport could not be used: ", Why).
@keep_hazards_none +!keep_hazards([]).
@keep_hazards_each
+!keep_hazards([hazard(Label, Card, Clock, Words, Questions) | Rest])
  <- +card(Label, Card);
     !keep_clock(Label, Clock);
     !keep_words(Label, Words);
     !keep_questions(Questions);
     !keep_hazards(Rest).
@keep_questions_none +!keep_questions([]).
@keep_questions_each
+!keep_questions([question(Drug, Text) | Rest])
  <- +senior_decides(Drug, Text);
     !keep_questions(Rest).
@keep_clock +!keep_clock(Label, clock(Kind, Medium, High, Drugs, Dose))
  <- +short_clock(Label, Kind, Medium, High, Drugs, Dose).
@keep_clock_none +!keep_clock(_, none).
@keep_words_none +!keep_words(_, []).
@keep_words_each
+!keep_words(Label, [word(Rule, Text) | Rest])
  <- +passport_word(Label, Rule, Text);
     !keep_words(Label, Rest).

// What the passport adds to an alert; "steroid given?" is not asked once it is.
passport_says(R, Text) :- passport_word(Label, R, Text) & not steroid_in(Label).
steroid_in(Label) :- short_clock(Label, steroid, _, _, Drugs, _) & not not_given(Drugs).

// PAS-01: the card
answered_by_reason("PAS-01").
@pas_01[source("the patient's passport")]
+!review("PAS-01", low) : passport(read) & card(_, _) & patient(Patient)
  <- .findall(L, card(L, _), Labels);
     .findall(C, card(_, C), Cards);
     .conflicts(Patient, Conflicts);
     .concat(Cards, Conflicts, All);
     !met("PAS-01", low, [condition(Labels), hazard(All)]).

// PAS-02: a drug that must not wait
answered_by_reason("PAS-02").
not_given(Drugs) :- not (.member(D, Drugs) & drug(D, _, _, _, _)).
clock_runs(Label, Since, Medium, High, Dose)
  :- passport_read_s(At) & short_clock(Label, _, Medium, High, Drugs, Dose)
     & not_given(Drugs) & clock(T) & Since = (T - At) / 60.
@pas_02_high[source("the patient's passport: condition with a short clock")]
+!review("PAS-02", high) : clock_runs(Label, S, _, High, Dose) & High > 0 & S >= High
  <- !met("PAS-02", high, [condition(Label), dose(Dose), minutes(math.floor(S))]).
@pas_02_medium[source("the patient's passport: condition with a short clock")]
+!review("PAS-02", medium) : clock_runs(Label, S, Medium, _, Dose) & S >= Medium
  <- !met("PAS-02", medium, [condition(Label), dose(Dose), minutes(math.floor(S))]).
