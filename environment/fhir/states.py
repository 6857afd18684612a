"""A twin's state as a Bundle: its values, what is absent and why, and the frame they come from.

The first entry is a panel whose `effectivePeriod` is the frame: the one time interval from which
all values of the state come. Everything that an entry refers to is in the Bundle.
"""

from collections.abc import Iterator

from environment.fhir.assets import assets
from environment.fhir.case import Case
from environment.fhir.elements import (
    SYSTEM,
    Element,
    Mapped,
    Resource,
    absent,
    category,
    checked,
    clean,
    concept,
    refer,
    references,
    words,
)
from environment.fhir.facts import about, fact, label
from environment.fhir.observations import missing, observations
from environment.fhir.processes import processes
from environment.model.frame import Absent, Reading, State
from environment.model.members import Property
from environment.model.vitals import VITALS


def state_bundle(case: Case, state: State, *, base: str = f"{SYSTEM}/fhir") -> Resource:
    """A collection Bundle of a twin's state as of `state.at`."""
    found = list(_observations(case, state))
    panel = _panel(case, state, [m.reference for m in found])
    own = {m.reference: m.resource for m in (*assets(case), *processes(case))}
    entries = [panel, *(m.resource for m in found)]
    wanted = [case.name_of(state.twin), *(r for e in entries for _, r in references(e))]
    return {
        "resourceType": "Bundle",
        "id": panel["id"],
        "type": "collection",
        "timestamp": case.at(state.at),
        "entry": [
            {"fullUrl": f"{base}/{r['resourceType']}/{r['id']}", "resource": r}
            for r in [*entries, *_closure(wanted, own)]
        ],
    }


def _closure(wanted: list[str], known: dict[str, Resource]) -> Iterator[Resource]:
    """The resources that are referred to, directly or through others, each once."""
    seen: set[str] = set()
    while wanted:
        name = wanted.pop(0)
        if name in seen or name not in known:
            continue
        seen.add(name)
        yield known[name]
        wanted.extend(reference for _, reference in references(known[name]))


def _panel(case: Case, state: State, members: list[str]) -> Resource:
    has_vitals = any(key in VITALS for key in (*state.values, *state.absent))
    title = f"State of {words(state.twin)}"
    code = concept(title, checked("loinc_vital_signs_panel") if has_vitals else None)
    parts: list[Element] = [
        {"code": concept("life of the twin"), "valueString": state.life},
        {"code": concept("revision of the twin"), "valueInteger": state.revision},
    ]
    if state.phase:
        parts.append({"code": concept("phase of the process"), "valueString": state.phase})
    panel: Resource = {
        "resourceType": "Observation",
        "id": case.id(state.twin, "state", round(state.at * 1000)),
        "status": "final",
        "code": code,
        **about(case, state.twin, state.at),
        "effectivePeriod": case.at.period(*state.frame),
        "issued": case.at(state.at),
        "hasMember": [refer(member) for member in members],
        "component": parts,
    }
    if has_vitals:
        # No profile is claimed: that of the panel admits vital signs alone as its members.
        panel["category"] = category("vital_signs")
    found: Resource = clean(panel)
    return found


def _observations(case: Case, state: State) -> Iterator[Mapped]:
    members = case.models[state.twin].properties
    moments: dict[tuple[str, float, float], dict[str, Reading]] = {}
    for key, reading in state.values.items():
        if key in VITALS:
            at = (reading.twin, reading.effective, reading.recorded)
            moments.setdefault(at, {})[key] = reading
        else:
            yield fact(case, members[key], reading)
    for readings in moments.values():
        yield from observations(case, readings)
    for key, gone in state.absent.items():
        if gone.reason == "unknown" and not members[key].required:
            continue  # nobody ever said it, and nobody has to
        if key in VITALS:
            yield missing(case, state.twin, VITALS[key], gone, state.at)
        else:
            yield _no_fact(case, state, members[key], gone)


def _no_fact(case: Case, state: State, member: Property, gone: Absent) -> Mapped:
    body: Resource = {
        "resourceType": "Observation",
        "id": case.id(state.twin, member.name, "absent", round(state.at * 1000)),
        "status": "final",
        "code": concept(label(member)),
        **about(case, state.twin, state.at),
        "effectiveDateTime": case.at(state.at),
        "dataAbsentReason": absent(gone.reason),
    }
    return Mapped(clean(body))
