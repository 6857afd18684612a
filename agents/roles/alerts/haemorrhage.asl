// Bleeding: HAE-01 to HAE-16.

abc_rate(120).          // beats a minute; source: ABC score, Nunez 2009
abc_pressure(90).       // mmHg; source: ABC score, Nunez 2009
abc_positive(2).        // items; source: ABC score, Nunez 2009
binder_index(1.0).      // shock index; source: Cannon 2009
txa_first(1200).        // s from arrival at the patient: engineering default
txa_medium(3600).       // s from injury; source: CRASH-2 2010, best within 1 h
txa_high(7200).         // s from injury
txa_last(9900).         // s from injury: a quarter of an hour before the window closes
txa_window(10800).      // s from injury; source: CRASH-2 2010, none after 3 h
products_per_calcium(4). // source: European guideline, 6th edition 2023
many_red_cells(4).      // units: engineering default
control_within(3600).   // s from arrival in hospital; source: ACS TQIP, NICE NG39
reboa(zone_1, 1200, 1800).  // s; source: REBOA practice, 30 min in zone 1
reboa(zone_3, 2700, 3600).  // s; source: REBOA practice, 60 min in zone 3
reversal_within(900).   // s; engineering default
cuff_waits(86400).      // s: one low cuff reading alone waits for the next
answer_after(600).      // s at 90 mmHg or more: a response that holds; engineering default
answered_at(90).        // mmHg; engineering default

adult :- not age(_).
adult :- age(A) & A >= 16.
shock_index(X) :- hr(H) & sbp(S) & S > 0 & X = H / S.
is_cuff :- sbp(_)[quality(cuff)].
penetrating :- mechanism(penetrating).
penetrating :- red(penetrating_injury).
pelvic_injury :- injury(_, pelvis, _, _, _).
pelvic_injury :- red(pelvic_fracture).
head_injured :- injury(_, head, Kind, _, _) & not superficial(Kind).
superficial(wound).
superficial(laceration).
superficial(abrasion).
head_injured :- red(skull_fracture).
in_place(Kind) :- device(_, Kind, _, _).
txa_given :- drug(tranexamic_acid, _, _, _, _).
anticoagulated(A) :- anticoagulant(A) & A \== none & A \== unknown.
reversed :- drug(D, _, _, _, _) & .drug_class(D, reversal).
fast_positive :- fast(_, true, _).
mtp_runs :- mtp(true).

obstructed :- met_since("BRE-03", _, _).
obstructed :- raised("BRE-03", _).
first_words(obstruction_first) :- obstructed.
first_words(none) :- not obstructed.
low_pressure(R, P, S, L) :- sbp(S) & limit(sbp_low, L) & below(R, P, S, L, 5).

// HAE-01: hypotension for age
@hae_01_crossed[source("ATLS 10; field triage guideline 2021")]
+!review("HAE-01", high)
  : low_pressure("HAE-01", high, S, L) & hr(H) & H > S & first_words(V)
  <- !met_for("HAE-01", high, 0, V, [sbp(S), limit(L), hr(H)]).
@hae_01_cuff_second
+!review("HAE-01", high)
  : low_pressure("HAE-01", high, S, L) & is_cuff & sbp(_)[at(At)] & met_since("HAE-01", high, T0)
    & At > T0 & first_words(V)
  <- !met_for("HAE-01", high, 0, V, [sbp(S), limit(L)]).
@hae_01_cuff_first
+!review("HAE-01", high) : low_pressure("HAE-01", high, S, L) & is_cuff & cuff_waits(Hold)
  <- !met_for("HAE-01", high, Hold, none, [sbp(S), limit(L)]).
@hae_01
+!review("HAE-01", high) : low_pressure("HAE-01", high, S, L) & first_words(V)
  <- !met("HAE-01", high, V, [sbp(S), limit(L)]).

// HAE-02: shock index; no ambulance carries blood, and what is prepared already is not asked for
on_the_road :- not arrived_s(_).
blood_words(running) :- adult & mtp_runs.
blood_words(road) :- adult & not mtp_runs & on_the_road.
blood_words(none) :- adult & not mtp_runs & not on_the_road.
blood_words(child_on_the_road) :- not adult & on_the_road.
blood_words(child) :- not adult & not on_the_road.
@hae_02_high_child[source("SIPA, Acker 2015")]
+!review("HAE-02", high)
  : not adult & shock_index(X) & limit(shock_index_high, L) & above("HAE-02", high, X, L, 0.05)
    & blood_words(V)
  <- !met("HAE-02", high, V, [si(X), limit(L)]).
@hae_02_high[source("Cannon 2009; Mutschler 2013")]
+!review("HAE-02", high)
  : adult & shock_index(X) & limit(shock_index_high, L) & at_least("HAE-02", high, X, L, 0.05)
    & blood_words(V)
  <- !met("HAE-02", high, V, [si(X), limit(L)]).
@mtp_changes +mtp(_) <- !tell_blood.
@tell_blood
+!tell_blood
  : raised("HAE-02", high) & shock_index(X) & limit(shock_index_high, L) & blood_words(V)
  <- !raise("HAE-02", high, V, [si(X), limit(L)]).
@tell_blood_quiet +!tell_blood.
@hae_02_medium[source("Mutschler 2013")]
+!review("HAE-02", medium)
  : adult & shock_index(X) & limit(shock_index_medium, L) & at_least("HAE-02", medium, X, L, 0.05)
  <- !met("HAE-02", medium, [si(X), limit(L)]).

// HAE-03: massive transfusion by ABC; an obstruction is mended first
abc_item(penetrating) :- penetrating.
abc_item(fast) :- fast_positive.
abc_item(pressure) :- adult & sbp(S) & abc_pressure(L) & at_most("HAE-03", high, S, L, 5).
abc_item(pressure) :- not adult & sbp(S) & limit(sbp_low, L) & below("HAE-03", high, S, L, 5).
abc_item(rate) :- adult & hr(H) & abc_rate(L) & at_least("HAE-03", high, H, L, 5).
abc_item(rate)
  :- not adult & shock_index(X) & limit(shock_index_high, L) & above("HAE-03", high, X, L, 0.05).

@hae_03[source("ABC score, Nunez 2009")]
+!review("HAE-03", high)
  : not mtp_runs & not obstructed
    & .setof(I, abc_item(I), Items) & .length(Items, N) & abc_positive(Need) & N >= Need
  <- !met("HAE-03", high, [score(N), items(Items)]).
over("HAE-03") :- mtp_runs.

// HAE-04: tranexamic acid not given
bleeding :- suspected(bleeding).
bleeding :- in_place(tourniquet).
bleeding :- in_place(pelvic_binder).
bleeding :- mtp_runs.
@suspect_pressure +!upon("HAE-01") <- +suspected(bleeding); !advise("HAE-01").
@suspect_index +!upon("HAE-02") <- +suspected(bleeding); !advise("HAE-02").
@suspect_massive
+!upon("HAE-03")
  <- +suspected(bleeding);
     +suspected(massive_bleeding);
     !look([crystalloid_ml]);
     !advise("HAE-03").

txa_open(Since, T)
  :- bleeding & not txa_given & injury_at_s(I) & clock(T) & txa_window(W) & Since = T - I & Since < W.

@hae_04_last[source("CRASH-2 2010; Gayet-Ageron 2018")]
+!review("HAE-04", high) : txa_open(Since, _) & txa_last(L) & Since >= L
  <- !ask_txa(high, last).
@hae_04_high[source("CRASH-2 2010")]
+!review("HAE-04", high) : txa_open(Since, _) & txa_high(L) & Since >= L
  <- !ask_txa(high, second_hour).
@hae_04_hour[source("CRASH-2 2010; UK best-practice tariff")]
+!review("HAE-04", medium) : txa_open(Since, _) & txa_medium(L) & Since >= L & txa_high(H) & Since < H
  <- !ask_txa(medium, first_hour).
@hae_04_first
+!review("HAE-04", medium)
  : txa_open(Since, T) & at_patient_s(A) & txa_first(L) & T - A >= L & txa_high(H) & Since < H
  <- !ask_txa(medium, first).
// Where the passport names a risk of thrombosis, a senior decides: a question, no advice.
@ask_txa_senior
+!ask_txa(P, Step) : senior_decides(tranexamic_acid, Question)
  <- !txa_text(Facts);
     !again("HAE-04", P, Step, question, [passport_question(Question) | Facts]).
@ask_txa
+!ask_txa(P, Step)
  <- !txa_text(Facts);
     !again("HAE-04", P, Step, Facts).
@txa_text
+!txa_text([minutes(M), closes(Closes)]) : injury_at_s(I) & txa_window(W)
  <- .now(T);
     M = math.floor((T - I) / 60);
     .clock_text(I + W, Closes).

answered_by_reason("HAE-04").
answered_by_reason("HAE-05").

// HAE-05: tranexamic acid outside its window (bleeding outside the head)
brain_injured :- head_injured & gcs(G) & tbi_gcs(L) & G <= L.
@hae_05_given[source("CRASH-2 2010")]
+!review("HAE-05", high)
  : drug(tranexamic_acid, _, _, 1, Last) & injury_at_s(I) & txa_window(W) & Last - I > W
    & clock(T) & T - Last < 600
    & not brain_injured
  <- M = math.floor((Last - I) / 60); !met("HAE-05", high, [minutes(M)]).
@hae_05_ordered
+!review("HAE-05", high)
  : order(_, drug, tranexamic_acid, _, _, _, open, At, _) & not txa_given
    & injury_at_s(I) & txa_window(W) & At - I > W & not brain_injured
  <- M = math.floor((At - I) / 60); !met("HAE-05", high, [minutes(M)]).

// HAE-06: tourniquet time, each from its own start
tourniquet_minutes(Site, M) :- device(_, tourniquet, Site, At) & clock(T) & M = (T - At) / 60.
@hae_06_high[source("TCCC; 2 h")]
+!review("HAE-06", high) : tourniquet_minutes(Site, M) & limit(tourniquet_high_min, L) & M >= L
  <- !met("HAE-06", high, [site(Site), minutes(math.floor(M))]).
@hae_06_medium[source("TCCC")]
+!review("HAE-06", medium) : tourniquet_minutes(Site, M) & limit(tourniquet_medium_min, L) & M >= L
  <- !met("HAE-06", medium, [site(Site), minutes(math.floor(M))]).
@hae_06_low[source("TCCC")]
+!review("HAE-06", low) : tourniquet_minutes(Site, M) & limit(tourniquet_low_min, L) & M >= L
  <- !met("HAE-06", low, [site(Site), minutes(math.floor(M))]).

// HAE-07: too much crystalloid in a patient who needs blood
needs_blood :- suspected(massive_bleeding).
needs_blood :- mtp_runs.
@blood_runs
+blood_given(_, _, _, _) : raised("HAE-07", P) & on_duty
  <- +settled("HAE-07", P);
     !clear("HAE-07", "blood is running").
@hae_07[source("NICE NG39; ATLS 10")]
+!review("HAE-07", medium) : crystalloid_ml(V) & limit(crystalloid_ml, L) & V > L & needs_blood
  <- !met("HAE-07", medium, [ml(V), limit(L)]).

// HAE-08: red cells without plasma
plasma_units(P) :- plasma(P).
plasma_units(0) :- not plasma(_).
@hae_08[source("European guideline, 6th edition 2023")]
+!review("HAE-08", medium)
  : red_cells(N) & many_red_cells(L) & N >= L & plasma_units(P) & P < N / 2
  <- !met("HAE-08", medium, [red_cells(N), plasma(P)]).

// HAE-09: calcium
calcium_since(At) :- drug(D, _, _, _, Last) & .drug_class(D, calcium) & Last >= At.
over("HAE-09") :- calcium_since(0) & not products_since_calcium(_).
over("HAE-09") :- products_since_calcium(0).
@hae_09_ica[source("European guideline, 6th edition 2023")]
+!review("HAE-09", medium) : ica(C)[at(At)] & limit(ica, L) & C < L & not calcium_since(At)
  <- .concat("Ionised calcium ", C, Why); !met("HAE-09", medium, [reason(Why)]).
@hae_09_products[source("European guideline, 6th edition 2023")]
+!review("HAE-09", medium) : products_since_calcium(N) & products_per_calcium(L) & N >= L
  <- .concat(N, " blood products without calcium", Why); !met("HAE-09", medium, [reason(Why)]).

// HAE-10: fibrinogen
late_pregnancy :- pregnancy_weeks(W) & W > 20.
too_little(F, L) :- F < L.
too_little(F, L) :- F == L & not late_pregnancy.   // at 2.0 g/L a pregnant woman is still well
clotting_given(At) :- drug(fibrinogen, _, _, _, Last) & Last >= At.
clotting_given(At) :- cryoprecipitate(_)[at(Last)] & Last >= At.
over("HAE-10") :- raised("HAE-10", _) & clotting_given(0).
@hae_10[source("European guideline, 6th edition 2023")]
+!review("HAE-10", medium)
  : fibrinogen(F)[at(At)] & limit(fibrinogen, L) & too_little(F, L) & not clotting_given(At)
  <- .concat("Fibrinogen ", F, " g/L", Why); !met("HAE-10", medium, [value(Why)]).
@hae_10_fibtem[source("European viscoelastic algorithms")]
+!review("HAE-10", medium)
  : fibtem_a5(A)[at(At)] & limit(fibtem_a5, L) & A < L & not clotting_given(At)
  <- .concat("FIBTEM A5 ", A, " mm", Why); !met("HAE-10", medium, [value(Why)]).

// HAE-11: cold
@hae_11_high[source("ATLS 10; European guideline 2023")]
+!review("HAE-11", high) : temp(C) & limit(temp_high, L) & below("HAE-11", high, C, L, 0.2)
  <- !met("HAE-11", high, [temp(C)]).
@hae_11_medium[source("ATLS 10")]
+!review("HAE-11", medium) : temp(C) & limit(temp_medium, L) & below("HAE-11", medium, C, L, 0.2)
  <- !met("HAE-11", medium, [temp(C)]).
@hae_11_low[source("European guideline, 6th edition 2023")]
+!review("HAE-11", low) : temp(C) & limit(temp_low, L) & below("HAE-11", low, C, L, 0.2)
  <- !met("HAE-11", low, [temp(C)]).

// HAE-12: hidden shock, triad, cyanide
@hae_12_high[source("ATLS 10: lethal triad")]
+!review("HAE-12", high) : ph(V) & limit(ph_high, L) & V < L
  <- !met("HAE-12", high, [ph(V)]).
@hae_12_cyanide[source("hydroxocobalamin after smoke, Baud 1991")]
+!review("HAE-12", medium)
  : smoke(true) & lactate(V) & limit(lactate_cyanide, L) & V >= L & patient(Patient)
  <- .dose(Patient, hydroxocobalamin, Dose);
     !met("HAE-12", medium, cyanide, [lactate(V), dose(Dose)]).
@hae_12_lactate[source("European guideline, 6th edition 2023")]
+!review("HAE-12", medium) : lactate(V) & limit(lactate_medium, L) & V >= L
  <- .concat("Lactate ", V, Why); !met("HAE-12", medium, [value(Why)]).
@hae_12_be
+!review("HAE-12", medium) : be(V) & limit(be_medium, L) & V <= L
  <- .concat("Base excess ", V, Why); !met("HAE-12", medium, [value(Why)]).

// HAE-13: pelvis and shock, no binder
over("HAE-13") :- in_place(pelvic_binder).
@hae_13_index[source("European guideline, 6th edition 2023")]
+!review("HAE-13", high)
  : pelvic_injury & not in_place(pelvic_binder) & shock_index(X) & binder_index(L)
    & at_least("HAE-13", high, X, L, 0.05)
  <- !met("HAE-13", high, []).
@hae_13_pressure
+!review("HAE-13", high)
  : pelvic_injury & not in_place(pelvic_binder) & low_pressure("HAE-13", high, _, _)
  <- !met("HAE-13", high, []).

// HAE-14: bleeding into the belly, no response: theatre
to_scanner :- destination(ct).
to_scanner :- destination(ct_room).
to_scanner :- order(_, diagnostic, D, _, _, _, open, _, _) & .is_ct(D).
// A response is 90 mmHg or more, held for ten minutes; one that is lost does not count.
@response_begins
+!review("response", low) : answered_at(L) & sbp(S) & S >= L & not answered_since(_)
  <- .now(T); +answered_since(T).
@response_lost
+!review("response", low) : answered_since(_) & answered_at(L) & sbp(S) & S < L
  <- .abolish(answered_since(_)).
@response_quiet +!review("response", low).
responder :- answered_since(T0) & clock(T) & answer_after(W) & T - T0 >= W.
shocked_now :- sbp(S) & answered_at(L) & S < L.
shocked_now :- raised("HAE-14", _) & sbp(_) & not responder.
over("HAE-14") :- not to_scanner.
@hae_14[source("ATLS 10; NICE NG39")]
+!review("HAE-14", high) : fast_positive & to_scanner & shocked_now
  <- !met("HAE-14", high, []).

// HAE-15: balloon time
reboa_seconds(Zone, S) :- device(_, reboa, Zone, At) & clock(T) & S = T - At.
@hae_15_high[source("REBOA practice")]
+!review("HAE-15", high) : reboa_seconds(Zone, S) & reboa(Zone, _, L) & S >= L
  <- !balloon(high, Zone, S).
@hae_15_medium[source("REBOA practice")]
+!review("HAE-15", medium) : reboa_seconds(Zone, S) & reboa(Zone, L, _) & S >= L
  <- !balloon(medium, Zone, S).
@balloon
+!balloon(P, Zone, S)
  <- M = math.floor(S / 60);
     .delete("zone_", Zone, Number);
     !met("HAE-15", P, [zone(Number), minutes(M)]).

// HAE-16: reversal of an anticoagulant
reversal_reason("head injury") :- head_injured.
reversal_reason("low pressure") :- raised("HAE-01", _).
over("HAE-16") :- reversed.
@hae_16_known
+!review("HAE-16", high) : anticoagulated(_) & reversal_reason(_) & not known_since("HAE-16", _)
  <- .now(T); +known_since("HAE-16", T).
@hae_16[source("European guideline, 6th edition 2023")]
+!review("HAE-16", high)
  : anticoagulated(A) & reversal_reason(Why) & not reversed & known_since("HAE-16", K)
    & arrived_s(At) & reversal_within(W) & clock(T) & T - At >= W & T - K >= W
  <- ?patient(Patient);
     .reversal(Patient, Text);
     !met("HAE-16", high, [anticoagulant(A), reason(Why), reversal(Text)]).
