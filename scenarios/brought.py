"""What the instructor brought into a session: injuries, held signs, failing devices, deeds.

Read off what was asked of the session's twin; the team's own doing is told elsewhere.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from environment.model.change import JSON
from environment.model.vitals import VITALS
from scenarios.clinical_time import clock
from scenarios.language import ENGLISH, Tongue
from scenarios.story import SESSION_INJECT, Action, Story
from scenarios.wording import asked, sign_titled, titled, worded, words

#: What the instructor can ask of a session that changes the case, and the kind of thing that it is.
KINDS = {
    "hurt": "injury",
    "set_vital": "sign",
    "arrest": "sign",
    "restore_circulation": "sign",
    "disturb": "device",
    SESSION_INJECT: "deed",
    "trigger": "script",
    "skip": "script",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """One thing; `to_s` is when it ended, of what lasts."""

    at_s: float
    to_s: float | None
    kind: str
    what: str
    operation: str
    given: Mapping[str, JSON]
    seq: int

    def as_json(self) -> dict[str, JSON]:
        """As the debrief shows it."""
        return {**asdict(self), "given": dict(self.given)}


#: What of it changes the patient, and what changes besides what monitors show of him.
CHANGES_PATIENT = ("hurt", "set_vital", "arrest", "restore_circulation")
CHANGES_SIGNS = (*CHANGES_PATIENT, "disturb")


#: What bleeds less than this has stopped, as far as people would call it so (engineering default).
BLEEDS_ML_MIN = 5.0


def brought_in(story: Story, say: Tongue = ENGLISH) -> list[Brought]:
    """All of it, in the order in which it came."""
    session = story.one("session")
    rows = [a for a in story.actions if a.twin == session and a.is_done and a.operation in KINDS]
    return [
        Brought(
            at_s=action.at_s,
            to_s=_released(story, action) if action.operation == "set_vital" else None,
            kind=KINDS[action.operation],
            what=_what(action, say),
            operation=action.operation,
            given=action.arguments,
            seq=action.seq,
        )
        for action in rows
    ]


def still_bleeds(story: Story) -> dict[str, float]:
    """What bled in truth at the end, mL/min by site; nothing where no session told the truth."""
    truth = story.last(story.one("session"), "truth") or {}
    return {site: flow for site, flow in truth.get("bleeding", {}).items() if flow >= BLEEDS_ML_MIN}


def bleeding_text(story: Story, say: Tongue = ENGLISH) -> str:
    """The same in words, or nothing."""
    rows = still_bleeds(story).items()
    told = ", ".join(f"{worded('site', site, say)} {flow:g} mL/min" for site, flow in rows)
    return say.t("ended.bleeds", what=told) if told else ""


def _released(story: Story, held: Action) -> float:
    """When a sign was let go or moved elsewhere; the end if it never was."""
    key = held.arguments.get("key")
    for action in story.actions:
        if (
            action.seq > held.seq
            and action.twin == held.twin
            and action.operation in ("set_vital", "release_vital")
            and action.arguments.get("key") == key
            and action.is_done
        ):
            return action.at_s
    return story.ends_s


def _what(action: Action, say: Tongue) -> str:
    given = action.arguments
    if action.operation == "hurt":
        return _injury(str(given["kind"]), given.get("details") or {}, say)
    if action.operation == "set_vital":
        key = str(given["key"])
        unit = VITALS[key].shown_unit if key in VITALS else ""
        held = f"{given['to']:g} {unit}".rstrip()
        return say.t("brought.held", sign=sign_titled(key, say), to=held)
    if action.operation == "disturb":
        gaps = {key: f"{given[key]:g}" for key in ("seconds", "by") if key in given}
        told = {**gaps, "sign": sign_titled(str(given.get("member", "")), say)}
        device = say.named("twin", str(given["device"])) or words(given["device"])
        how = "silent" if given["how"] == "silence" else given["how"]
        return say.t(f"brought.{how}", device=device, **told)
    if action.operation in ("arrest", "restore_circulation"):
        return say.t(f"brought.{action.operation}")
    if action.operation == SESSION_INJECT:
        what = asked(str(given["do"]), given.get("given") or {}, say)
        by = given.get("by")
        return say.t("brought.by", what=what, who=titled(by, say)) if by else what
    key = "brought_forward" if action.operation == "trigger" else "left_out"
    return say.t(f"brought.{key}", name=words(given["name"]))


def _injury(kind: str, details: Mapping[str, JSON], say: Tongue) -> str:
    parts = [
        say.named("site", str(details[key])) or worded("region", details[key], say)
        for key in ("side", "site", "region")
        if details.get(key)
    ]
    if "flow_ml_min" in details:
        parts.append(f"{details['flow_ml_min']:g} mL/min")
    what = say.t("brought.injury", what=worded("harm", kind, say))
    return what + (f": {', '.join(parts)}" if parts else "")


def told(row: Brought) -> tuple[str, str, str]:
    """A row of a table: from when, until when, what."""
    return clock(row.at_s), "" if row.to_s is None else clock(row.to_s), row.what
