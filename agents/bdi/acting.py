"""Actions as an agent calls them: at once, or while others run."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from agents.bdi.actions import ActionDefinition, Call, finish
from agents.bdi.believing import Believing
from agents.bdi.bodies import SUSPENDED
from agents.bdi.failure import StepFailure
from agents.bdi.terms import (
    Atom,
    Functor,
    Term,
)
from agents.bdi.unification import Trail, undo
from agents.bdi.waiting import Wait


class Acting(Believing):
    """An agent that acts."""

    def _definition(self, name: str, arity: int) -> ActionDefinition:
        found = self.actions.find(name, arity)
        if found is None:
            known = name in self.actions.by_name
            raise StepFailure(
                "wrong_arguments" if known else "action_failed", self.actions.complaint(name, arity)
            )
        return found

    def ask_action(self, name: str, args: tuple[Term, ...], trail: Trail) -> Any:
        """Calls an internal action in a formula: true, false, or an iterator of ways."""
        definition = self._definition(name, len(args))
        if definition.body_only:
            raise StepFailure("internal_action", f"{name} cannot stand in a context or formula")
        self.rested_on.clear()
        return definition.call(self, args, trail)

    def do_action(self, name: str, args: tuple[Term, ...], trail: Trail) -> Any:
        """Calls an internal action as a step: only its first solution counts."""
        result = self._definition(name, len(args)).call(self, args, trail)
        if result is None or result is True or result is False or result is SUSPENDED:
            return result
        return next(result, False)

    def do_body_action(self, functor: Functor, args: tuple[Term, ...], trail: Trail) -> Any:
        """Calls an action of the agent's body, given without a dot."""
        definition = self.actions.find(functor.name, len(args))
        if definition is None:
            raise StepFailure("action_failed", self.actions.complaint(functor.name, len(args)))
        result = definition.call(self, args, trail)
        if result is None or result is True or result is False or result is SUSPENDED:
            return result
        return next(result, False)

    def start_action(
        self,
        name: str,
        coroutine: Coroutine[Any, Any, Any],
        about: Call,
        outs: tuple[Term, ...],
        trail: Trail,
    ) -> Any:
        """Starts an asynchronous action; its intention waits, others run."""
        it = self.current
        if it is None:
            coroutine.close()
            raise StepFailure("internal_action", f"{name} can only be a step of a plan")
        wait = Wait(self._agent, it, Atom(name))
        it.waiting = wait
        task = self.spawn(coroutine)
        wait.cancel = task.cancel

        def settle() -> None:
            if wait.done or it.dead:
                return
            try:
                result = task.result()
            except asyncio.CancelledError:
                wait.fail(StepFailure("action_failed", f"{name} was cancelled"))
                return
            except Exception as error:  # whatever an action raises fails its step only
                wait.fail(self._agent.as_failure(error))
                return
            bound: Trail = []
            try:
                fits = finish(name, result, outs, bound)
            except StepFailure as error:
                wait.fail(error)
                return
            if fits:
                wait.go_on()
            else:
                undo(bound)
                wait.fail(StepFailure("ia_failed", f"the result of {name} does not fit"))

        def done(_: Any) -> None:
            if task.cancelled():
                if it.dead or wait.done:
                    return
            elif it.dead or wait.done:
                task.exception()  # seen, so that nobody warns about it
                return
            self.completed.append(settle)
            self._arrived()

        task.add_done_callback(done)
        return SUSPENDED
