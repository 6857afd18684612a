"""The instructor's hand on a session: the asset behind the twin `session`.

What it does to the case it does through the same operations as everybody, or to the simulated body;
either way the journal says so, with the instructor as author.
"""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass

from environment.client import TwinClient, because
from environment.errors import InvocationFailedError, TwinError, did_you_mean
from environment.model.change import JSON
from environment.physical.adapter import Adapter, Command
from environment.physical.monitor_sim import MonitorSim
from environment.physical.physiology import Body
from environment.physical.physiology.injuries import injury_from
from environment.runtime.journal import Journal
from scenarios.braking import Brake
from scenarios.briefing import briefing
from scenarios.coming import coming, waiting
from scenarios.logbook import Logbook
from scenarios.pace import Pace
from scenarios.schema import Scenario
from scenarios.team import Team
from scenarios.truth import told_of

#: The one twin of this kind in a world.
SESSION = "session"
#: How often the hidden truth is told, scenario seconds (engineering default).
TRUTH_EVERY_S = 2.0
#: How something that the instructor made happen has ended, when it went well.
DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strings:
    """What an instructor can pull: the parts of a run."""

    scenario: Scenario
    team: Team
    body: Body
    journal: Journal
    assets: Mapping[str, Adapter]
    client: Callable[[str], TwinClient]
    spawn: Callable[[Coroutine[None, None, None]], None]


class Director(Logbook):
    """Carries out what the instructor asks of the session."""

    def __init__(self, strings: Strings, pace: Pace) -> None:
        super().__init__(SESSION, strings.journal)
        self._run, self.pace, self._brake = strings, pace, Brake()
        #: Called with who wishes it, a bookmark's label and seq; None: this run cannot go back.
        self.rewinds: Callable[[str, str, int], None] | None = None
        self._is_due = False
        people = strings.scenario.people
        self._instructor = next((p.id for p in people if p.role == "instructor"), "instructor")

    def begin(self) -> None:
        """Say who takes part and how the session stands, and watch the agenda."""
        scenario = self._run.scenario
        facts = {"title": scenario.title, "ends_s": scenario.ends_s, "speed": self.pace.speed}
        known = {"people": self._people(), "briefing": briefing(scenario)}
        self.tell_all(SESSION, {"running": False, **facts, **known})
        self._run.team.agenda.changed = self._agenda_changed
        self._run.team.agenda.came = self._came
        self._agenda_changed()
        self.every(TRUTH_EVERY_S, self._tell_truth, first_at=float(int(self.now()) + 1))

    def go(self, *, paused: bool = False, stands: bool = False) -> None:
        """Everybody is there: let time pass, unless it shall wait for the instructor.

        One that is taken up goes on, or stands, as it did; one that went back `stands`.
        """
        if self.pace.running is None or stands:
            self.pace.running = not paused
        self.pace.begin()
        self._say("slowed_to", self.pace.slowed_to)
        if self._told.get("running") != self.pace.running:
            self._say("running", self.pace.running)

    # -- time ------------------------------------------------------------------------------

    async def do_pause(self, command: Command) -> JSON:
        """Stand still."""
        self.pace.pause()
        self._say("running", False, command)
        return self.now()

    async def do_resume(self, command: Command) -> JSON:
        """Go on."""
        self.pace.resume()
        self._say("running", True, command)
        return self.now()

    async def do_set_speed(self, command: Command, speed: float) -> JSON:
        """Go faster or slower."""
        self.pace.set_speed(speed)
        self._brake.forget()
        self._say("slowed_to", self.pace.slowed_to)
        self._say("speed", speed, command)
        return speed

    async def do_step(self, command: Command) -> JSON:
        """Run on to the next thing, and stand there."""
        upcoming = self._run.team.agenda.upcoming()
        if not upcoming:
            raise InvocationFailedError("Nothing more comes in the script.", "nothing_comes")
        self.pace.step()
        self._say("running", True, command)
        return next(iter(upcoming.values())).at_s

    def _came(self) -> None:
        if self.pace.is_stepping:
            self.pace.pause()
            self._say("running", False)

    # -- back -----------------------------------------------------------------------------

    async def do_rewind(self, command: Command, label: str) -> JSON:
        """Go back; whoever plays the run does it once this is answered."""
        if self.rewinds is None:
            raise InvocationFailedError("This run cannot go back.", "cannot_rewind")
        row = self._maps["bookmark"][label]
        self.rewinds(command.by, label, row["seq"])
        return row["at_s"]

    def tell_rewound(self, by: str, label: str, after: int, from_s: float, branch: str) -> None:
        """Say that the session went back, and where what is discarded is kept."""
        value = {"label": label, "after": after, "from_s": from_s, "branch": branch}
        self.tell(SESSION, "rewound", value, Command(SESSION, "rewind", {}, by, None))

    # -- the case --------------------------------------------------------------------------

    async def do_simulate(self, command: Command, person: str, on: bool) -> JSON:
        """Change who plays somebody."""
        team = self._run.team
        if on:
            team.simulate(person)
        else:
            team.play(person)
        self._say("people", self._people(), command)
        return on

    async def do_inject(
        self, command: Command, do: str, given: Mapping[str, JSON], by: str
    ) -> JSON:
        """Ask a twin for something, as the instructor or as somebody of the team."""
        twin, _, operation = do.partition(".")
        who = by or self._instructor
        known = [p.id for p in self._run.scenario.people]
        if who not in known:
            raise InvocationFailedError(f"Nobody is '{who}'.{did_you_mean(who, known)}", "nobody")
        number = str(len(self._maps["injected"]) + 1)
        row = {"at_s": self.now(), "by": who, "do": do, "given": dict(given), "outcome": "running"}
        ended: list[str] = []

        async def go() -> None:
            with because(who, command.cause):
                try:
                    await self._run.client(who).invoke(twin, operation, **given)
                except TwinError as wrong:
                    ended.append(str(wrong))
                else:
                    ended.append(DONE)
            if number in self._maps["injected"]:
                self._keep("injected", number, {**row, "outcome": ended[0]}, command)

        begun = asyncio.Event()
        self._run.spawn(_begin(go(), begun))
        await begun.wait()
        if ended and ended[0] != DONE:
            raise InvocationFailedError(ended[0], "refused")
        self._keep("injected", number, {**row, "outcome": (*ended, "running")[0]}, command)
        return number

    async def do_hurt(self, command: Command, kind: str, details: Mapping[str, JSON]) -> JSON:
        """Add an injury from now on."""
        body = self._run.body
        body.advance(self.now())
        try:
            body.hurt(injury_from({**details, "kind": kind, "start_s": self.now()}))
        except (TwinError, TypeError, ValueError) as wrong:
            raise InvocationFailedError(str(wrong), "no_such_injury") from wrong
        return self._did(command, f"hurt.{kind}", dict(details))

    async def do_arrest(self, command: Command) -> JSON:
        """Stop the heart."""
        return self._turn(command, "arrest", "cardiac_arrest", is_beating=True)

    async def do_restore_circulation(self, command: Command) -> JSON:
        """Let the heart beat again."""
        return self._turn(command, "restore_circulation", "circulation_returns", is_beating=False)

    def _turn(self, command: Command, do: str, treatment: str, *, is_beating: bool) -> str:
        body = self._run.body
        body.advance(self.now())
        if body.signs().pulse is not is_beating:
            has = "no pulse" if is_beating else "a pulse"
            raise InvocationFailedError(
                f"The patient has {has} already.", f"has_{has.replace(' ', '_')}"
            )
        body.treat(treatment)
        self._tell_truth(self.now())
        return self._did(command, do, {})

    async def do_disturb(
        self, command: Command, device: str, how: str, member: str, by: float, seconds: float
    ) -> JSON:
        """Let a simulated monitor fail."""
        assets = self._run.assets
        monitor = assets.get(device)
        if not isinstance(monitor, MonitorSim):
            known = [name for name, asset in assets.items() if isinstance(asset, MonitorSim)]
            raise InvocationFailedError(
                f"'{device}' is no simulated monitor.{did_you_mean(device, known)}", "no_monitor"
            )
        members = [member] if member else []
        if how in ("unplug", "distort") and not member:
            raise InvocationFailedError(f"Which value shall be concerned by '{how}'?", "no_member")
        if how == "silence":
            monitor.silence(seconds)
        elif how == "distort":
            monitor.distort(member, by, seconds)
        elif how == "unplug":
            monitor.unplug(*members)
        else:
            monitor.plug(*members)
        given = {"member": member, "by": by, "seconds": seconds}
        return self._did(command, f"{device}.{how}", given)

    async def do_set_vital(self, command: Command, key: str, to: float, over_s: float) -> JSON:
        """Move a vital sign of the body, and hold it."""
        body = self._run.body
        body.advance(self.now())
        try:
            now = body.hold(key, to, over_s)
        except TwinError as wrong:
            raise InvocationFailedError(str(wrong), "cannot_be_held") from wrong
        row = {"from": round(now, 1), "to": to, "since_s": self.now(), "over_s": over_s}
        self._keep("held", key, row, command)
        return now

    async def do_release_vital(self, command: Command, key: str, over_s: float) -> JSON:
        """Let go."""
        body = self._run.body
        body.advance(self.now())
        body.release(key, over_s)
        self._drop("held", key, command)
        return key

    # -- the script ------------------------------------------------------------------------

    async def do_trigger(self, command: Command, name: str) -> JSON:
        """Let it happen now."""
        team = self._run.team
        upcoming = team.agenda.upcoming()
        if name in upcoming:
            self._check_simulated(upcoming[name].by)
            team.agenda.bring_forward(name, command.cause)
            return upcoming[name].do
        waiting = {n: w for n, w in team.waiting.items() if not w.done}
        if name not in waiting:
            known = [*upcoming, *waiting]
            raise InvocationFailedError(
                f"Nothing waits as '{name}'.{did_you_mean(name, known)}", "nothing_waits"
            )
        self._check_simulated(waiting[name].trigger.by)
        waiting[name].fire(command.cause)
        return waiting[name].trigger.do

    async def do_skip(self, command: Command, name: str) -> JSON:
        """Leave it out."""
        agenda = self._run.team.agenda
        upcoming = agenda.upcoming()
        if name not in upcoming:
            raise InvocationFailedError(
                f"Nothing comes as '{name}'.{did_you_mean(name, upcoming)}", "nothing_comes"
            )
        agenda.skip(name)
        self._tell_agenda()
        return upcoming[name].do

    def _check_simulated(self, person: str) -> None:
        if person in self._run.team.played:
            raise InvocationFailedError(
                f"'{person}' is played by a person now: ask him, or simulate him again.",
                "is_played",
            )

    # -- what is told ----------------------------------------------------------------------

    def _agenda_changed(self) -> None:
        """Tell it once in this moment, however much has changed."""
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._tell_agenda, context=contextvars.Context())

    def _tell_agenda(self) -> None:
        self._is_due = False
        self._say("next", coming(self._run.team))
        self._say("waiting", waiting(self._run.team))

    def _tell_truth(self, at_s: float) -> None:
        body = self._run.body
        body.advance(at_s)
        self.tell(SESSION, "truth", told_of(body), at_s=at_s)
        if self.pace.adapt(self._brake.look(self.now() - at_s)):
            self._say("slowed_to", self.pace.slowed_to)

    def _people(self) -> dict[str, JSON]:
        played = self._run.team.played
        return {
            p.id: {
                "role": p.role,
                "team_role": p.team_role,
                "reads": list(p.reads),
                "simulated": p.id not in played,
            }
            for p in self._run.scenario.people
            if p.id != self._instructor
        }

    def _did(self, command: Command, do: str, given: dict[str, JSON]) -> str:
        number = str(len(self._maps["injected"]) + 1)
        row = {"at_s": self.now(), "by": self._instructor, "do": do, "given": given}
        self._keep("injected", number, {**row, "outcome": DONE}, command)
        return number


async def _begin(work: Coroutine[None, None, None], begun: asyncio.Event) -> None:
    """Do a piece of work, and say as soon as it has begun: refused, ended, or under way."""
    task = asyncio.get_running_loop().create_task(work)
    try:
        await asyncio.wait({task}, timeout=0)
        begun.set()
        await task
    finally:
        begun.set()
        task.cancel()
