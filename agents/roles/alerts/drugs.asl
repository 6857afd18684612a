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
+ordered(Order, drug, Drug, Amount, Unit, Route) : patient(Patient)
  <- .check_drug(Patient, Drug, Amount, Unit, Route, Findings);
     !keep_findings(Findings, Order).
@drug_ordered_failed -!keep_findings(_, _)[error_msg(M)] <- .log(warning, "order not checked: ", M).
@drug_given_unordered
+drug_given(Drug, Amount, Unit, Route, _)
  : patient(Patient) & not order(_, drug, Drug, _, _, _, _, _, _)
  <- .check_drug(Patient, Drug, Amount, Unit, Route, Findings);
     !keep_findings(Findings, given).

@keep_none +!keep_findings([], _).
@keep_each
+!keep_findings([finding(R, P, Facts) | Rest], Order)
  <- .now(T);
     +finding(R, P, Facts, T);
     +finding_of(R, Order);
     !judge_finding(R, P);
     !keep_findings(Rest, Order).
@judge_on_duty +!judge_finding(R, P) : on_duty <- !review(R, P).
@judge_off_duty +!judge_finding(_, _).

stands_open(R, given).
stands_open(R, Order) :- order(Order, _, _, _, _, _, open, _, _).
stands_open(R, Order) :- order(Order, _, _, _, _, _, done, _, _).
open_finding(R, P, Facts)
  :- finding(R, P, Facts, T0) & finding_of(R, Order) & stands_open(R, Order)
     & clock(T) & finding_stays(Stay) & T - T0 < Stay.

@drg_01_high[source("drug label, by row of the catalogue")]
+!review("DRG-01", high) : open_finding("DRG-01", high, Facts) <- !met("DRG-01", high, Facts).
@drg_01_medium
+!review("DRG-01", medium) : open_finding("DRG-01", medium, Facts)
  <- !met("DRG-01", medium, Facts).
@drg_02[source("drug label; passport and allergies of this patient")]
+!review("DRG-02", high) : open_finding("DRG-02", high, Facts) <- !met("DRG-02", high, Facts).
@drg_03[source("dose by weight, by row of the catalogue")]
+!review("DRG-03", medium) : open_finding("DRG-03", medium, Facts)
  <- !met("DRG-03", medium, Facts).

// INF-01: open fracture without antibiotic
open_fracture :- injury(_, _, fracture, _, true).
antibiotic_given :- drug(D, _, _, _, _) & .drug_class(D, antibiotic).
antibiotic_given :- performed(antibiotic_prophylaxis, _, _, _).
antibiotic_waits(S)
  :- open_fracture & not antibiotic_given & injury_at_s(I) & clock(T) & S = T - I.
@inf_01_medium[source("ACS TQIP; BOAST 4")]
+!review("INF-01", medium) : antibiotic_waits(S) & antibiotic_medium(L) & S >= L
  <- M = math.floor(S / 60); !met("INF-01", medium, [minutes(M), dose("cefazolin 2 g")]).
@inf_01_low[source("ACS TQIP; BOAST 4")]
+!review("INF-01", low) : antibiotic_waits(S) & antibiotic_low(L) & S >= L
  <- M = math.floor(S / 60); !met("INF-01", low, [minutes(M), dose("cefazolin 2 g")]).
