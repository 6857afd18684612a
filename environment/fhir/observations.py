"""Readings as Observations: vital signs, findings, laboratory values, and what is absent.

One moment of one source gives one blood pressure panel and one Glasgow Coma Scale with its
components. A value that is stale, unknown or not permitted says so (`dataAbsentReason`) and never
shows an old number.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from environment.fhir.case import Case
from environment.fhir.elements import (
    PROFILE,
    Element,
    Mapped,
    Resource,
    absent,
    category,
    checked,
    clean,
    concept,
    quantity,
    refer,
    vital_concept,
)
from environment.model.change import JSON
from environment.model.frame import Absent, Reading
from environment.model.vitals import VITALS, Vital
from environment.runtime.states import reading_of

#: Profiles of R4 that fix code and unit.
PROFILES = {
    "hr": "heartrate",
    "rr": "resprate",
    "spo2": "oxygensat",
    "temp": "bodytemp",
    "map": "vitalsigns",
    "etco2": "vitalsigns",
}
CATEGORIES = {"monitor": "vital_signs", "finding": "exam", "laboratory": "laboratory"}
PRESSURE = ("sbp", "dbp")
COMA = ("gcs_eye", "gcs_verbal", "gcs_motor")
#: In a document, one reading a minute of each vital sign; those that led to an alert always.
EVERY_S = 60.0

Readings = Mapping[str, Reading]


def value_of(row: Vital, value: JSON) -> Element:
    """The value of an Observation or a component, as `value[x]`."""
    if row.value_type == "boolean":
        return {"valueBoolean": bool(value)}
    if row.value_type == "text":
        return {"valueCodeableConcept": concept(str(value))}
    return {"valueQuantity": quantity(value, row.unit, row.shown_unit)}


def observations(case: Case, readings: Readings) -> Iterator[Mapped]:
    """The Observations of readings of one moment: panels first, then one for each other value."""
    rest = dict(readings)
    if any(key in rest for key in PRESSURE):
        yield _pressure(case, {key: rest.pop(key) for key in PRESSURE if key in rest})
    if "gcs" in rest:
        yield _coma(case, {k: rest.pop(k) for k in ("gcs", *COMA) if k in rest})
    for key, reading in rest.items():
        yield _one(case, VITALS[key], reading)


def _one(case: Case, row: Vital, reading: Reading) -> Mapped:
    body = _frame(case, row, reading)
    body["code"] = vital_concept(row)
    return _mapped(case, body | value_of(row, reading.value), [reading])


def _pressure(case: Case, readings: Readings) -> Mapped:
    first = next(iter(readings.values()))
    row = VITALS["sbp"]
    body = _frame(case, row, first, key="bp")
    body["meta"] = {"profile": [f"{PROFILE}bp"]}
    body["code"] = concept("Blood pressure", checked("loinc_blood_pressure_panel"))
    # The profile wants both components; one that was not measured says so.
    body["component"] = [
        {"code": vital_concept(VITALS[key])}
        | (
            value_of(VITALS[key], readings[key].value)
            if key in readings
            else {"dataAbsentReason": absent("unknown")}
        )
        for key in PRESSURE
    ]
    return _mapped(case, body, list(readings.values()))


def _coma(case: Case, readings: Readings) -> Mapped:
    row, reading = VITALS["gcs"], readings["gcs"]
    body = _frame(case, row, reading)
    body["code"] = vital_concept(row)
    body["component"] = [
        {"code": vital_concept(VITALS[key])} | value_of(VITALS[key], readings[key].value)
        for key in COMA
        if key in readings
    ]
    return _mapped(case, body | value_of(row, reading.value), list(readings.values()))


def _mapped(case: Case, body: Resource, readings: Iterable[Reading]) -> Mapped:
    changes = tuple(case.journal[r.seq] for r in readings)
    if any(map(case.is_taken_back, changes)):
        body["status"] = "entered-in-error"
    return Mapped(clean(body), changes)


def _frame(case: Case, row: Vital, reading: Reading, *, key: str = "") -> Resource:
    """What all Observations of a reading share; a reading keeps the twin that it came from."""
    change = case.journal[reading.seq]
    profile = PROFILES.get(row.key)
    source = reading.twin if case.kind(reading.twin) != "patient" else reading.source
    note = "Learned late: a later value was known already." if reading.quality == "restated" else ""
    return {
        "resourceType": "Observation",
        "id": case.id(reading.twin, key or row.key, reading.seq),
        "meta": {"profile": [PROFILE + profile]} if profile else {},
        "status": "final",
        "category": category(CATEGORIES[row.kind]),
        "subject": case.subject,
        "encounter": case.encounter(reading.effective),
        "effectiveDateTime": case.at(reading.effective),
        "issued": case.at(reading.recorded),
        "performer": [case.person(change.by)],
        "method": concept("cuff") if reading.quality == "cuff" else {},
        "device": device_of(case, source, row.key),
        "note": [{"text": note}] if note else [],
    }


def device_of(case: Case, source: str, key: str) -> Element:
    """The metric of a monitor, or the device, that gave a reading."""
    if case.kind(source) == "monitor":
        metric = "sbp" if key == "bp" else key
        return refer(f"DeviceMetric/{case.id(source, metric)}", VITALS[metric].label)
    named = case.name_of(source)
    return refer(named, case.title(source)) if named.startswith("Device/") else {}


def missing(case: Case, twin: str, row: Vital, gone: Absent, at_s: float) -> Mapped:
    """An Observation of a value that is not there as of `at_s`, and why; without a number."""
    note = "" if gone.since is None else f"Not a value since {case.at(gone.since)}."
    body: Resource = {
        "resourceType": "Observation",
        "id": case.id(twin, row.key, "absent", round(at_s * 1000)),
        "status": "final",
        "category": category(CATEGORIES[row.kind]),
        "code": vital_concept(row),
        "subject": case.subject,
        "encounter": case.encounter(at_s),
        "effectiveDateTime": case.at(at_s),
        "dataAbsentReason": absent(gone.reason),
        "note": [{"text": note}] if note else [],
    }
    if row.key in PROFILES:
        body["meta"] = {"profile": [PROFILE + PROFILES[row.key]]}
    return Mapped(clean(body))


def course(
    case: Case, cited: Collection[int] = (), *, every_s: float = EVERY_S
) -> Iterator[Mapped]:
    """The patient's values over the case: monitor values thinned, all others in full.

    `every_s` is the time between values that are kept, 0 for all. `cited` are the seqs of
    readings that somebody acted on: each of them is kept.
    """
    for twin, since, until in case.carriers:
        last = float("inf") if until is None else until
        is_thinned = case.kind(twin) == "monitor" and every_s > 0
        moments: dict[tuple[float, float], dict[str, Reading]] = {}
        for change in case.journal.read(twin=twin, kind="property"):
            if change.name not in VITALS or change.value is None or change.quality == "stale":
                continue
            if since <= change.effective <= last:
                at = (change.effective, change.recorded)
                moments.setdefault(at, {})[change.name] = reading_of(change)
        due = dict.fromkeys(VITALS, float("-inf"))
        for (effective, _), readings in sorted(moments.items(), key=lambda row: row[0]):
            kept = {}
            for key, reading in readings.items():
                if not is_thinned or effective >= due[key] or reading.seq in cited:
                    kept[key] = reading
                if is_thinned and effective >= due[key]:
                    due[key] = effective - effective % every_s + every_s
            for key in PRESSURE:  # a pressure is never cut in two
                if key in readings and any(k in kept for k in PRESSURE):
                    kept[key] = readings[key]
            yield from observations(case, kept)
