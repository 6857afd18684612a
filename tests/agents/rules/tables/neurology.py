"""Head injury: NEU-01 to NEU-05, one table for one file of plans."""

from tests.agents.rules.case import ago
from tests.agents.rules.row import (
    Facts,
    Row,
    acknowledge,
    ask,
    clears,
    escalates,
    fires,
    holds_back,
)

HEAD: Facts = {
    "injury": {"head": {"region": "head", "kind": "contusion", "side": "", "open": False}}
}
SCALP: Facts = {
    "injury": {"scalp": {"region": "head", "kind": "laceration", "side": "", "open": True}}
}
VENTILATED: Facts = {**HEAD, "gcs": 7, "intubated": True, "ventilated": True}
CUSHING: Facts = {**HEAD, "gcs": 12, "hr": 65, "sbp": 160}
EQUAL: Facts = {"pupil_left": 3, "pupil_right": 3}
CT_STARTED: Facts = {"ct_started_s": ago(1)}

NEU_01: list[Row] = [
    fires(
        "NEU-01", "high", "15, then 13", before={"gcs": 15}, facts={"gcs": 13}, says="best was 15"
    ),
    fires(
        "NEU-01",
        "high",
        "the best counts, not the first",
        before={"gcs": 12},
        facts={"gcs": 14},
        do=[ask("rescuer", "patient", "record_finding", "gcs", 12)],
    ),
    fires(
        "NEU-01",
        "high",
        "a pupil widens",
        before={**HEAD, **EQUAL},
        facts={"pupil_left": 4},
        says="4/3 mm",
    ),
    fires(
        "NEU-01",
        "high",
        "a pupil widens, no head injury is known",
        before=EQUAL,
        facts={"pupil_right": 5},
    ),
    fires("NEU-01", "high", "a pupil does not react", facts={**HEAD, "pupil_left_reacts": False}),
    holds_back("NEU-01", "15, then 14", before={"gcs": 15}, facts={"gcs": 14}),
    holds_back("NEU-01", "low from the start", facts={"gcs": 9}),
    holds_back("NEU-01", "sedated", before={"gcs": 15}, facts={"sedated": True, "gcs": 3}),
    holds_back("NEU-01", "equal pupils", facts={**HEAD, **EQUAL}),
    holds_back("NEU-01", "half a millimetre", before={**HEAD, **EQUAL}, facts={"pupil_left": 3.5}),
    holds_back(
        "NEU-01",
        "unequal at the first look, no head injury",
        facts={"pupil_left": 5, "pupil_right": 3},
    ),
    clears(
        "NEU-01",
        "within one point of the best",
        priority="high",
        before={"gcs": 15},
        facts={"gcs": 12},
        band={"gcs": 13},
        better={"gcs": 14},
    ),
]

NEU_02: list[Row] = [
    fires("NEU-02", "high", "109 mmHg", hold=30, facts={**HEAD, "gcs": 12, "sbp": 109, "hr": 75}),
    fires(
        "NEU-02", "high", "99 mmHg at 60", hold=30, facts={"age": 60, **HEAD, "gcs": 8, "sbp": 99}
    ),
    fires(
        "NEU-02", "high", "SpO2 89", hold=30, facts={**HEAD, "gcs": 12, "spo2": 89}, says="oxygen"
    ),
    fires(
        "NEU-02",
        "high",
        "under sedation the lowest GCS before counts",
        hold=30,
        before={**HEAD, "gcs": 7},
        facts={"sedated": True, "gcs": 3, "sbp": 100},
    ),
    holds_back("NEU-02", "GCS 13", seconds=40, facts={**HEAD, "gcs": 13, "sbp": 100}),
    holds_back("NEU-02", "110 mmHg", seconds=40, facts={**HEAD, "gcs": 12, "sbp": 110}),
    holds_back(
        "NEU-02", "100 mmHg at 60", seconds=40, facts={"age": 60, **HEAD, "gcs": 12, "sbp": 100}
    ),
    holds_back("NEU-02", "SpO2 90", seconds=40, facts={**HEAD, "gcs": 12, "spo2": 90}),
    holds_back("NEU-02", "no head injury", seconds=40, facts={"gcs": 10, "sbp": 100}),
    holds_back("NEU-02", "a cut of the scalp", seconds=40, facts={**SCALP, "gcs": 12, "sbp": 100}),
    holds_back(
        "NEU-02",
        "a GCS of sedation alone",
        seconds=40,
        before={**HEAD, "gcs": 14},
        facts={"sedated": True, "gcs": 3, "sbp": 100},
    ),
    holds_back(
        "NEU-02",
        "too short",
        seconds=20,
        facts={**HEAD, "gcs": 10, "sbp": 100},
        then={"sbp": 130},
    ),
    clears(
        "NEU-02",
        "5 mmHg above the limit for half a minute",
        priority="high",
        facts={**HEAD, "gcs": 12, "sbp": 100},
        hold=30,
        band={"sbp": 114},
        better={"sbp": 115},
        clear=30,
    ),
]

NEU_03: list[Row] = [
    fires("NEU-03", "medium", "34 for three minutes", hold=180, facts={**VENTILATED, "etco2": 34}),
    fires("NEU-03", "medium", "41 for three minutes", hold=180, facts={**VENTILATED, "etco2": 41}),
    holds_back("NEU-03", "35", seconds=190, facts={**VENTILATED, "etco2": 35}),
    holds_back("NEU-03", "40", seconds=190, facts={**VENTILATED, "etco2": 40}),
    holds_back("NEU-03", "breathes alone", seconds=190, facts={**HEAD, "gcs": 10, "etco2": 30}),
    holds_back(
        "NEU-03",
        "no brain injury",
        seconds=190,
        facts={"intubated": True, "ventilated": True, "etco2": 30},
    ),
    holds_back(
        "NEU-03",
        "no pulse: compressions bring little",
        seconds=190,
        facts={**VENTILATED, "pulse": False, "etco2": 17},
    ),
    holds_back(
        "NEU-03", "too short", seconds=160, facts={**VENTILATED, "etco2": 28}, then={"etco2": 37}
    ),
    clears(
        "NEU-03",
        "1 mmHg inside for half a minute",
        priority="medium",
        facts={**VENTILATED, "etco2": 30},
        hold=180,
        band={"etco2": 35.5},
        better={"etco2": 36},
        clear=30,
    ),
]

NEU_04: list[Row] = [
    fires("NEU-04", "high", "160 over a pulse of 65", hold=120, facts=CUSHING, says="Herniation"),
    holds_back("NEU-04", "159 mmHg", seconds=130, facts={**CUSHING, "sbp": 159}),
    holds_back("NEU-04", "pulse 66", seconds=130, facts={**CUSHING, "hr": 66}),
    holds_back("NEU-04", "GCS 13", seconds=130, facts={**CUSHING, "gcs": 13}),
    holds_back("NEU-04", "no head injury", seconds=130, facts={"gcs": 12, "hr": 60, "sbp": 180}),
    holds_back("NEU-04", "too short", seconds=105, facts=CUSHING, then={"hr": 80, "sbp": 140}),
    clears(
        "NEU-04",
        "both outside their bands for a minute",
        priority="high",
        facts=CUSHING,
        hold=120,
        band={"hr": 69, "sbp": 156},
        better={"hr": 71, "sbp": 154},
        clear=60,
    ),
]

NEU_05: list[Row] = [
    fires(
        "NEU-05",
        "low",
        "GCS 12, half an hour",
        hold=10,
        facts={**HEAD, "gcs": 12, "arrived_s": ago(1790)},
        start="hospital",
        says="GCS 12 or less",
    ),
    fires(
        "NEU-05",
        "medium",
        "an hour",
        hold=10,
        lower="low",
        facts={**HEAD, "gcs": 12, "arrived_s": ago(3590)},
        start="hospital",
    ),
    fires(
        "NEU-05",
        "low",
        "an anticoagulant",
        hold=10,
        facts={**HEAD, "gcs": 15, "anticoagulant": "apixaban", "arrived_s": ago(1790)},
        start="hospital",
    ),
    fires(
        "NEU-05",
        "low",
        "a bleeding disorder in the passport",
        hold=10,
        facts={
            **HEAD,
            "gcs": 15,
            "condition": {"98878": {"label": "Haemophilia A"}},
            "passport_read_s": ago(60),
            "arrived_s": ago(1790),
        },
        start="hospital",
        says="factor first, then CT",
    ),
    fires(
        "NEU-05",
        "low",
        "not clear after two hours",
        hold=10,
        facts={**HEAD, "gcs": 14, "injury_at_s": ago(7300), "arrived_s": ago(1790)},
        start="hospital",
    ),
    fires(
        "NEU-05",
        "low",
        "vomited twice",
        hold=10,
        facts={**HEAD, "gcs": 15, "vomits": 2, "arrived_s": ago(1790)},
        start="hospital",
    ),
    holds_back(
        "NEU-05",
        "no criterion",
        facts={**HEAD, "gcs": 15, "vomits": 1, "arrived_s": ago(3700)},
        start="hospital",
    ),
    holds_back(
        "NEU-05", "29 min", facts={**HEAD, "gcs": 10, "arrived_s": ago(1740)}, start="hospital"
    ),
    holds_back(
        "NEU-05",
        "the scan runs",
        facts={**CT_STARTED, **HEAD, "gcs": 10, "arrived_s": ago(3700)},
        start="hospital",
    ),
    holds_back("NEU-05", "still on the road", facts={**HEAD, "gcs": 10}),
    escalates(
        "NEU-05",
        "59 min, then an hour",
        first="low",
        facts={**HEAD, "gcs": 12, "arrived_s": ago(3550)},
        then_s=60,
        to="medium",
        start="hospital",
    ),
    clears(
        "NEU-05",
        "the scan starts",
        priority="low",
        facts={**HEAD, "gcs": 12, "arrived_s": ago(1900)},
        better=CT_STARTED,
        start="hospital",
    ),
    clears(
        "NEU-05",
        "somebody says why not",
        priority="low",
        facts={**HEAD, "gcs": 12, "arrived_s": ago(1900)},
        done=[acknowledge("NEU-05", "theatre first")],
        start="hospital",
    ),
]

NEUROLOGY: list[Row] = [*NEU_01, *NEU_02, *NEU_03, *NEU_04, *NEU_05]
