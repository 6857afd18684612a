"""The handover card: ATMIST, read off the twins' states.

Age and sex, Time of injury, Mechanism, Injuries, Signs (first, worst, latest), Treatment; then the
expected arrival and what is special (prehospital handover practice).
"""

from environment.model.change import JSON
from environment.model.frame import State

SIGNS = ("hr", "sbp", "rr", "spo2", "gcs", "temp")


def atmist(preh: State, patient: State, first: dict[str, JSON]) -> dict[str, JSON]:
    """The card as plain data; what is not known is left out, never guessed.

    `first` holds the first value seen of each sign. Times are scenario seconds.
    """
    signs = {
        name: {"first": first.get(name), "latest": patient.values[name].value}
        for name in SIGNS
        if name in patient.values
    }
    card: dict[str, JSON] = {
        "age": patient.get("age"),
        "sex": patient.get("sex"),
        "time_of_injury_s": preh.get("injury_at_s"),
        "mechanism": preh.get("dynamic") or preh.get("mechanism"),
        "injuries": sorted(_injury(row) for row in (patient.get("injury") or {}).values()),
        "signs": signs,
        "treatment": _treatment(patient),
        "eta_s": preh.get("eta_s"),
        "criteria": [*(preh.get("red") or ()), *(preh.get("yellow") or ())],
        "special": _special(patient),
    }
    return {key: value for key, value in card.items() if value not in (None, [], {}, "")}


def _treatment(patient: State) -> list[str]:
    """What was done and given, in the order of time."""
    told = [
        (row["at_s"], " ".join(filter(None, (_words(name), _words(row["site"])))))
        for name, row in (patient.get("performed") or {}).items()
    ]
    told += [
        (row["last_s"], f"{_words(name)} {row['total']:g} {row['unit']}")
        for name, row in (patient.get("drug") or {}).items()
    ]
    return [f"{what} {_since_call(at)}" for at, what in sorted(told, key=lambda row: row[0])]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _since_call(at_s: float) -> str:
    """When it was done, as the crew says it."""
    return f"+{at_s // 60:.0f} min"


def _injury(row: dict[str, JSON]) -> str:
    words = (row["side"], "open" if row["open"] else "", row["region"], row["kind"])
    return " ".join(str(word).replace("_", " ") for word in words if word)


def _special(patient: State) -> list[str]:
    notes = []
    if (patient.get("anticoagulant") or "none") != "none":
        notes.append(f"takes {patient.get('anticoagulant')}")
    if patient.get("pregnancy_weeks"):
        notes.append(f"pregnant, week {patient.get('pregnancy_weeks'):g}")
    notes += [f"allergy: {name}" for name in (patient.get("allergy") or {})]
    notes += [row["label"] for row in (patient.get("condition") or {}).values()]
    return notes
