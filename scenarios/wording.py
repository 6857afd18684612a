"""Operations and names of the program in the words of people who look back at a case."""

from collections.abc import Mapping

from agents.rules import RULES
from environment.model import catalogue
from environment.model.change import JSON, Change
from environment.model.vitals import VITALS
from scenarios.language import ENGLISH, Tongue

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
TITLES = {
    "unnamed": "room not named",
    "preh": "Before hospital",
    "trauma": "Trauma case",
    "icu": "intensive care",
    "ct": "CT",
}


def words(name: object) -> str:
    """A name of the program as words."""
    return str(name).replace("_", " ")


def entry(name: str, say: Tongue = ENGLISH) -> str:
    """The label of a row of the catalogue; else its name as words."""
    key = catalogue.key_of(name)
    if (label := say.label(key)) is not None:
        return label
    for table in (
        catalogue.PROCEDURES,
        catalogue.DRUGS,
        catalogue.BLOOD,
        catalogue.DIAGNOSTICS,
    ):
        if key in table:
            return str(table[key].label)
    return say.known_as(name) or words(name)


def in_words(change: Change, say: Tongue = ENGLISH) -> tuple[str, str]:
    """The kind of an action, as a class of the style sheet, and its words."""
    value = change.value
    if change.name == "procedure":
        label, site = entry(value["procedure"], say), worded("site", value["site"], say)
        end = f" {say.t('off')}" if value["change"] == "stop" else ""
        return "proc", f"{label}{f', {site}' if site and site not in label else ''}{end}"
    if change.name == "drug_given":
        amount = catalogue.amount_text(value["amount"], value["unit"])
        return "drug", f"{entry(value['drug'], say)} {amount}"
    if change.name == "infusion_changed":
        changed = say.named("done", f"infusion_{value['change']}") or value["change"]
        return "drug", say.t("infusion", drug=entry(value["drug"], say), change=changed)
    if change.name == "blood_given":
        return "blood", f"{value['units']} x {entry(value['product'], say)}"
    return "diag", entry(str(value["diagnostic"]), say)


def worded(group: str, name: object, say: Tongue = ENGLISH) -> str:
    """A name of the program in words, of a group of the pages' texts."""
    return say.named(group, str(name)) or words(name)


def titled(name: object, say: Tongue = ENGLISH) -> str:
    """The same for what has a title: a process, a room."""
    return say.named("twin", str(name)) or TITLES.get(str(name), words(name))


def phase_titled(name: object, say: Tongue = ENGLISH) -> str:
    """A phase of a process, as the pages call it."""
    return say.t(f"phase.{name}") if say.has(f"phase.{name}") else words(name)


def sign_titled(key: str, say: Tongue = ENGLISH) -> str:
    """The name of a vital sign or a value of the laboratory."""
    known = VITALS[key].label if key in VITALS else words(key)
    return say.named("vital", key) or say.named("finding", key) or known


def rule_titled(rule: str, say: Tongue = ENGLISH) -> str:
    """A rule with its title: `HAE-13 Pelvic binder`; one that is not known by its id alone."""
    title = say.named("rule", rule) or (RULES[rule].title if rule in RULES else "")
    return f"{rule} {title}".rstrip()


def asked(do: str, given: Mapping[str, JSON], say: Tongue = ENGLISH) -> str:
    """An operation in words: what a patient gets goes without saying to whom."""
    twin, _, operation = do.partition(".")
    speaking = next((str(given[key]) for key in SPEAKS if given.get(key)), "")
    if speaking:
        rest = [_value(k, v, say) for k, v in given.items() if k in ("site", "limb") and v]
        return ", ".join([entry(speaking, say), *rest])
    of = worded("do", operation, say)
    plain = of if twin == "patient" else f"{titled(twin, say)}: {of}"
    said = say.named("done", do) or (DONE.get(do, plain) if say.is_first else plain)
    values = ", ".join(_value(k, v, say) for k, v in given.items() if _is_plain(v))
    return f"{said} ({values})" if values else said


def deed(said: str, say: Tongue = ENGLISH) -> str:
    """How somebody sees to an alert: `start procedure warming`, or what he wrote."""
    if say.is_first:
        return said
    parts = said.split(" ")
    for length in range(len(parts), 0, -1):
        found = say.named("do", "_".join(parts[:length]))
        if found is not None:
            rest = "_".join(parts[length:])
            return f"{found} {entry(rest, say) if rest else ''}".rstrip()
    return say.author(said)


def with_site(text: str, say: Tongue) -> str:
    """What was done, where, and when, as it was written: `tourniquet left thigh +11 min`."""
    parts = text.split(" ")
    for length in range(len(parts), 0, -1):
        label = say.label("_".join(parts[:length]))
        if label is None:
            continue
        rest = parts[length:]
        for end in range(len(rest), 0, -1):
            site = say.named("site", "_".join(rest[:end]))
            if site is not None:
                more = [] if site in label else [site]
                return " ".join([label, *more, *rest[end:]])
        return " ".join([label, *rest])
    return text


def _is_plain(value: JSON) -> bool:
    return value not in ("", None) and not isinstance(value, (dict, list))


def _value(key: str, value: JSON, say: Tongue) -> str:
    if isinstance(value, float):
        value = f"{value:g}"
    if isinstance(value, bool) and not say.is_first:
        return f"{words(key)}: {say.t('report.yes' if value else 'report.no')}"
    if isinstance(value, (str, bool)) or key in ("units",):
        return say.known_as(str(value)) or words(value)
    return f"{say.named('arg', key) or words(key)} {words(value)}"
