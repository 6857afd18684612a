"""Bleeding: HAE-01 to HAE-16. Sources of the limits: see the rules' own plans.

Long, because it is one table for the sixteen rules of one file of plans, to be read rule by rule.
"""

from environment.model.change import JSON
from tests.agents.rules.case import ago
from tests.agents.rules.row import (
    Act,
    Facts,
    Row,
    acknowledge,
    ask,
    clears,
    escalates,
    fires,
    give,
    holds_back,
    order,
    perform,
)

WELL: Facts = {"hr": 80.0, "sbp": 125.0}
PELVIS: Facts = {
    "injury": {"pelvis": {"region": "pelvis", "kind": "fracture", "side": "", "open": False}}
}
HEAD: Facts = {
    "injury": {"head": {"region": "head", "kind": "contusion", "side": "", "open": False}}
}
CHEST: Facts = {
    "injury": {"chest": {"region": "chest", "kind": "blunt", "side": "left", "open": False}}
}
TXA_IN: Facts = {
    "drug": {"tranexamic_acid": {"total": 1.0, "unit": "g", "doses": 1, "last_s": ago(600)}}
}
START_MTP = ask("trauma_leader", "trauma", "start_mtp")


def tourniquet(seconds: float) -> Facts:
    """A tourniquet that has been on so long."""
    row = {"kind": "tourniquet", "site": "left_thigh", "at_s": ago(seconds)}
    return {"device": {"tourniquet_left_thigh": row}}


def reboa(zone: str, seconds: float) -> Facts:
    """A balloon that has been up so long."""
    return {"device": {f"reboa_{zone}": {"kind": "reboa", "site": zone, "at_s": ago(seconds)}}}


def fast(*, positive: bool) -> Facts:
    """One view of the ultrasound."""
    return {"fast": {"ruq": {"positive": positive, "at_s": ago(60)}}}


def pregnant(**facts: JSON) -> Facts:
    """In week 32."""
    return {"age": 31, "sex": "female", "pregnancy_weeks": 32, **facts}


def bled(injury_s: float, patient_s: float) -> Facts:
    """A tourniquet is on; so long since the injury, so long with the patient."""
    return {"injury_at_s": ago(injury_s), "at_patient_s": ago(patient_s), **tourniquet(300)}


HAE_01: list[Row] = [
    fires("HAE-01", "high", "89 for half a minute", hold=30, facts={"sbp": 89, "hr": 80}),
    fires("HAE-01", "high", "one reading below the pulse", facts={"sbp": 89, "hr": 95}),
    fires("HAE-01", "high", "109 at 70 years", hold=30, facts={"age": 70, "sbp": 109, "hr": 70}),
    fires("HAE-01", "high", "81 at 6 years", hold=30, facts={"age": 6, "sbp": 81, "hr": 75}),
    fires("HAE-01", "high", "89 at 14 years", hold=30, facts={"age": 14, "sbp": 89, "hr": 75}),
    fires(
        "HAE-01",
        "high",
        "Addison's disease in the passport",
        hold=30,
        before={"condition": {"85138": {"label": "Addison"}}, "passport_read_s": ago(60)},
        facts={"sbp": 85, "hr": 80},
        says="steroid given?",
    ),
    fires(
        "HAE-01",
        "high",
        "signs of tension: the chest comes first",
        facts={**CHEST, "spo2": 80, "rr": 40, "sbp": 87, "hr": 129},
        says="relieve the chest first",
    ),
    holds_back("HAE-01", "90 is not below 90", seconds=40, facts={"sbp": 90, "hr": 120}),
    holds_back("HAE-01", "110 at 70 years", seconds=40, facts={"age": 70, "sbp": 110}),
    holds_back("HAE-01", "90 at 64 years", seconds=40, facts={"age": 64, "sbp": 90}),
    holds_back("HAE-01", "82 at 6 years", seconds=40, facts={"age": 6, "sbp": 82, "hr": 75}),
    holds_back("HAE-01", "90 at 14 years", seconds=40, facts={"age": 14, "sbp": 90, "hr": 80}),
    holds_back("HAE-01", "too short", seconds=24, facts={"sbp": 85, "hr": 80}, then=WELL),
    holds_back(
        "HAE-01",
        "one artefact, then above the limit",
        seconds=1,
        facts={"sbp": 70, "hr": 65},
        then={"sbp": 93, "hr": 80},
    ),
    holds_back("HAE-01", "nobody has measured", seconds=40, without=("sbp",)),
    clears(
        "HAE-01",
        "5 mmHg above the limit for half a minute",
        priority="high",
        facts={"sbp": 85, "hr": 80},
        hold=30,
        band={"sbp": 94},
        better={"sbp": 95},
        clear=30,
    ),
]

HAE_02: list[Row] = [
    fires("HAE-02", "medium", "0.9 for two minutes", hold=120, facts={"hr": 90, "sbp": 100}),
    fires(
        "HAE-02",
        "high",
        "1.0 for two minutes",
        hold=120,
        facts={"hr": 100, "sbp": 100},
        says="to be ready on arrival",
    ),
    fires(
        "HAE-02",
        "high",
        "1.0 in hospital",
        hold=120,
        facts={"hr": 100, "sbp": 100},
        start="hospital",
        says="prepare massive transfusion",
    ),
    fires(
        "HAE-02",
        "high",
        "1.0 while massive transfusion runs",
        hold=120,
        facts={"mtp": True, "hr": 100, "sbp": 100},
        start="hospital",
        says="massive transfusion is running",
    ),
    fires(
        "HAE-02",
        "high",
        "1.28 at 6 years",
        hold=120,
        facts={"age": 6, "hr": 138, "sbp": 108},
        says="blood to be ready on arrival",
    ),
    fires(
        "HAE-02",
        "high",
        "1.28 at 6 years in hospital",
        hold=120,
        facts={"age": 6, "hr": 138, "sbp": 108},
        start="hospital",
        says="blood 10-20 mL/kg",
    ),
    fires(
        "HAE-02",
        "high",
        "0.93 at 14 years",
        hold=120,
        facts={"age": 14, "hr": 100, "sbp": 108},
    ),
    fires("HAE-02", "medium", "1.0 in pregnancy", hold=120, facts=pregnant(hr=110, sbp=110)),
    fires("HAE-02", "high", "1.1 in pregnancy", hold=120, facts=pregnant(hr=121, sbp=110)),
    fires(
        "HAE-02",
        "high",
        "Duchenne dystrophy: small boluses",
        hold=120,
        before={"condition": {"98896": {"label": "Duchenne"}}, "passport_read_s": ago(60)},
        facts={"age": 14, "hr": 121, "sbp": 97},
        says="boluses of at most 10 mL/kg",
    ),
    holds_back("HAE-02", "0.89", seconds=130, facts={"hr": 89, "sbp": 100}),
    holds_back("HAE-02", "0.86, sobbing", seconds=130, facts={"age": 24, "hr": 108, "sbp": 125}),
    holds_back("HAE-02", "1.22 at 6 years", seconds=130, facts={"age": 6, "hr": 122, "sbp": 100}),
    holds_back("HAE-02", "1.5 at 3 years", seconds=130, facts={"age": 3, "hr": 150, "sbp": 100}),
    holds_back("HAE-02", "0.99 in pregnancy", seconds=130, facts=pregnant(hr=109, sbp=110)),
    holds_back(
        "HAE-02",
        "a beta-blocker masks the pulse",
        seconds=130,
        facts={"age": 82, "hr": 80, "sbp": 97},
    ),
    holds_back("HAE-02", "too short", seconds=112, facts={"hr": 100, "sbp": 100}, then=WELL),
    holds_back("HAE-02", "nobody has measured", seconds=130, without=("hr",)),
    escalates(
        "HAE-02",
        "0.92, then 1.01",
        first="medium",
        facts={"hr": 92, "sbp": 100},
        then={"hr": 101},
        to="high",
        hold=120,
    ),
    clears(
        "HAE-02",
        "0.05 below the limit for a minute",
        priority="medium",
        facts={"hr": 92, "sbp": 100},
        hold=120,
        band={"hr": 86},
        better={"hr": 84},
        clear=60,
    ),
]

HAE_03: list[Row] = [
    fires("HAE-03", "high", "pressure and pulse", hold=10, facts={"sbp": 90, "hr": 120}),
    fires(
        "HAE-03",
        "high",
        "stab wound and pulse",
        hold=10,
        facts={"mechanism": "penetrating", "hr": 120},
    ),
    fires(
        "HAE-03",
        "high",
        "free fluid and pressure",
        hold=10,
        facts={**fast(positive=True), "sbp": 90, "hr": 85},
        start="hospital",
    ),
    fires(
        "HAE-03",
        "high",
        "a child's own limits",
        hold=10,
        facts={"age": 9, "sbp": 87, "hr": 100},
    ),
    holds_back("HAE-03", "pressure 91", seconds=20, facts={"sbp": 91, "hr": 120}),
    holds_back("HAE-03", "pulse 119", seconds=20, facts={"sbp": 90, "hr": 119}),
    holds_back("HAE-03", "88 at 9 years", seconds=20, facts={"age": 9, "sbp": 88, "hr": 100}),
    holds_back(
        "HAE-03",
        "an adult's pulse at 14 years",
        seconds=20,
        facts={"age": 14, "sbp": 95, "hr": 130},
    ),
    holds_back(
        "HAE-03",
        "an obstruction comes first",
        seconds=60,
        facts={**CHEST, "spo2": 78, "rr": 40, "sbp": 87, "hr": 129},
    ),
    holds_back(
        "HAE-03",
        "the protocol runs",
        seconds=20,
        facts={"mtp": True, "sbp": 80, "hr": 130},
        start="hospital",
    ),
    holds_back("HAE-03", "too short", seconds=6, facts={"sbp": 85, "hr": 125}, then=WELL),
    holds_back(
        "HAE-03", "nobody has felt the pulse", seconds=20, facts={"sbp": 85}, without=("hr",)
    ),
    clears(
        "HAE-03",
        "both items above their bands",
        priority="high",
        facts={"sbp": 88, "hr": 122},
        hold=10,
        band={"sbp": 94, "hr": 116},
        better={"sbp": 96, "hr": 114},
        clear=60,
    ),
    clears(
        "HAE-03",
        "the protocol is started",
        priority="high",
        facts={"sbp": 88, "hr": 122},
        hold=10,
        done=[START_MTP],
        clear=60,
        start="hospital",
    ),
]

HAE_04: list[Row] = [
    fires("HAE-04", "medium", "20 min with the patient", hold=10, facts=bled(1800, 1190)),
    fires("HAE-04", "medium", "an hour from injury", hold=10, facts=bled(3590, 600)),
    fires(
        "HAE-04",
        "high",
        "two hours from injury",
        hold=10,
        lower="medium",
        facts=bled(7190, 5000),
        says="TXA NOT given, 120 min",
    ),
    fires(
        "HAE-04",
        "medium",
        "a risk of thrombosis in the passport: a senior decides",
        before={"condition": {"82": {"label": "antithrombin"}}, "passport_read_s": ago(60)},
        facts=bled(3700, 3000),
        says="A senior decides",
    ),
    fires("HAE-04", "high", "suspicion after the last quarter", facts=bled(10_000, 8000)),
    fires(
        "HAE-04",
        "medium",
        "low pressure after 50 min",
        hold=30,
        before={"injury_at_s": ago(4000), "at_patient_s": ago(3000)},
        facts={"sbp": 85, "hr": 80},
    ),
    holds_back("HAE-04", "19 min with the patient", facts=bled(1500, 1140)),
    holds_back("HAE-04", "already given", facts={**TXA_IN, **bled(4000, 3000)}),
    holds_back(
        "HAE-04", "no suspicion", facts={"injury_at_s": ago(4000), "at_patient_s": ago(3000)}
    ),
    holds_back("HAE-04", "the window is over", facts=bled(10_801, 9000)),
    holds_back("HAE-04", "time of injury unknown", facts=tourniquet(300)),
    escalates(
        "HAE-04",
        "119 min, then two hours",
        first="medium",
        facts=bled(7150, 5000),
        then_s=60,
        to="high",
    ),
    clears(
        "HAE-04",
        "it is given",
        priority="medium",
        facts=bled(1800, 1300),
        done=[give("tranexamic_acid", 1.0, "g")],
    ),
    clears(
        "HAE-04",
        "somebody says why not",
        priority="medium",
        facts=bled(1800, 1300),
        done=[acknowledge("HAE-04", "active thrombosis")],
    ),
    clears(
        "HAE-04",
        "the window closes",
        priority="high",
        facts=bled(10_790, 9000),
        done=[Act("advance", (8.0,))],
    ),
]

HAE_05: list[Row] = [
    fires(
        "HAE-05",
        "high",
        "ordered after three hours",
        facts={"injury_at_s": ago(10_810)},
        do=[order("tranexamic_acid", 1.0, "g")],
        start="hospital",
        says="outside 3 h",
    ),
    fires(
        "HAE-05",
        "high",
        "given after three hours",
        facts={"injury_at_s": ago(10_810)},
        do=[give("tranexamic_acid", 1.0, "g")],
    ),
    holds_back(
        "HAE-05",
        "just inside",
        facts={"injury_at_s": ago(10_780)},
        do=[order("tranexamic_acid", 1.0, "g")],
        start="hospital",
    ),
    holds_back(
        "HAE-05",
        "the second gram of a course begun in time",
        facts={"injury_at_s": ago(10_900), **TXA_IN},
        do=[order("tranexamic_acid", 1.0, "g")],
        start="hospital",
    ),
    holds_back(
        "HAE-05",
        "a severe head injury has rules of its own",
        facts={"injury_at_s": ago(10_900), **HEAD, "gcs": 9},
        do=[give("tranexamic_acid", 1.0, "g")],
    ),
    holds_back("HAE-05", "time of injury unknown", do=[give("tranexamic_acid", 1.0, "g")]),
    clears(
        "HAE-05",
        "the order is taken back",
        priority="high",
        facts={"injury_at_s": ago(10_900)},
        do=[order("tranexamic_acid", 1.0, "g")],
        done=[ask("trauma_leader", "trauma", "cancel_order", "tranexamic_acid_1", "too late")],
        start="hospital",
    ),
]

HAE_06: list[Row] = [
    fires("HAE-06", "low", "one hour", hold=10, facts=tourniquet(3590), says="left thigh 60 min"),
    fires("HAE-06", "medium", "an hour and a half", hold=10, lower="low", facts=tourniquet(5390)),
    fires("HAE-06", "high", "two hours", hold=10, lower="medium", facts=tourniquet(7190)),
    fires("HAE-06", "low", "the road's time counts", facts=tourniquet(3605), start="hospital"),
    fires(
        "HAE-06",
        "low",
        "half an hour with sickle cells",
        hold=10,
        before={"condition": {"232": {"label": "sickle cells"}}, "passport_read_s": ago(60)},
        facts=tourniquet(1790),
        says="sickling",
    ),
    holds_back("HAE-06", "59 min", facts=tourniquet(3540)),
    holds_back(
        "HAE-06",
        "a binder may stay",
        facts={
            "device": {"pelvic_binder": {"kind": "pelvic_binder", "site": "", "at_s": ago(8000)}}
        },
    ),
    escalates(
        "HAE-06", "89 min, then 90", first="low", facts=tourniquet(5350), then_s=60, to="medium"
    ),
    clears("HAE-06", "it is off", priority="high", facts=tourniquet(7300), better={"device": {}}),
]

HAE_07: list[Row] = [
    fires(
        "HAE-07",
        "medium",
        "over a litre while the protocol runs",
        facts={"mtp": True, "crystalloid_ml": 1001},
        start="hospital",
    ),
    fires(
        "HAE-07",
        "medium",
        "first the fluid, then the signs",
        hold=10,
        facts={"crystalloid_ml": 1500, "sbp": 85, "hr": 125},
    ),
    fires(
        "HAE-07",
        "medium",
        "over 20 mL/kg in a child",
        facts={"age": 6, "weight_kg": 20, "mtp": True, "crystalloid_ml": 401},
        start="hospital",
    ),
    holds_back("HAE-07", "a litre", facts={"mtp": True, "crystalloid_ml": 1000}, start="hospital"),
    holds_back("HAE-07", "no massive bleeding", facts={"crystalloid_ml": 1500}),
    holds_back(
        "HAE-07",
        "20 mL/kg in a child",
        facts={"age": 6, "weight_kg": 20, "mtp": True, "crystalloid_ml": 400},
        start="hospital",
    ),
    clears(
        "HAE-07",
        "blood is running",
        priority="medium",
        facts={"mtp": True, "crystalloid_ml": 1200},
        done=[ask("nurse", "patient", "give_blood", "red_cells", 1)],
        start="hospital",
    ),
]

HAE_08: list[Row] = [
    fires("HAE-08", "medium", "four to one", facts={"plasma": 1, "red_cells": 4}),
    fires("HAE-08", "medium", "four to none", facts={"red_cells": 4}),
    holds_back("HAE-08", "four to two", facts={"plasma": 2, "red_cells": 4}),
    holds_back("HAE-08", "three to none", facts={"red_cells": 3}),
    clears(
        "HAE-08", "plasma follows", priority="medium", facts={"red_cells": 4}, better={"plasma": 2}
    ),
]

HAE_09: list[Row] = [
    fires("HAE-09", "medium", "four products", facts={"products_since_calcium": 4}),
    fires("HAE-09", "medium", "ionised calcium 1.09", facts={"ica": 1.09}, says="1.09"),
    holds_back("HAE-09", "three products", facts={"products_since_calcium": 3}),
    holds_back("HAE-09", "ionised calcium 1.1", facts={"ica": 1.1}),
    clears(
        "HAE-09",
        "calcium after a low value",
        priority="medium",
        facts={"ica": 0.95},
        done=[give("calcium_chloride", 10.0, "mL")],
    ),
    clears(
        "HAE-09",
        "calcium after products",
        priority="medium",
        facts={"products_since_calcium": 4},
        done=[give("calcium_gluconate", 30.0, "mL")],
    ),
]

HAE_10: list[Row] = [
    fires("HAE-10", "medium", "1.5 g/L", facts={"fibrinogen": 1.5}),
    fires("HAE-10", "medium", "1.9 g/L in pregnancy", facts=pregnant(fibrinogen=1.9)),
    fires("HAE-10", "medium", "FIBTEM 8 mm", facts={"fibtem_a5": 8}, says="FIBTEM A5 8 mm"),
    holds_back("HAE-10", "1.6 g/L", facts={"fibrinogen": 1.6}),
    holds_back("HAE-10", "2.0 g/L in pregnancy", facts=pregnant(fibrinogen=2.0)),
    holds_back("HAE-10", "FIBTEM 9 mm", facts={"fibtem_a5": 9}),
    clears(
        "HAE-10",
        "fibrinogen is given",
        priority="medium",
        facts={"fibrinogen": 1.2},
        done=[give("fibrinogen", 4.0, "g")],
    ),
]

HAE_11: list[Row] = [
    fires("HAE-11", "low", "35.9", facts={"temp": 35.9}),
    fires("HAE-11", "medium", "34.9", facts={"temp": 34.9}),
    fires("HAE-11", "high", "31.9", facts={"temp": 31.9}),
    holds_back("HAE-11", "36.0", facts={"temp": 36.0}),
    holds_back("HAE-11", "nobody has measured", without=("temp",)),
    escalates(
        "HAE-11",
        "35.5, then 34.5",
        first="low",
        facts={"temp": 35.5},
        then={"temp": 34.5},
        to="medium",
    ),
    clears(
        "HAE-11",
        "0.2 above the limit",
        priority="low",
        facts={"temp": 35.8},
        band={"temp": 36.1},
        better={"temp": 36.2},
    ),
]

HAE_12: list[Row] = [
    fires("HAE-12", "medium", "lactate 4", facts={"lactate": 4.0}),
    fires("HAE-12", "medium", "base excess -6", facts={"be": -6.0}),
    fires("HAE-12", "high", "pH 7.19", facts={"ph": 7.19}, says="lethal triad"),
    fires(
        "HAE-12",
        "medium",
        "smoke and lactate 8",
        facts={"smoke": True, "lactate": 8.0},
        says="cyanide, hydroxocobalamin 5 g",
    ),
    holds_back("HAE-12", "lactate 3.9", facts={"lactate": 3.9}),
    holds_back("HAE-12", "base excess -5.9", facts={"be": -5.9}),
    holds_back("HAE-12", "pH 7.2", facts={"ph": 7.2}),
    escalates(
        "HAE-12",
        "lactate, then pH",
        first="medium",
        facts={"lactate": 5},
        then={"ph": 7.1},
        to="high",
    ),
    clears(
        "HAE-12", "lactate falls", priority="medium", facts={"lactate": 5}, better={"lactate": 3.9}
    ),
]

HAE_13: list[Row] = [
    fires("HAE-13", "high", "index 1.0", hold=300, facts={**PELVIS, "hr": 100, "sbp": 100}),
    fires("HAE-13", "high", "low pressure", hold=300, facts={**PELVIS, "hr": 70, "sbp": 85}),
    fires(
        "HAE-13",
        "high",
        "the criterion of the form counts",
        hold=300,
        facts={"red": ["pelvic_fracture"], "hr": 100, "sbp": 100},
    ),
    holds_back("HAE-13", "index 0.99", seconds=320, facts={**PELVIS, "hr": 99, "sbp": 100}),
    holds_back("HAE-13", "no pelvic injury", seconds=320, facts={"hr": 110, "sbp": 100}),
    holds_back(
        "HAE-13",
        "the binder is on",
        seconds=320,
        facts={
            "device": {"pelvic_binder": {"kind": "pelvic_binder", "site": "", "at_s": ago(60)}},
            **PELVIS,
            "hr": 110,
            "sbp": 100,
        },
    ),
    holds_back(
        "HAE-13", "too short", seconds=280, facts={**PELVIS, "hr": 110, "sbp": 100}, then=WELL
    ),
    clears(
        "HAE-13",
        "the binder comes",
        priority="high",
        facts={**PELVIS, "hr": 110, "sbp": 100},
        hold=300,
        done=[perform("pelvic_binder")],
    ),
]

TO_CT = ask("trauma_leader", "trauma", "set_destination", "ct")
HAE_14: list[Row] = [
    fires(
        "HAE-14",
        "high",
        "the destination is the scanner",
        facts={**fast(positive=True), "sbp": 89, "hr": 85},
        do=[TO_CT],
        start="hospital",
    ),
    fires(
        "HAE-14",
        "high",
        "a scan is ordered",
        facts={**fast(positive=True), "sbp": 89, "hr": 85},
        do=[ask("trauma_leader", "trauma", "order_diagnostic", "whole_body_ct")],
        start="hospital",
    ),
    holds_back(
        "HAE-14",
        "90 mmHg",
        facts={**fast(positive=True), "sbp": 90, "hr": 85},
        do=[TO_CT],
        start="hospital",
    ),
    holds_back(
        "HAE-14",
        "no free fluid",
        facts={**fast(positive=False), "sbp": 80, "hr": 75},
        do=[TO_CT],
        start="hospital",
    ),
    holds_back(
        "HAE-14",
        "to theatre",
        facts={**fast(positive=True), "sbp": 80, "hr": 75},
        do=[ask("trauma_leader", "trauma", "set_destination", "theatre")],
        start="hospital",
    ),
    clears(
        "HAE-14",
        "another destination",
        priority="high",
        facts={**fast(positive=True), "sbp": 85, "hr": 80},
        do=[TO_CT],
        done=[ask("trauma_leader", "trauma", "set_destination", "theatre")],
        start="hospital",
    ),
    clears(
        "HAE-14",
        "a response held for ten minutes",
        priority="high",
        facts={**fast(positive=True), "sbp": 85, "hr": 80},
        do=[TO_CT],
        better={"sbp": 100},
        clear=600,
        start="hospital",
    ),
]

HAE_15: list[Row] = [
    fires("HAE-15", "medium", "zone 1 for 20 min", hold=10, facts=reboa("zone_1", 1190)),
    fires(
        "HAE-15",
        "high",
        "zone 1 for half an hour",
        hold=10,
        lower="medium",
        facts=reboa("zone_1", 1790),
    ),
    fires("HAE-15", "medium", "zone 3 for 45 min", hold=10, facts=reboa("zone_3", 2690)),
    fires(
        "HAE-15", "high", "zone 3 for an hour", hold=10, lower="medium", facts=reboa("zone_3", 3590)
    ),
    holds_back("HAE-15", "zone 1 for 19 min", facts=reboa("zone_1", 1140)),
    holds_back("HAE-15", "zone 3 for 44 min", facts=reboa("zone_3", 2640)),
    escalates(
        "HAE-15",
        "29 min, then 30",
        first="medium",
        facts=reboa("zone_1", 1750),
        then_s=60,
        to="high",
    ),
    clears(
        "HAE-15",
        "it is down",
        priority="medium",
        facts=reboa("zone_1", 1300),
        better={"device": {}},
    ),
]

APIXABAN: Facts = {**HEAD, "anticoagulant": "apixaban", "weight_kg": 58, "arrived_s": ago(1000)}
HAE_16: list[Row] = [
    fires(
        "HAE-16",
        "high",
        "head injury, 15 min after it is known",
        hold=900,
        facts=APIXABAN,
        start="hospital",
        says="Prothrombin complex",
    ),
    fires(
        "HAE-16",
        "high",
        "low pressure, 15 min after it is known",
        hold=930,
        facts={"anticoagulant": "warfarin", "inr": 3.1, "sbp": 85, "hr": 80},
        start="hospital",
        says="INR 3.1",
    ),
    holds_back(
        "HAE-16",
        "already reversed",
        seconds=960,
        facts={
            **APIXABAN,
            "drug": {
                "prothrombin_complex": {
                    "total": 2900,
                    "unit": "[iU]",
                    "doses": 1,
                    "last_s": ago(60),
                }
            },
        },
        start="hospital",
    ),
    holds_back(
        "HAE-16",
        "takes none",
        seconds=960,
        facts={**HEAD, "anticoagulant": "none"},
        start="hospital",
    ),
    holds_back(
        "HAE-16",
        "neither head nor pressure",
        seconds=960,
        facts={"anticoagulant": "apixaban"},
        start="hospital",
    ),
    holds_back(
        "HAE-16", "still on the road", seconds=960, facts={**HEAD, "anticoagulant": "apixaban"}
    ),
    clears(
        "HAE-16",
        "the reversal is recorded",
        priority="high",
        facts=APIXABAN,
        hold=900,
        done=[give("prothrombin_complex", 2900, "[iU]")],
        start="hospital",
    ),
]

HAEMORRHAGE: list[Row] = [
    *HAE_01,
    *HAE_02,
    *HAE_03,
    *HAE_04,
    *HAE_05,
    *HAE_06,
    *HAE_07,
    *HAE_08,
    *HAE_09,
    *HAE_10,
    *HAE_11,
    *HAE_12,
    *HAE_13,
    *HAE_14,
    *HAE_15,
    *HAE_16,
]
