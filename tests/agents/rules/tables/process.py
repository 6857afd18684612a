"""Arrest, triage and the process: ARR-01, TRI-01, PRO-01 to PRO-05."""

from tests.agents.rules.case import ago
from tests.agents.rules.row import (
    Facts,
    Row,
    acknowledge,
    ask,
    clears,
    fires,
    holds_back,
    observe,
    perform,
    silence,
)

CRUSHED: Facts = {"red": ["crushed_extremity"]}
PULSELESS: Facts = {"pulse": False, "rhythm": "pea"}
BEATS: Facts = {"pulse": True, "rhythm": "sinus"}
BLED: Facts = {"sbp": 85, "hr": 125}

ARR_01: list[Row] = [
    fires("ARR-01", "high", "no pulse", hold=5, facts=PULSELESS, says="hypovolaemia"),
    fires("ARR-01", "high", "pulseless activity", hold=5, facts={"rhythm": "pea"}),
    fires("ARR-01", "high", "no pulse, no ECG yet", hold=5, facts={"pulse": False}),
    fires(
        "ARR-01",
        "high",
        "a stab: the thoracotomy clock",
        hold=5,
        facts={"mechanism": "penetrating", **PULSELESS},
        says="thoracotomy by 19:48",
    ),
    fires(
        "ARR-01",
        "high",
        "week 32: the section clock",
        hold=5,
        facts={"pregnancy_weeks": 32, **PULSELESS},
        says="section by 19:37",
    ),
    holds_back("ARR-01", "the pulse is there", facts=BEATS),
    holds_back("ARR-01", "for three seconds", seconds=2, facts=PULSELESS, then=BEATS),
    clears(
        "ARR-01",
        "the pulse is back",
        priority="high",
        facts=PULSELESS,
        hold=5,
        better=BEATS,
        clear=10,
    ),
]

TRI_01: list[Row] = [
    fires("TRI-01", "high", "a RED item is ticked", facts={"red": ["pelvic_fracture"]}),
    fires("TRI-01", "high", "breathing over 29 for half a minute", hold=30, facts={"rr": 30}),
    fires(
        "TRI-01", "high", "the pulse is above the pressure", hold=30, facts={"hr": 111, "sbp": 110}
    ),
    fires(
        "TRI-01",
        "high",
        "RED after it was decided not severe",
        before={"severity": "not_severe"},
        facts={"red": ["active_bleeding"]},
    ),
    holds_back("TRI-01", "YELLOW only", facts={"yellow": ["high_fall", "pregnancy"]}),
    holds_back(
        "TRI-01",
        "decided already",
        seconds=30,
        do=[
            ask("rescuer", "preh", "decide_severity", "severe", "looks very ill"),
            ask("rescuer", "preh", "flag", "pelvic_fracture"),
        ],
    ),
    holds_back("TRI-01", "29 a minute", seconds=40, facts={"rr": 29}),
    holds_back("TRI-01", "too short", seconds=20, facts={"rr": 40}, then={"rr": 18}),
    clears(
        "TRI-01", "it is decided", priority="high", facts={"red": ["pelvic_fracture"]}, clear=20
    ),
]

PRO_01: list[Row] = [
    fires("PRO-01", "medium", "ten minutes", hold=10, facts={**CRUSHED, "at_patient_s": ago(590)}),
    fires(
        "PRO-01",
        "medium",
        "twenty minutes, trapped",
        hold=10,
        facts={"entrapment": True, **CRUSHED, "at_patient_s": ago(1190)},
    ),
    holds_back("PRO-01", "nine minutes", facts={**CRUSHED, "at_patient_s": ago(540)}),
    holds_back(
        "PRO-01",
        "fifteen minutes, trapped",
        facts={"entrapment": True, **CRUSHED, "at_patient_s": ago(900)},
    ),
    holds_back("PRO-01", "no RED item", facts={"at_patient_s": ago(1300)}),
    clears(
        "PRO-01",
        "they leave",
        priority="medium",
        facts={**CRUSHED, "at_patient_s": ago(700)},
        done=[ask("rescuer", "preh", "advance", "transporting")],
    ),
    clears(
        "PRO-01",
        "somebody says why not",
        priority="medium",
        facts={**CRUSHED, "at_patient_s": ago(700)},
        done=[acknowledge("PRO-01", "still trapped")],
    ),
]

PRO_02: list[Row] = [
    fires("PRO-02", "low", "a quarter of an hour, stable", hold=900, do=[silence()]),
    fires(
        "PRO-02",
        "low",
        "five minutes, unstable",
        hold=300,
        before={"sbp": 80, "hr": 90},
        do=[silence()],
    ),
    holds_back("PRO-02", "five minutes, stable", seconds=330, do=[silence()]),
    holds_back(
        "PRO-02", "the saturation still comes", seconds=930, do=[silence("hr", "sbp", "rr")]
    ),
    holds_back(
        "PRO-02",
        "nobody has measured yet",
        seconds=930,
        without=("hr", "sbp", "spo2", "rr", "temp"),
    ),
    clears(
        "PRO-02",
        "somebody measures",
        priority="low",
        before={"sbp": 80, "hr": 90},
        do=[silence()],
        hold=300,
        better={"hr": 90, "sbp": 95, "spo2": 97, "rr": 18},
    ),
]

PRO_03: list[Row] = [
    fires(
        "PRO-03",
        "medium",
        "no surgeon at arrival",
        start="hospital",
        roles=("airway", "nurse"),
        says="Roles empty: surgeon",
    ),
    fires("PRO-03", "medium", "no leader", start="hospital", leader="", says="No trauma leader"),
    holds_back("PRO-03", "all are there", seconds=10, start="hospital"),
    holds_back("PRO-03", "still on the road", seconds=10),
    clears(
        "PRO-03",
        "the role is filled",
        priority="medium",
        facts={
            "team": {
                "airway": {"person": "a", "since_s": 0},
                "nurse": {"person": "b", "since_s": 0},
            }
        },
        done=[ask("trauma_leader", "trauma", "fill_role", "surgeon", "surgeon")],
        start="hospital",
    ),
]

PRO_04: list[Row] = [
    fires(
        "PRO-04",
        "medium",
        "an hour in hospital",
        hold=20,
        facts={"arrived_s": ago(3580), **BLED},
        start="hospital",
    ),
    holds_back(
        "PRO-04", "59 min", seconds=20, facts={"arrived_s": ago(3510), **BLED}, start="hospital"
    ),
    holds_back(
        "PRO-04", "never bled much", seconds=20, facts={"arrived_s": ago(4000)}, start="hospital"
    ),
    holds_back(
        "PRO-04",
        "it was controlled",
        seconds=20,
        facts={"haemorrhage_control_s": ago(60), "arrived_s": ago(4000), **BLED},
        start="hospital",
    ),
    clears(
        "PRO-04",
        "the vessel is closed",
        priority="medium",
        facts={"arrived_s": ago(3700), **BLED},
        hold=15,
        done=[perform("angioembolisation", "pelvis")],
        start="hospital",
    ),
]

PRO_05: list[Row] = [
    fires("PRO-05", "low", "half a minute of silence", hold=30, do=[silence("spo2")], says="SPO2"),
    fires(
        "PRO-05",
        "low",
        "an impossible value",
        do=[observe("patient", "sbp", 420.0)],
        says="420",
    ),
    fires("PRO-05", "low", "saturation after smoke", facts={"smoke": True}, says="CO-oximetry"),
    holds_back(
        "PRO-05", "twenty seconds of silence", seconds=20, do=[silence("spo2")], then={"spo2": 97}
    ),
    holds_back("PRO-05", "CO-oximetry is there", seconds=5, facts={"cohb": 12, "smoke": True}),
    holds_back("PRO-05", "never measured", seconds=60, without=("spo2",)),
    clears(
        "PRO-05",
        "values come again",
        priority="low",
        do=[silence("spo2")],
        hold=30,
        better={"spo2": 97},
        clear=10,
    ),
]

PROCESS: list[Row] = [*ARR_01, *TRI_01, *PRO_01, *PRO_02, *PRO_03, *PRO_04, *PRO_05]
