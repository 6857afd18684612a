"""Courses of simulated bodies, without noise: when each alert comes, and which never do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from environment.model.change import JSON
from environment.physical.physiology import Body, body_from, seconds
from tests.agents.rules.case import MONITORED, Case
from tests.environment.physical import bodies

EVERY_S = 3.0  # between two readings: fast, and far from stale
EARLY_S = 20.0  # times of a course are known to the third of a minute
Facts = Mapping[str, JSON]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A patient, what is noted and done at which time, and what is to be seen."""

    name: str
    body: Mapping[str, object]
    begin: str
    end: str
    injury: str
    facts: Facts = field(default_factory=dict)
    at: Mapping[str, Facts] = field(default_factory=dict)
    treat: Mapping[str, Callable[[Body], None]] = field(default_factory=dict)
    leaves: str = ""
    must: Sequence[tuple[str, str, str, str]] = ()  # rule, priority, earliest, latest
    never: Sequence[str] = ()


def supine(lies: bool) -> Callable[[Body], None]:
    """Flat on the back, or tilted."""
    return lambda body: body.treat("position", supine=lies)


def splint(body: Body) -> None:
    """The thigh is splinted."""
    body.treat("splint", site="femur", factor=0.3)


def injured(region: str, kind: str = "blunt", side: str = "") -> Facts:
    """One injury."""
    row = {"region": region, "kind": kind, "side": side, "open": False}
    return {"injury": {region: row}}


COURSES = [
    Course(
        name="a child of six with a bleeding spleen",
        body=bodies.SPLEEN,
        begin="11:00",
        end="40:00",
        injury="-01:00",
        facts={"age": 6, "weight_kg": 20, **injured("abdomen"), "gcs": 15},
        at={"40:00": {"gcs": 12}},
        leaves="20:00",
        must=[
            ("HAE-02", "high", "11:00", "14:30"),
            ("TRI-01", "high", "14:50", "16:30"),
            ("BRE-02", "medium", "14:50", "16:30"),
            ("HAE-04", "medium", "31:00", "32:00"),
            ("HAE-01", "high", "33:00", "35:10"),
            ("HAE-03", "high", "33:00", "35:10"),
        ],
        never=["BRE-01", "BRE-03", "AIR-01", "PRO-01"],
    ),
    Course(
        name="a stab into the heart",
        body=bodies.TAMPONADE,
        begin="07:00",
        end="25:00",
        injury="-04:00",
        facts={
            "age": 27,
            "mechanism": "penetrating",
            "red": ["penetrating_injury"],
            **injured("chest", "stab", "left"),
        },
        at={"24:30": {"pulse": False, "rhythm": "pea"}},
        leaves="11:00",
        must=[
            ("TRI-01", "high", "07:00", "08:00"),
            ("HAE-03", "high", "07:00", "08:30"),
            ("HAE-02", "high", "07:00", "10:00"),
            ("BRE-02", "medium", "08:40", "10:20"),
            ("HAE-01", "high", "10:40", "12:10"),
            ("BRE-03", "high", "08:40", "12:15"),
            ("ARR-01", "high", "24:30", "24:45"),
        ],
        never=["PRO-01", "PRO-05", "HAE-13", "NEU-04"],
    ),
    Course(
        name="a bleeding liver",
        body=bodies.LIVER,
        begin="06:00",
        end="27:40",
        injury="-03:00",
        facts={"age": 45, **injured("abdomen")},
        leaves="12:00",
        must=[
            ("TRI-01", "high", "06:00", "07:00"),
            ("HAE-01", "high", "06:00", "07:30"),
            ("HAE-03", "high", "06:00", "07:00"),
            ("BRE-02", "medium", "06:00", "07:30"),
            ("HAE-02", "high", "06:00", "09:00"),
            ("HAE-04", "medium", "26:00", "27:30"),
        ],
        never=["BRE-03", "HAE-13", "NEU-04"],
    ),
    Course(
        name="a tension pneumothorax among six",
        body=bodies.CHEST,
        begin="06:00",
        end="12:00",
        injury="-03:00",
        facts={"age": 31, **injured("chest", side="right")},
        must=[
            ("TRI-01", "high", "06:00", "07:00"),
            ("BRE-01", "high", "06:00", "07:30"),
            ("BRE-02", "medium", "06:00", "07:30"),
            ("BRE-03", "high", "06:00", "07:30"),
            ("HAE-01", "high", "06:00", "07:30"),
            ("HAE-02", "high", "06:00", "09:00"),
        ],
        never=["HAE-03"],
    ),
    Course(
        name="a subdural haematoma on warfarin",
        body=bodies.SUBDURAL,
        begin="06:00",
        end="36:00",
        injury="-03:00",
        facts={"age": 68, "anticoagulant": "warfarin", **injured("head", "contusion"), "gcs": 13},
        at={
            "18:00": {"gcs": 12},
            "25:00": {"gcs": 11},
            "30:00": {"gcs_motor": 4, "gcs": 9},
            "35:00": {"gcs": 8},
        },
        leaves="15:00",
        must=[
            ("NEU-01", "high", "25:00", "25:30"),
            ("TRI-01", "high", "30:00", "30:45"),
            ("BRE-02", "medium", "33:00", "36:00"),
        ],
        never=["HAE-01", "HAE-02", "HAE-03", "BRE-03"],
    ),
    Course(
        name="a child of nine with thigh and spleen",
        body=bodies.FEMUR_AND_SPLEEN,
        begin="06:00",
        end="29:00",
        injury="-03:00",
        facts={"age": 9, "weight_kg": 28, **injured("leg", "fracture")},
        treat={"08:00": splint},
        leaves="14:00",
        must=[
            ("HAE-02", "high", "06:00", "09:00"),
            ("TRI-01", "high", "10:00", "12:00"),
            ("BRE-02", "medium", "10:00", "12:00"),
            ("HAE-04", "medium", "26:00", "27:30"),
            ("HAE-01", "high", "27:10", "28:40"),
            ("HAE-03", "high", "27:10", "28:40"),
        ],
        never=["BRE-01", "BRE-03"],
    ),
    Course(
        name="burn and smoke",
        body=bodies.SMOKE,
        begin="17:00",
        end="40:00",
        injury="00:00",
        facts={"age": 38, "smoke": True, "burn_tbsa": 35, "voice": "hoarse"},
        leaves="24:00",
        must=[
            ("PRO-05", "low", "17:00", "18:00"),
            ("HAE-02", "medium", "17:50", "21:00"),
            ("AIR-01", "high", "22:00", "23:00"),
            ("TRI-01", "high", "29:00", "30:45"),
            ("HAE-02", "high", "29:00", "32:00"),
            ("HAE-04", "medium", "37:00", "38:00"),
        ],
        never=["BRE-01", "HAE-01", "HAE-03", "INF-01", "MET-03", "PRO-01"],
    ),
    Course(
        name="abruption in week 32",
        body=bodies.ABRUPTION,
        begin="10:00",
        end="31:00",
        injury="-02:00",
        facts={"age": 31, "sex": "female", "pregnancy_weeks": 32},
        treat={"18:00": supine(True), "24:00": supine(False)},
        leaves="16:00",
        must=[
            ("TRI-01", "high", "14:30", "16:00"),
            ("HAE-02", "medium", "14:50", "18:00"),
            ("HAE-01", "high", "18:00", "19:30"),
            ("HAE-02", "high", "18:00", "21:00"),
            ("HAE-01", "high", "27:30", "29:00"),
            ("HAE-03", "high", "18:10", "28:30"),
            ("HAE-04", "medium", "30:00", "31:00"),
        ],
        never=["BRE-01", "BRE-03", "PRO-01", "HAE-10"],
    ),
    Course(
        name="haemophilia that nobody knows of",
        body=bodies.HAEMOPHILIA,
        begin="60:00",
        end="86:00",
        injury="-03:00",
        facts={"age": 19, **injured("head", "contusion"), "gcs": 15},
        at={"60:30": {"gcs": 14}, "70:00": {"gcs": 13}, "80:00": {"gcs_motor": 5, "gcs": 11}},
        leaves="61:00",
        must=[
            ("NEU-01", "high", "70:00", "70:30"),
            ("NEU-04", "high", "81:00", "82:30"),
            ("BRE-02", "medium", "81:30", "84:00"),
        ],
        never=["HAE-01", "HAE-02", "HAE-03", "BRE-01", "BRE-03", "AIR-01", "PAS-01"],
    ),
    Course(
        name="an Addisonian crisis under a machine",
        body=bodies.ADDISON,
        begin="15:00",
        end="55:00",
        injury="-08:00",
        facts={"age": 55, "entrapment": True, "red": ["crushed_extremity"]},
        must=[
            ("TRI-01", "high", "15:00", "16:00"),
            ("HAE-02", "medium", "30:40", "33:40"),
            ("PRO-01", "medium", "35:00", "36:00"),
            ("HAE-04", "medium", "35:00", "36:00"),
            ("HAE-02", "high", "39:20", "42:20"),
            ("HAE-04", "medium", "52:00", "53:00"),
            ("HAE-01", "high", "52:50", "54:20"),
        ],
        never=["HAE-03", "BRE-01", "BRE-03", "NEU-01", "AIR-01"],
    ),
    Course(
        name="Duchenne dystrophy with a broken thigh",
        body=bodies.DUCHENNE,
        begin="12:00",
        end="33:10",
        injury="-03:00",
        facts={"age": 14, "weight_kg": 45, **injured("leg", "fracture")},
        leaves="20:00",
        must=[
            ("TRI-01", "high", "12:00", "12:45"),
            ("HAE-02", "high", "12:00", "15:00"),
            ("HAE-04", "medium", "32:00", "33:00"),
        ],
        never=["HAE-01", "HAE-03", "BRE-01", "BRE-03", "PRO-01", "HAE-13"],
    ),
]


async def follow(case: Case, course: Course) -> None:
    """Let the body's signs be seen until the end."""
    body = body_from(course.body)
    case.note(injury_at_s=seconds(course.injury), **course.facts)
    notes = {seconds(at): facts for at, facts in course.at.items()}
    acts = {seconds(at): act for at, act in course.treat.items()}
    leaves = seconds(course.leaves) if course.leaves else float("inf")
    time_s, end_s = seconds(course.begin), seconds(course.end)
    while time_s <= end_s:
        for at in [at for at in acts if at <= time_s]:
            body.advance(at)
            acts.pop(at)(body)
        body.advance(time_s)
        signs = body.signs()
        if signs.pulse:
            case.feed(**{name: round(getattr(signs, name)) for name in ("hr", "sbp", "rr", "spo2")})
        for at in [at for at in notes if at <= time_s]:
            case.note(**notes.pop(at))
        if leaves <= time_s:
            leaves = float("inf")
            await case.ask("rescuer", "preh", "advance", "transporting")
        time_s += EVERY_S
        await case.clock.sleep_until(time_s)


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.name)
async def test_alerts_come_in_their_windows_and_no_others(course: Course) -> None:
    case = Case("rescuer_assistant", begin_s=seconds(course.begin))
    try:
        await case.begin(without=MONITORED)
        await follow(case, course)
    finally:
        await case.end()
    said = [s for s in case.history() if s.what in ("raised", "changed")]
    log = [f"{int(s.at_s) // 60:02d}:{int(s.at_s) % 60:02d} {s.rule} {s.priority}" for s in said]
    missing = [
        (rule, priority, earliest, latest)
        for rule, priority, earliest, latest in course.must
        if not any(
            (s.rule, s.priority) == (rule, priority)
            and seconds(earliest) - EARLY_S <= s.at_s <= seconds(latest)
            for s in said
        )
    ]
    assert missing == [], log
    early = [
        (s.rule, s.at_s)
        for s in said
        for first in [min((seconds(e) for r, _, e, _ in course.must if r == s.rule), default=0.0)]
        if s.at_s < first - EARLY_S
    ]
    assert early == [], log
    assert [s.rule for s in said if s.rule in course.never] == []
    assert case.failures() == []
