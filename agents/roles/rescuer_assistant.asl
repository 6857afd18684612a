// Assists the rescuers from the call to the handover: triage, clocks, alerts, pre-alert, handover.

display(rescuer_tablet).
colleague(leader_assistant).
beat(2).                 // s between two looks at the clocks; engineering default
red_held(30).            // s that a RED vital sign must stand; engineering default
settles(30000).          // ms between the door and the handover; engineering default

!start.

// -- begin ------------------------------------------------------------------------------------

@start
+!start
  <- .find(central_unit, C);
     .focus(C);
     !join_running.
@start_alone -!start <- .log(warning, "there is no central unit to listen to").

@join_running +!join_running : .find(preh, P) <- !follow(P).
@join_running_not_yet +!join_running.

@call_taken
+call_taken(Process, _, _, Dynamic)
  <- !follow(Process);
     !note_dynamic(Process, Dynamic).
@nothing_told +!note_dynamic(_, "").
@note_dynamic +!note_dynamic(Process, Dynamic) <- .invoke(Process, record(dynamic, Dynamic)).
@note_dynamic_failed -!note_dynamic(_, _)[error_msg(Why)] <- .log(warning, "not noted: ", Why).

@follow
+!follow(Preh) : not process(_) & display(D) & beat(B)
  <- +process(Preh);
     .focus(D);
     !follow_process(Preh);
     .tick(B);
     !take_duty.
@follow_already +!follow(_).
@follow_process
+!follow_process(Preh)
  <- .focus_own(Preh);
     ?link(hasPatient, P)[twin(Preh)];
     !follow_patient(P).
@follow_failed -!follow(Preh)[error_msg(Why)] <- .log(error, "cannot follow ", Preh, ": ", Why).

@take_duty +!take_duty : not phase(handed_over) <- +on_duty.
@take_duty_too_late +!take_duty.

// -- triage: RED vital signs become items of the form -------------------------------------------

noted(Items) :- .findall(I, red(I) | yellow(I), Items).
new_red(I)
  :- patient(P) & hr(_) & noted(Items) & .triage(P, Items, triage(Red, _, _)) & .member(I, Red)
     & not red(I).

// After the decision the form is filled on, until drugs or a tube make the signs those of treatment.
triages :- undecided.
triages :- not sedated(true) & not intubated(true).

red_gone(I) :- red_since(I, _) & not new_red(I).
@triage_gone
+!review("triage", high) : triages & red_gone(I) <- .abolish(red_since(I, _)).
@triage_red
+!review("triage", high) : triages & clock(T) & new_red(_)
  <- .findall(I, new_red(I), Items);
     !red_seen_each(Items, T).
@triage_none +!review("triage", high) <- .abolish(red_since(_, _)).
@red_seen_none +!red_seen_each([], _).
@red_seen_each
+!red_seen_each([I | Rest], T)
  <- !red_seen(I, T);
     !red_seen_each(Rest, T).
@red_held
+!red_seen(I, T) : red_since(I, T0) & red_held(W) & T - T0 >= W & process(Preh)
  <- .invoke(Preh, flag(I)).
@red_waits +!red_seen(I, _) : red_since(I, _).
@red_begins +!red_seen(I, T) <- +red_since(I, T).
@red_failed -!red_seen(I, _)[error_msg(Why)] <- .log(warning, "RED item ", I, " not noted: ", Why).

// -- severity: RED decides; YELLOW is asked -------------------------------------------------------

@severe_by_red
+!upon("TRI-01") : process(Preh) & .setof(I, red(I), Items)
  <- .concat("RED: ", Items, Why);
     .invoke(Preh, decide_severity(severe, Why)).

yellow_only :- yellow(_) & not red(_) & undecided.
@ask_severity
+!review("severity", medium) : yellow_only & not asked & phase(assessed) & process(Preh) & display(D)
  <- +asked;
     .setof(I, yellow(I), Items);
     .concat("YELLOW only: ", Items, ". Severe?", Text);
     .invoke(Preh, ask_severity(Text));
     .invoke(D, ask(severity, Text, [severe, not_severe])).
@not_severe
+!review("severity", medium)
  : undecided & severity_open & not red(_) & not yellow(_) & phase(transporting) & process(Preh)
  <- .invoke(Preh, decide_severity(not_severe, "no RED and no YELLOW item at departure")).
@severity_quiet +!review("severity", medium).
severity_open :- not severity(not_severe).
@answer
+answered(severity, Answer, By) : undecided
  <- !decide(Answer, By).
@decide
+!decide(Answer, By) : process(Preh)
  <- .concat("decided by ", By, Why);
     .invoke(Preh, decide_severity(Answer, Why, trauma, By)).
@decided_already -!decide(_, _) : not undecided.
@decide_failed
-!decide(Answer, By)[error_msg(Why)] <- .log(warning, By, " answered ", Answer, ": ", Why).

// -- the trauma team is told, and hears again at the door ----------------------------------------

@trauma_exists
+severity(severe)
  <- !follow_trauma;
     !pre_alert_when_ready.
@follow_trauma +!follow_trauma : .find(trauma, T) <- .focus_own(T).
@follow_trauma_not_yet +!follow_trauma.
@leaving +phase(transporting) <- !pre_alert_when_ready.
@pre_alert
+!pre_alert_when_ready
  : severity(severe) & phase(transporting) & process(Preh) & patient(P) & not pre_alerted_s(_)
  <- .pre_alert(Preh, P).
@pre_alert_later +!pre_alert_when_ready.
@pre_alert_failed
-!pre_alert_when_ready[error_msg(Why)]
  <- .log(error, "pre-alert failed: ", Why);
     !suggest(pre_alert, "Telephone the trauma team: the pre-alert did not go out").
@pre_alert_went_out +pre_alerted_s(_) <- !done_with(pre_alert).
@pre_alert_failed_otherwise -!pre_alert_when_ready.

// -- handover: the assistant of the trauma leader goes on ------------------------------------------

@delivered
+phase(delivered) : settles(Ms) & on_duty
  <- .wait(Ms);
     !hand_over.
receiver(Who) :- leader(Who).
receiver(trauma_team) :- not leader(_).
@hand_over
+!hand_over : process(Preh) & patient(P) & phase(transporting) & receiver(Who)
  <- .hand_over(Preh, P, Who).
@hand_over_done +!hand_over.
@hand_over_failed -!hand_over[error_msg(Why)] <- .log(warning, "not handed over: ", Why).

@handed_over
+phase(handed_over) : colleague(Leader) & on_duty
  <- -on_duty;
     !tell_notes(Leader);
     .findall(R, raised(R, _), Open);
     !take_off(Open).
to_tell(met_since(R, P, T)) :- met_since(R, P, T).
to_tell(said_step(R, S)) :- said_step(R, S).
to_tell(suspected(W)) :- suspected(W).
to_tell(best_gcs(G)) :- best_gcs(G).
to_tell(lowest_gcs(G)) :- lowest_gcs(G).
to_tell(known_since(R, T)) :- known_since(R, T).
to_tell(settled(R, P)) :- settled(R, P).
to_tell(alike_once) :- alike_once.
to_tell(finding(O, R, P, F, T)) :- finding(O, R, P, F, T).
@tell_notes
+!tell_notes(Leader)
  <- .findall(N, to_tell(N), Notes);
     .send(Leader, tell, Notes).
@tell_notes_failed -!tell_notes(Leader) <- .log(warning, Leader, " could not be told").
@take_off_none +!take_off([]).
@take_off_each
+!take_off([R | Rest])
  <- !clear(R, "handed over");
     !take_off(Rest).

{ include("alerts/all.asl") }
