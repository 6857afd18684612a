"""The handover card in words (ATMIST): what was sent last, told once, with one form for a time.

Assistants send records, people send the words of their tablet; the same part has different names.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from environment.model.change import JSON
from environment.model.vitals import VITALS
from scenarios.chart import in_words
from scenarios.clinical_time import clock
from scenarios.story import Story

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
    """The parts of the card that were sent, each once; empty ones are left out."""
    sent: dict[str, JSON] = {}
    for change in story.changes(story.one("preh"), "atmist"):
        sent |= {key: value for key, value in change.value.items() if value not in NOTHING}
    sent["age"] = _who(sent.get("age"), sent.pop("sex", None))
    injury_s = sent.pop("time_of_injury_s", None)
    if injury_s is not None:
        sent["time"] = clock_of(injury_s, start)
    rest = sorted(set(sent) - set(PARTS))
    told = [(PARTS.get(key, _words(key)), _told(key, sent.get(key), start)) for key in PARTS]
    told += [(_words(key), _told(key, sent[key], start)) for key in rest]
    timed = _timed(story, start)
    told = [(label, timed(text) if label == PARTS["treatment"] else text) for label, text in told]
    return [(label, text) for label, text in told if text not in NOTHING]


def _timed(story: Story, start: datetime) -> Callable[[str], str]:
    """Puts what was done into the one form of time, and a time behind a drug without one."""
    done = {clock(c.effective): clock_of(c.effective, start) for c in story.medical_events()}
    drugs = {in_words(c)[1]: c.effective for c in story.events(story.one("patient"), "drug_given")}

    def timed(text: str) -> str:
        text = _TIME.sub(lambda m: done.get(m[0], m[0]), text)
        for words, at_s in drugs.items():
            bare = rf"({re.escape(words)})(?= *(?:[;,]|$))"
            text = re.sub(bare, rf"\1 {clock_of(at_s, start)}", text)
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
