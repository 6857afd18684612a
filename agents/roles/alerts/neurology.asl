// Head injury: NEU-01 to NEU-05.

gcs_fall(2).            // points below the best; source: NICE NG232
tbi_gcs(12).            // source: NICE NG232
ct_low(1800).           // s from arrival in hospital; engineering default
ct_medium(3600).        // s; source: NICE NG232, within 1 h
clear_within(7200).     // s from injury to a GCS of 15; source: NICE NG232
pupil_difference(1).    // mm; source: NICE NG232, unequal pupils

head_injury :- head_injured.
brain_injury(G) :- head_injury & not quiet & gcs(G) & tbi_gcs(L) & G <= L.
brain_injury(G) :- head_injury & quiet & lowest_gcs(G) & tbi_gcs(L) & G <= L.
quiet :- sedated(true).

// The best GCS is remembered; under sedation nothing is compared.
@gcs_seen +gcs(G) <- !best(G); !lowest(G).
@best_first +!best(G) : not best_gcs(_) & not quiet <- +best_gcs(G).
@best_again +!best(G) : best_gcs(B) & G > B & not quiet <- .abolish(best_gcs(_)); +best_gcs(G).
@best_stays +!best(_).
@lowest_first +!lowest(G) : not lowest_gcs(_) & not quiet <- +lowest_gcs(G).
@lowest_again +!lowest(G) : lowest_gcs(B) & G < B & not quiet <- .abolish(lowest_gcs(_)); +lowest_gcs(G).
@lowest_stays +!lowest(_).

unequal(Text)
  :- pupil_left(A) & pupil_right(B) & pupil_difference(L) & math.abs(A - B) >= L
     & .concat(A, "/", B, " mm", Text).
unequal("left does not react") :- pupil_left_reacts(false).
unequal("right does not react") :- pupil_right_reacts(false).

// A change is new if the pupils were alike before; in a head injury the first look counts too.
@pupils_seen +pupil_right(_) : pupil_left(_) & not unequal(_) & not alike_once <- +alike_once.
changed_pupils(Text) :- unequal(Text) & head_injury.
changed_pupils(Text) :- unequal(Text) & alike_once.

// NEU-01: worse than before; under sedation nobody can tell whether it is over
@neu_01_gcs[source("NICE NG232")]
+!review("NEU-01", high) : not quiet & gcs(G) & best_gcs(B) & gcs_fall(L) & B - G >= L & not arrest
  <- !met("NEU-01", high, [gcs(G), best(B)]).
@neu_01_pupil[source("NICE NG232")]
+!review("NEU-01", high) : not quiet & changed_pupils(Text) & not arrest
  <- !met("NEU-01", high, pupil, [pupils(Text)]).
@neu_01_sedated +!review("NEU-01", high) : quiet & raised("NEU-01", high) & not arrest.

// NEU-02: secondary injury
@neu_02_pressure[source("Brain Trauma Foundation, 4th edition")]
+!review("NEU-02", high)
  : brain_injury(_) & sbp(S) & limit(tbi_sbp, L) & below("NEU-02", high, S, L, 5) & not arrest
  <- !met("NEU-02", high, [sbp(S), limit(L)]).
@neu_02_oxygen[source("Brain Trauma Foundation, 4th edition")]
+!review("NEU-02", high)
  : brain_injury(_) & spo2(S) & not spo2_doubtful & limit(tbi_spo2, L) & below("NEU-02", high, S, L, 2) & not arrest
  <- !met("NEU-02", high, spo2, [spo2(S)]).

// NEU-03: ventilation
over("NEU-03") :- not ventilated(true).
had_brain_injury :- brain_injury(_).
had_brain_injury :- head_injury & best_gcs(_) & lowest_gcs(G) & tbi_gcs(L) & G <= L.
@neu_03_low[source("Brain Trauma Foundation, 4th edition")]
+!review("NEU-03", medium)
  : ventilated(true) & not arrest & had_brain_injury & etco2(E) & limit(etco2_low, L)
    & below("NEU-03", medium, E, L, 1)
  <- !met("NEU-03", medium, [etco2(E)]).
@neu_03_high[source("Brain Trauma Foundation, 4th edition")]
+!review("NEU-03", medium)
  : ventilated(true) & not arrest & had_brain_injury & etco2(E) & limit(etco2_high, L)
    & above("NEU-03", medium, E, L, 1)
  <- !met("NEU-03", medium, [etco2(E)]).

// NEU-04: Cushing's pattern
@neu_04[source("Cushing 1901; thresholds engineering defaults")]
+!review("NEU-04", high)
  : brain_injury(G) & sbp(S) & limit(cushing_sbp, LS) & at_least("NEU-04", high, S, LS, 5)
    & hr(H) & limit(cushing_hr, LH) & at_most("NEU-04", high, H, LH, 5)
  <- !met("NEU-04", high, [sbp(S), hr(H), gcs(G)]).

// NEU-05: the CT clock
answered_by_reason("NEU-05").
over("NEU-05") :- ct_started_s(_).
ct_criterion("GCS 12 or less") :- lowest_gcs(G) & tbi_gcs(L) & G <= L.
ct_criterion("GCS below 15 after 2 h")
  :- gcs(G) & G < 15 & injury_at_s(I) & clock(T) & clear_within(W) & T - I >= W.
ct_criterion("skull fracture") :- injury(_, head, fracture, _, _).
ct_criterion("seizure") :- seizure(true).
ct_criterion("focal deficit") :- focal_deficit(true).
ct_criterion("vomiting") :- vomits(N) & N > 1.
ct_criterion("anticoagulant") :- anticoagulated(_).
ct_criterion("bleeding disorder") :- short_clock(_, factor, _, _, _, _).
ct_criterion("age and amnesia") :- age(A) & A >= 65 & amnesia_or_loc(true).
ct_waits(Since, Why)
  :- head_injury & not ct_started_s(_) & arrived_s(At) & clock(T) & Since = T - At & ct_criterion(Why).
@neu_05_medium[source("NICE NG232")]
+!review("NEU-05", medium) : ct_waits(S, Why) & ct_medium(L) & S >= L
  <- M = math.floor(S / 60); !met("NEU-05", medium, [minutes(M), criterion(Why)]).
@neu_05_low[source("NICE NG232")]
+!review("NEU-05", low) : ct_waits(S, Why) & ct_low(L) & S >= L
  <- M = math.floor(S / 60); !met("NEU-05", low, [minutes(M), criterion(Why)]).
