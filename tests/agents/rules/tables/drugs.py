"""Drugs: DRG-01 to DRG-03, INF-01."""

from tests.agents.rules.case import ago
from tests.agents.rules.row import (
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
)

CHILD: Facts = {"age": 6, "weight_kg": 20}
HAEMOPHILIA: Facts = {
    "condition": {"98878": {"label": "Haemophilia A"}},
    "passport": "read",
    "passport_read_s": ago(60),
}
ADDISON: Facts = {
    "condition": {"85138": {"label": "Addison"}},
    "passport": "read",
    "passport_read_s": ago(60),
}
DUCHENNE: Facts = {
    "condition": {"98896": {"label": "Duchenne"}},
    "passport": "read",
    "passport_read_s": ago(60),
}
PENICILLIN: Facts = {"allergy": {"penicillin": {"group": "penicillin", "severity": "high"}}}


def fracture(*, open: bool, seconds: float) -> Facts:
    """A fracture of the leg, so long ago."""
    row = {"region": "leg", "kind": "fracture", "side": "left", "open": open}
    return {"injury_at_s": ago(seconds), "injury": {"leg": row}}


DRG_01: list[Row] = [
    fires(
        "DRG-01",
        "medium",
        "morphine again after a minute",
        do=[give("morphine", 5, "mg", wait_s=60), give("morphine", 5, "mg")],
        says="interval 5 min",
    ),
    fires(
        "DRG-01",
        "high",
        "over the maximum",
        do=[give("morphine", 18, "mg", wait_s=301), give("morphine", 5, "mg")],
        says="over 20 mg",
    ),
    fires(
        "DRG-01",
        "high",
        "an order over the maximum",
        do=[order("morphine", 30, "mg")],
        start="hospital",
    ),
    holds_back(
        "DRG-01",
        "after the interval",
        do=[give("morphine", 5, "mg", wait_s=301), give("morphine", 5, "mg")],
    ),
    holds_back("DRG-01", "one dose", do=[give("morphine", 5, "mg")]),
    holds_back(
        "DRG-01",
        "a dose as it was ordered is not held against itself",
        do=[order("morphine", 5, "mg"), give("morphine", 5, "mg")],
        start="hospital",
    ),
    clears(
        "DRG-01",
        "the order is taken back",
        priority="high",
        do=[order("morphine", 30, "mg")],
        done=[ask("trauma_leader", "trauma", "cancel_order", "morphine_1", "a slip")],
        start="hospital",
    ),
]

DRG_02: list[Row] = [
    fires(
        "DRG-02",
        "high",
        "suxamethonium with potassium 5.6",
        facts={"k": 5.6},
        do=[order("suxamethonium", 100, "mg")],
        start="hospital",
        says="Instead: rocuronium",
    ),
    fires(
        "DRG-02",
        "high",
        "mannitol at 89 mmHg",
        facts={"sbp": 89, "hr": 70},
        do=[order("mannitol", 50, "g")],
        start="hospital",
    ),
    fires(
        "DRG-02",
        "high",
        "a cephalosporin after anaphylaxis to penicillin",
        facts=PENICILLIN,
        do=[order("cefazolin", 2, "g")],
        start="hospital",
        says="clindamycin",
    ),
    fires(
        "DRG-02",
        "high",
        "etomidate in Addison's disease",
        facts=ADDISON,
        do=[order("etomidate", 20, "mg")],
        start="hospital",
    ),
    fires(
        "DRG-02",
        "high",
        "an NSAID in haemophilia, on the road",
        facts=HAEMOPHILIA,
        do=[give("ketorolac", 30, "mg")],
    ),
    fires(
        "DRG-02",
        "high",
        "any intramuscular order in haemophilia",
        facts=HAEMOPHILIA,
        do=[order("ketamine", 80, "mg", "im")],
        start="hospital",
    ),
    fires(
        "DRG-02",
        "high",
        "suxamethonium in Duchenne dystrophy",
        facts=DUCHENNE,
        do=[order("suxamethonium", 70, "mg")],
        start="hospital",
    ),
    holds_back(
        "DRG-02",
        "potassium 5.5",
        facts={"k": 5.5},
        do=[order("suxamethonium", 100, "mg")],
        start="hospital",
    ),
    holds_back(
        "DRG-02",
        "a fresh burn",
        facts={"burn_tbsa": 35, "burned_at_s": ago(2400)},
        do=[order("suxamethonium", 100, "mg")],
        start="hospital",
    ),
    holds_back(
        "DRG-02",
        "mannitol at 90 mmHg",
        facts={"sbp": 90},
        do=[order("mannitol", 50, "g")],
        start="hospital",
    ),
    holds_back(
        "DRG-02",
        "rocuronium in Duchenne dystrophy",
        facts=DUCHENNE,
        do=[order("rocuronium", 60, "mg")],
        start="hospital",
    ),
    holds_back("DRG-02", "ketorolac in the healthy", do=[give("ketorolac", 15, "mg")]),
    clears(
        "DRG-02",
        "the order is taken back",
        priority="high",
        facts={"k": 6.2},
        do=[order("suxamethonium", 100, "mg")],
        done=[ask("trauma_leader", "trauma", "cancel_order", "suxamethonium_1", "rocuronium")],
        start="hospital",
    ),
    clears(
        "DRG-02",
        "a person gives a reason",
        priority="high",
        facts=PENICILLIN,
        do=[order("cefazolin", 2, "g")],
        done=[acknowledge("DRG-02", "tolerated last year")],
        start="hospital",
    ),
]

DRG_03: list[Row] = [
    fires(
        "DRG-03",
        "medium",
        "a gram of tranexamic acid for 20 kg",
        facts=CHILD,
        do=[order("tranexamic_acid", 1, "g")],
        start="hospital",
        says="expect 0.3 g",
    ),
    fires(
        "DRG-03",
        "medium",
        "more than a fifth too little",
        facts=CHILD,
        do=[give("tranexamic_acid", 0.23, "g")],
    ),
    holds_back("DRG-03", "300 mg for 20 kg", facts=CHILD, do=[give("tranexamic_acid", 0.3, "g")]),
    holds_back("DRG-03", "a fifth more", facts=CHILD, do=[give("tranexamic_acid", 0.36, "g")]),
    holds_back("DRG-03", "an adult", do=[give("tranexamic_acid", 1, "g")]),
    clears(
        "DRG-03",
        "the order is taken back",
        priority="medium",
        facts=CHILD,
        do=[order("tranexamic_acid", 1, "g")],
        done=[ask("trauma_leader", "trauma", "cancel_order", "tranexamic_acid_1", "300 mg")],
        start="hospital",
    ),
]

INF_01: list[Row] = [
    fires("INF-01", "low", "45 min", hold=10, facts=fracture(open=True, seconds=2690)),
    fires(
        "INF-01",
        "medium",
        "an hour",
        hold=10,
        lower="low",
        facts=fracture(open=True, seconds=3590),
        says="ceFAZolin 2 g now",
    ),
    fires(
        "INF-01",
        "low",
        "allergic to penicillin",
        hold=10,
        facts={**PENICILLIN, **fracture(open=True, seconds=2690)},
        says="clindamycin",
    ),
    holds_back("INF-01", "closed", facts=fracture(open=False, seconds=4000)),
    holds_back("INF-01", "44 min", facts=fracture(open=True, seconds=2640)),
    holds_back(
        "INF-01",
        "an antibiotic is in",
        facts={
            "drug": {"cefazolin": {"total": 2, "unit": "g", "doses": 1, "last_s": ago(60)}},
            **fracture(open=True, seconds=4000),
        },
    ),
    escalates(
        "INF-01",
        "59 min, then an hour",
        first="low",
        facts=fracture(open=True, seconds=3550),
        then_s=60,
        to="medium",
    ),
    clears(
        "INF-01",
        "an antibiotic is given",
        priority="medium",
        facts=fracture(open=True, seconds=3700),
        done=[give("cefazolin", 2, "g")],
    ),
]

DRUGS: list[Row] = [*DRG_01, *DRG_02, *DRG_03, *INF_01]
