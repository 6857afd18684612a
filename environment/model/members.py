"""What a twin declares: properties, events, links, operations with guards and effects."""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args, get_origin

from environment.errors import BadValueError, did_you_mean
from environment.model.change import JSON, Change

if TYPE_CHECKING:
    from environment.model.twin import Twin

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
    #: Asked by a person (or a program) who came from outside and has shown to be of that role.
    is_from_outside: bool = False


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
