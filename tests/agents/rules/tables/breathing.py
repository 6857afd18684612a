"""Breathing: BRE-01 to BRE-04."""

from tests.agents.rules.case import ago
from tests.agents.rules.row import (
    Act,
    Facts,
    Row,
    acknowledge,
    clears,
    escalates,
    fires,
    holds_back,
    perform,
)


def chest(side: str) -> Facts:
    """A blunt injury of one side of the chest."""
    row = {"region": "chest", "kind": "blunt", "side": side, "open": False}
    return {"injury": {f"chest_{side}": row}}


def opened(side: str, procedure: str = "pleural_decompression") -> Facts:
    """One side has been decompressed."""
    return {"performed": {procedure: {"site": side, "at_s": ago(60), "times": 1}}}


def drained(first_ml: float, ml_h: float) -> Facts:
    """A chest drain on the left."""
    return {"drain": {"left": {"first_ml": first_ml, "ml": first_ml + ml_h, "ml_h": ml_h}}}


BRE_01: list[Row] = [
    fires("BRE-01", "medium", "93 for half a minute", hold=30, facts={"spo2": 93}),
    fires("BRE-01", "high", "89 for half a minute", hold=30, facts={"spo2": 89}),
    fires(
        "BRE-01",
        "medium",
        "94 with sickle cells",
        hold=30,
        before={"condition": {"232": {"label": "sickle cells"}}, "passport_read_s": ago(60)},
        facts={"spo2": 94},
        says="low oxygen makes cells sickle",
    ),
    fires(
        "BRE-01",
        "high",
        "after smoke, once carboxyhaemoglobin is known",
        hold=30,
        facts={"smoke": True, "cohb": 5, "spo2": 85},
    ),
    holds_back("BRE-01", "94", seconds=40, facts={"spo2": 94}),
    holds_back("BRE-01", "too short", seconds=20, facts={"spo2": 80}, then={"spo2": 98}),
    holds_back("BRE-01", "nobody has measured", seconds=40, without=("spo2",)),
    holds_back(
        "BRE-01",
        "after smoke the number means nothing",
        seconds=40,
        facts={"smoke": True, "spo2": 92},
    ),
    holds_back(
        "BRE-01",
        "after smoke a low number means nothing either",
        seconds=40,
        facts={"smoke": True, "spo2": 85},
    ),
    escalates(
        "BRE-01",
        "92, then 88",
        first="medium",
        facts={"spo2": 92},
        then={"spo2": 88},
        to="high",
        hold=30,
    ),
    clears(
        "BRE-01",
        "2 % above the limit for half a minute",
        priority="medium",
        facts={"spo2": 92},
        hold=30,
        band={"spo2": 95},
        better={"spo2": 96},
        clear=30,
    ),
]

BRE_02: list[Row] = [
    fires("BRE-02", "medium", "9 a minute", hold=30, facts={"rr": 9}),
    fires("BRE-02", "medium", "30 a minute", hold=30, facts={"rr": 30}),
    holds_back("BRE-02", "10 a minute", seconds=40, facts={"rr": 10}),
    holds_back("BRE-02", "29 a minute", seconds=40, facts={"rr": 29}),
    holds_back("BRE-02", "too short", seconds=20, facts={"rr": 38}, then={"rr": 20}),
    holds_back("BRE-02", "nobody has counted", seconds=40, without=("rr",)),
    clears(
        "BRE-02",
        "slower for half a minute",
        priority="medium",
        facts={"rr": 32},
        hold=30,
        band={"rr": 29},
        better={"rr": 28},
        clear=30,
    ),
    clears(
        "BRE-02",
        "faster for half a minute",
        priority="medium",
        facts={"rr": 8},
        hold=30,
        band={"rr": 10},
        better={"rr": 11},
        clear=30,
    ),
]

BRE_03: list[Row] = [
    fires(
        "BRE-03",
        "high",
        "low saturation and fast breathing",
        hold=15,
        facts={**chest("left"), "spo2": 91, "rr": 31},
        says="fast breathing, low SpO2. Decompress",
    ),
    fires(
        "BRE-03",
        "high",
        "silent side and fast pulse",
        hold=15,
        facts={**chest("right"), "breath_sounds_right": "absent", "hr": 121},
        says="Tension right?",
    ),
    fires(
        "BRE-03",
        "high",
        "high airway pressure and fast pulse",
        hold=15,
        facts={**chest("left"), "airway_pressure": 40, "hr": 121},
    ),
    fires(
        "BRE-03",
        "high",
        "pressure falls by more than 20",
        hold=15,
        before={"sbp": 125},
        facts={**chest("left"), "sbp": 104, "rr": 31},
    ),
    fires(
        "BRE-03",
        "high",
        "a stab: tamponade too",
        hold=15,
        facts={"mechanism": "penetrating", "rr": 31, "hr": 121},
        says="look at the pericardium",
    ),
    fires(
        "BRE-03",
        "high",
        "the other side is decompressed",
        hold=15,
        facts={**opened("left"), **chest("right"), "hr": 125, "rr": 35},
    ),
    fires(
        "BRE-03",
        "high",
        "again after decompression, with a sign of the chest",
        hold=15,
        facts={**opened("left", "needle_decompression"), **chest("left"), "spo2": 88, "rr": 35},
    ),
    holds_back("BRE-03", "one sign alone", seconds=25, facts={**chest("left"), "spo2": 85}),
    holds_back("BRE-03", "no chest injury", seconds=25, facts={"spo2": 85, "rr": 38}),
    *(
        holds_back(
            "BRE-03",
            f"a silent side, {name} at its limit",
            seconds=25,
            facts={**chest("left"), "breath_sounds_left": "absent", name: value},
        )
        for name, value in (("rr", 30), ("hr", 120), ("airway_pressure", 35))
    ),
    holds_back(
        "BRE-03",
        "fast breathing, SpO2 at its limit",
        seconds=25,
        facts={**chest("left"), "rr": 31, "spo2": 92},
    ),
    holds_back(
        "BRE-03",
        "all at their limits",
        seconds=25,
        facts={**chest("left"), "spo2": 92, "rr": 30, "hr": 120},
    ),
    holds_back(
        "BRE-03",
        "it fell by 20, not more",
        seconds=25,
        before={"sbp": 125},
        facts={**chest("left"), "sbp": 105, "rr": 31},
    ),
    holds_back(
        "BRE-03",
        "decompressed, bleeding elsewhere",
        seconds=25,
        facts={**opened("left"), **chest("left"), "hr": 131, "rr": 33, "spo2": 99},
    ),
    holds_back(
        "BRE-03",
        "too short",
        seconds=9,
        facts={**chest("left"), "spo2": 85, "rr": 35},
        then={"spo2": 98, "rr": 18},
    ),
    clears(
        "BRE-03",
        "the signs go",
        priority="high",
        facts={**chest("left"), "spo2": 88, "rr": 35},
        hold=15,
        band={"spo2": 93, "rr": 30},
        better={"spo2": 95, "rr": 24},
        clear=15,
    ),
    clears(
        "BRE-03",
        "the side is decompressed, pulse and breathing are still fast",
        priority="high",
        facts={**chest("left"), "hr": 130, "rr": 35},
        hold=15,
        done=[perform("pleural_decompression", "left")],
        clear=15,
    ),
]

BRE_04: list[Row] = [
    fires("BRE-04", "high", "1500 mL at once", facts=drained(1500, 0), says="left 1500 mL"),
    fires(
        "BRE-04",
        "high",
        "200 mL an hour for two hours",
        hold=7200,
        facts=drained(600, 200),
        start="hospital",
    ),
    holds_back("BRE-04", "1499 mL at once", facts=drained(1499, 0)),
    holds_back("BRE-04", "300 mL an hour, only just now", seconds=60, facts=drained(600, 300)),
    holds_back(
        "BRE-04",
        "the chest is open",
        facts={**opened("", "resuscitative_thoracotomy"), **drained(1600, 0)},
    ),
    clears(
        "BRE-04",
        "the surgeon has been called",
        priority="high",
        facts=drained(1600, 0),
        done=[acknowledge("BRE-04", "surgeon is here")],
    ),
    clears(
        "BRE-04",
        "the chest is opened",
        priority="high",
        facts=drained(1600, 0),
        done=[perform("resuscitative_thoracotomy"), Act("advance", (1.0,))],
    ),
]

BREATHING: list[Row] = [*BRE_01, *BRE_02, *BRE_03, *BRE_04]
