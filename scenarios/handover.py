"""The handover card in words (ATMIST), as of the handover, told once, with one form for a time.

Assistants send records, people send the words of their tablet; the same part has different names.
What had been given and done by then is on the card even where nobody wrote it; nothing later is.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from environment.model.change import JSON, Change
from scenarios.clinical_time import clock
from scenarios.language import ENGLISH, Tongue
from scenarios.story import Story
from scenarios.wording import entry, in_words, sign_titled, with_site, worded, words

#: The parts in the order in which they are spoken.
PARTS = (
    "age", "time", "mechanism", "criteria", "injuries", "signs", "treatment", "eta_s", "special"
)  # fmt: skip
#: Signs in the order in which they are told; what else is told stands behind them.
SIGNS = ("hr", "sbp", "dbp", "rr", "spo2", "etco2", "gcs", "temp")
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


def card(story: Story, start: datetime, say: Tongue = ENGLISH) -> list[tuple[str, str]]:
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
    sent["age"] = _who(sent.get("age"), sent.pop("sex", None), say)
    injury_s = sent.pop("time_of_injury_s", None)
    if injury_s is not None:
        sent["time"] = clock_of(injury_s, start)
    told = {key: _told(key, sent.get(key), start, say) for key in PARTS}
    told |= {key: _told(key, sent[key], start, say) for key in sorted(set(sent) - set(PARTS))}
    if sent:
        done = [c for c in story.medical_events() if c.seq < upto and _is_treatment(c)]
        told["treatment"] = _with_all(told["treatment"], done, start, say)
    labels = {key: say.t(f"card.{key}") if key in PARTS else words(key) for key in told}
    return [(labels[key], text) for key, text in told.items() if text not in NOTHING]


def _is_treatment(change: Change) -> bool:
    return change.name != "diagnostic" and change.value.get("change") not in ("stop", "end")


def _with_all(text: str, done: list[Change], start: datetime, say: Tongue) -> str:
    """The treatment with all that was done, each with its time."""
    text = _timed(done, start, say)(text)
    unsaid = [
        f"{in_words(c, say)[1]} {clock_of(c.effective, start)}"
        for c in _unsaid(text, done, start, say)
    ]
    return "; ".join([*([] if text in NOTHING else [text]), *unsaid])


def _unsaid(text: str, done: Iterable[Change], start: datetime, say: Tongue) -> list[Change]:
    """What was done, and stands in the text neither by its name nor by its time."""
    unnamed: list[Change] = []
    names: Counter[str] = Counter()
    taken: Counter[str] = Counter()  # times in the text that belong to something named
    for change in done:
        name = _name(change, say)
        names[name] += 1
        said = (name, in_words(change, say)[1].lower())
        mentions = max(text.lower().count(word) for word in said)
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


def _name(change: Change, say: Tongue) -> str:
    """What was given or done, in small letters, without how much and where."""
    value = change.value
    name = next(str(value[k]) for k in ("procedure", "drug", "product") if k in value)
    return entry(name, say).lower()


def _timed(done: Iterable[Change], start: datetime, say: Tongue) -> Callable[[str], str]:
    """Puts what was done into the one form of time, and a time behind a drug without one."""
    at = {clock(c.effective): clock_of(c.effective, start) for c in done}
    drugs: dict[str, list[str]] = {}
    for change in done:
        if change.name == "drug_given":
            drugs.setdefault(in_words(change, say)[1], []).append(clock_of(change.effective, start))

    def timed(text: str) -> str:
        text = _TIME.sub(lambda m: at.get(m[0], m[0]), text)
        for drug, times in drugs.items():  # of several doses the first ones were meant
            bare = re.compile(rf"({re.escape(drug)})(?= *(?:[;,]|$))")
            for at_time in times:
                text = bare.sub(rf"\1 {at_time}", text, count=1)
        return text

    return timed


def _who(age: JSON, sex: JSON, say: Tongue) -> str:
    is_number = isinstance(age, (int, float))
    told = say.t("card.years", age=f"{age:g}") if is_number else say.author(age or "")
    if sex and not _SEX.search(told):
        said = worded("sex", sex, say)
        told = say.t("card.who", age=told, sex=said) if told else said
    return told


def _told(key: str, value: JSON, start: datetime, say: Tongue) -> str:
    if key.endswith("_s") and isinstance(value, (int, float)):
        return clock_of(value, start)
    if isinstance(value, Mapping) and set(value) == {"first", "latest"}:
        first, latest = (_told(key, value[name], start, say) for name in ("first", "latest"))
        changed = bool(latest) and first not in ("", latest)
        return say.t("card.first", latest=latest, first=first) if changed else latest
    if isinstance(value, Mapping):
        order = sorted(value, key=lambda k: (SIGNS.index(k) if k in SIGNS else len(SIGNS), k))
        told = ((k, _told(k, value[k], start, say)) for k in order)
        return ", ".join(f"{sign_titled(k, say)} {text}".strip() for k, text in told if text)
    if isinstance(value, list):
        return ", ".join(filter(None, (_told(key, v, start, say) for v in value)))
    if isinstance(value, float):
        return f"{value:g}"
    if value is None:
        return ""
    said = say.author(value) if say.is_first else _in_its_words(key, str(value), say)
    return _SINCE_CALL.sub(lambda m: clock_of(60.0 * int(m[1]), start), words(said))


def _in_its_words(key: str, text: str, say: Tongue) -> str:
    """What an assistant or a script wrote on the card, in a language."""
    written = say.author(text)
    if written != text:
        return written
    if key == "injuries":
        return _injury(text, say) or text
    if key == "special":
        return _special(text, say)
    if key == "treatment":
        return with_site(text, say)
    return say.known_as(text) or say.value(text)


def _injury(text: str, say: Tongue) -> str:
    """`left open extremity wound`, as the tablets say it; empty if it is something else."""
    parts = {"side": "", "open": "", "region": "", "kind": ""}
    for word in text.split(" "):
        if word in ("left", "right"):
            parts["side"] = worded("injury", word, say)
        elif word == "open":
            parts["open"] = say.t("injury.open")
        elif (region := say.named("region", word)) is not None:
            parts["region"] = region
        elif (kind := say.named("injury", word)) is not None:
            parts["kind"] = kind
        else:
            return ""
    return " ".join(say.t("injuries.told", **parts).replace(" :", ":").split())


def _special(text: str, say: Tongue) -> str:
    """What an assistant writes there: an anticoagulant, a pregnancy, an allergy, a disease."""
    for start, key in (
        ("takes ", "takes"),
        ("pregnant, week ", "pregnant"),
        ("allergy: ", "allergy"),
    ):
        if text.startswith(start):
            what = text.removeprefix(start)
            return say.t(f"card.{key}", what=say.value(what), weeks=what)
    return say.value(text)
