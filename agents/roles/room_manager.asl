// Manages one room: keeps it for a case, has it made ready, knows who and what is there.
// The belief my_room(Room) is given to each agent when it starts.

prepare_within(600).     // s that a room is kept without its patient; engineering default

!start.

@start
+!start : my_room(Room)
  <- .focus(Room);
     !join_running.
@start_failed -!start <- .log(warning, "this manager has no room").
@join_running +!join_running : .find(trauma, T) <- !follow(T).
@join_running_not_yet +!join_running.
@follow +!follow(T) : not process(T) <- +process(T); .focus_own(T).
@follow_already +!follow(_).

// -- prepare ----------------------------------------------------------------------------------

@prepare_for
+!prepare_for(Case)[source(Who)] : my_room(Room)
  <- .invoke(Room, reserve(Case));
     +asked_by(Who);
     .findall(Item, checklist(Item, false), Items);
     !prepare_each(Room, Items).
@prepare_refused
-!prepare_for(Case)[guard(Guard), found(Found), source(Who)]
  <- .send(Who, tell, room_refused(Case, Guard, Found)).
@prepare_failed -!prepare_for(_)[error_msg(Why)] <- .log(warning, "not prepared: ", Why).
@prepare_none +!prepare_each(_, []).
@prepare_item
+!prepare_each(Room, [Item | Rest])
  <- !prepare_item(Room, Item);
     !prepare_each(Room, Rest).
@prepare_one +!prepare_item(Room, Item) <- .invoke(Room, prepare(Item)).
@prepare_one_failed -!prepare_item(_, Item)[error_msg(Why)] <- .log(warning, Item, ": ", Why).

@prepared
+prepared(_) : my_room(Room) & asked_by(Who)
  <- .send(Who, tell, room_ready(Room)).
@prepared_unasked +prepared(_).

// -- reservation between cases: offers are answered by who is free ----------------------------------

free_for(_) :- not reserved_for(_).
free_for(Case) :- reserved_for(Case).
free_for(_) :- reserved_for("").
in_seconds(0) :- status(ready).
in_seconds(60) :- status(free).
in_seconds(300) :- not status(ready) & not status(free).

@call_for_slot
+!kqml_received(Who, cfp, slot(Type, Case), Id) : type(Type) & free_for(Case)
  <- ?in_seconds(In);
     .send(Who, propose, slot(Type, In), Id).
@call_refused
+!kqml_received(Who, cfp, slot(Type, Case), Id) : type(Type)
  <- .send(Who, refuse, slot(Type, Case), Id).
@call_not_mine +!kqml_received(_, cfp, _, _).
@slot_accepted
+!kqml_received(Who, accept_proposal, slot(_, Case), _)
  <- !prepare_for(Case)[source(Who)].

// -- the patient comes and goes -----------------------------------------------------------------------

// The leader's assistant tells every manager of the process that has begun.
@process_begun +trauma_begins(T)[source(_)] <- !follow(T).
@patient_comes
+room_in(Room)[twin(T)] : my_room(Room) & link(hasPatient, P)[twin(T)] & not patient(P)[twin(Room)]
  <- !enter(Room, P).
@enter +!enter(Room, P) <- .invoke(Room, enter(P, true)).
@enter_failed -!enter(Room, P)[error_msg(Why)] <- .log(info, P, " not in ", Room, ": ", Why).
// Somebody brought him here and told the room, not the process.
@patient_is_here
+patient(P)[twin(Room)]
  : my_room(Room) & process(T) & link(hasPatient, P)[twin(T)] & not room(Room)[twin(T)]
  <- !note_room(T, Room).
@note_room +!note_room(T, Room) <- .invoke(T, move(Room)).
@note_room_failed -!note_room(_, Room)[error_msg(Why)] <- .log(info, Room, " not noted: ", Why).
@patient_goes
+room_out(Room)[twin(T)] : my_room(Room) & link(hasPatient, P)[twin(T)] & patient(P)[twin(Room)]
  <- !leave(Room, P).
@leave +!leave(Room, P) <- .invoke(Room, leave(P)).
@leave_failed -!leave(Room, P)[error_msg(Why)] <- .log(info, P, " still in ", Room, ": ", Why).
@patient_gone
+status(cleaning) : my_room(Room) & reserved_for(Case) & Case \== none
  <- !release(Room, Case).
@release +!release(Room, Case) <- .invoke(Room, release(Case)).
@release_failed -!release(_, _)[error_msg(Why)] <- .log(info, "not released: ", Why).
