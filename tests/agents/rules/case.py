"""A case for testing the alert rules: real twins, screens and agents, facts fed by hand.

There is no simulated body: `feed` states vital signs, which then come again every second, so that
nothing goes stale unless `silence` says so; `note` states anything else once. What people do goes
through the operations of the twins. The clock is virtual and starts long after the call, so that
an injury of two hours ago needs no waiting: `ago(7200)`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random

from agents.address import Address
from agents.bdi import Program
from agents.body import Body, Timer
from environment.client import InProcess, TwinClient
from environment.model.change import JSON, Change, Observation
from environment.physical.blood_bank_sim import BloodBankSim
from environment.physical.body_sim import BodySim
from environment.physical.person_sim import PersonSim
from environment.physical.physiology import Body as Physiology
from environment.physical.physiology import BodyParameters
from environment.physical.room_sim import RoomSim
from environment.physical.screen import Screen
from environment.runtime.clock import VirtualClock
from environment.runtime.journal import Journal
from environment.runtime.operations import Operations
from environment.runtime.world import World
from environment.twins import kinds

ROLES = Path(__file__).parents[3] / "agents" / "roles"
START = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
BEGIN_S = 20_000.0  # scenario seconds at which a case begins: room for hours that are over
HEALTHY = {"hr": 80.0, "sbp": 125.0, "spo2": 98.0, "rr": 16.0, "temp": 36.8}
MONITORED = ("hr", "sbp", "dbp", "map", "spo2", "rr", "etco2")
MOST_FEEDS = 60  # readings of one value in one `advance`: a long wait is fed more rarely
LONGEST_GAP_S = 20.0  # below the 30 s after which a monitor's value is stale
NO_MANAGER = "no room manager answers"  # true of most cases here, and no failure
WALL = "shock_room_display"
TABLET = "rescuer_tablet"
TEAM = ("airway", "nurse", "surgeon")

PEOPLE = {
    "operator": "operator",
    "rescuer": "rescuer",
    "trauma_leader": "trauma_leader",
    "nurse": "team_member",
    "monitor": "instructor",
}


@dataclass(frozen=True, slots=True)
class Ago:
    """A time that lies so many seconds before the moment at which it is stated."""

    seconds: float


def ago(seconds: float) -> Ago:
    """A scenario time in the past."""
    return Ago(seconds)


@cache
def program(role: str) -> Program:
    """The plans of a role, read once for all tests."""
    return Program.load(ROLES / f"{role}.asl")


class Bedside(BodySim):
    """The patient's asset: carries out what people do, and says nothing of its own accord."""

    def _look(self, at_s: float) -> None:
        """No body is looked at: the test says what is seen."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the alerts' history."""

    at_s: float
    what: str  # raised, changed, cleared, acknowledged
    rule: str
    priority: str
    text: str


class Case:
    """One patient, the twins around, and the agents that watch."""

    def __init__(
        self,
        *agents: str,
        programs: Mapping[str, Program] | None = None,
        begin_s: float = BEGIN_S,
    ) -> None:
        self.clock = VirtualClock(START, begin_s=begin_s)
        self.world = World(self.clock, kinds(), Journal("case"))
        self._roles = PEOPLE | dict.fromkeys(agents, "agent")
        self.operations = Operations(self.world, self._roles)
        self.transport = InProcess(self.world, self.operations)
        self.agents: dict[str, Body] = {}
        self.display = TABLET
        self._names = agents
        self._programs = programs or {}
        self._vitals: dict[str, JSON] = dict(HEALTHY)
        self._quality: dict[str, str] = {}
        self._silent: set[str] = set()

    # -- life --------------------------------------------------------------------------------

    async def begin(
        self, *, passport: Mapping[str, JSON] | None = None, without: Sequence[str] = ()
    ) -> None:
        """A call is taken, and the crew is with the patient at the scene.

        Nobody has measured the vital signs in `without`.
        """
        for name in without:
            self._vitals.pop(name, None)
        await self.take_call(passport=passport)
        rescuer = self.user("rescuer")
        self._feed()
        for phase in ("dispatched", "en_route", "on_scene"):
            await rescuer.invoke("preh", "advance", phase)
        await rescuer.invoke("preh", "reach_patient")
        await self.settle()

    async def take_call(self, *, passport: Mapping[str, JSON] | None = None) -> None:
        """The twins and agents are there, and an emergency call is taken."""
        world = self.world
        world.add("central_unit", "central_unit")
        world.add("patient", "patient")
        world.add("place", "accident_place")
        for name in self._names:
            world.add("mind", f"mind_{name}")
        for display in (TABLET, WALL):
            world.add("display", display)
            await world.attach(Screen(display), serves=[display])
        body = Physiology(BodyParameters(), start_s=self.clock.now())
        facts = {"age": 40, "sex": "male", "weight_kg": 80}
        bedside = Bedside("patient", body, facts=facts, passport=passport, pace=0.0)
        await world.attach(bedside, serves=["patient"])
        await self.add_room("shock_room", "shock_room", "airway", "blood")
        world.add("blood_bank", "blood_bank")
        await world.attach(BloodBankSim("blood_bank"), serves=["blood_bank"])
        await self._start_agents()
        operator = self.user("operator")
        await operator.invoke("central_unit", "take_call", "preh", "accident_place", "patient")
        await self.settle()

    async def bring_in(self, *, roles: Sequence[str] = TEAM, leader: str = "trauma_leader") -> None:
        """The severe patient is brought into the shock room and handed over."""
        rescuer, doctor = self.user("rescuer"), self.user("trauma_leader")
        if self.world.twin("preh").value("severity") != "severe":
            await rescuer.invoke("preh", "decide_severity", "severe", "the rescuer says so")
            await self.settle()
        if self.world.twin("trauma").phase != "activated":
            await doctor.invoke("trauma", "advance", "activated")
        await rescuer.invoke("preh", "advance", "transporting")
        await doctor.invoke("trauma", "advance", "delivered")
        if leader:
            await doctor.invoke("trauma", "set_leader", leader)
        for role in roles:
            await doctor.invoke("trauma", "fill_role", role, role)
        await doctor.invoke("trauma", "move", "shock_room")
        await self.hand_over()

    async def hand_over(self) -> None:
        """The rescuers hand over; the trauma leader's assistant goes on."""
        await self.user("rescuer").invoke("preh", "hand_over", {"age": 40}, "trauma_leader")
        self.display = WALL
        await self.settle()

    async def end(self) -> None:
        """Stop everything."""
        for agent in self.agents.values():
            await agent.stop()
        await self.operations.close()
        await self.world.close()
        self.clock.close()

    async def _start_agents(self) -> None:
        clock, address = self.clock, Address()
        timer = Timer(clock.now, clock.call_at, clock.schedule, clock.every, clock.start)
        peers = {address.jid(name): name for name in self._names}
        for name in self._names:
            managed = name.startswith("room_manager_")
            role = "room_manager" if managed else name
            body = Body(
                name,
                role,
                self._programs.get(name) or program(role),
                self.user(name),
                timer,
                Random(name),
                address=address,
                peers=peers,
            )
            if managed:
                body.believe("my_room", name.removeprefix("room_manager_"))
            self.agents[name] = body
            await body.start()

    async def add_room(self, name: str, kind: str, *items: str) -> None:
        """A room with a checklist that takes a second for each thing."""
        self.world.add("room", name)
        room = RoomSim(name, type=kind, checklist=dict.fromkeys(items, 1.0))
        await self.world.attach(room, serves=[name])

    async def add_person(self, name: str, role: str) -> None:
        """Somebody who can be called."""
        self.world.add("person", name)
        await self.world.attach(PersonSim(name, role=role), serves=[name])

    # -- facts -------------------------------------------------------------------------------

    def user(self, name: str) -> TwinClient:
        """A client for one of the people or agents."""
        return TwinClient(self.transport, name)

    def feed(self, quality: str = "good", **vitals: JSON) -> None:
        """Vital signs from now on: told at once, and again every second; None ends a value."""
        for name, value in vitals.items():
            self._silent.discard(name)
            self._quality[name] = quality
            if value is None:
                self._vitals.pop(name, None)
            else:
                self._vitals[name] = value
        self._feed(only=set(vitals))

    def silence(self, *names: str) -> None:
        """These values come no more; without names, none of the monitor's does."""
        self._silent.update(names or MONITORED)

    def note(self, **facts: JSON) -> None:
        """State facts once, on the twin that holds them; vital signs are fed from now on."""
        for name, value in facts.items():
            if name in MONITORED or name == "temp":
                self.feed(**{name: value})
                continue
            twin = next(t for t in ("patient", "preh", "trauma") if self._holds(t, name))
            self.observe(twin, name, self._placed_in_time(value))

    def observe(
        self, twin: str, member: str, value: JSON, quality: str = "good", *, late_s: float = 0.0
    ) -> None:
        """One observation of one twin, true now or so many seconds ago."""
        now = self.clock.now() - late_s
        self.world.observe(
            Observation(
                twin=twin, member=member, value=value, effective=now, source="test", quality=quality
            )
        )

    def _holds(self, twin: str, name: str) -> bool:
        return twin in self.world.twins and name in self.world.twin(twin).properties

    def _placed_in_time(self, value: JSON) -> JSON:
        if isinstance(value, Ago):
            return self.clock.now() - value.seconds
        if isinstance(value, Mapping):
            return {key: self._placed_in_time(entry) for key, entry in value.items()}
        return value

    def _feed(self, only: set[str] | None = None) -> None:
        for name, value in self._vitals.items():
            if name not in self._silent and (only is None or name in only):
                self.observe("patient", name, value, self._quality.get(name, "good"))

    # -- time --------------------------------------------------------------------------------

    async def advance(self, seconds: float) -> None:
        """Let time pass; values come every second, more rarely in a long wait."""
        period = min(LONGEST_GAP_S, max(1.0, seconds // MOST_FEEDS))
        end = self.clock.now() + seconds
        while (left := end - self.clock.now()) > 0:
            await self.clock.sleep(min(period, left))
            self._feed()
        await self.settle()

    async def settle(self) -> None:
        """Let the agents and screens finish what they have begun."""
        await self.clock.sleep(0.5)

    # -- what is seen ------------------------------------------------------------------------

    def alerts(self) -> dict[str, dict[str, JSON]]:
        """The alerts on the display of who is on duty."""
        found = self.world.twin(self.display).value("alert")
        return dict(found or {})

    def alert(self, rule: str) -> str | None:
        """The priority at which a rule's alert stands, or None."""
        row = self.alerts().get(rule)
        return None if row is None else str(row["priority"])

    def text(self, rule: str) -> str:
        """The words of an alert that stands."""
        return str(self.alerts()[rule]["text"])

    def suggestions(self) -> set[str]:
        """What is suggested on the display of who is on duty."""
        return set(self.world.twin(self.display).value("suggestion") or {})

    def history(self, rule: str = "", display: str = "") -> list[Said]:
        """What was said, of one rule or of all, on one display."""
        shown = display or self.display
        return [
            Said(
                c.recorded,
                c.name.removeprefix("alert_"),
                c.value["rule"],
                c.value.get("priority", ""),
                c.value.get("text") or c.value.get("reason", ""),
            )
            for c in self.changes(shown)
            if c.kind == "event" and c.name.startswith("alert_")
            if not rule or c.value["rule"] == rule
        ]

    def changes(self, twin: str = "") -> list[Change]:
        """The journal, of one twin or of all."""
        return [c for c in self.world.journal if not twin or c.twin == twin]

    def failures(self) -> list[JSON]:
        """Intentions that ended by a failure, and warnings of the agents' own."""
        return [
            c.value
            for c in self.world.journal
            if c.kind == "event"
            and c.twin.startswith("mind_")
            and (c.name == "failed" or (c.name == "said" and c.value["level"] != "info"))
            and not (self._has_no_managers and c.value.get("text") == NO_MANAGER)
        ]

    @property
    def _has_no_managers(self) -> bool:
        return not any(name.startswith("room_manager_") for name in self._names)

    # -- people ------------------------------------------------------------------------------

    async def ask(self, by: str, twin: str, operation: str, *args: JSON, **named: JSON) -> JSON:
        """Somebody asks for an operation; then the agents have their turn."""
        result = await self.user(by).invoke(twin, operation, *args, **named)
        await self.settle()
        return result

    async def order_drug(self, drug: str, amount: float, unit: str, route: str = "iv") -> str:
        """The trauma leader orders a drug; returns the order."""
        return str(
            await self.ask("trauma_leader", "trauma", "order_drug", drug, amount, unit, route)
        )

    async def give(self, drug: str, amount: float, unit: str, route: str = "iv") -> None:
        """A drug is given."""
        await self.ask("rescuer", "patient", "give_drug", drug, amount, unit, route)

    async def perform(self, procedure: str, site: str = "") -> None:
        """A procedure is carried out."""
        await self.ask("rescuer", "patient", "perform", procedure, site)

    async def quiet(self, *names: str) -> None:
        """These values come no more; without names, none of the monitor's does."""
        self.silence(*names)

    async def see(self, twin: str, member: str, value: JSON) -> None:
        """A source states one value."""
        self.observe(twin, member, value)

    async def acknowledge(self, rule: str, reason: str) -> None:
        """Somebody says that an alert is being seen to."""
        by = "rescuer" if self.display == TABLET else "trauma_leader"
        await self.ask(by, self.display, "acknowledge", rule, reason)
