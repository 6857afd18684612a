"""A training session: how fast it goes, what comes next, what the instructor does to it."""

from typing import Literal

from environment.model.change import JSON, Change
from environment.model.guards import has_key
from environment.model.members import (
    Effect,
    Event,
    Finding,
    Guard,
    Invocation,
    Property,
    becomes,
    gains,
    loses,
    operation,
)
from environment.model.twin import Twin

_INSTRUCTOR = ("instructor",)
#: A note's moment when none is named: when it is written. No call is taken so long before its case.
NOW_S = -1e6
_NOTHING: dict[str, object] = {}  # read only


def _played(twin: Twin, call: Invocation, change: Change | None) -> bool:
    person = (twin.value("people") or {}).get(call.arguments["person"], {})
    return bool(person.get("simulated") == call.arguments["on"])


def _takes_part(twin: Twin, call: Invocation) -> Finding | None:
    if call.by in (twin.value("people") or {}):
        return None
    return Finding("somebody who takes part", call.by)


def _plays_himself(twin: Twin, call: Invocation, change: Change | None) -> bool:
    return (twin.value("people") or {}).get(call.by, {}).get("simulated") is False


TAKES_PART = Guard("takes_part", "The caller is one of the people of the session.", _takes_part)


class Session(Twin):
    """A run with people in it, and the instructor's hand on it. Its asset is the run."""

    running = Property("flag", "Scenario time passes.")
    speed = Property("number", "Scenario seconds per second.", low=0.1, high=60)
    slowed_to = Property(
        "number",
        "The speed that the machine keeps up with, where that is below `speed`; else 0.",
        low=0,
        high=60,
    )
    title = Property("text", "What the scenario is called.")
    ends_s = Property("time", "When the scenario ends.", unit="s")
    people = Property(
        "map",
        "Who takes part, and whether he is simulated or played by a person.",
        fields=("role", "team_role", "reads", "simulated"),
    )

    briefing = Property(
        "record", "What the case is: patient, mechanism, injuries, goals, traps; it tells all."
    )
    next = Property(
        "map",
        "What the script, or a simulated person, does next.",
        fields=("at_s", "by", "do", "given", "why", "only_if"),
    )
    waiting = Property(
        "map",
        "Triggers of the script that wait for a test of a value, or for an operation (`done`).",
        fields=("by", "do", "given", "for", "test"),
    )
    bookmark = Property("map", "Moments to come back to, by label.", fields=("at_s", "seq"))
    mark = Property(
        "map",
        "What the instructor found good or bad, by number.",
        fields=("rating", "note", "at_s", "about"),
    )
    noted = Property(
        "map",
        "What the instructor wrote down to talk about, by number.",
        fields=("text", "at_s", "about", "by"),
    )
    injected = Property(
        "map",
        "What the instructor made happen, by number.",
        fields=("at_s", "by", "do", "given", "outcome"),
    )
    held = Property(
        "map",
        "Vital signs that the instructor holds.",
        fields=("from", "to", "since_s", "over_s"),
    )
    truth = Property("record", "How the simulated body really is; the team sees its monitors.")

    rewound = Event(
        "The session went back to an earlier moment; what came after it is kept as a branch.",
        fields=("label", "after", "from_s", "branch"),
    )

    @operation(effect=becomes("running", value=False), within_s=5, roles=_INSTRUCTOR)
    async def pause(self) -> JSON:
        """Let scenario time stand still."""
        return await self.port.command("pause")

    @operation(effect=becomes("running", value=True), within_s=5, roles=_INSTRUCTOR, undo="pause")
    async def resume(self) -> JSON:
        """Let scenario time pass (again)."""
        return await self.port.command("resume")

    @operation(effect=becomes("speed", "speed"), within_s=5, roles=_INSTRUCTOR)
    async def set_speed(self, speed: float) -> JSON:
        """Change how fast scenario time passes, from 0.1 to 60."""
        return await self.port.command("set_speed", speed=speed)

    @operation(roles=_INSTRUCTOR)
    async def step(self) -> JSON:
        """Go on to the next thing in the script, fast, and pause there."""
        return await self.port.command("step")

    @operation(effect=gains("bookmark", "label"), within_s=5, roles=_INSTRUCTOR)
    async def set_bookmark(self, label: str = "") -> JSON:
        """Remember this moment; without a label it gets its clock time."""
        return await self.port.command("set_bookmark", label=label)

    @operation(within_s=60, guards=[has_key("bookmark", "label")], roles=_INSTRUCTOR)
    async def rewind(self, label: str) -> JSON:
        """Go back to a bookmark; what came after it is kept as a branch."""
        return await self.port.command("rewind", label=label)

    @operation(roles=_INSTRUCTOR, undo="unmark")
    async def set_mark(
        self, rating: Literal["good", "bad"], note: str = "", about: int = 0
    ) -> JSON:
        """Note that something was good or bad; `about` is the number of a change. Its number."""
        return await self.port.command("set_mark", rating=rating, note=note, about=about)

    @operation(
        effect=loses("mark", "number"),
        within_s=5,
        guards=[has_key("mark", "number")],
        roles=_INSTRUCTOR,
    )
    async def unmark(self, number: str) -> JSON:
        """Take a mark back."""
        return await self.port.command("unmark", number=number)

    @operation(roles=_INSTRUCTOR, undo="unnote")
    async def note(self, text: str, at_s: float = NOW_S, about: int = 0, number: str = "") -> JSON:
        """Write down what to talk about; of now, or of `at_s`. Its number.

        `about` is the number of a change, `number` that of a note which it replaces.
        """
        return await self.port.command("note", text=text, at_s=at_s, about=about, number=number)

    @operation(
        effect=loses("noted", "number"),
        within_s=5,
        guards=[has_key("noted", "number")],
        roles=_INSTRUCTOR,
    )
    async def unnote(self, number: str) -> JSON:
        """Take a note back."""
        return await self.port.command("unnote", number=number)

    @operation(
        effect=Effect("people has person, simulated or not", _played),
        within_s=5,
        guards=[has_key("people", "person")],
        roles=_INSTRUCTOR,
    )
    async def simulate(self, person: str, on: bool) -> JSON:
        """Let a person be simulated, or leave all that he does to whoever plays him."""
        return await self.port.command("simulate", person=person, on=on)

    @operation(
        effect=Effect("people has the caller, not simulated", _plays_himself),
        within_s=5,
        guards=[TAKES_PART],
        roles=("rescuer", "trauma_leader", "team_member", "operator"),
    )
    async def take_over(self) -> JSON:
        """Play oneself from now on: nothing more is simulated for the caller."""
        return await self.port.command("simulate", person=self.port.caller, on=False)

    @operation(roles=_INSTRUCTOR)
    async def inject(self, do: str, given: dict[str, object] = _NOTHING, by: str = "") -> JSON:
        """Make something of the script's vocabulary happen now (`patient.perform` ...)."""
        return await self.port.command("inject", do=do, given=given, by=by)

    @operation(roles=_INSTRUCTOR)
    async def hurt(self, kind: str, details: dict[str, object] = _NOTHING) -> JSON:
        """Add an injury to the body, as an `[[injury]]` of a scenario would."""
        return await self.port.command("hurt", kind=kind, details=details)

    @operation(roles=_INSTRUCTOR, undo="restore_circulation")
    async def arrest(self) -> JSON:
        """Stop the body's circulation: electrical activity without a pulse."""
        return await self.port.command("arrest")

    @operation(roles=_INSTRUCTOR)
    async def restore_circulation(self) -> JSON:
        """Let the body's circulation return, weak at first, whatever had stopped it."""
        return await self.port.command("restore_circulation")

    @operation(roles=_INSTRUCTOR)
    async def disturb(
        self,
        device: str,
        how: Literal["silence", "unplug", "plug", "distort"],
        member: str = "",
        by: float = 0.0,
        seconds: float = 60.0,
    ) -> JSON:
        """Let a simulated monitor fail: silence, a sensor off or on again, a value that is off."""
        return await self.port.command(
            "disturb", device=device, how=how, member=member, by=by, seconds=seconds
        )

    @operation(effect=gains("held", "key"), within_s=5, roles=_INSTRUCTOR, undo="release_vital")
    async def set_vital(self, key: str, to: float, over_s: float = 30.0) -> JSON:
        """Move a vital sign of the body to a value within a while, and hold it there."""
        return await self.port.command("set_vital", key=key, to=to, over_s=over_s)

    @operation(
        effect=loses("held", "key"), within_s=5, guards=[has_key("held", "key")], roles=_INSTRUCTOR
    )
    async def release_vital(self, key: str, over_s: float = 30.0) -> JSON:
        """Let a vital sign go back to what the body itself would have."""
        return await self.port.command("release_vital", key=key, over_s=over_s)

    @operation(roles=_INSTRUCTOR)
    async def trigger(self, name: str) -> JSON:
        """Let a waiting trigger, or something that the script does later, happen now."""
        return await self.port.command("trigger", name=name)

    @operation(effect=loses("next", "name"), within_s=5, roles=_INSTRUCTOR)
    async def skip(self, name: str) -> JSON:
        """Leave out something that the script would do later."""
        return await self.port.command("skip", name=name)
