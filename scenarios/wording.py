"""Operations and names of the program in the words of people who look back at a case."""

from collections.abc import Mapping

from agents.rules import RULES
from environment.model import catalogue
from environment.model.change import JSON, Change

#: An operation that was asked for, as one says that it is done; what it is of stands behind it.
DONE = {
    "preh.send_pre_alert": "pre-alert sent",
    "preh.decide_severity": "severity decided",
    "preh.hand_over": "patient handed over",
    "preh.reach_patient": "patient reached",
    "preh.correct": "step corrected",
    "trauma.start_mtp": "massive transfusion started",
    "trauma.stop_mtp": "massive transfusion ended",
    "trauma.activate": "trauma team activated",
    "trauma.set_leader": "trauma leader named",
    "trauma.finish": "case finished",
    "patient.apply_tourniquet": "tourniquet applied",
    "patient.release_tourniquet": "tourniquet released",
    "patient.give_blood": "blood given",
    "patient.start_infusion": "infusion started",
    "ultrasound.examine": "ultrasound",
    "ct.examine": "CT",
}
#: Arguments whose value alone says what was done.
SPEAKS = ("procedure", "drug", "product", "diagnostic")
#: Twins with a title that is no word.
TITLES = {"preh": "Before hospital", "trauma": "Trauma case", "icu": "intensive care", "ct": "CT"}


def words(name: object) -> str:
    """A name of the program as words."""
    return str(name).replace("_", " ")


def entry(name: str) -> str:
    """The label of a row of the catalogue; else its name as words."""
    key = catalogue.key_of(name)
    for table in (
        catalogue.PROCEDURES,
        catalogue.DRUGS,
        catalogue.BLOOD,
        catalogue.DIAGNOSTICS,
    ):
        if key in table:
            return str(table[key].label)
    return words(name)


def in_words(change: Change) -> tuple[str, str]:
    """The kind of an action, as a class of the style sheet, and its words."""
    value = change.value
    if change.name == "procedure":
        row = catalogue.PROCEDURES.get(catalogue.key_of(value["procedure"]))
        label = row.label if row else words(value["procedure"])
        site = words(value["site"])
        end = " off" if value["change"] == "stop" else ""
        return "proc", f"{label}{f', {site}' if site and site not in label else ''}{end}"
    if change.name == "drug_given":
        amount = catalogue.amount_text(value["amount"], value["unit"])
        return "drug", f"{entry(value['drug'])} {amount}"
    if change.name == "infusion_changed":
        return "drug", f"{entry(value['drug'])} infusion {value['change']}"
    if change.name == "blood_given":
        return "blood", f"{value['units']} x {entry(value['product'])}"
    row_ = catalogue.DIAGNOSTICS.get(catalogue.key_of(value["diagnostic"]))
    return "diag", row_.label if row_ else str(value["diagnostic"])


def titled(name: object) -> str:
    """The same for what has a title: a process, a room."""
    return TITLES.get(str(name), words(name))


def rule_titled(rule: str) -> str:
    """A rule with its title: `HAE-13 Pelvic binder`; one that is not known by its id alone."""
    return f"{rule} {RULES[rule].title}" if rule in RULES else rule


def asked(do: str, given: Mapping[str, JSON]) -> str:
    """An operation in words: what a patient gets goes without saying to whom."""
    twin, _, operation = do.partition(".")
    speaking = next((str(given[key]) for key in SPEAKS if given.get(key)), "")
    if speaking:
        rest = [_value(k, v) for k, v in given.items() if k in ("site", "limb") and v]
        return ", ".join([entry(speaking), *rest])
    said = DONE.get(
        do, words(operation) if twin == "patient" else f"{titled(twin)}: {words(operation)}"
    )
    values = ", ".join(_value(k, v) for k, v in given.items() if _is_plain(v))
    return f"{said} ({values})" if values else said


def _is_plain(value: JSON) -> bool:
    return value not in ("", None) and not isinstance(value, (dict, list))


def _value(key: str, value: JSON) -> str:
    if isinstance(value, float):
        value = f"{value:g}"
    if isinstance(value, (str, bool)) or key in ("units",):
        return words(value)
    return f"{words(key)} {words(value)}"
