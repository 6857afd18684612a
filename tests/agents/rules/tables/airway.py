"""Airway: AIR-01 to AIR-04."""

from environment.model.change import JSON
from tests.agents.rules.case import ago
from tests.agents.rules.row import Facts, Row, ask, clears, fires, give, holds_back, order, perform

RSI = ask("trauma_leader", "trauma", "order_procedure", "orotracheal_intubation")
TUBED: Facts = {"intubated": True, "ventilated": True}
NECK: Facts = {"injury": {"neck": {"region": "neck", "kind": "blunt", "side": "", "open": False}}}


def dose(seconds: float) -> dict[str, JSON]:
    """One dose, so long ago."""
    return {"total": 100, "unit": "mg", "doses": 1, "last_s": ago(seconds)}


AIR_01: list[Row] = [
    fires("AIR-01", "high", "GCS 8 for five minutes", hold=300, facts={"gcs": 8}),
    fires(
        "AIR-01",
        "high",
        "hoarse after smoke",
        hold=300,
        facts={"smoke": True, "voice": "hoarse"},
        says="hoarse with smoke",
    ),
    fires(
        "AIR-01", "high", "hoarse with a burn", hold=300, facts={"burn_tbsa": 35, "voice": "hoarse"}
    ),
    fires(
        "AIR-01", "high", "stridor with a neck injury", hold=300, facts={**NECK, "voice": "stridor"}
    ),
    holds_back("AIR-01", "GCS 9", seconds=320, facts={"gcs": 9}),
    holds_back("AIR-01", "hoarse, nothing else", seconds=320, facts={"voice": "hoarse"}),
    holds_back(
        "AIR-01", "a burn, normal voice", seconds=320, facts={"burn_tbsa": 35, "voice": "normal"}
    ),
    holds_back("AIR-01", "the tube is in", seconds=320, facts={**TUBED, "etco2": 36, "gcs": 3}),
    holds_back("AIR-01", "too short", seconds=280, facts={"gcs": 7}, then={"gcs": 13}),
    clears(
        "AIR-01",
        "the airway is secured",
        priority="high",
        facts={"gcs": 7},
        hold=300,
        better={**TUBED, "etco2": 36},
    ),
]

AIR_02: list[Row] = [
    fires("AIR-02", "high", "no EtCO2 for a minute", hold=60, facts=TUBED),
    fires("AIR-02", "high", "EtCO2 9", facts={**TUBED, "etco2": 9}, says="EtCO2 9"),
    fires(
        "AIR-02",
        "high",
        "a reading before the tube does not confirm it",
        hold=60,
        before={"etco2": 35},
        facts={"etco2": None, **TUBED},
    ),
    holds_back("AIR-02", "EtCO2 10", seconds=70, facts={**TUBED, "etco2": 10}),
    holds_back("AIR-02", "no tube", seconds=70, facts={"etco2": 5}),
    holds_back(
        "AIR-02",
        "the sensor falls silent later",
        seconds=60,
        facts={**TUBED, "etco2": 36},
        then={"etco2": None},
        then_s=120,
    ),
    clears(
        "AIR-02",
        "EtCO2 comes",
        priority="high",
        facts=TUBED,
        hold=60,
        better={"etco2": 36},
        clear=10,
    ),
    clears(
        "AIR-02",
        "the tube is out",
        priority="high",
        facts=TUBED,
        hold=60,
        better={"intubated": False},
        clear=10,
    ),
]

AIR_03: list[Row] = [
    fires(
        "AIR-03",
        "medium",
        "15 min after the relaxant",
        hold=10,
        facts={"drug": {"rocuronium": dose(890)}},
    ),
    fires(
        "AIR-03",
        "medium",
        "only the induction dose",
        hold=10,
        facts={"drug": {"ketamine": dose(950), "rocuronium": dose(890)}},
    ),
    fires(
        "AIR-03",
        "medium",
        "15 min after the last sedative",
        hold=10,
        facts={"drug": {"rocuronium": dose(1700), "midazolam": dose(890)}},
    ),
    holds_back("AIR-03", "14 min", facts={"drug": {"rocuronium": dose(840)}}),
    holds_back(
        "AIR-03",
        "a sedative since",
        facts={"drug": {"rocuronium": dose(1200), "midazolam": dose(300)}},
    ),
    holds_back(
        "AIR-03",
        "an infusion runs",
        facts={
            "infusion": {"propofol": {"rate": 200, "unit": "mg/h", "since_s": ago(1000)}},
            "drug": {"rocuronium": dose(1200)},
        },
    ),
    holds_back("AIR-03", "it has worn off", facts={"drug": {"rocuronium": dose(3700)}}),
    clears(
        "AIR-03",
        "a sedative is given",
        priority="medium",
        do=[give("rocuronium", 100, "mg", wait_s=901)],
        done=[give("ketamine", 80, "mg")],
    ),
]

AIR_04: list[Row] = [
    fires(
        "AIR-04",
        "medium",
        "index 0.8",
        facts={"hr": 88, "sbp": 110},
        do=[RSI],
        start="hospital",
        says="shock index 0.8",
    ),
    fires("AIR-04", "medium", "99 mmHg", facts={"hr": 60, "sbp": 99}, do=[RSI], start="hospital"),
    fires(
        "AIR-04",
        "medium",
        "a relaxant is ordered",
        facts={"hr": 110, "sbp": 110},
        do=[order("rocuronium", 100, "mg")],
        start="hospital",
    ),
    holds_back(
        "AIR-04", "index 0.79, 100 mmHg", facts={"hr": 79, "sbp": 100}, do=[RSI], start="hospital"
    ),
    holds_back("AIR-04", "nothing is ordered", facts={"hr": 120, "sbp": 90}, start="hospital"),
    clears(
        "AIR-04",
        "the values are better",
        priority="medium",
        facts={"hr": 90, "sbp": 110},
        do=[RSI],
        band={"hr": 84},
        better={"hr": 80, "sbp": 115},
        start="hospital",
    ),
    clears(
        "AIR-04",
        "it is done",
        priority="medium",
        facts={"hr": 100, "sbp": 110},
        do=[RSI],
        done=[perform("orotracheal_intubation")],
        start="hospital",
    ),
]

AIRWAY: list[Row] = [*AIR_01, *AIR_02, *AIR_03, *AIR_04]
