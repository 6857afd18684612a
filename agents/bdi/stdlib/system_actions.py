"""The run and the program as a whole; and names that are known and not supported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from agents.bdi.actions import MANY, builtin
from agents.bdi.failure import StepFailure
from agents.bdi.plan_changes import add_plan
from agents.bdi.printing import plain_text
from agents.bdi.terms import DEFAULT_NS, Atom, Term
from agents.bdi.unification import Trail, unify
from agents.errors import AgentError

# Creating, killing and storing agents is the host's business; yellow pages are the directory's.
UNSUPPORTED = (
    ".create_agent",
    ".kill_agent",
    ".save_agent",
    ".clone",
    ".list_files",
    ".df_register",
    ".df_deregister",
    ".df_search",
    ".df_subscribe",
    ".print_unifier",
)


@builtin(".stopMAS", 0, 2, body_only=True)
def stop(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Asks the host to stop the run."""
    ag.stop()
    return True


@builtin(".include", 1, 2, body_only=True)
def include(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Adds plans, beliefs, rules and goals of a file, in a namespace if one is given."""
    from agents.bdi.program import Program

    path = Path(plain_text(args[0]))
    namespace = DEFAULT_NS if len(args) == 1 else plain_text(args[1])
    try:
        program = Program.load(path, namespace)
    except (AgentError, OSError) as error:
        raise StepFailure("internal_action", f".include: {error}") from None
    for plan in program.plans:
        add_plan(ag, plan.term, Atom("self"), first=False)
    ag.take_up(program)
    return True


def _properties(ag: Any, namespace: Term) -> dict[str, Term]:
    every: dict[str, dict[str, Term]] = ag.extras.setdefault("namespace_properties", {})
    return every.setdefault(plain_text(namespace), {})


@builtin(".namespace_set_prop", 3, body_only=True)
def set_property(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Keeps a value for a namespace."""
    _properties(ag, args[0])[plain_text(args[1])] = args[2]
    return True


@builtin(".namespace_get_prop", 3, 4)
def get_property(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The value kept for a namespace, or the default."""
    known = _properties(ag, args[0]).get(plain_text(args[1]))
    if known is None:
        return len(args) == 4 and unify(args[2], args[3], trail)
    return unify(args[2], known, trail)


@builtin(".internal_action", 1)
def is_internal_action(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Whether the term is a call of an internal action."""
    name = getattr(args[0], "name", "")
    return name in ag.actions.by_name


def _refusal(name: str) -> Callable[..., bool]:
    @builtin(name, 0, MANY, body_only=True)
    def refuse(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
        """Known from Jason; not supported here."""
        raise StepFailure("internal_action", f"{name} is not supported")

    return refuse


for _name in UNSUPPORTED:
    globals()[f"refuse{_name.replace('.', '_')}"] = _refusal(_name)
