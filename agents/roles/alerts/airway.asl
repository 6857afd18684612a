// Airway and intubation: AIR-01 to AIR-04.

low_etco2(10).          // mmHg; source: NAP4 2011
awareness_after(900).   // s from a relaxant without a sedative; engineering default
relaxed_for(3600).      // s that a relaxant works at most; source: rocuronium, 45 to 70 min

airway_secured :- intubated(true).
airway_secured :- airway_secured_s(_).
airway_secured :- performed(supraglottic_airway, _, _, _).
airway_secured :- performed(cricothyrotomy, _, _, _).
swelling_voice(hoarse).
swelling_voice(stridor).
swelling_injury(burn) :- burn_tbsa(B) & B > 0.
swelling_injury(smoke) :- smoke(true).
swelling_injury(neck) :- injury(_, neck, _, _, _).

// AIR-01: an airway that is needed, or will be
over("AIR-01") :- airway_secured.
@air_01_voice[source("ATLS 10, burns; NAP4 2011")]
+!review("AIR-01", high)
  : not airway_secured & not arrest & voice(V) & swelling_voice(V) & swelling_injury(I)
  <- !met("AIR-01", high, voice, [voice(V), injury(I)]).
@air_01_gcs[source("ATLS 10: GCS 8")]
+!review("AIR-01", high)
  : not airway_secured & not arrest & gcs(G) & limit(gcs_airway, L) & G <= L
  <- !met("AIR-01", high, [gcs(G)]).

// AIR-02: the tube and its EtCO2
@air_02_low[source("NAP4 2011")]
+!review("AIR-02", high) : intubated(true) & not arrest & etco2(E) & low_etco2(L) & E < L
  <- !met_for("AIR-02", high, 0, low_etco2, [etco2(E)]).
// A sensor that falls silent later is the data's fault (PRO-05), not the tube's.
seen_in_tube :- etco2(_)[at(T)] & intubated(true)[at(I)] & T >= I.
confirmed_once :- intubated(true)[at(I)] & stale(etco2)[at(T)] & T - I > 30.
over("AIR-02") :- not intubated(true).
@air_02_none[source("NAP4 2011")]
+!review("AIR-02", high)
  : intubated(true) & not arrest & not seen_in_tube & not confirmed_once & clock(_)
  <- !met("AIR-02", high, []).

// AIR-03: paralysed and awake
asleep(T) :- drug(D, _, _, _, Last) & .drug_class(D, sedative) & awareness_after(W) & T - Last < W.
sedation_runs :- infusion(D, _, _, _) & .drug_class(D, sedative).
@air_03[source("NAP5 2014: awareness")]
+!review("AIR-03", medium)
  : drug(D, _, _, _, Last) & .drug_class(D, paralytic) & awareness_after(W)
    & clock(T) & T - Last >= W & relaxed_for(Most) & T - Last < Most & not asleep(T)
    & not sedation_runs
  <- M = math.floor((T - Last) / 60); !met("AIR-03", medium, [minutes(M)]).

// AIR-04: induction in shock
rsi_ordered :- order(_, procedure, orotracheal_intubation, _, _, _, open, _, _).
rsi_ordered :- order(_, procedure, intubation, _, _, _, open, _, _).
rsi_ordered :- order(_, procedure, rsi, _, _, _, open, _, _) & not intubated(true).
over("AIR-04") :- not rsi_ordered.
rsi_ordered :- order(_, drug, D, _, _, _, open, _, _) & .drug_class(D, paralytic).
@air_04_index[source("DAS 2018; SI 0.8")]
+!review("AIR-04", medium)
  : rsi_ordered & shock_index(X) & limit(rsi_shock_index, L) & at_least("AIR-04", medium, X, L, 0.05)
  <- Y = math.round(X * 100) / 100;
     .concat("shock index ", Y, Why); !met("AIR-04", medium, [reason(Why)]).
@air_04_pressure[source("DAS 2018")]
+!review("AIR-04", medium)
  : rsi_ordered & sbp(S) & limit(rsi_sbp, L) & below("AIR-04", medium, S, L, 5)
  <- .concat("SBP ", S, Why); !met("AIR-04", medium, [reason(Why)]).
