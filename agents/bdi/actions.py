"""Actions: the Python functions that plans may call, and what they are told about their caller.

``@action(".invoke")`` marks a typed function: its parameters after ``call`` take the arguments,
and what it returns unifies with one argument more, where the plan gives one. The standard library
marks plain functions with ``@builtin``: they get terms and a trail and unify for themselves.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from agents.bdi.failure import ActionFailed, StepFailure
from agents.bdi.printing import term_text
from agents.bdi.terms import Atom, Struct, Term, Var, deref, to_python, to_term
from agents.bdi.unification import Trail, resolve, undo, unify
from agents.errors import UnknownActionError, did_you_mean

if TYPE_CHECKING:
    import random

    from agents.bdi.cycle import Agent
    from agents.bdi.trace import Reason

F = TypeVar("F", bound=Callable[..., Any])
MANY = 99


@dataclass(frozen=True, slots=True)
class ActionDefinition:
    """One action: its name, how many arguments it takes, and how it is called."""

    name: str
    fewest: int
    most: int
    call: Callable[[Any, tuple[Term, ...], Trail], Any]
    doc: str
    body_only: bool = False  # waits, sends, or runs outside: not in a context
    function: Callable[..., Any] | None = None


class Call:
    """What a typed action knows about the step that calls it."""

    __slots__ = ("_reason", "agent", "info", "intention")

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.intention = agent.current
        self.info = agent.current_info()
        self._reason: Reason | None = None

    @property
    def host(self) -> Any:
        """The object that the agent was given as its host."""
        return self.agent.host

    @property
    def random(self) -> random.Random:
        """The run's source of chance."""
        return self.agent.random

    def now(self) -> float:
        """Seconds of the given clock."""
        return self.agent.now()

    @property
    def reason(self) -> Reason:
        """Why this step runs: plans, bindings, beliefs and causes, down the stack."""
        if self._reason is None:
            from agents.bdi.trace import reason_of

            self._reason = reason_of(self.agent, self.intention, self.info)
        return self._reason


def builtin(
    name: str, fewest: int, most: int | None = None, *, body_only: bool = False
) -> Callable[[F], F]:
    """Marks a function of the standard library: ``f(agent, args, trail)``."""

    def mark(function: F) -> F:
        definition = ActionDefinition(
            name,
            fewest,
            fewest if most is None else most,
            function,
            inspect.getdoc(function) or "",
            body_only,
            function,
        )
        function.__dict__.setdefault("actions", []).append(definition)
        return function

    return mark


def action(name: str) -> Callable[[F], F]:
    """Marks a typed function as an action that plans may call."""

    def mark(function: F) -> F:
        function.__dict__.setdefault("actions", []).append(_typed(name, function))
        return function

    return mark


def _typed(name: str, function: Callable[..., Any]) -> ActionDefinition:
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())[1:]
    rest = bool(parameters) and parameters[-1].kind is inspect.Parameter.VAR_POSITIONAL
    named = parameters[:-1] if rest else parameters
    fewest = sum(1 for p in named if p.default is inspect.Parameter.empty)
    most = MANY if rest else len(named)
    is_async = inspect.iscoroutinefunction(function)
    converters: list[Callable[[Term], Any]] = []

    def prepare() -> None:
        hints = _hints(function)
        converters.extend(_converter(name, p.name, hints.get(p.name, Any)) for p in parameters)

    def call(ag: Agent, args: tuple[Term, ...], trail: Trail) -> Any:
        if parameters and not converters:
            prepare()
        count = min(len(args), most)
        values = [converters[min(i, len(converters) - 1)](resolve(args[i])) for i in range(count)]
        outs = args[count:]
        if (
            not outs
            and fewest < len(args) <= len(named)
            and _wants_result(function)
            and deref(args[-1]).__class__ is Var
        ):
            # An argument in the place of an optional parameter that is unbound takes the result.
            values.pop()
            outs = args[-1:]
        about = Call(ag)
        result = function(about, *values)
        if is_async:
            return ag.start_action(name, result, about, outs, trail)
        if inspect.isgenerator(result):
            return _each(result, outs, trail)
        return finish(name, result, outs, trail)

    return ActionDefinition(
        name,
        fewest,
        MANY if rest else most + 4,
        call,
        inspect.getdoc(function) or "",
        is_async,
        function,
    )


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """The types of a signature; one that exists for the type checker only counts as any term."""
    try:
        return typing.get_type_hints(function)
    except NameError:
        known: dict[str, Any] = {}
        for name, annotation in function.__annotations__.items():
            one = types.FunctionType(function.__code__, function.__globals__)
            one.__annotations__ = {name: annotation}
            try:
                known.update(typing.get_type_hints(one))
            except NameError:
                known[name] = Any
        return known


def argument_types(function: Callable[..., Any]) -> dict[str, Any] | None:
    """The types of a typed action's arguments; None for a function of the standard library."""
    typed = any(
        d.function is function and d.call is not function for d in getattr(function, "actions", ())
    )
    return _hints(function) if typed else None


def _wants_result(function: Callable[..., Any]) -> bool:
    returns = function.__annotations__.get("return")
    return returns not in (None, "None")


def finish(name: str, result: Any, outs: tuple[Term, ...], trail: Trail) -> bool:
    """Unifies what an action returned with the arguments that are left for it."""
    if result is False and not (outs and len(outs) == 1):
        return False
    if not outs:
        return True
    if result is None:
        return True
    values = list(result) if isinstance(result, tuple) else [result]
    if len(values) < len(outs):
        raise StepFailure(
            "wrong_arguments",
            f"{name} has {len(values)} results, the plan asks for {len(outs)}",
        )
    return all(unify(out, to_term(v), trail) for out, v in zip(outs, values, strict=False))


def _each(values: Iterator[Any], outs: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    mark = len(trail)
    for value in values:
        if finish("", value, outs, trail):
            yield True
        undo(trail, mark)


def _converter(action_name: str, parameter: str, hint: Any) -> Callable[[Term], Any]:
    """From a term to what the signature asks for."""
    optional = False
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        parts = [a for a in typing.get_args(hint) if a is not type(None)]
        optional = len(parts) < len(typing.get_args(hint))
        hint = parts[0] if len(parts) == 1 else Any

    def wrong(term: Term, wanted: str) -> StepFailure:
        return StepFailure(
            "wrong_arguments",
            f"{action_name}: argument '{parameter}' is {term_text(term)}, expected {wanted}",
        )

    def convert(term: Term) -> Any:
        cls = term.__class__
        if cls is Var and optional:
            return None
        if hint is str:
            if cls is str:
                return term
            if cls is Atom:
                return term.text
            raise wrong(term, "a name or a string")
        if hint is float or hint is int:
            if cls is not float:
                raise wrong(term, "a whole number" if hint is int else "a number")
            if hint is int:
                if not term.is_integer():
                    raise wrong(term, "a whole number")
                return int(term)
            return term
        if hint is bool:
            if cls is Atom and term.name in ("true", "false"):
                return term.name == "true"
            raise wrong(term, "true or false")
        if hint is Atom and cls is not Atom:
            raise wrong(term, "a name")
        if hint is list or typing.get_origin(hint) is list:
            value = to_python(term)
            if not isinstance(value, list):
                raise wrong(term, "a list")
            return value
        if hint is Struct:
            if cls is Atom:
                made = Struct.__new__(Struct)
                Struct.__init__(made, term.name)
                return made
            if cls is not Struct:
                raise wrong(term, "a structure")
            return term
        return term

    return convert


class Actions:
    """The actions that an agent's plans may call, by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, list[ActionDefinition]] = {}
        self._found: dict[tuple[str, int], ActionDefinition] = {}

    @classmethod
    def standard(cls) -> Actions:
        """A new registry with the standard library."""
        from agents.bdi import stdlib

        actions = cls()
        for module in stdlib.modules():
            actions.add(module)
        return actions

    def add(self, source: Any) -> Actions:
        """Takes a marked function, or all of a module or object; a known name is replaced."""
        found: list[ActionDefinition] = []
        if hasattr(source, "actions"):
            found.extend(source.actions)
        else:
            for value in vars(source).values():
                found.extend(getattr(value, "actions", None) or () if callable(value) else ())
        if not found:
            raise UnknownActionError(f"{source!r} holds no function marked with @action.")
        self._found.clear()
        own: set[str] = set()
        for definition in found:
            if definition.name not in own:
                own.add(definition.name)
                self.by_name[definition.name] = []
            self.by_name[definition.name].append(definition)
        return self

    def find(self, name: str, arity: int) -> ActionDefinition | None:
        """The action with this name that takes so many arguments."""
        known = self._found.get((name, arity))
        if known is not None:
            return known
        for definition in self.by_name.get(name, ()):
            if definition.fewest <= arity <= definition.most:
                self._found[name, arity] = definition
                return definition
        return None

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self.by_name)

    def complaint(self, name: str, arity: int) -> str:
        """Why an action cannot be found."""
        known = self.by_name.get(name)
        if known:
            wanted = " or ".join(
                str(d.fewest) if d.fewest == d.most else f"{d.fewest} to {d.most}" for d in known
            )
            return f"{name} takes {wanted} arguments, not {arity}."
        return f"unknown action {name}/{arity}.{did_you_mean(name, self.by_name)}"


__all__ = ["Action", "ActionDefinition", "ActionFailed", "Actions", "Call", "action", "builtin"]
Action = ActionDefinition
