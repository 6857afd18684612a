"""The handover card in words (ATMIST), as of the handover, told once, with one form for a time.

Assistants send records, people send the words of their tablet; the same part has different names.
What had been given and done by then is on the card even where nobody wrote it; nothing later is.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from environment.model.change import JSON, Change
from environment.model.vitals import VITALS
from scenarios.clinical_time import clock
from scenarios.story import Story
from scenarios.wording import entry, in_words

#: The parts in the order in which they are spoken.
PARTS = {
    "age": "Age",
    "time": "Time of injury",
    "mechanism": "Mechanism",
    "criteria": "Criteria",
    "injuries": "Injuries",
    "signs": "Signs",
    "treatment": "Treatment",
    "eta_s": "Expected at",
    "special": "Special",
}
#: Said where nothing is known; it does not take back what was said.
NOTHING = ("", "-", "\u2013")
_SEX = re.compile(r"\b(m|f|male|female|uomo|donna|sex unknown|sesso ignoto)\b", re.IGNORECASE)
#: A time since the call, as people write it: `13:23`; not one that stands in its form already.
_TIME = re.compile(r"\b\d{2,3}:\d{2}\b(?! \()")
#: Minutes since the call that an assistant wrote behind what was done.
_SINCE_CALL = re.compile(r"(?<!\()\+(\d+) min\b")


def clock_of(at_s: float, start: datetime) -> str:
    """A moment by the clock and since the call: `14:13 (+13 min)`."""
    minutes = int(at_s // 60)
    return f"{start + timedelta(seconds=at_s):%H:%M} ({minutes:+d} min)"


def card(story: Story, start: datetime) -> list[tuple[str, str]]:
    """The parts of the card as it was handed over, each once; empty ones are left out.

    Before a handover (or without one) it is the card that was sent last.
    """
    sent: dict[str, JSON] = {}
    handed = story.events(story.one("preh"), "handover")
    upto = handed[0].seq if handed else story.ends_seq
    for change in story.changes(story.one("preh"), "atmist"):
        if change.seq > upto:
            break
        sent |= {key: value for key, value in change.value.items() if value not in NOTHING}
    sent["age"] = _who(sent.get("age"), sent.pop("sex", None))
    injury_s = sent.pop("time_of_injury_s", None)
    if injury_s is not None:
        sent["time"] = clock_of(injury_s, start)
    rest = sorted(set(sent) - set(PARTS))
    told = [(PARTS.get(key, _words(key)), _told(key, sent.get(key), start)) for key in PARTS]
    told += [(_words(key), _told(key, sent[key], start)) for key in rest]
    if sent:
        done = [c for c in story.medical_events() if c.seq < upto and _is_treatment(c)]
        told = _with_all(told, done, start)
    return [(label, text) for label, text in told if text not in NOTHING]


def _is_treatment(change: Change) -> bool:
    return change.name != "diagnostic" and change.value.get("change") not in ("stop", "end")


def _with_all(
    told: list[tuple[str, str]], done: list[Change], start: datetime
) -> list[tuple[str, str]]:
    """The parts with all that was done among the treatment, each with its time."""
    label, timed = PARTS["treatment"], _timed(done, start)
    texts = dict(told)
    text = timed(texts.get(label, ""))
    unsaid = [
        f"{in_words(c)[1]} {clock_of(c.effective, start)}" for c in _unsaid(text, done, start)
    ]
    texts[label] = "; ".join([*([] if text in NOTHING else [text]), *unsaid])
    return list(texts.items())


def _unsaid(text: str, done: Iterable[Change], start: datetime) -> list[Change]:
    """What was done, and stands in the text neither by its name nor by its time (in Italian)."""
    unnamed: list[Change] = []
    names: Counter[str] = Counter()
    taken: Counter[str] = Counter()  # times in the text that belong to something named
    for change in done:
        name = _name(change)
        names[name] += 1
        mentions = max(text.lower().count(word) for word in (name, in_words(change)[1].lower()))
        if mentions >= names[name]:
            taken[clock_of(change.effective, start)] += 1
        else:
            unnamed.append(change)
    found = []
    for change in unnamed:
        at = clock_of(change.effective, start)
        taken[at] += 1
        if text.count(at) < taken[at]:
            found.append(change)
    return found


def _name(change: Change) -> str:
    """What was given or done, in small letters, without how much and where."""
    value = change.value
    name = next(str(value[k]) for k in ("procedure", "drug", "product") if k in value)
    return entry(name).lower()


def _timed(done: Iterable[Change], start: datetime) -> Callable[[str], str]:
    """Puts what was done into the one form of time, and a time behind a drug without one."""
    at = {clock(c.effective): clock_of(c.effective, start) for c in done}
    drugs: dict[str, list[str]] = {}
    for change in done:
        if change.name == "drug_given":
            drugs.setdefault(in_words(change)[1], []).append(clock_of(change.effective, start))

    def timed(text: str) -> str:
        text = _TIME.sub(lambda m: at.get(m[0], m[0]), text)
        for words, times in drugs.items():  # of several doses the first ones were meant
            bare = re.compile(rf"({re.escape(words)})(?= *(?:[;,]|$))")
            for at_time in times:
                text = bare.sub(rf"\1 {at_time}", text, count=1)
        return text

    return timed


def _who(age: JSON, sex: JSON) -> str:
    told = f"{age:g} y" if isinstance(age, (int, float)) else str(age or "")
    if sex and not _SEX.search(told):
        told = f"{told} {_words(sex)}".strip()
    return told


def _told(key: str, value: JSON, start: datetime) -> str:
    if key.endswith("_s") and isinstance(value, (int, float)):
        return clock_of(value, start)
    if isinstance(value, Mapping) and set(value) == {"first", "latest"}:
        first, latest = _told(key, value["first"], start), _told(key, value["latest"], start)
        return f"{latest} (first {first})" if latest and first not in ("", latest) else latest
    if isinstance(value, Mapping):
        told = ((k, _told(k, v, start)) for k, v in value.items())
        return ", ".join(f"{_label(k)} {text}".strip() for k, text in told if text)
    if isinstance(value, list):
        return ", ".join(filter(None, (_told(key, v, start) for v in value)))
    if isinstance(value, float):
        return f"{value:g}"
    if value is None:
        return ""
    return _SINCE_CALL.sub(lambda m: clock_of(60.0 * int(m[1]), start), _words(value))


def _label(key: str) -> str:
    return VITALS[key].label if key in VITALS else _words(key)


def _words(text: object) -> str:
    return str(text).replace("_", " ")
