"""A twin's state as a FHIR R4 Bundle: `Accept: application/fhir+json` at the twin's own address.

The mapping reads a journal. Each caller gets one in which what he may not read is withheld: a
change keeps its number, and says nothing. So nobody is named to those who may not know the name.
"""

from dataclasses import replace

from environment.fhir.case import Case
from environment.fhir.states import state_bundle
from environment.model.change import JSON, Change
from environment.model.frame import State
from environment.model.twin import Twin
from environment.runtime.access import Caller
from environment.runtime.journal import Journal
from environment.twins import kinds
from environment.web.site import Site, visible

FHIR_TYPE = "application/fhir+json"
#: Views of the journal that are kept, for as many kinds of caller (engineering default).
KEPT = 16


def is_mapped(twin: Twin) -> bool:
    """Whether FHIR has a word for this kind of twin."""
    return twin.kind in kinds()


def bundle(
    site: Site, who: Caller, twin: Twin, state: State, base: str, *, known_at: float | None = None
) -> dict[str, JSON]:
    """The Bundle of a state as this caller may see it; `known_at` as the state was asked for."""
    case = _case(site, who, twin, known_at)
    found: dict[str, JSON] = state_bundle(case, state, base=f"{base}/fhir")
    return found


def _case(site: Site, who: Caller, twin: Twin, known_at: float | None) -> Case:
    world, shown = site.world, _permitted(site, who)
    if known_at is not None:
        told = Journal(shown.name)
        for change in shown:
            told.append(change if change.recorded <= known_at else _withheld(change))
        shown = told
    models = {name: type(world.twins[name]) for name in visible(site, who)}
    patients = twin.linked("hasPatient") if "hasPatient" in twin.link_types else ()
    patient = twin.id if twin.kind == "patient" else next(iter(patients), "")
    return Case(shown, models, world.clock.start, patient=patient if patient in models else "")


def _permitted(site: Site, who: Caller) -> Journal:
    """The journal without what this caller may not read; kept for those who see the same."""
    world, rights = site.world, site.rights
    # Rights follow phases: a step of any process makes another view.
    key = (*rights.alike(who), "", *(str(t.phase) for t in world.twins.values()))
    kept = site.views.pop(key, None) or Journal(world.journal.name)
    site.views[key] = kept
    while len(site.views) > KEPT:
        site.views.pop(next(iter(site.views)))
    for change in world.journal.read(since=len(kept)):
        twin = world.twins[change.twin]
        is_shown = rights.allows(who, "read", twin) and rights.shows(who, "read", twin, change)
        kept.append(change if is_shown else _withheld(change))
    return kept


def _withheld(change: Change) -> Change:
    return replace(change, kind="event", name="withheld", value=None, source="", by="", cause=None)
