"""Simulated people: they follow the script, watch the displays, and act on advice after a while.

They act through the same client as everybody. Reaction times and compliance are engineering
defaults, drawn from one stream of chance per response, so that what one person sees does not change
what another does. A refusal is a fact of the run, never an exception.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random

from environment.client import Transport, TwinClient, because
from environment.errors import (
    InvocationFailedError,
    RefusedError,
    TwinError,
    UnknownTwinError,
)
from environment.model.change import JSON, Cause, Change
from environment.runtime.notices import Notice
from scenarios.agenda import Agenda, Planned, Timer
from scenarios.schema import Scenario
from scenarios.script import Act, Condition, Respond, Trigger

#: A high alert outranks a medium one: a response to `medium` also answers `high`.
RANK = {"low": 1, "medium": 2, "high": 3}
#: Which twin's operations bring another into the world.
CREATED_BY = {"preh": "central_unit", "trauma": "preh"}
#: Seconds in which the same advice on a second display counts as the same (engineering default).
SAME_ADVICE_S = 30.0
Spawn = Callable[[Coroutine[None, None, None]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Something that a person wanted to do and could not."""

    at_s: float
    by: str
    do: str
    reason: str


class Team:
    """All simulated people of a run. `spawn` runs what they do, in the run's own task group."""

    def __init__(
        self, scenario: Scenario, transport: Transport, clock: Timer, *, seed: int, spawn: Spawn
    ) -> None:
        self.scenario, self.clock, self.seed, self.spawn = scenario, clock, seed, spawn
        self.refusals: list[Refusal] = []
        self.agenda = Agenda(clock)
        #: Triggers that wait, by their name, else by where they stand in the file.
        self.waiting: dict[str, Waiting] = {}
        #: Those whom a person plays: nothing is done for them.
        self.played: set[str] = set()
        self._transport = transport
        self._clients: dict[str, TwinClient] = {}
        self._ends: list[Callable[[], None]] = []
        self._jobs = 0

    def start(self) -> None:
        """Plan the script and begin to watch; twins that come later are watched from then on."""
        for index, event in enumerate(self.scenario.events):
            source = event.name or f"event-{index + 1}"
            self.plan(source, event, event.at_s, partial(self.start_act, event))
        for index, response in enumerate(self.scenario.responses):
            answering = _Answering(self, index, response)
            for person in self.scenario.people:
                if person.id == response.by:
                    for display in person.reads:
                        self.observe(display, person.id, answering.see)
        for index, trigger in enumerate(self.scenario.triggers):
            name = trigger.name or f"trigger-{index + 1}"
            one = self.waiting[name] = Waiting(self, name, trigger)
            one.start()

    def close(self) -> None:
        """End all timers and watching."""
        self.agenda.close()
        while self._ends:
            self._ends.pop()()

    def play(self, person: str) -> None:
        """Leave everything to a real person from now on; what is under way is carried out."""
        self.played.add(person)
        for name, planned in self.agenda.upcoming().items():
            if planned.by == person and planned.why:
                self.agenda.skip(name)  # an answer that he was about to give

    def simulate(self, person: str) -> None:
        """Let a person be simulated again: he does what comes from now on."""
        self.played.discard(person)

    # -- time and sight --------------------------------------------------------------------

    def later(self, at_s: float, what: str, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back at a time; each job has a name of its own, for logs."""
        self._jobs += 1
        cancel = self.clock.schedule(round(at_s, 3), f"{self._jobs}: {what}", callback)
        self._ends.append(cancel)
        return cancel

    def plan(
        self,
        source: str,
        act: Act,
        at_s: float,
        do: Callable[[Cause | None], None],
        *,
        why: str = "",
        dropped: Callable[[], None] | None = None,
    ) -> None:
        """Put something on the agenda that an instructor may see and move."""
        told = {} if act.only_if is None else act.only_if.told()
        planned = Planned(
            at_s=at_s, by=act.by, do=act.do, given=act.arguments, why=why, only_if=told
        )
        if dropped is None:
            self.agenda.add(source, planned, do)
        else:
            self.agenda.add(source, planned, do, dropped=dropped)

    def client(self, person: str) -> TwinClient:
        """The client that this person uses."""
        if person not in self._clients:
            self._clients[person] = TwinClient(self._transport, person)
        return self._clients[person]

    def observe(self, twin: str, person: str, see: Callable[[Notice], None]) -> None:
        """Watch a twin that is there."""
        self._ends.append(self.client(person).observe(twin, see))

    def when_there(self, twin: str, person: str, do: Callable[[], None]) -> None:
        """Do it once the twin is in the world: at once, or when its process has created it."""
        if self._is_there(twin, person):
            do()
            return
        parent = CREATED_BY.get(twin)
        if parent is None:
            raise UnknownTwinError(twin, self.scenario.twins)
        done: list[bool] = []

        def see(notice: Notice) -> None:
            if not done and self._is_there(twin, person):
                done.append(True)
                do()

        self.when_there(parent, person, lambda: self.observe(parent, person, see))

    def _is_there(self, twin: str, person: str) -> bool:
        try:
            self.client(person).read(twin)
        except UnknownTwinError:
            return False
        return True

    def holds(self, condition: Condition | None, person: str) -> bool:
        """Whether a condition holds now; what is not known is None."""
        if condition is None:
            return True
        try:
            state = self.client(person).read(condition.twin)
        except UnknownTwinError:
            return condition.holds(None)
        if condition.property in ("phase", "life"):
            return condition.holds(getattr(state, condition.property))
        return condition.holds(state.get(condition.property))

    # -- acting ----------------------------------------------------------------------------

    def start_act(self, act: Act, cause: Change | Cause | None) -> None:
        """Let somebody begin with something."""
        self.spawn(self.act(act, cause))

    async def act(self, act: Act, cause: Change | Cause | None) -> None:
        """Ask for the operation, if its condition holds now and he is simulated."""
        if act.by not in self.played and self.holds(act.only_if, act.by):
            await self.ask(act.by, act.twin, act.operation, act.arguments, cause)

    async def ask(
        self,
        person: str,
        twin: str,
        operation: str,
        arguments: Mapping[str, JSON],
        cause: Change | Cause | None,
    ) -> bool:
        """Ask for one operation; whether it was carried out."""
        client = self.client(person)
        with because(person, cause):
            try:
                await client.invoke(twin, operation, **arguments)
            except TwinError as wrong:
                do = f"{twin}.{operation}"
                self.refusals.append(
                    Refusal(at_s=self.clock.now(), by=person, do=do, reason=str(wrong))
                )
                if not isinstance(wrong, (RefusedError, InvocationFailedError)):
                    # The operations journal refusals and failures; what never came so far, we do.
                    told = {"text": f"Could not do {do}: {wrong}", "priority": "low"}
                    client.publish(person, "notified", told)
                return False
        return True


class _Answering:
    """One `[[respond]]` of the file: when it is due, who acts, how fast, and whether at all."""

    def __init__(self, team: Team, index: int, response: Respond) -> None:
        self.team, self.response = team, response
        key = response.name or str(index)
        self.source = f"answer-{key}"
        self.chance = Random(f"{team.seed}/respond/{key}")  # not for secrets
        self.busy = False  # acting, or has acted for good
        self.asked: set[str] = set()
        self.heard: dict[tuple[str, str], float] = {}

    def see(self, notice: Notice) -> None:
        """Something changed on a display that this person watches."""
        if self.busy or self.response.by in self.team.played:
            return
        advice = self._advice(notice)
        if advice is None:
            return
        now = self.team.clock.now()
        key = (advice, notice.change.name)
        if now - self.heard.get(key, float("-inf")) < SAME_ADVICE_S:
            return
        self.heard[key] = now
        shortest, longest = self.response.after_s
        obeys = self.chance.random() < self.response.compliance
        delay = self.chance.uniform(shortest, longest)
        if not obeys:
            return
        self.busy = True
        when = self.response.when
        if when is None or self.team.holds(when, self.response.by):
            self._plan(notice, advice, delay)
        else:
            self._wait(when, notice, advice, delay)

    def _wait(self, when: Condition, notice: Notice, advice: str, delay: float) -> None:
        """He cannot yet: he reacts once he can."""
        team, person = self.team, self.response.by
        came: list[bool] = []

        def look(seen: Notice) -> None:
            if came or seen.change.name != when.property or not team.holds(when, person):
                return
            came.append(True)
            self._plan(notice, advice, delay)

        team.when_there(when.twin, person, lambda: team.observe(when.twin, person, look))

    def _plan(self, notice: Notice, advice: str, delay: float) -> None:
        at_s = max(self.team.clock.now() + delay, self.response.earliest_s or float("-inf"))
        self.team.plan(
            self.source,
            self.response,
            at_s,
            lambda _: self.team.spawn(self._do(notice, advice)),
            why=advice,
            dropped=self._drop,
        )

    def _drop(self) -> None:
        self.busy = False

    def _advice(self, notice: Notice) -> str | None:
        """The rule, suggestion or question that calls for this response, if this is one."""
        change, response = notice.change, self.response
        if change.kind == "property" and change.name == "question" and response.answer:
            new = set(change.value or ()) - self.asked
            self.asked = set(change.value or ())
            return next((name for name in response.to if name in new), None)
        if change.kind != "event" or not isinstance(change.value, Mapping):
            return None
        if change.name in ("alert_raised", "alert_changed"):
            wanted = RANK[response.priority] if response.priority else 0
            if RANK.get(str(change.value.get("priority")), 0) < wanted:
                return None
            rule = change.value.get("rule")
            return str(rule) if rule in response.to and not response.answer else None
        if change.name == "suggested":
            name = change.value.get("name")
            return str(name) if name in response.to and not response.answer else None
        return None

    async def _do(self, notice: Notice, advice: str) -> None:
        team, response = self.team, self.response
        person, display = response.by, notice.twin
        if person in team.played or not team.holds(response.only_if, person):
            self.busy = False  # it may hold when the advice comes again
            return
        done = True
        if response.answer:
            arguments = {"name": advice, "answer": response.answer}
            done = await team.ask(person, display, "answer", arguments, notice.change)
        elif notice.change.name.startswith("alert"):
            await self._acknowledge(display, advice, notice.change)
        if response.do:
            done = await team.ask(
                person, response.twin, response.operation, response.arguments, notice.change
            )
        self.busy = response.once and done

    async def _acknowledge(self, display: str, rule: str, cause: Change) -> None:
        """See to the alert, if it is still there and nobody has."""
        alerts = self.team.client(self.response.by).read(display).get("alert") or {}
        alert = alerts.get(rule)
        if alert is not None and not alert.get("acknowledged"):
            reason = self.response.says or _in_words(self.response)
            arguments = {"rule": rule, "reason": reason}
            await self.team.ask(self.response.by, display, "acknowledge", arguments, cause)


def _in_words(act: Act) -> str:
    """What somebody says he is doing."""
    named = next(
        (
            str(act.arguments[key])
            for key in ("procedure", "drug", "product", "diagnostic", "room", "what")
            if key in act.arguments
        ),
        "",
    )
    return " ".join(f"{act.operation} {named}".replace("_", " ").split())


class Waiting:
    """One `[[trigger]]`: waits for a condition or an operation, then acts once."""

    def __init__(self, team: Team, name: str, trigger: Trigger) -> None:
        self.team, self.name, self.trigger = team, name, trigger
        self.done = False
        self._cancel: Callable[[], None] | None = None

    def start(self) -> None:
        """Watch the twin, at once or as soon as it is there."""
        when, person = self.trigger.when, self.trigger.by
        twin = when.twin if when else self.trigger.on.partition(".")[0]
        self.team.when_there(twin, person, lambda: self.team.observe(twin, person, self.see))

    def see(self, notice: Notice) -> None:
        """Something changed on the twin."""
        if self.done:
            return
        if self.trigger.on:
            if self._is_awaited(notice.change):
                self.fire(notice.change)
            return
        if self.trigger.when is None or notice.change.name != self.trigger.when.property:
            return  # nothing that the condition looks at
        holds = self.team.holds(self.trigger.when, self.trigger.by)
        if holds and self._cancel is None:
            due_s = self.team.clock.now() + self.trigger.for_s
            what = f"condition of {self.trigger.do}"
            self._cancel = self.team.later(due_s, what, lambda: self.fire(notice.change))
        elif not holds and self._cancel is not None:
            self._cancel()
            self._cancel = None

    def _is_awaited(self, change: Change) -> bool:
        if change.kind != "operation" or change.name != self.trigger.on.partition(".")[2]:
            return False
        if change.value["status"] != "requested":
            return False
        given = change.value.get("arguments", {})
        return all(given.get(k) == v for k, v in self.trigger.on_with.items())

    def fire(self, cause: Change | Cause | None) -> None:
        """It has come, or an instructor lets it come: act, after a while."""
        if self.done:
            return
        self.done = True
        team, act = self.team, self.trigger
        due_s = team.clock.now() + act.after_s
        team.plan(self.name, act, due_s, lambda by_hand: team.start_act(act, by_hand or cause))
