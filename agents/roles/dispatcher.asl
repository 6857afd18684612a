// Sends the nearest free vehicle, and names the hospital that can take the patient.

decide_after(30).        // s to take the call before a vehicle leaves; engineering default

!start.

@start
+!start
  <- .find(central_unit, C);
     +unit(C);
     .focus(C);
     .find_all(vehicle, Vehicles);
     !know(Vehicles).
@start_alone -!start <- .log(warning, "there is no central unit").
@know_none +!know([]).
@know_each +!know([V | Rest]) <- .focus(V); !know(Rest).

// -- a call ---------------------------------------------------------------------------------------

free(V, Km, Place) :- status(available)[twin(V)] & distance_km(Place, Km)[twin(V)].
free(V, 999, Place) :- status(available)[twin(V)] & not distance_km(Place, _)[twin(V)].

@call
+call_taken(Process, Place, _, _) : decide_after(S)
  <- Ms = S * 1000;
     .wait(Ms);
     !send_vehicle(Process, Place).

@send_nearest
+!send_vehicle(Process, Place) : .findall(v(Km, V), free(V, Km, Place), All) & .min(All, v(_, Nearest))
  <- .invoke(Process, dispatch(Nearest));
     .focus_own(Process);
     +mission(Nearest, Process);
     !set_out(Nearest, Place).
@send_none
+!send_vehicle(Process, _)
  <- .log(error, "no free vehicle for ", Process).
@send_failed
-!send_vehicle(Process, _)[error_msg(Why)] <- .log(warning, Process, " not dispatched: ", Why).
@set_out +!set_out(V, Place) <- .invoke(V, drive(Place)).
@set_out_failed -!set_out(V, _)[error_msg(Why)] <- .log(warning, V, " does not drive: ", Why).

// -- destination: the nearest hospital with a free trauma place --------------------------------------

@destination
+severity(_)[twin(Process)] : unit(_)
  <- !name_destination(Process).
@name_destination
+!name_destination(Process)
  : .findall(h(Min, H), (capacity(H, N, Min) & N > 0), All) & .min(All, h(_, Best))
  <- .invoke(Process, record(destination, Best)).
@name_destination_unknown +!name_destination(_).
@name_destination_failed
-!name_destination(P)[error_msg(Why)] <- .log(warning, "no destination for ", P, ": ", Why).
