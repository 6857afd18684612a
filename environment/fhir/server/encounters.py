"""An Encounter of the case, put from outside: its status asks the process for its next step."""

from environment.fhir.case import Case
from environment.fhir.checks import InvalidResourceError, Problem
from environment.fhir.elements import Resource
from environment.fhir.requests import Asked

#: Members that follow from the status, or are about the resource and not about the encounter.
FOLLOWING = ("status", "statusHistory", "class", "classHistory", "period", "meta", "text")
#: Status of R4 -> phase that a process is asked to go to.
PREH_PHASE = {"in-progress": "on_scene", "finished": "handed_over", "cancelled": "closed"}
TRAUMA_PHASE = {"arrived": "delivered", "in-progress": "shock_room", "finished": "closed"}


def step_of(case: Case, present: Resource, wanted: Resource) -> Asked | None:
    """The step that an update of an Encounter asks for; None where it changes nothing."""
    for name in sorted(set(present) | set(wanted)):
        if name not in FOLLOWING and present.get(name) != wanted.get(name):
            text = "follows from the twin and cannot be put; only the status can"
            raise InvalidResourceError([Problem(f"Encounter.{name}", "business-rule", text)])
    status = wanted["status"]
    if status == present["status"]:
        return None
    twin, phases = case.trauma, TRAUMA_PHASE
    if wanted["id"] == case.id(case.preh):
        twin, phases = case.preh, PREH_PHASE
    if status not in phases:
        text = f"'{status}' is no step of this process; taken are {', '.join(phases)}"
        raise InvalidResourceError([Problem("Encounter.status", "business-rule", text)])
    return Asked(twin=twin, operation="advance", arguments={"to": phases[status]})
