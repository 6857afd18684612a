// Assists the trauma leader: prepares before arrival, then alerts, clocks, checks of orders, advice.

display(shock_room_display).
road_display(rescuer_tablet).
colleague(rescuer_assistant).
beat(2).                 // s between two looks at the clocks; engineering default

!start.

// -- begin: the trauma twin comes into the world while the patient is on the road ------------------

@start
+!start
  <- .find(central_unit, C);
     .focus(C);
     !join_running.
@start_alone -!start <- .log(warning, "there is no central unit to listen to").
@join_running +!join_running : .find(preh, P) <- !watch(P).
@join_running_not_yet +!join_running.
@call_taken +call_taken(Process, _, _, _) <- !watch(Process).
@watch +!watch(Preh) : not before(Preh) <- +before(Preh); .focus_own(Preh).
@watch_already +!watch(_).

@severe
+severity(severe) : not process(_)
  <- .find(trauma, T);
     +process(T);
     !follow(T);
     !begin(T).
@follow
+!follow(T) : display(D) & road_display(Road)
  <- .focus_own(T);
     .focus(D);
     .focus(Road);
     ?link(hasPatient, P)[twin(T)];
     !follow_patient(P).
@follow_failed -!follow(T)[error_msg(Why)] <- .log(error, "cannot follow ", T, ": ", Why).
@begin
+!begin(T) : road_display(Road) & beat(B)
  <- .tick(B);
     !mirror_present(Road);
     !activate(T);
     !prepare_rooms(T);
     !take_duty.

@activate
+!activate(T)
  <- .invoke(T, advance(activated));
     !call_team.
@activate_failed -!activate(_)[error_msg(Why)] <- .log(warning, "activation: ", Why).
@call_team
+!call_team
  <- .find_all(person, People);
     !call_each(People).
@call_none +!call_each([]).
@call_each
+!call_each([Who | Rest])
  <- !call_one(Who);
     !call_each(Rest).
@call_one
+!call_one(Who) : team_member(Who)
  <- .invoke(Who, call(shock_room)).
@call_one_other +!call_one(_).
@call_one_failed -!call_one(Who)[error_msg(Why)] <- .log(info, Who, " was not called: ", Why).
team_member(trauma_leader).
team_member(nurse).
team_member(anaesthetist).
team_member(surgeon).
team_member(radiographer).

// -- rooms: asked of their managers ---------------------------------------------------------------

room_manager(room_manager_shock_room).
@prepare_rooms
+!prepare_rooms(T) : room_manager(M)
  <- .broadcast(tell, trauma_begins(T));
     .send(M, achieve, prepare_for(T)).
@prepare_rooms_failed -!prepare_rooms(_) <- .log(warning, "no room manager answers").
@room_ready
+room_ready(Room)[source(_)] : display(D)
  <- .concat(Room, " is ready", Text);
     .invoke(D, write(Room, Text)).
@room_ready_failed -!room_ready(_).

// A scanner is asked for as soon as it is ordered: a small contract net among room managers.
@scan_ordered
+ordered(_, diagnostic, What, _, _, _) : .is_ct(What) & process(T)
  <- !scan_of(What);
     !get_slot(ct, T).
@scan_of_head +!scan_of(What) : shows_head(What) <- !done_with(order_head_ct).
@scan_of_other +!scan_of(_).
shows_head(head_neck_ct).
shows_head(whole_body_ct).
@scan_begun +ct_started_s(_) <- !done_with(order_head_ct).
@get_slot
+!get_slot(Type, Case)
  <- .abolish(offer(Type, _, _));
     .broadcast(cfp, slot(Type, Case));
     .wait(2000);
     !choose(Type, Case).
@choose
+!choose(Type, Case) : .findall(o(In, M), offer(Type, M, In), Offers) & .min(Offers, o(_, Best))
  <- .send(Best, accept_proposal, slot(Type, Case)).
@choose_none
+!choose(Type, _) : display(D)
  <- .concat("No ", Type, " is free", Text);
     .invoke(D, write(Type, Text)).
@choose_failed -!choose(_, _).
@get_slot_failed -!get_slot(Type, _)[error_msg(Why)] <- .log(warning, "no slot: ", Type, " ", Why).
@offer_comes
+!kqml_received(M, propose, slot(Type, In), _)
  <- +offer(Type, M, In).

// -- before arrival: what the road sees, the wall shows -------------------------------------------

@mirror_present
+!mirror_present(Road)
  <- .findall(a(R, P, Text), alert(R, P, Text, _, _)[twin(Road)], Alerts);
     !mirror_all(Alerts).
@mirror_none +!mirror_all([]).
@mirror_each
+!mirror_all([a(R, P, Text) | Rest])
  <- !mirror(R, P, Text);
     !mirror_all(Rest).
@mirror
+!mirror(R, P, Text) : display(D) & standing(R, Order)
  <- .invoke(D, show(R, P, Text, Order));
     !mirror_still(R, D).
@mirror_right +!mirror_still(R, _) : road_display(Road) & alert(R, _, _, _, _)[twin(Road)].
@mirror_owned +!mirror_still(_, _) : on_duty.
@mirror_gone +!mirror_still(R, D) <- .invoke(D, withdraw(R, "over")).
@mirror_failed -!mirror(R, _, _)[error_msg(Why)] <- .log(warning, R, " not mirrored: ", Why).
@road_raised
+alert_raised(R, P, Text)[twin(Road)] : road_display(Road) & not on_duty & process(_)
  <- !mirror(R, P, Text).
@road_changed
+alert_changed(R, P, Text)[twin(Road)] : road_display(Road) & not on_duty & process(_)
  <- !mirror(R, P, Text).
@road_cleared
+alert_cleared(R, Why)[twin(Road)] : road_display(Road) & not on_duty & process(_)
  <- !unmirror(R, Why).
@unmirror +!unmirror(R, Why) : display(D) & alert(R, _, _, _, _)[twin(D)] <- .invoke(D, withdraw(R, Why)).
@unmirror_quiet +!unmirror(_, _).
@unmirror_failed -!unmirror(_, _).

@eta
+eta_s(At) : display(D) & process(_) & not arrived_s(_)
  <- .clock_text(At, Text);
     .concat("Arrival about ", Text, Line);
     !eta_line(D, Line).
@eta_same +!eta_line(_, Line) : eta_shown(Line).
@eta_line +!eta_line(D, Line) <- .abolish(eta_shown(_)); +eta_shown(Line); .invoke(D, write(eta, Line)).
@eta_failed -!eta_line(_, _).

// -- duty begins when the rescuers hand over -------------------------------------------------------

@handed_over +phase(handed_over) <- !take_duty.
@arrived_without_handover +arrived_s(_) : not on_duty & phase(closed) <- !take_duty.
@take_duty
+!take_duty : phase(handed_over) & not on_duty & process(_) & display(D)
  <- +on_duty;
     .findall(r(R, P), alert(R, P, _, _, _)[twin(D)], Open);
     !own(Open);
     !tell_blood;
     !after_arrival.
@take_duty_not_now +!take_duty.
@own_none +!own([]).
@own_each +!own([r(R, P) | Rest]) <- +raised(R, P); !own(Rest).

// A patient who bled on the road is given blood at the door, and the bank is told.
@after_arrival
+!after_arrival : suspected(bleeding) | raised("HAE-01", _) | raised("HAE-02", high)
  <- +suspected(bleeding);
     !tell_bank;
     !advise_transfusion;
     !advise_txa.
@after_arrival_calm +!after_arrival.
@tell_bank
+!tell_bank
  <- .find(blood_bank, B);
     .invoke(B, prepare_pack(shock_room)).
@tell_bank_failed -!tell_bank[error_msg(Why)] <- .log(warning, "blood bank: ", Why).

@mtp_started
+mtp(true)
  <- !done_with(start_mtp);
     !tell_blood;
     !tell_bank.

@leader_named +leader(Who) : display(D) <- !leader_line(D, Who).
@leader_line +!leader_line(D, Who) <- .concat("Leader: ", Who, Line); .invoke(D, write(leader, Line)).
@leader_line_failed -!leader_line(_, _).

// -- the process ends at the bed ------------------------------------------------------------------

@ready_for_bed
+phase(ready_for_hospitalisation)
  <- +closing;
     !close_when_done.
@close +!close_when_done : final_destination(_) & process(_) <- .log(info, "ready for a bed").
@close_later +!close_when_done.

{ include("alerts/all.asl") }
