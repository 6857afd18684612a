"""What an instructor reads before a case begins: who is hurt, how, what can be found, what for."""

from collections.abc import Iterator

from environment.model.change import JSON
from scenarios.schema import Patient, Scenario


def briefing(scenario: Scenario) -> dict[str, JSON]:
    """A scenario in short, for its instructor alone: it gives everything away."""
    return {
        "title": scenario.title,
        "level": scenario.level,
        "branch": "" if scenario.branch == "default" else scenario.branch,
        "mechanism": _mechanism(scenario),
        "patient": _patient(scenario.patient),
        "injuries": [
            {
                "label": injury.label,
                "kind": injury.kind,
                "where": str(injury.body_table().get("site", "")) or injury.region,
                "at_s": injury.at_s,
                "ais": injury.ais,
            }
            for injury in scenario.injuries
        ],
        "goals": list(scenario.goals),
        "traps": list(scenario.traps),
        "debrief": list(scenario.debrief),
    }


def _mechanism(scenario: Scenario) -> str:
    """How it happened: as the call says, else as the handover does."""
    for event in scenario.events:
        if event.do == "central_unit.take_call" and event.arguments.get("dynamic"):
            return str(event.arguments["dynamic"])
    for event in scenario.events:
        card = event.arguments.get("atmist")
        if isinstance(card, dict) and card.get("mechanism"):
            return str(card["mechanism"])
    return ""


def _patient(patient: Patient) -> dict[str, JSON]:
    """Who is hurt, and what can be learnt about him by asking or from a passport."""
    passport, asked = patient.passport, patient.anamnesis
    allergies = [*asked.allergies]
    if passport is not None:
        allergies += [name for name in passport.allergies if name not in allergies]
    return {
        "age": patient.age,
        "sex": patient.sex,
        "weight_kg": patient.weight_kg,
        "pregnancy_weeks": patient.pregnancy_weeks,
        "history": asked.history,
        "medication": list(_medication(patient)),
        "allergies": allergies,
        "conditions": [] if passport is None else list(passport.conditions.values()),
        "has_passport": passport is not None and passport.readable,
    }


def _medication(patient: Patient) -> Iterator[str]:
    told = [patient.anamnesis.anticoagulant, patient.anamnesis.antiplatelet]
    if patient.passport is not None:
        told += [patient.passport.anticoagulant, patient.passport.antiplatelet]
    yield from dict.fromkeys([*patient.anamnesis.medication, *(x for x in told if x != "none")])
