// The patient passport: PAS-01, PAS-02, and the limits that it moves.

@passport_known
+passport_read_s(_) : patient(Patient)
  <- .hazards(Patient, Hazards);
     !keep_hazards(Hazards);
     !set_limits;
     !look([passport, passport_read_s]).
@keep_hazards_none +!keep_hazards([]).
@keep_hazards_each
+!keep_hazards([hazard(Key, Card, Clock, Medium, High, Drugs, Dose) | Rest])
  <- +passport_hazard(Key, Clock);
     +card(Key, Card);
     +short_clock(Key, Clock, Medium, High, Drugs, Dose);
     !keep_hazards(Rest).

// PAS-01: the card
@pas_01[source("the patient's passport")]
+!review("PAS-01", low) : passport(read) & card(Key, Card)
  <- .findall(C, card(_, C), Cards); !met("PAS-01", low, [condition(Key), hazard(Cards)]).

// PAS-02: a drug that must not wait
not_given(Drugs) :- not (.member(D, Drugs) & drug(D, _, _, _, _)).
clock_runs(Key, Since, Medium, High, Dose)
  :- passport_read_s(At) & short_clock(Key, Kind, Medium, High, Drugs, Dose) & Kind \== none
     & not_given(Drugs) & clock(T) & Since = (T - At) / 60.
@pas_02_high[source("the patient's passport: condition with a short clock")]
+!review("PAS-02", high) : clock_runs(Key, S, _, High, Dose) & High > 0 & S >= High
  <- !met("PAS-02", high, [condition(Key), dose(Dose), minutes(math.floor(S))]).
@pas_02_medium[source("the patient's passport: condition with a short clock")]
+!review("PAS-02", medium) : clock_runs(Key, S, Medium, _, Dose) & S >= Medium
  <- !met("PAS-02", medium, [condition(Key), dose(Dose), minutes(math.floor(S))]).
