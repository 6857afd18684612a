"""What a scenario will do, in words that a doctor can read, in the order of time."""

from collections.abc import Iterator, Mapping

from environment.model import catalogue
from scenarios.clinical_time import clock
from scenarios.schema import Injury, Scenario
from scenarios.script import Act, Condition, Done, Expect, Respond, Trigger, Value

#: Arguments whose value says what they are.
SPEAKING = ("procedure", "drug", "product", "diagnostic", "what", "limb", "room", "place",
            "destination", "vehicle", "person", "patient", "site", "to")  # fmt: skip


def timeline(s: Scenario) -> list[str]:
    """The scenario, line by line: who is hurt and how, the script, advice, what is expected."""
    return [
        f"{s.title}: {clock(s.ends_s)}, {s.level}, branch {s.branch}.",
        _patient(s),
        "",
        "What happens:",
        *_script(s),
        *_part("When it is advised:", (_response(r) for r in s.responses)),
        *_part("When something becomes so:", (_trigger(t) for t in s.triggers)),
        *_part("Expected:", (_expected(e) for e in s.expectations)),
        *_part("Branches:", (f"{b.name}: {b.text}".rstrip(": ") for b in s.branches)),
    ]


def _patient(s: Scenario) -> str:
    p = s.patient
    sex = "woman" if p.sex == "female" else "man"
    words = f"{sex} of {p.age:g}, {p.weight_kg:g} kg"
    if p.pregnancy_weeks:
        words += f", {p.pregnancy_weeks:g} weeks pregnant"
    drugs = [d for d in (p.anamnesis.anticoagulant, p.anamnesis.antiplatelet) if d != "none"]
    agents = ", ".join(map(_words, s.agents)) or "no agents"
    return f"{', on '.join([words, *drugs]).capitalize()}. With {agents}."


def _script(s: Scenario) -> Iterator[str]:
    """Injuries, findings and events by time; two of one time stand as in the file."""
    rows = [(i.at_s, "injury", _injury(i)) for i in s.injuries]
    rows += [
        (f.at_s, "found", ", ".join(f"{_words(k)} {v}" for k, v in found.items()))
        for f in s.findings
        if (found := f.model_dump(exclude={"at_s", "name"}, exclude_none=True))
    ]
    rows += [(e.at_s, _words(e.by), f"{_act(e)}{_only_if(e)}") for e in s.events]
    width = max((len(who) for _, who, _ in rows), default=0)
    for at_s, who, what in sorted(rows, key=lambda row: row[0]):
        yield f"  {clock(at_s):>7}  {who:<{width}}  {what}"


def _injury(i: Injury) -> str:
    fields = ", ".join(f"{_words(k)} {_value(v)}" for k, v in (i.model_extra or {}).items())
    words = i.label or _words(i.kind)
    return f"{words} ({_words(i.kind)}{f': {fields}' if fields else ''})"


def _act(a: Act | Trigger | Respond) -> str:
    if not a.do:
        return ""
    twin = "" if a.twin in ("patient", a.by) else f"{_words(a.twin)}: "
    return f"{twin}{_words(a.operation)}{_with(a.arguments)}"


def _response(r: Respond) -> str:
    advice = " or ".join(_words(to) if to.islower() else to for to in r.to)
    answer = f"answers '{r.answer}'" if r.answer else ""
    does = ", ".join(x for x in (_act(r), answer, f"says '{r.says}'" if r.says else "") if x)
    low, high = r.after_s
    earliest = f", not before {clock(r.earliest_s)}" if r.earliest_s is not None else ""
    waits = f", once {_condition(r.when)}" if r.when is not None else ""
    when = f"after {low:g} to {high:g} s, {100 * r.compliance:.0f} % of the time{earliest}{waits}"
    return f"{advice}: {_words(r.by)} {does} {when}{_only_if(r)}"


def _trigger(t: Trigger) -> str:
    cause = _condition(t.when) if t.when is not None else f"{_words(t.on)}{_with(t.on_with)}"
    held = f" for {t.for_s:g} s" if t.for_s else ""
    after = f" after {t.after_s:g} s" if t.after_s else ""
    return f"{cause}{held}: {_words(t.by)} {_act(t)}{after}{_only_if(t)}"


def _expected(e: Expect) -> str:
    if e.alert:
        how = {"always": "must come", "never": "must not come", "may": "may come"}[e.must]
        words = f"{e.alert}{f' ({e.priority})' if e.priority else ''} {how}"
    elif e.action:
        words = f"{_words(e.action.partition('.')[2])}{_with(e.arguments)}: {e.rated}"
    else:
        words = f"the patient {e.outcome}"
    between = (("from", e.earliest_s), ("by", e.by_s))
    words += "".join(f" {word} {clock(at)}" for word, at in between if at is not None)
    words += "".join(f", unless {_done(d)}" for d in e.unless)
    return words + (f" (in {', '.join(e.branch)})" if e.branch else "")


def _done(d: Done) -> str:
    before = f" before {clock(d.before_s)}" if d.before_s is not None else ""
    return f"{_words(d.do.partition('.')[2])}{_with(d.arguments)} is done{before}"


def _only_if(a: Act) -> str:
    return f", only if {_condition(a.only_if)}" if a.only_if is not None else ""


def _condition(c: Condition) -> str:
    tests = [
        f"{word} {_value(value)}"
        for word, value in (
            ("is", c.is_), ("is not", c.is_not), ("is above", c.above),
            ("is below", c.below), ("has", c.has), ("has no", c.lacks),
        )
        if value is not None
    ]  # fmt: skip
    if isinstance(c.is_not, bool):  # what is absent is not it either
        tests = [f"is {_value(not c.is_not)} or unknown"]
    if c.known is not None:
        tests.append("is known" if c.known else "is not known")
    return f"{_words(c.twin)} {_words(c.property)} {' and '.join(tests)}"


def _with(given: Mapping[str, Value]) -> str:
    inner = [
        _value(v) if k in SPEAKING and isinstance(v, str) else f"{_words(k)} {_value(v)}"
        for k, v in given.items()
    ]
    return f" ({', '.join(inner)})" if inner else ""


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        row = catalogue.PROCEDURES.get(value) or catalogue.DRUGS.get(value)
        return row.label if row is not None else _words(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{_words(k)} {_value(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple)):
        if value and all(isinstance(v, (list, tuple)) and len(v) == 2 for v in value):
            return " then ".join(f"{_value(v)} at {at}" for at, v in value)
        return ", ".join(map(_value, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _part(title: str, lines: Iterator[str]) -> list[str]:
    found = [f"  {line}" for line in lines]
    return ["", title, *found] if found else []
