"""What a twin is made of: properties, events, operations and links, declared on a class.

A twin reads like a description of the thing. The runtime gives it a `Port`, through which alone it
reaches its asset and the world; the description (`describe`) is read off the class.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol, get_args, get_origin

from environment.errors import BadValueError, UnknownMemberError, did_you_mean
from environment.model.change import JSON, Change
from environment.model.frame import Reading
from environment.model.life import Life
from environment.model.phase import PhaseMachine
from environment.model.vitals import Kind, Vital, of_kind

ValueType = Literal[
    "number",  # a float
    "integer",
    "time",  # seconds of scenario time
    "text",  # words for people
    "word",  # an identifier-like value: lower case, digits, underscores
    "flag",  # true or false
    "words",  # a set of words, as a sorted list
    "map",  # key -> value, or key -> record with the declared fields
    "record",  # one JSON object
]


class Property:
    """Observable state. `horizon_s` says for how long a value stays part of the state.

    `via` names the links through which the value is also taken from another twin, live: the
    latest effective reading wins, and it keeps its origin.
    """

    def __init__(
        self,
        type: ValueType,  # the word that JSON Schema and Thing Descriptions use
        doc: str,
        *,
        unit: str = "",
        horizon_s: float | None = None,
        horizons_s: Mapping[str, float] | None = None,
        required: bool = False,
        choices: Sequence[str] = (),
        low: float | None = None,
        high: float | None = None,
        fields: Sequence[str] = (),
        via: Sequence[str] = (),
        code: str = "",
    ) -> None:
        self.type = type
        self.doc = doc
        self.unit = unit
        self.horizon_s = horizon_s
        self.horizons_s = dict(horizons_s or {})
        self.required = required
        self.choices = tuple(choices)
        self.low = low
        self.high = high
        self.fields = tuple(fields)
        self.via = tuple(via)
        self.code = code
        self.name = ""

    def __set_name__(self, owner: type["Twin"], name: str) -> None:
        self.name = name

    def horizon(self, quality: str) -> float | None:
        """Seconds for which a reading of this quality stays in the state; None: without end."""
        return self.horizons_s.get(quality, self.horizon_s) if self.horizons_s else self.horizon_s

    def check(self, value: JSON, where: str) -> JSON:
        """The value in the declared type, or `BadValueError` with what was expected."""
        kind = self.type
        if kind in ("number", "time", "integer"):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
                raise BadValueError(f"{where}: expected a number{self._unit()}, got {value!r}.")
            if kind == "integer":
                if value != int(value):
                    raise BadValueError(f"{where}: expected a whole number, got {value!r}.")
                return int(value)
            return float(value)
        if kind == "flag":
            if not isinstance(value, bool):
                raise BadValueError(f"{where}: expected true or false, got {value!r}.")
        elif kind in ("text", "word"):
            if not isinstance(value, str):
                raise BadValueError(f"{where}: expected a text, got {value!r}.")
            self._choose(value, where)
        elif kind == "words":
            if isinstance(value, str) or not isinstance(value, Iterable):
                raise BadValueError(f"{where}: expected a list of words, got {value!r}.")
            words = sorted(set(value))
            for word in words:
                self._choose(word, where)
            return words
        elif not isinstance(value, Mapping):
            raise BadValueError(f"{where}: expected an object, got {value!r}.")
        elif kind == "map" and self.fields:
            for key, entry in value.items():
                if not isinstance(entry, Mapping) or set(entry) != set(self.fields):
                    raise BadValueError(
                        f"{where}.{key}: expected {', '.join(self.fields)}, got {entry!r}."
                    )
        return value

    def is_plausible(self, value: JSON) -> bool:
        """Whether a number lies within what can be measured at all."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def _choose(self, value: JSON, where: str) -> None:
        if self.choices and value not in self.choices:
            raise BadValueError(
                f"{where}: {value!r} is not one of its values."
                f"{did_you_mean(str(value), self.choices)}"
            )

    def _unit(self) -> str:
        return f" in {self.unit}" if self.unit else ""


class Event:
    """Something that happened, with no state of its own; `fields` are those of its value."""

    def __init__(self, doc: str, *, fields: Sequence[str] = ()) -> None:
        self.doc = doc
        self.fields = tuple(fields)
        self.name = ""

    def __set_name__(self, owner: type["Twin"], name: str) -> None:
        self.name = name


class Link:
    """A typed relationship to another twin, observable like a property."""

    def __init__(self, rel: str, doc: str, *, inverse: str, many: bool = False) -> None:
        self.rel = rel
        self.doc = doc
        self.inverse = inverse
        self.many = many


@dataclass(frozen=True, slots=True)
class Invocation:
    """One request of an operation, as the guards and the operation see it."""

    id: str
    twin: str
    operation: str
    arguments: Mapping[str, JSON]
    by: str
    role: str
    at: float
    cause: int | None = None  # seq of the change that records the request


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a guard says no."""

    expected: str
    found: str
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition on state, phase, life, fidelity or role that an operation needs."""

    name: str
    doc: str
    check: "Callable[[Twin, Invocation], Finding | None]"


@dataclass(frozen=True, slots=True)
class Effect:
    """What should become visible in the shadow after an operation has been carried out."""

    doc: str
    met: "Callable[[Twin, Invocation, Change | None], bool]"


def becomes(name: str, argument: str = "", *, value: JSON = None) -> Effect:
    """The property takes the value of an argument, or the given one."""

    def met(twin: "Twin", call: Invocation, change: Change | None) -> bool:
        wanted = call.arguments.get(argument) if argument else value
        return bool(twin.value(name) == wanted)

    return Effect(f"{name} becomes {argument or value}", met)


def gains(name: str, argument: str) -> Effect:
    """The map or set holds the key that an argument names."""

    def met(twin: "Twin", call: Invocation, change: Change | None) -> bool:
        return call.arguments.get(argument) in (twin.value(name) or ())

    return Effect(f"{name} has {argument}", met)


def loses(name: str, argument: str) -> Effect:
    """The map or set no longer holds the key that an argument names."""

    def met(twin: "Twin", call: Invocation, change: Change | None) -> bool:
        return call.arguments.get(argument) not in (twin.value(name) or ())

    return Effect(f"{name} has no {argument}", met)


def emits(event: str, key: str = "", argument: str = "") -> Effect:
    """The event appears, caused by this invocation or with `key` equal to the argument."""

    def met(twin: "Twin", call: Invocation, change: Change | None) -> bool:
        if change is None or change.kind != "event" or change.name != event:
            return False
        if key and isinstance(change.value, Mapping):
            return bool(change.value.get(key) == call.arguments.get(argument or key))
        return True

    return Effect(f"emits {event}", met)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input of an operation."""

    name: str
    type: str  # string, number, integer, boolean, array, object, any
    default: JSON
    required: bool
    choices: tuple[str, ...] = ()


_JSON_TYPES: dict[object, str] = {
    str: "string",
    float: "number",
    int: "integer",
    bool: "boolean",
    list: "array",
    dict: "object",
    object: "any",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that one may ask a twin to do (a WoT action)."""

    name: str
    doc: str
    parameters: tuple[Parameter, ...]
    effect: Effect | None
    within_s: float
    guards: tuple[Guard, ...]
    roles: tuple[str, ...]
    undo: str
    run: Callable[..., Awaitable[JSON]]

    def bind(
        self, where: str, positional: Sequence[JSON], named: Mapping[str, JSON]
    ) -> dict[str, JSON]:
        """The arguments by name, checked and with defaults."""
        names = [p.name for p in self.parameters]
        if len(positional) > len(names):
            raise BadValueError(
                f"{where}: takes {len(names)} arguments ({', '.join(names) or 'none'}), "
                f"got {len(positional)}."
            )
        given = dict(zip(names, positional, strict=False))
        for name, value in named.items():
            if name not in names:
                raise BadValueError(f"{where}: no argument '{name}'.{did_you_mean(name, names)}")
            if name in given:
                raise BadValueError(f"{where}: argument '{name}' is given twice.")
            given[name] = value
        return {p.name: self._argument(where, p, given) for p in self.parameters}

    @staticmethod
    def _argument(where: str, parameter: Parameter, given: Mapping[str, JSON]) -> JSON:
        if parameter.name not in given:
            if parameter.required:
                raise BadValueError(f"{where}: argument '{parameter.name}' is missing.")
            return parameter.default
        value = given[parameter.name]
        fits = {
            "string": isinstance(value, str),
            "number": isinstance(value, (int, float)) and not isinstance(value, bool),
            "integer": isinstance(value, (int, float))
            and not isinstance(value, bool)
            and value == int(value),
            "boolean": isinstance(value, bool),
            "array": isinstance(value, (list, tuple)),
            "object": isinstance(value, Mapping),
            "any": True,
        }[parameter.type]
        if not fits:
            raise BadValueError(
                f"{where}: argument '{parameter.name}' must be a {parameter.type}, got {value!r}."
            )
        if parameter.choices and value not in parameter.choices:
            raise BadValueError(
                f"{where}: argument '{parameter.name}': {value!r} is not one of its values."
                f"{did_you_mean(str(value), parameter.choices)}"
            )
        if parameter.type == "number":
            return float(value)
        return int(value) if parameter.type == "integer" else value


def operation(
    *,
    effect: Effect | None = None,
    within_s: float = 30.0,
    guards: Sequence[Guard] = (),
    roles: Sequence[str] = (),
    undo: str = "",
) -> Callable[[Callable[..., Awaitable[JSON]]], Operation]:
    """Make an async method an operation: its signature is the input, its docstring the text.

    `within_s`: the time in which the effect must be seen (engineering default 30 s).
    """

    def make(function: Callable[..., Awaitable[JSON]]) -> Operation:
        parameters = tuple(
            _parameter(p) for p in list(inspect.signature(function).parameters.values())[1:]
        )
        return Operation(
            name=function.__name__,
            doc=inspect.getdoc(function) or "",
            parameters=parameters,
            effect=effect,
            within_s=within_s,
            guards=tuple(guards),
            roles=tuple(roles),
            undo=undo,
            run=function,
        )

    return make


def _parameter(p: inspect.Parameter) -> Parameter:
    required = p.default is inspect.Parameter.empty
    default = None if required else p.default
    if get_origin(p.annotation) is Literal:
        return Parameter(p.name, "string", default, required, get_args(p.annotation))
    kind = _JSON_TYPES.get(get_origin(p.annotation) or p.annotation)
    if kind is None:
        raise TypeError(f"Operation parameter '{p.name}' has no JSON type: {p.annotation!r}.")
    return Parameter(p.name, kind, default, required)


@dataclass(frozen=True, slots=True)
class Follow:
    """A method that derives observations of this twin from changes of a linked one."""

    rel: str  # "" for the twin's own changes
    names: tuple[str, ...]
    run: Callable[..., Iterable[tuple[str, JSON]]]


def follows(rel: str, *names: str) -> Callable[[Callable[..., Iterable[tuple[str, JSON]]]], Follow]:
    """Make a method follow the named members of the twins behind a link; it yields (member, value).

    The method must be pure: the twin's state and the change decide, nothing else.
    """

    def make(function: Callable[..., Iterable[tuple[str, JSON]]]) -> Follow:
        return Follow(rel, names, function)

    return make


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
