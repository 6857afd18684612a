"""Printing and logging."""

from __future__ import annotations

import re
from typing import Any

from agents.bdi.actions import MANY, builtin
from agents.bdi.failure import StepFailure
from agents.bdi.plans import PLAN_AT, VARS
from agents.bdi.printing import number_text, plain_text
from agents.bdi.templates import Frame
from agents.bdi.terms import Atom, Term, Var, deref
from agents.bdi.unification import Trail, unify


@builtin(".print", 0, MANY)
def print_line(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Prints one line of all arguments, joined without blanks."""
    ag.printer("".join([plain_text(a) for a in args]))
    return True


@builtin(".println", 0, MANY)
def println(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Prints one line of all arguments, joined without blanks."""
    return print_line(ag, args, trail)


@builtin(".printf", 1, MANY)
def printf(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Prints by a format with %d, %s, %f and %n."""
    values = list(args[1:])

    def field(match: re.Match[str]) -> str:
        spec, kind = match.group(1), match.group(2)
        if kind == "n":
            return "\n"
        if kind == "%":
            return "%"
        if not values:
            raise StepFailure("wrong_arguments", f".printf: no argument left for '{match.group()}'")
        value = values.pop(0)
        if kind == "s":
            return f"%{spec}s" % plain_text(value)
        if value.__class__ is not float:
            raise StepFailure("wrong_arguments", f".printf: {plain_text(value)} is no number")
        if kind == "d":
            if not value.is_integer():
                raise StepFailure(
                    "wrong_arguments", f".printf: {number_text(value)} is not whole, use %f"
                )
            return f"%{spec}d" % int(value)
        return f"%{spec}f" % value

    ag.printer(re.sub(r"%([-+0-9.,]*)([dsfn%])", field, str(args[0])))
    return True


@builtin(".puts", 1, 2)
def puts(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Prints, or gives, the string with each #{Variable} replaced by its value."""
    frame: Frame | None = ag.current.stack[-1] if ag.current is not None else None

    def value(match: re.Match[str]) -> str:
        if frame is None or not match.group(1)[:1].isupper():
            return match.group(0)
        names = frame[PLAN_AT].names
        if match.group(1) not in names:
            return match.group(0)
        known = frame[VARS + names.index(match.group(1))]
        return match.group(0) if known is None else plain_text(known)

    text = re.sub(r"#\{([^}]*)\}", value, str(args[0]))
    if len(args) == 2:
        return unify(args[1], text, trail)
    ag.printer(text)
    return True


@builtin(".log", 1, MANY)
def log(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Writes a log line; the level is debug, info, warning or error."""
    level = args[0]
    if level.__class__ is not Atom or level.name not in ("debug", "info", "warning", "error"):
        raise StepFailure(
            "wrong_arguments",
            f".log: the level is debug, info, warning or error, not {plain_text(level)}",
        )
    ag.log(level.name, " ".join([plain_text(a) for a in args[1:]]))
    return True


@builtin(".verbose", 1)
def verbose(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Accepted; the host decides what it shows."""
    return True


@builtin(".version", 1)
def version(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The version of the language that the engine follows."""
    return unify(args[0], "3.3", trail)


def is_unbound(term: Term) -> bool:
    """Whether an argument is still a free variable."""
    return deref(term).__class__ is Var
