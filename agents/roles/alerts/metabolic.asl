// Potassium, glucose, malignant hyperthermia: MET-01 to MET-03.

settled_after(120).     // s after a change of ventilator settings; engineering default

// MET-01: potassium
@met_01_qrs[source("ERC 2021: hyperkalaemia")]
+!review("MET-01", high) : rhythm(wide_qrs) <- !met("MET-01", high, qrs, []).
@met_01_high[source("ERC 2021: hyperkalaemia")]
+!review("MET-01", high) : k(K) & limit(k_high, L) & K >= L <- !met("MET-01", high, [k(K)]).
@met_01_medium[source("ERC 2021: hyperkalaemia")]
+!review("MET-01", medium) : k(K) & limit(k_medium, L) & K >= L
  <- !met("MET-01", medium, [k(K)]).

// MET-02: glucose
@met_02_high[source("ERC 2021")]
+!review("MET-02", high) : glucose(G) & limit(glucose_high, L) & G < L & patient(Patient)
  <- .dose(Patient, dextrose, Dose);
     !met("MET-02", high, [glucose(G), dose(Dose)]).
@met_02_medium[source("ERC 2021")]
+!review("MET-02", medium) : glucose(G) & limit(glucose_medium, L) & G < L
  <- !met("MET-02", medium, [glucose(G)]).

// MET-03: EtCO2 rises though the ventilator is as it was
settings_stand :- not ventilation_changed_s(_).
settings_stand :- ventilation_changed_s(C) & clock(T) & settled_after(W) & T - C >= W.
@met_03[source("European Malignant Hyperthermia Group")]
+!review("MET-03", high)
  : ventilated(true) & settings_stand & etco2(E) & limit(hyperthermia_etco2, L)
    & above("MET-03", high, E, L, 2) & patient(Patient)
  <- .dose(Patient, dantrolene, Dose);
     !met("MET-03", high, [etco2(E), dose(Dose)]).
over("MET-03") :- not ventilated(true).
