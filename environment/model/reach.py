"""Who can do something because he is there: hands that reach a patient, a crew that has arrived.

This binds who comes from outside, such as a person at a page. Simulated people are where their
script puts them.
"""

from environment.model.change import JSON
from environment.model.members import Finding, Guard, Invocation
from environment.model.twin import Twin

#: Phases of the pre-hospital process in which its crew is with the patient, or has been.
WITH_THE_CREW = ("on_scene", "assessed", "transporting", "handed_over")
#: Phases of the process in hospital in which the patient is there.
IN_HOSPITAL = ("delivered", "shock_room", "diagnostics", "operating", "ready_for_hospitalisation")
#: Where each role meets a patient: the kind of process and its phases. Others may be anywhere.
MEETS = {
    "rescuer": ("preh", (*WITH_THE_CREW, "closed")),
    "trauma_leader": ("trauma", (*IN_HOSPITAL, "closed")),
    "team_member": ("trauma", (*IN_HOSPITAL, "closed")),
}
#: Seconds before its estimated arrival in which a vehicle counts as there: an estimate is no clock
#: (engineering default).
NEARLY_S = 30.0


def _reaches(twin: Twin, patient: str, call: Invocation) -> Finding | None:
    """Why the caller cannot touch a patient now; None where nothing speaks against it.

    Where no process has ever had the patient nobody knows where he or she is; then only a world
    with a central unit, in which help has to be called, says no.
    """
    kind, phases = MEETS.get(call.role, ("", ()))
    if not kind or not call.is_from_outside:
        return None
    processes = twin.port.find(rel="hasPatient", target=patient)
    if any(p.kind == kind and p.phase in phases for p in processes):
        return None
    place = "at the scene" if kind == "preh" else "in hospital"
    if not processes:
        needs_call = bool(twin.port.find("central_unit"))
        return Finding(f"the patient {place}", "no call yet") if needs_call else None
    latest = processes[-1]
    return Finding(f"the patient {place}", f"phase {latest.phase}", latest.ledger.phase_since)


def _patient_itself(twin: Twin, call: Invocation) -> Finding | None:
    return _reaches(twin, twin.id, call)


def _patient_meant(twin: Twin, call: Invocation) -> Finding | None:
    return _reaches(twin, str(call.arguments["patient"]), call)


def _crew_is_there(twin: Twin, call: Invocation) -> Finding | None:
    """Whoever drives is not there yet; a vehicle that says nothing stops nobody."""
    if call.arguments["to"] != "on_scene" or not call.is_from_outside or call.role == "instructor":
        return None
    for name in twin.linked("carriedBy"):
        vehicle = twin.port.twin(name)
        arrives: JSON = vehicle.value("eta_s")
        if vehicle.value("status") != "driving" or not isinstance(arrives, int | float):
            continue
        if arrives > twin.port.now() + NEARLY_S:
            return Finding(f"{name} at the scene", f"{name} on its way")
    return None


def _patient_has_come(twin: Twin, call: Invocation) -> Finding | None:
    """Whoever is brought is not in hospital while his vehicle is elsewhere, as it says itself."""
    if call.arguments["to"] != "delivered" or not call.is_from_outside or call.role == "instructor":
        return None
    for process in twin.linked("continues"):
        before = twin.port.twin(process)
        for name in before.linked("carriedBy"):
            vehicle = twin.port.twin(name)
            arrives: JSON = vehicle.value("eta_s")
            drives = vehicle.value("status") == "driving"
            is_known = isinstance(arrives, int | float)
            if drives and is_known and arrives > twin.port.now() + NEARLY_S:
                return Finding(f"{name} at the hospital", f"{name} on its way")
            if not drives and vehicle.value("place") in before.linked("locatedIn"):
                return Finding(f"{name} at the hospital", f"{name} at the scene")
    return None


def _crew_is_with_patient(twin: Twin, call: Invocation) -> Finding | None:
    if not call.is_from_outside or twin.phase in WITH_THE_CREW:
        return None
    return Finding("the patient at the scene", f"phase {twin.phase}", twin.ledger.phase_since)


HANDS_REACH = Guard(
    "hands_reach", "The caller is where the patient is: with the crew, or in hospital.",
    _patient_itself,
)  # fmt: skip
SENSORS_REACH = Guard(
    "hands_reach", "Argument `patient` is where the caller is: with the crew, or in hospital.",
    _patient_meant,
)  # fmt: skip
CREW_IS_THERE = Guard(
    "crew_is_there", "Argument `to` may say on_scene once the vehicle is there.", _crew_is_there
)
PATIENT_HAS_COME = Guard(
    "patient_has_come", "Argument `to` may say delivered once the vehicle is there.",
    _patient_has_come,
)  # fmt: skip
CREW_IS_WITH_PATIENT = Guard(
    "hands_reach", "The crew has come to the scene.", _crew_is_with_patient
)
