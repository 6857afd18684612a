"""A run as a record of a trauma registry: the core fields of the Utstein trauma template.

Ringdal and others, Scand J Trauma Resusc Emerg Med 2008, 16:7. What a session cannot know, such as
the days in intensive care, is null and says why; nothing is invented. Injuries are those of the
scenario, for the registry counts what was there and not what was found.
"""

from collections.abc import Iterable

from environment.model import catalogue
from environment.model.change import JSON
from scenarios.schema import Scenario
from scenarios.story import Story

#: NISS above which a case belongs into the registry.
INCLUDED_ABOVE = 15
LATER, UNASKED, UNMEASURED = "after the session", "not part of the scenario", "not measured"


def record(story: Story, scenario: Scenario) -> dict[str, JSON]:
    """The record: identification without a name, inclusion, and the fields in their groups."""
    found = niss(scenario)
    return {
        "template": "Utstein trauma template, revision of 2008 (doi:10.1186/1757-7241-16-7)",
        "simulated": True,
        "case": scenario.id,
        "call": scenario.start.isoformat(),
        "inclusion": {
            "niss_above_15": found is not None and found > INCLUDED_ABOVE,
            "first_admission_beyond_24_h": False,
            "dead_on_arrival_without_signs_of_life": _dead_on_arrival(story),
            "burns_predominant": bool(scenario.injuries)
            and all(i.kind == "burn" for i in scenario.injuries),
        },
        "predictive_model": _predictive(story, scenario, found),
        "system": _system(story),
        "process": _process(story),
        "outcome": _outcome(story),
    }


def niss(scenario: Scenario) -> int | None:
    """New injury severity score: the three worst AIS wherever they are; an AIS of 6 makes it 75."""
    worst = sorted((i.ais for i in scenario.injuries if i.ais is not None), reverse=True)[:3]
    if not worst:
        return None
    return 75 if worst[0] == 6 else sum(ais * ais for ais in worst)


def _field(value: JSON, unit: str = "", because: str = UNMEASURED) -> dict[str, JSON]:
    """A value with its unit (UCUM); null with the reason why it is not there."""
    if value is None:
        return {"value": None, "absent": because}
    return {"value": value, "unit": unit} if unit else {"value": value}


def _arrived(story: Story) -> float | None:
    return story.time("trauma", "arrived_s") or story.time("preh", "arrival_er_s")


def _near(story: Story, name: str, *, at_arrival: bool) -> float | None:
    """The first value at the scene, or the first from the arrival at the hospital on."""
    arrived = _arrived(story)
    for at_s, value in story.curve(name):
        if value is None:
            continue
        if not at_arrival and (arrived is None or at_s < arrived):
            return value
        if at_arrival and arrived is not None and at_s >= arrived:
            return value
    return None


def _predictive(story: Story, scenario: Scenario, found: int | None) -> dict[str, JSON]:
    preh, patient = story.one("preh"), scenario.patient
    arrived, arrest = _arrived(story), story.arrest_s
    mechanism = story.last(preh, "mechanism")
    rows: dict[str, JSON] = {
        "age": _field(patient.age, "a"),
        "sex": _field(patient.sex),
        "dominating_type_of_injury": _field(None if mechanism == "unknown" else mechanism),
        "mechanism_of_injury": _field(
            "traffic" if story.last(preh, "is_car_accident") else story.last(preh, "dynamic")
        ),
        "intention_of_injury": _field(None, because=UNASKED),
        "pre_injury_asa": _field(None, because=UNASKED),
        "prehospital_cardiac_arrest": _field(
            arrest is not None and (arrived is None or arrest < arrived)
        ),
    }
    for name, unit in (("gcs", "{score}"), ("sbp", "mm[Hg]"), ("rr", "/min")):
        rows[f"{name}_scene"] = _field(_near(story, name, at_arrival=False), unit)
        rows[f"{name}_hospital"] = _field(_near(story, name, at_arrival=True), unit)
    rows["arterial_base_excess"] = _field(_near(story, "be", at_arrival=True), "mmol/L")
    rows["inr"] = _field(_near(story, "inr", at_arrival=True))
    rows["niss"] = _field(found, because="the scenario gives no AIS")
    rows["injuries"] = [
        {"ais": i.ais, "region": i.region, "description": i.label or i.kind}
        for i in scenario.injuries
        if i.ais is not None
    ]
    rows["number_of_injuries"] = _field(len(scenario.injuries))
    return rows


def _system(story: Story) -> dict[str, JSON]:
    arrived = _arrived(story)
    airway = [t for t, key in _procedures(story) if _is(key, "airway")]
    early = any(arrived is None or at_s < arrived for at_s in airway)
    activated = story.time("trauma", "activated_s")
    return {
        "prehospital_intubation": _field(early),
        "highest_prehospital_care": _field(None, because=UNASKED),
        "transport": _field(
            "helicopter" if story.time("preh", "landing_helipad_s") else "ground ambulance"
        )
        if arrived is not None
        else _field(None, because="the patient did not arrive"),
        "trauma_team_activated": _field(activated is not None),
        "pre_alert": _field(story.time("preh", "pre_alerted_s") is not None),
        "inter_hospital_transfer": _field(None, because=UNASKED),
        "highest_level_of_care": _field(
            story.last(story.one("trauma"), "final_destination"), because=LATER
        ),
    }


def _process(story: Story) -> dict[str, JSON]:
    alarm, arrived = story.time("preh", "call_at_s") or 0.0, _arrived(story)
    key, key_s = _key_intervention(story)
    return {
        "injury": _since(alarm, story.time("preh", "injury_at_s")),
        "alarm_to_scene": _since(alarm, story.time("preh", "arrival_onsite_s")),
        "alarm_to_departure": _since(alarm, story.time("preh", "departure_onsite_s")),
        "alarm_to_hospital": _since(alarm, arrived),
        "arrival_to_ct": _since(arrived, story.time("trauma", "ct_started_s")),
        "arrival_to_first_blood": _since(arrived, story.time("trauma", "first_blood_s")),
        "arrival_to_base_excess": _since(arrived, _first_s(story, "be", arrived)),
        "key_emergency_intervention": _field(key, because="none was done"),
        "arrival_to_key_intervention": _since(arrived, key_s),
    }


def _outcome(story: Story) -> dict[str, JSON]:
    destination = story.last(story.one("trauma"), "final_destination")
    return {
        "alive_at_end_of_session": _field(story.is_alive),
        "destination": _field(destination, because=LATER),
        "ventilator_days": _field(None, because=LATER),
        "intensive_care_days": _field(None, because=LATER),
        "hospital_days": _field(None, because=LATER),
        "discharge_destination": _field(None, because=LATER),
        "glasgow_outcome_scale": _field(None, because=LATER),
        "survival_30_days": _field(None if story.is_alive else False, because=LATER),
    }


def _since(start: float | None, end: float | None) -> dict[str, JSON]:
    """Whole seconds from one moment to another."""
    value = None if start is None or end is None else round(end - start)
    return _field(value, "s", because="one of the two did not happen")


def _procedures(story: Story) -> Iterable[tuple[float, str]]:
    for change in story.events(story.one("patient"), "procedure"):
        if change.value["change"] != "stop":
            yield change.effective, catalogue.key_of(change.value["procedure"])


def _is(key: str, what: str) -> bool:
    row = catalogue.PROCEDURES.get(key)
    return row is not None and bool(getattr(row, what))


def _key_intervention(story: Story) -> tuple[str | None, float | None]:
    """The first procedure in hospital that ends bleeding."""
    arrived = _arrived(story)
    for at_s, key in _procedures(story):
        if arrived is not None and at_s >= arrived and _is(key, "haemorrhage_control"):
            return key, at_s
    return None, None


def _first_s(story: Story, name: str, since: float | None) -> float | None:
    rows = story.curve(name)
    return next((t for t, v in rows if v is not None and (since is None or t >= since)), None)


def _dead_on_arrival(story: Story) -> bool:
    arrived, arrest = _arrived(story), story.arrest_s
    return not story.is_alive and arrest is not None and (arrived is None or arrest < arrived)
