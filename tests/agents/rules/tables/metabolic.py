"""Potassium, glucose, malignant hyperthermia: MET-01 to MET-03."""

from tests.agents.rules.case import ago
from tests.agents.rules.row import Facts, Row, clears, escalates, fires, holds_back

STILL: Facts = {"ventilated": True, "ventilation_changed_s": ago(300)}

METABOLIC: list[Row] = [
    fires("MET-01", "medium", "6.0", facts={"k": 6.0}),
    fires("MET-01", "high", "6.5", facts={"k": 6.5}, says="calcium"),
    fires("MET-01", "high", "wide QRS, no gas yet", facts={"rhythm": "wide_qrs"}, says="Wide QRS"),
    holds_back("MET-01", "5.9", facts={"k": 5.9}),
    holds_back("MET-01", "narrow QRS", facts={"rhythm": "sinus"}),
    escalates(
        "MET-01", "6.2, then 6.8", first="medium", facts={"k": 6.2}, then={"k": 6.8}, to="high"
    ),
    clears("MET-01", "below 6.0", priority="high", facts={"k": 6.8}, better={"k": 5.9}),
    fires("MET-02", "medium", "3.9", facts={"glucose": 3.9}),
    fires("MET-02", "high", "2.9", facts={"glucose": 2.9}, says="25 g now"),
    holds_back("MET-02", "4.0", facts={"glucose": 4.0}),
    escalates(
        "MET-02",
        "3.5, then 2.5",
        first="medium",
        facts={"glucose": 3.5},
        then={"glucose": 2.5},
        to="high",
    ),
    clears(
        "MET-02", "4.0 again", priority="medium", facts={"glucose": 3.5}, better={"glucose": 4.0}
    ),
    fires(
        "MET-03",
        "high",
        "56 at the same settings",
        hold=60,
        facts={"weight_kg": 45, **STILL, "etco2": 56},
        says="dantrolene 112.5 mg",
    ),
    fires(
        "MET-03",
        "high",
        "susceptible by passport",
        hold=60,
        before={"condition": {"423": {"label": "hyperthermia"}}, "passport_read_s": ago(60)},
        facts={**STILL, "etco2": 60},
        says="known to be susceptible",
    ),
    holds_back("MET-03", "55", seconds=70, facts={**STILL, "etco2": 55}),
    holds_back("MET-03", "breathes alone", seconds=70, facts={"etco2": 70}),
    holds_back(
        "MET-03",
        "the settings were just changed",
        seconds=70,
        facts={"ventilated": True, "ventilation_changed_s": ago(5), "etco2": 60},
    ),
    holds_back("MET-03", "too short", seconds=45, facts={**STILL, "etco2": 60}, then={"etco2": 40}),
    clears(
        "MET-03",
        "2 mmHg below the limit for a minute",
        priority="high",
        facts={**STILL, "etco2": 60},
        hold=60,
        band={"etco2": 54},
        better={"etco2": 53},
        clear=60,
    ),
]
