"""A twin: a digital replica of an asset or a process, as its class declares it.

A twin reads like a description of the thing. The runtime gives it a `Port`, through which alone it
reaches its asset and the world; the description (`describe`) is read off the class.
"""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from environment.errors import UnknownMemberError
from environment.model.change import JSON
from environment.model.frame import Reading
from environment.model.life import Life
from environment.model.members import Event, Follow, Link, Operation, Property, ValueType
from environment.model.phase import PhaseMachine
from environment.model.vitals import Kind, Vital, of_kind


class Port(Protocol):
    """What the runtime lends to a twin while it carries out one invocation."""

    @property
    def caller(self) -> str:
        """Who asked."""

    def now(self) -> float:
        """Scenario seconds."""

    async def command(self, name: str, /, **arguments: JSON) -> JSON:
        """Ask the asset; returns what it answers, raises `InvocationFailedError` if it cannot."""

    def report(self, member: str, value: JSON) -> None:
        """Record what the caller states about a process: here the caller is the source."""

    def transition(self, to: str, *, reason: str = "", place: str = "") -> None:
        """Move the process to another phase."""

    def create(self, kind: str, twin: str) -> "Twin":
        """Bring a twin into the world."""

    def link(self, rel: str, target: str, *, twin: str = "") -> None:
        """Link this twin (or the named one) to another."""

    def unlink(self, rel: str, target: str) -> None:
        """End a link; it stays in the journal."""

    def twin(self, name: str) -> "Twin":
        """Another twin, to read its state."""

    def find(self, kind: str = "", *, rel: str = "", target: str = "") -> "list[Twin]":
        """The twins of a kind, or with a link to another twin, in order of their creation."""


@dataclass(slots=True)
class LinkState:
    """One link of a twin, with the time for which it held."""

    rel: str
    target: str
    since: float
    until: float | None = None


@dataclass(slots=True)
class Ledger:
    """The mutable part of a twin; written by the runtime only."""

    readings: dict[str, Reading] = field(default_factory=dict)
    stale: dict[str, float] = field(default_factory=dict)  # member -> since when
    links: list[LinkState] = field(default_factory=list)
    sourced: dict[str, float] = field(default_factory=dict)  # member -> expected period, seconds
    sourced_since: dict[str, float] = field(default_factory=dict)
    phase: str | None = None
    phase_since: float = 0.0
    life: Life = Life.DECLARED
    revision: int = 0


class Twin:
    """A digital replica of an asset or a process."""

    kind: ClassVar[str] = ""
    machine: ClassVar[PhaseMachine | None] = None
    properties: ClassVar[dict[str, Property]] = {}
    events: ClassVar[dict[str, Event]] = {}
    operations: ClassVar[dict[str, Operation]] = {}
    link_types: ClassVar[dict[str, Link]] = {}
    follow_rules: ClassVar[tuple[Follow, ...]] = ()

    fidelity = Property("number", "How well the twin mirrors its asset now.", low=0, high=1)
    created = Event("The twin came into the world.", fields=("kind", "life"))
    reading_refused = Event(
        "A source said something that cannot be.", fields=("member", "value", "why")
    )
    glass_broken = Event(
        "Somebody looked at what he otherwise may not, and why.", fields=("by", "reason", "until_s")
    )

    def __init_subclass__(
        cls, *, vitals: Sequence[Kind] = (), via: Sequence[str] = (), required: Sequence[str] = ()
    ) -> None:
        """`vitals` gives the twin every row of those kinds; `via` links carry them live."""
        super().__init_subclass__()
        for row in (row for kind in vitals for row in of_kind(kind)):
            member = _vital_property(row, via=via, required=row.key in required)
            member.__set_name__(cls, row.key)
            setattr(cls, row.key, member)
        members = [m for base in reversed(cls.__mro__) for m in vars(base).values()]
        cls.kind = vars(cls).get("kind") or _snake(cls.__name__)
        cls.properties = {m.name: m for m in members if isinstance(m, Property)}
        cls.events = {m.name: m for m in members if isinstance(m, Event)}
        cls.operations = {m.name: m for m in members if isinstance(m, Operation)}
        cls.link_types = {m.rel: m for m in members if isinstance(m, Link)}
        cls.follow_rules = tuple(m for m in members if isinstance(m, Follow))

    def __init__(self, id: str) -> None:
        self.id = id
        self.ledger = Ledger(phase=self.machine.initial if self.machine else None)
        self.port: Port

    @property
    def phase(self) -> str | None:
        """The phase of the process, if this twin mirrors one."""
        return self.ledger.phase

    @property
    def life(self) -> Life:
        """The state of the coupling."""
        return self.ledger.life

    def value(self, name: str, default: JSON = None) -> JSON:
        """The value that is part of the state now; `default` when it is absent or stale."""
        if name in self.ledger.stale:
            return default
        reading = self.ledger.readings.get(name)
        return default if reading is None else reading.value

    def linked(self, rel: str) -> list[str]:
        """The twins behind a link, now."""
        return [s.target for s in self.ledger.links if s.rel == rel and s.until is None]

    @classmethod
    def member(cls, what: str, name: str, where: str = "") -> Any:
        """A declared property, event, operation or link by name, or `UnknownMemberError`."""
        tables: dict[str, dict[str, Any]] = {
            "property": dict(cls.properties),
            "event": dict(cls.events),
            "operation": dict(cls.operations),
            "link": dict(cls.link_types),
        }
        known = tables[what]
        if name not in known:
            raise UnknownMemberError(what, name, where or cls.kind, known)
        return known[name]

    @classmethod
    def describe(cls) -> dict[str, JSON]:
        """The model as plain data: what may be observed, asked for, followed."""
        return {
            "kind": cls.kind,
            "doc": inspect.getdoc(cls) or "",
            "properties": {
                p.name: {
                    "type": p.type,
                    "doc": p.doc,
                    "unit": p.unit,
                    "horizon_s": p.horizon_s,
                    "horizons_s": p.horizons_s,
                    "low": p.low,
                    "high": p.high,
                    "required": p.required,
                    "choices": list(p.choices),
                    "fields": list(p.fields),
                    "via": list(p.via),
                    "code": p.code,
                }
                for p in cls.properties.values()
            },
            "events": {
                e.name: {"doc": e.doc, "fields": list(e.fields)} for e in cls.events.values()
            },
            "operations": {
                o.name: {
                    "doc": o.doc,
                    "input": [
                        {
                            "name": p.name,
                            "type": p.type,
                            "required": p.required,
                            "choices": list(p.choices),
                        }
                        for p in o.parameters
                    ],
                    "guards": [g.name for g in o.guards],
                    "roles": list(o.roles),
                    "effect": o.effect.doc if o.effect else "",
                    "within_s": o.within_s,
                    "undo": o.undo,
                }
                for o in cls.operations.values()
            },
            "links": {
                name: {"doc": link.doc, "inverse": link.inverse, "many": link.many}
                for name, link in cls.link_types.items()
            },
            "phases": list(cls.machine.phases) if cls.machine else [],
        }


def _vital_property(row: Vital, *, via: Sequence[str], required: bool) -> Property:
    kinds: dict[str, ValueType] = {"number": "number", "boolean": "flag", "text": "word"}
    return Property(
        kinds[row.value_type],
        row.label,
        unit=row.unit,
        horizon_s=row.horizon_s,
        horizons_s={"cuff": row.cuff_horizon_s} if row.cuff_horizon_s else None,
        required=required,
        low=row.lowest,
        high=row.highest,
        via=via,
        code=row.loinc or "",
    )


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
