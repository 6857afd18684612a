// Breathing: BRE-01 to BRE-04.

tension_spo2(92).       // %; source: ATLS 10, tension pneumothorax
tension_rr(30).         // /min
tension_hr(120).        // /min
tension_fall(300, 20).  // s, mmHg: a fall of more than 20 mmHg in 5 min
tension_pressure(35).   // cm[H2O]; engineering default
drain_at_once(1500).    // mL; source: ATLS 10, massive haemothorax
drain_rate(200).        // mL/h
drain_held(7200).       // s at that rate; source: ATLS 10
signs_needed(2).

spo2_doubtful :- smoke(true) & not cohb(_).   // carbon monoxide reads as oxygen

// BRE-01: hypoxia
@bre_01_high[source("ATLS 10")]
+!review("BRE-01", high)
  : spo2(S) & not spo2_doubtful & limit(spo2_high, L) & below("BRE-01", high, S, L, 2)
  <- !met("BRE-01", high, [spo2(S), limit(L)]).
@bre_01_medium[source("ATLS 10")]
+!review("BRE-01", medium)
  : spo2(S) & not spo2_doubtful & limit(spo2_medium, L) & below("BRE-01", medium, S, L, 2)
  <- !met("BRE-01", medium, [spo2(S), limit(L)]).

// BRE-02: too slow or too fast
@bre_02_slow[source("Field triage guideline 2021")]
+!review("BRE-02", medium) : rr(R) & limit(rr_low, L) & below("BRE-02", medium, R, L, 1)
  <- !met("BRE-02", medium, [rr(R), limit(L)]).
@bre_02_fast[source("Field triage guideline 2021")]
+!review("BRE-02", medium) : rr(R) & limit(rr_high, L) & above("BRE-02", medium, R, L, 1)
  <- !met("BRE-02", medium, [rr(R), limit(L)]).

// BRE-03: tension pneumothorax (penetrating: or tamponade)
chest_injured :- injury(_, chest, _, _, _).
chest_injured :- red(chest_wall_injury).
chest_injured :- penetrating.
relieves(needle_decompression).
relieves(pleural_decompression).
relieves(chest_tube).
relieves(drainage).
relieved(Side) :- performed(P, Side, _, _) & relieves(P).
relieved(_) :- performed(P, "", _, _) & relieves(P).
injured_at(Side) :- injury(_, chest, _, Side, _) & Side \== "".
open_chest :- injured_at(Side) & not relieved(Side).
open_chest :- chest_injured & not injured_at(_) & not relieved(_).
silent_side(left) :- breath_sounds_left(absent).
silent_side(right) :- breath_sounds_right(absent).

local_sign("low SpO2")
  :- spo2(S) & not spo2_doubtful & tension_spo2(L) & below("BRE-03", high, S, L, 2).
local_sign("no breath sounds") :- silent_side(_).
local_sign("high airway pressure")
  :- airway_pressure(A) & tension_pressure(L) & above("BRE-03", high, A, L, 3).
general_sign("fast breathing") :- rr(R) & tension_rr(L) & above("BRE-03", high, R, L, 1).
general_sign("fast pulse") :- hr(H) & tension_hr(L) & above("BRE-03", high, H, L, 5).
general_sign("falling pressure") :- sbp(_) & tension_fall(T, By) & .fell(sbp, T, F) & F > By.
tension_sign(S) :- local_sign(S).
tension_sign(S) :- general_sign(S).
enough_signs(Signs)
  :- .setof(S, tension_sign(S), Signs) & .length(Signs, N) & signs_needed(Need) & N >= Need.

@bre_03_again[source("ATLS 10; after decompression one sign must be of the chest")]
+!review("BRE-03", high)
  : chest_injured & not open_chest & local_sign(_) & enough_signs(Signs)
  <- !tension(Signs).
@bre_03[source("ATLS 10")]
+!review("BRE-03", high) : open_chest & enough_signs(Signs)
  <- !tension(Signs).
@tension_penetrating
+!tension(Signs) : penetrating
  <- !met("BRE-03", high, penetrating, [signs(Signs)]).
@tension_side
+!tension(Signs) : silent_side(Side)
  <- !met("BRE-03", high, [signs(Signs), side(Side)]).
@tension
+!tension(Signs)
  <- !met("BRE-03", high, [signs(Signs)]).

// BRE-04: massive haemothorax
answered_by_reason("BRE-04").
chest_opened :- performed(resuscitative_thoracotomy, _, _, _).
chest_opened :- performed(damage_control_thoracotomy, _, _, _).
@bre_04_at_once[source("ATLS 10")]
+!review("BRE-04", high) : drain(Side, First, Ml, _) & drain_at_once(L) & First >= L & not chest_opened
  <- !met("BRE-04", high, [side(Side), ml(Ml)]).
@bre_04_rate[source("ATLS 10")]
+!review("BRE-04", high)
  : drain(Side, _, Ml, PerHour) & drain_rate(L) & PerHour >= L & drain_held(Hold) & not chest_opened
  <- !met_for("BRE-04", high, Hold, none, [side(Side), ml(Ml), ml_h(PerHour)]).
