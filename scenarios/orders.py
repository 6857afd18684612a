"""What a person at a page orders, simulated members of the team carry out.

Who writes a script also writes who does what is ordered in it: only orders of played people count.
Whoever fits best and is simulated does it, once the patient is there, unless it was taken back.
"""

from functools import partial
from random import Random

from environment.model import catalogue
from environment.model.change import JSON, Cause, Change
from environment.physical.device_sim import ABLE
from environment.runtime.notices import Notice
from scenarios.script import Act, Condition
from scenarios.team import Team

#: Shortest and longest time from an order to its doing (engineering defaults): long enough for an
#: assistant to object, and for the leader to take it back.
AFTER_S = {"drug": (30.0, 60.0), "procedure": (45.0, 90.0), "diagnostic": (15.0, 30.0)}
#: Which roles of the team do what, those who do it most readily first.
DOERS = {
    "drug": ("nurse", "airway", "surgeon"),
    "airway": ("airway", "surgeon"),
    "procedure": ("surgeon", "airway", "nurse"),
    "diagnostic": ("nurse", "airway", "surgeon"),
    "image": ("radiographer", "surgeon", "nurse"),
}
ARRIVED = Condition(twin="trauma", property="arrived_s", known=True)


class Orders:
    """Follows the orders of a process in hospital."""

    def __init__(self, team: Team) -> None:
        self._team = team
        self._taken: set[str] = set()
        people = team.scenario.people
        self._by_role = {p.team_role: p.id for p in people if p.team_role}
        self._devices = {d.type: d.id for d in team.scenario.devices if d.kind == "device"}

    def start(self) -> None:
        """Follow the process from when it begins; without a team there is nobody to follow it."""
        eyes = next(iter(self._by_role.values()), None)
        if eyes is not None:
            team = self._team
            team.when_there("trauma", eyes, lambda: team.observe("trauma", eyes, self.see))

    def see(self, notice: Notice) -> None:
        """Something was ordered, or the patient has come: somebody takes what is open."""
        if notice.change.name not in ("ordered", ARRIVED.property):
            return
        reader = next(iter(self._by_role.values()))
        if not self._team.holds(ARRIVED, reader):
            return
        for key, order in self._open(reader).items():
            if key not in self._taken and order["by"] in self._team.played:
                self._take(key, order, notice.change)

    def _open(self, reader: str) -> dict[str, dict[str, JSON]]:
        state = self._team.client(reader).read("trauma")
        orders, sites = state.get("order") or {}, state.get("order_site") or {}
        return {
            key: {**order, "site": sites.get(key, "")}
            for key, order in orders.items()
            if order["status"] == "open"
        }

    def _take(self, key: str, order: dict[str, JSON], cause: Change) -> None:
        """Whoever fits puts it on his agenda; where nobody does, the order stays open."""
        found = self._deed(order)
        if found is None:
            return
        act, kind = found
        self._taken.add(key)
        delay = Random(f"{self._team.seed}/order/{key}").uniform(*AFTER_S[kind])  # not for secrets
        self._team.plan(
            f"order-{key}",
            act,
            self._team.clock.now() + delay,
            partial(self._do, key, act, cause),
            why=key,
            dropped=partial(self._taken.discard, key),
        )

    def _do(self, key: str, act: Act, ordered: Change, by_hand: Cause | None) -> None:
        """It is due: done if nobody has done it, or taken it back, meanwhile."""
        if key in self._open(act.by):
            self._team.start_act(act, by_hand or ordered)

    def _deed(self, order: dict[str, JSON]) -> tuple[Act, str] | None:
        kind, what = str(order["kind"]), str(order["what"])
        patient = self._team.scenario.patient.id
        given: dict[str, JSON]
        if kind == "drug":
            doers, do = DOERS["drug"], f"{patient}.give_drug"
            given = {"drug": what, **{name: order[name] for name in ("amount", "unit", "route")}}
        elif kind == "procedure":
            row, site = catalogue.PROCEDURES.get(what), str(order["site"])
            if row is None or (row.sites and not site):
                return None  # nobody knows on which side
            doers = DOERS["airway" if row.airway else "procedure"]
            operation = "start_procedure" if row.time_dependent else "perform"
            do, given = f"{patient}.{operation}", {"procedure": what, "site": site}
        else:
            device = self._device(what)
            if device is None:
                return None
            image = catalogue.DIAGNOSTICS[what].kind in ("ct", "xray")
            doers, do = DOERS["image" if image else "diagnostic"], f"{device}.examine"
            given = {"diagnostic": what, "patient": patient}
        person = self._free(doers)
        if person is None:
            return None
        return Act.model_validate({"by": person, "do": do, "with": given}), kind

    def _device(self, diagnostic: str) -> str | None:
        row = catalogue.DIAGNOSTICS.get(diagnostic)
        able = (t for t, can in ABLE.items() if row and (row.id in can or row.kind in can))
        return next((self._devices[t] for t in able if t in self._devices), None)

    def _free(self, roles: tuple[str, ...]) -> str | None:
        """The first of these roles that nobody plays."""
        people = (self._by_role[role] for role in roles if role in self._by_role)
        return next((p for p in people if p not in self._team.played), None)
