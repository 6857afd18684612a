// Drugs: DRG-01 to DRG-03, and the antibiotic of an open fracture: INF-01.
//
// An order is checked when it is made, before the harm; a dose without an order, when it is given.

single("DRG-01").
single("DRG-02").
single("DRG-03").
finding_stays(600).       // s: how long the finding on a single dose stands; engineering default
antibiotic_low(2700).     // s from injury; engineering default
antibiotic_medium(3600).  // s; source: ACS TQIP, BOAST 4: within 60 min

@drug_ordered
+ordered(Order, drug, Drug, Amount, Unit, Route)
  <- +awaited(Order, Drug, Amount);
     !check(Order, Drug, Amount, Unit, Route).
// A dose as it was ordered has been checked; any other is checked now.
@drug_given_as_ordered
+drug_given(Drug, Amount, _, _, _) : awaited(Order, Drug, Amount) & not cancelled(Order)
  <- .abolish(awaited(Order, _, _)).
@drug_given_unordered
+drug_given(Drug, Amount, Unit, Route, _)
  <- .now(T);
     !check(given(Drug, T), Drug, Amount, Unit, Route).
@check
+!check(Order, Drug, Amount, Unit, Route) : patient(Patient)
  <- .check_drug(Patient, Drug, Amount, Unit, Route, Findings);
     !keep_findings(Findings, Order).
@check_failed
-!check(_, Drug, _, _, _)[error_msg(M)] <- .log(warning, Drug, " was not checked: ", M).
@check_failed_otherwise -!check(_, Drug, _, _, _) <- .log(warning, Drug, " was not checked").
cancelled(Order) :- order(Order, _, _, _, _, _, cancelled, _, _).

@keep_none +!keep_findings([], _).
@keep_each
+!keep_findings([finding(R, P, Facts) | Rest], Order)
  <- .now(T);
     +finding(Order, R, P, Facts, T);
     !judge_finding(R, P);
     !keep_findings(Rest, Order).
@judge_on_duty +!judge_finding(R, P) : on_duty <- !review(R, P).
@judge_off_duty +!judge_finding(_, _).

// A finding stands as long as its order, or for some minutes; each is said once.
open_finding(Order, R, P, Facts)
  :- finding(Order, R, P, Facts, T0) & not cancelled(Order) & clock(T) & finding_stays(Stay)
     & T - T0 < Stay.
new_finding(Order, R, P, Facts) :- open_finding(Order, R, P, Facts) & not said_step(R, Order).

@drg_01_high_new[source("drug label, by row of the catalogue")]
+!review("DRG-01", high) : new_finding(Order, "DRG-01", high, Facts)
  <- !again("DRG-01", high, Order, Facts).
@drg_01_high +!review("DRG-01", high) : open_finding(_, "DRG-01", high, Facts)
  <- !met("DRG-01", high, Facts).
@drg_01_medium_new[source("drug label, by row of the catalogue")]
+!review("DRG-01", medium) : new_finding(Order, "DRG-01", medium, Facts) & not raised("DRG-01", high)
  <- !again("DRG-01", medium, Order, Facts).
@drg_01_medium +!review("DRG-01", medium) : open_finding(_, "DRG-01", medium, Facts)
  <- !met("DRG-01", medium, Facts).
@drg_02_new[source("drug label; passport and allergies of this patient")]
+!review("DRG-02", high) : new_finding(Order, "DRG-02", high, Facts)
  <- !again("DRG-02", high, Order, Facts).
@drg_02 +!review("DRG-02", high) : open_finding(_, "DRG-02", high, Facts)
  <- !met("DRG-02", high, Facts).
@drg_03_new[source("dose by weight, by row of the catalogue")]
+!review("DRG-03", medium) : new_finding(Order, "DRG-03", medium, Facts)
  <- !again("DRG-03", medium, Order, Facts).
@drg_03 +!review("DRG-03", medium) : open_finding(_, "DRG-03", medium, Facts)
  <- !met("DRG-03", medium, Facts).

// INF-01: open fracture without antibiotic
open_fracture :- injury(_, _, fracture, _, true).
antibiotic_given :- drug(D, _, _, _, _) & .drug_class(D, antibiotic).
antibiotic_given :- performed(antibiotic_prophylaxis, _, _, _).
antibiotic_waits(S)
  :- open_fracture & not antibiotic_given & injury_at_s(I) & clock(T) & S = T - I.
@inf_01_medium[source("ACS TQIP; BOAST 4")]
+!review("INF-01", medium) : antibiotic_waits(S) & antibiotic_medium(L) & S >= L
  <- !antibiotic(medium, S).
@inf_01_low[source("ACS TQIP; BOAST 4")]
+!review("INF-01", low) : antibiotic_waits(S) & antibiotic_low(L) & S >= L
  <- !antibiotic(low, S).
@antibiotic
+!antibiotic(P, S) : patient(Patient)
  <- M = math.floor(S / 60);
     .safe_dose(Patient, [cefazolin, clindamycin, vancomycin], Dose);
     !met("INF-01", P, [minutes(M), dose(Dose)]).
