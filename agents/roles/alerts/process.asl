// The process: arrest, triage, time at the scene, roles, clocks, data quality.
// ARR-01, TRI-01, PRO-01 to PRO-05.

thoracotomy_within(900).  // s from arrest; source: WTA, penetrating torso
section_within(240).      // s from arrest; source: ERC 2021, by 4 to 5 min
silent_unstable(300).     // s without vital signs, unstable
silent_stable(900).       // s, stable
monitor_horizon(30).      // s after which a monitor's value is stale; engineering default
needed_role(airway).
needed_role(nurse).
needed_role(surgeon).
watched(hr).
watched(sbp).
watched(spo2).
watched(rr).
watched(etco2).
impossible_for(60).       // s that a word about an impossible value stays; engineering default

// ARR-01: no pulse
no_pulse(R) :- rhythm(R) & (R == pea | R == asystole | R == vf).
no_pulse(unknown) :- pulse(false) & not rhythm(_).
no_pulse(R) :- pulse(false) & rhythm(R).
@arrest_begins +!review("ARR-01", high) : no_pulse(_) & not arrest_at(_)
  <- .now(T); +arrest_at(T); !review("ARR-01", high).
@arr_01_penetrating[source("ERC 2021; WTA thoracotomy window")]
+!review("ARR-01", high) : no_pulse(_) & penetrating & arrest_at(T) & thoracotomy_within(W)
  <- .clock_text(T + W, Until); !met("ARR-01", high, thoracotomy, [until(Until)]).
@arr_01_pregnant[source("ERC 2021: perimortem section")]
+!review("ARR-01", high)
  : no_pulse(_) & pregnancy_weeks(Weeks) & Weeks > 20 & arrest_at(T) & section_within(W)
  <- .clock_text(T + W, Until); !met("ARR-01", high, pregnancy, [weeks(Weeks), until(Until)]).
@arr_01[source("ERC 2021: HOTT")]
+!review("ARR-01", high) : no_pulse(R) <- !met("ARR-01", high, [rhythm(R)]).
@arrest_ends +!review("ARR-01", high) : arrest_at(_) & pulse(true) & not raised("ARR-01", _)
  <- .abolish(arrest_at(_)).

// TRI-01: a RED criterion and no decision yet
undecided :- severity(undetermined).
undecided :- not severity(_).
undecided :- severity(not_severe).
@tri_01[source("Field triage guideline 2021")]
+!review("TRI-01", high) : red(_) & undecided & .setof(I, red(I), Items)
  <- !met("TRI-01", high, [items(Items)]).

// PRO-01: too long at the scene
answered_by_reason("PRO-01").
at_scene :- phase(on_scene).
at_scene :- phase(assessed).
@pro_01[source("PHTLS 10")]
+!review("PRO-01", medium)
  : at_scene & red(_) & at_patient_s(A) & clock(T) & limit(scene_min, L) & (T - A) / 60 > L
  <- M = math.floor((T - A) / 60); !met("PRO-01", medium, [minutes(M)]).

// PRO-02: nobody measures
unstable :- raised(_, high).
silent_since(T)
  :- stale(hr)[at(End)] & not sbp(_) & not spo2(_) & monitor_horizon(H) & T = End - H.
silence_limit(L) :- unstable & silent_unstable(L).
silence_limit(L) :- not unstable & silent_stable(L).
@pro_02[source("engineering default")]
+!review("PRO-02", low) : silent_since(T0) & clock(T) & silence_limit(L) & T - T0 >= L
  <- M = math.floor((T - T0) / 60); !met("PRO-02", low, [minutes(M)]).

// PRO-03: roles at arrival
in_hospital :- arrived_s(_) & phase(handed_over).
empty_role(R) :- needed_role(R) & not team(R, _, _).
// The leader's assistant notes that it is closing; the rescuers' never does.
@pro_03_leader[source("ACS Resources for Optimal Care")] // lint: ok belief_never_added
+!review("PRO-03", medium) : in_hospital & not leader(_) & clock(_) & not closing
  <- .findall(R, empty_role(R), Roles); !met("PRO-03", medium, leader, [roles(Roles)]).
@pro_03[source("ACS Resources for Optimal Care")] // lint: ok belief_never_added
+!review("PRO-03", medium) : in_hospital & empty_role(_) & clock(_) & not closing
  <- .findall(R, empty_role(R), Roles); !met("PRO-03", medium, [roles(Roles)]).

// PRO-04: bleeding not controlled
was_bleeding :- suspected(massive_bleeding).
@pro_04[source("ACS TQIP; NICE NG39")]
+!review("PRO-04", medium)
  : was_bleeding & not haemorrhage_control_s(_) & arrived_s(A) & clock(T) & control_within(W)
    & T - A >= W
  <- M = math.floor((T - A) / 60); !met("PRO-04", medium, [minutes(M)]).

// PRO-05: data quality
@impossible
+reading_refused(Member, Value, _)
  <- .now(T); .abolish(impossible(Member, _, _)); +impossible(Member, Value, T).
@pro_05_impossible[source("engineering default")]
+!review("PRO-05", low) : impossible(Name, Value, T0) & clock(T) & impossible_for(W) & T - T0 < W
  <- !met_for("PRO-05", low, 0, impossible, [value(Name), reading(Value)]).
@pro_05_smoke[source("carbon monoxide reads as oxygen; ATLS 10")]
+!review("PRO-05", low) : smoke(true) & not cohb(_) & spo2(_)
  <- !met_for("PRO-05", low, 0, smoke, []).
@pro_05_silent[source("engineering default: 30 s horizon of monitor values")]
+!review("PRO-05", low) : silent(_) & .setof(N, silent(N), Names)
  <- !met_for("PRO-05", low, 0, none, [value(Names)]).
silent(Shown) :- stale(Name) & watched(Name) & .upper_case(Name, Shown).
