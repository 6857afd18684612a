"""The passport: PAS-01 and PAS-02."""

from tests.agents.rules.case import Ago, ago
from tests.agents.rules.row import (
    Facts,
    Row,
    acknowledge,
    clears,
    escalates,
    fires,
    give,
    holds_back,
)


def read(code: str, since: Ago) -> Facts:
    """A passport with one condition was read so long ago."""
    return {"condition": {code: {"label": code}}, "passport": "read", "passport_read_s": since}


ADDISON, HAEMOPHILIA, DUCHENNE = "85138", "98878", "98896"
STEROID: Facts = {
    "drug": {"hydrocortisone": {"total": 100, "unit": "mg", "doses": 1, "last_s": ago(30)}}
}
FACTOR: Facts = {
    "drug": {"factor_viii": {"total": 3750, "unit": "[iU]", "doses": 1, "last_s": ago(30)}}
}

PASSPORT: list[Row] = [
    fires(
        "PAS-01",
        "low",
        "haemophilia",
        facts=read(HAEMOPHILIA, ago(1)),
        says="AVOID intramuscular injections",
    ),
    fires(
        "PAS-01",
        "low",
        "Duchenne dystrophy",
        facts=read(DUCHENNE, ago(1)),
        says="CONTINUE the daily steroid",
    ),
    holds_back("PAS-01", "there is no passport", facts={"passport": "none"}),
    holds_back("PAS-01", "a condition without a hazard", facts=read("999999", ago(1))),
    holds_back("PAS-01", "not matched yet", facts={"condition": {ADDISON: {"label": "Addison"}}}),
    clears(
        "PAS-01",
        "somebody has read it",
        priority="low",
        facts=read(ADDISON, ago(1)),
        done=[acknowledge("PAS-01", "read")],
    ),
    fires(
        "PAS-02",
        "medium",
        "five minutes without steroid",
        hold=10,
        facts=read(ADDISON, ago(290)),
        says="hydrocortisone 100 mg given?",
    ),
    fires(
        "PAS-02",
        "high",
        "ten minutes without steroid",
        hold=10,
        lower="medium",
        facts=read(ADDISON, ago(590)),
    ),
    fires(
        "PAS-02",
        "medium",
        "five minutes without factor",
        hold=10,
        facts={"weight_kg": 75, **read(HAEMOPHILIA, ago(290))},
        says="factor VIII 3750 IU",
    ),
    fires(
        "PAS-02",
        "high",
        "fifteen minutes without factor",
        hold=10,
        lower="medium",
        facts=read(HAEMOPHILIA, ago(890)),
    ),
    holds_back("PAS-02", "four minutes", facts=read(ADDISON, ago(240))),
    holds_back("PAS-02", "steroid is in", facts={**STEROID, **read(ADDISON, ago(700))}),
    holds_back("PAS-02", "factor is in", facts={**FACTOR, **read(HAEMOPHILIA, ago(1000))}),
    holds_back("PAS-02", "no short clock", facts=read(DUCHENNE, ago(1000))),
    escalates(
        "PAS-02",
        "nine minutes, then ten",
        first="medium",
        facts=read(ADDISON, ago(550)),
        then_s=60,
        to="high",
    ),
    clears(
        "PAS-02",
        "the steroid is given",
        priority="high",
        facts=read(ADDISON, ago(700)),
        done=[give("hydrocortisone", 100, "mg")],
    ),
    clears(
        "PAS-02",
        "somebody says why not",
        priority="medium",
        facts=read(ADDISON, ago(400)),
        done=[acknowledge("PAS-02", "taken at home an hour ago")],
    ),
]
