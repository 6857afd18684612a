"""Numbers of a run, read off its journal by pure functions; each appears in the report.

Targets of the KPI clock are those of the named guidelines; they measure a session of training, not
a person.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from environment.model import catalogue
from environment.model.change import JSON
from environment.model.vitals import of_kind
from scenarios.expectations import Verdict, expectations
from scenarios.language import ENGLISH, Tongue
from scenarios.story import Story

__all__ = ["MEASURES", "Kpi", "expectations", "kpi_clock", "measure", "measured"]

Measure = Callable[[Story], JSON]
MEASURES: dict[str, Measure] = {}
ALERT_WINDOW_S = 1800.0  # alert load is counted per 30 minutes


def measure(function: Measure) -> Measure:
    """Make a function a measure: it appears in the report under its own name."""
    MEASURES[function.__name__] = function
    return function


def measured(story: Story) -> dict[str, JSON]:
    """All measures of a run."""
    return {name: function(story) for name, function in MEASURES.items()}


# -- the KPI clock ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """One interval of care; `met` is None where there is no target or nothing to measure."""

    key: str
    label: str
    value_s: float | None
    target_s: float | None
    met: bool | None
    at_s: float | None  # when the interval ended
    source: str


@measure
def kpis(story: Story) -> JSON:
    """The KPI clock as plain data."""
    return [asdict(row) for row in kpi_clock(story)]


def kpi_clock(story: Story) -> list[Kpi]:
    """Every interval whose beginning and end can be read off the journal."""
    call = story.time("preh", "call_at_s") or 0.0
    on_scene = story.time("preh", "arrival_onsite_s")
    left = story.time("preh", "departure_onsite_s")
    injury = story.time("preh", "injury_at_s")
    arrived = story.time("trauma", "arrived_s") or story.time("preh", "arrival_er_s")
    asked = story.time("trauma", "mtp_at_s") or story.time("trauma", "activated_s")
    ct = story.time("trauma", "ct_started_s")
    rows = [
        _kpi("call_to_scene", "Call to scene", call, on_scene, None, "Utstein 2008"),
        _kpi("scene_time", "Time at the scene", on_scene, left, 600, "PHTLS"),
        _pre_alert(story, arrived),
        _kpi(
            "leader_at_arrival",
            "Leader named after arrival",
            arrived,
            _first(story, "trauma", "leader"),
            300,
            "UK best-practice tariff",
        ),
        _kpi("efast", "eFAST after arrival", arrived, _fast_s(story, arrived), 600, "practice"),
        _kpi(
            "airway",
            "Airway secured after the call",
            call,
            story.time("trauma", "airway_secured_s"),
            2700,
            "NICE NG39",
        ),
        _kpi("txa", "Tranexamic acid after injury", injury, _txa_s(story), 3600, "CRASH-2 2010"),
        _kpi(
            "first_blood",
            "First blood after it was asked for",
            asked,
            _first_blood_s(story),
            900,
            "practice",
        ),
        _kpi(
            "haemorrhage_control",
            "Bleeding controlled after arrival",
            arrived,
            story.time("trauma", "haemorrhage_control_s"),
            3600,
            "ACS TQIP, NICE NG39",
        ),
        _kpi("ct", "CT after arrival", arrived, ct, 1800, "NICE NG39"),
        _antibiotic(story, arrived),
        _reversal(story, ct),
        _kpi("shock_room_stay", "Time in the shock room", *_shock_room(story), None, "WSES 2021"),
    ]
    return [row for row in rows if row is not None]


def _kpi(
    key: str,
    label: str,
    start: float | None,
    end: float | None,
    target_s: float | None,
    source: str,
) -> Kpi:
    value = None if start is None or end is None else max(0.0, end - start)
    met = None if value is None or target_s is None else value <= target_s
    return Kpi(
        key=key, label=label, value_s=value, target_s=target_s, met=met, at_s=end, source=source
    )


def _first(story: Story, kind: str, name: str) -> float | None:
    change = story.first(story.one(kind), name)
    return change.effective if change else None


def _pre_alert(story: Story, arrived: float | None) -> Kpi:
    at_s = story.time("preh", "pre_alerted_s")
    lead = None if arrived is None or at_s is None else arrived - at_s
    met = None if arrived is None else lead is not None and lead > 0
    return Kpi(
        key="pre_alert",
        label="Pre-alert ahead of arrival",
        value_s=lead,
        target_s=None,
        met=met,
        at_s=at_s,
        source="NICE NG40",
    )


def _fast_s(story: Story, arrived: float | None) -> float | None:
    """The first view of the first eFAST in hospital; a repeated one replaces the views."""
    since = float("-inf") if arrived is None else arrived
    changes = story.changes(story.one("trauma"), "fast")
    times = (view["at_s"] for change in changes for view in change.value.values())
    return min((at_s for at_s in times if at_s >= since), default=None)


def _txa_s(story: Story) -> float | None:
    return _dose_s(story, {"tranexamic_acid"})


def _dose_s(story: Story, drugs: set[str]) -> float | None:
    rows = story.events(story.one("patient"), "drug_given")
    return next((c.effective for c in rows if catalogue.key_of(c.value["drug"]) in drugs), None)


def _first_blood_s(story: Story) -> float | None:
    change = story.first(story.one("patient"), "blood_given", "event")
    return change.effective if change else None


def _antibiotic(story: Story, arrived: float | None) -> Kpi | None:
    """Only for an open fracture."""
    injuries = story.last(story.one("patient"), "injury") or {}
    if not any(i["open"] and i["kind"] == "fracture" for i in injuries.values()):
        return None
    given = _dose_s(story, set(catalogue.of_class("antibiotic")))
    given = given or _procedure_s(story, "antibiotic_prophylaxis")
    label = "Antibiotic for the open fracture"
    return _kpi("antibiotic", label, arrived, given, 3600, "ACS TQIP, BOAST 4")


def _procedure_s(story: Story, name: str) -> float | None:
    rows = story.events(story.one("patient"), "procedure")
    return next((c.effective for c in rows if c.value["procedure"] == name), None)


def _reversal(story: Story, ct: float | None) -> Kpi | None:
    """Only for a patient who takes an anticoagulant."""
    taken = story.last(story.one("patient"), "anticoagulant")
    if taken in (None, "none"):
        return None
    agents = {"prothrombin_complex", "andexanet", "idarucizumab", "vitamin_k", "protamine"}
    given = _dose_s(story, agents)
    return _kpi("reversal", "Reversal after CT", ct, given, 3600, "guideline practice")


def _shock_room(story: Story) -> tuple[float | None, float | None]:
    stay = next((s for s in story.stays if s.room.startswith("shock_room")), None)
    return (None, None) if stay is None else (stay.in_s, stay.out_s)


# -- alerts ----------------------------------------------------------------------------------------


@measure
def alert_load(story: Story) -> JSON:
    """How many alerts there were, by priority, and the most within any 30 minutes."""
    times = [a.raised_s for a in story.alerts]
    busiest = max((sum(t <= u < t + ALERT_WINDOW_S for u in times) for t in times), default=0)
    by_priority = {p: sum(a.priority == p for a in story.alerts) for p in ("high", "medium", "low")}
    seen = [a for a in story.alerts if a.acknowledged_s is not None]
    answers = sorted((a.acknowledged_s or 0.0) - a.raised_s for a in seen)
    return {
        "total": len(times),
        **by_priority,
        "most_in_30_min": busiest,
        "acknowledged": len(seen),
        "median_to_acknowledge_s": answers[len(answers) // 2] if answers else None,
    }


@measure
def time_to_first_alert_s(story: Story) -> JSON:
    """Seconds from arrival at the patient to the first alert."""
    at_patient = story.time("preh", "at_patient_s")
    first = story.alerts[0].raised_s if story.alerts else None
    return None if at_patient is None or first is None else first - at_patient


# -- quality of the mirror -------------------------------------------------------------------------


@measure
def stale_s(story: Story) -> JSON:
    """Seconds in which a vital sign of the patient, once known, was not known any more."""
    found: dict[str, float] = {}
    for vital in of_kind("monitor"):
        points = story.curve(vital.key)
        total, since = 0.0, None
        for at_s, value in points:
            if value is None and since is None:
                since = at_s
            elif value is not None and since is not None:
                total, since = total + at_s - since, None
        if since is not None:
            total += max(0.0, story.ends_s - since)
        if points:
            found[vital.key] = round(total, 1)
    return found


@measure
def refused(story: Story) -> JSON:
    """How many invocations were refused, and how many failed."""
    rows = [a.status for a in story.actions]
    return {"refused": rows.count("refused"), "failed": rows.count("failed"), "asked": len(rows)}


# -- totals ----------------------------------------------------------------------------------------


@measure
def totals(story: Story) -> JSON:
    """Drugs, blood products and crystalloid, summed."""
    patient = story.one("patient")
    drugs: dict[str, dict[str, JSON]] = {}
    for change in story.events(patient, "drug_given"):
        drug, unit = change.value["drug"], change.value["unit"]
        row = drugs.setdefault(f"{drug} ({unit})", {"total": 0.0, "doses": 0})
        row["total"] += change.value["amount"]
        row["doses"] += 1
    blood: dict[str, int] = {}
    for change in story.events(patient, "blood_given"):
        product = change.value["product"]
        blood[product] = blood.get(product, 0) + int(change.value["units"])
    crystalloid = story.last(patient, "crystalloid_ml")
    return {"drugs": drugs, "blood": blood, "crystalloid_ml": crystalloid or 0.0}


@measure
def worst(story: Story) -> JSON:
    """The worst vital signs: lowest pressure, saturation and GCS, highest rates."""
    lows = {"sbp": min, "spo2": min, "gcs": min, "temp": min, "hr": max, "rr": max}
    found: dict[str, JSON] = {}
    for name, choose in lows.items():
        values = [(v, t) for t, v in story.curve(name) if v is not None]
        if values:
            value = choose(v for v, _ in values)
            found[name] = {"value": value, "at_s": next(t for v, t in values if v == value)}
    return found


# -- outcome and missed windows --------------------------------------------------------------------


@measure
def outcome(story: Story) -> JSON:
    """How it ended: alive or not, when the pulse was lost, where the patient went."""
    return {
        "alive": story.is_alive,
        "arrest_s": story.arrest_s,
        "destination": _destination(story),
        "severity": story.last(story.one("preh"), "severity"),
    }


def _destination(story: Story) -> JSON:
    """Where the patient was sent before the end; a machine that is late may say more."""
    rows = story.changes(story.one("trauma"), "final_destination")
    return next((c.value for c in reversed(rows) if c.recorded <= story.ends_s), None)


def missed_windows(story: Story, verdict: Verdict, say: Tongue = ENGLISH) -> list[str]:
    """What came too late or never: intervals beyond their target, required actions not done."""
    late = [
        say.t(
            "clock.late",
            name=say.named("kpi", row.key) or row.label,
            value=f"{row.value_s / 60:.0f}",
            target=f"{row.target_s / 60:.0f}",
        )
        for row in kpi_clock(story)
        if row.met is False and row.value_s is not None and row.target_s is not None
    ]
    return late + [j.text for j in (*verdict.late, *verdict.missed) if j.kind == "action"]
