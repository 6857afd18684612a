"""Invocations: from a request to what is seen of it in the shadow.

`requested`, then `refused | accepted`, `running`, `completed | failed | cancelled | expired`, then
`confirmed | unconfirmed`. Each step is a change; accepted, completed and seen are three facts.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from environment.errors import (
    BadValueError,
    InvocationFailedError,
    RefusedError,
    TwinError,
)
from environment.model.change import JSON, Change
from environment.model.members import Finding, Guard, Invocation, Operation
from environment.model.twin import Twin
from environment.runtime.notices import Notice, because, current_cause
from environment.runtime.ports import CALL, InvocationPort
from environment.runtime.world import World

#: Seconds after which a command that the asset has not answered is given up (engineering default).
ANSWER_WITHIN_S = 600.0


class Status(StrEnum):
    """Where an invocation stands."""

    REQUESTED = "requested"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"


@dataclass(slots=True)
class Progress:
    """The course of one invocation."""

    call: Invocation
    status: Status = Status.REQUESTED
    output: JSON = None
    reason: str = ""
    refusal: Finding | None = None
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether an operation can be asked for now, by this caller, and if not, why."""

    operation: str
    available: bool
    guard: str = ""
    expected: str = ""
    found: str = ""
    since: float | None = None


#: Every operation may be asked for in any life but the ended ones.
def _not_ended(twin: Twin, call: Invocation) -> Finding | None:
    if twin.life in ("closed", "archived"):
        return Finding("a twin that is not closed", f"life {twin.life}")
    return None


NOT_ENDED = Guard("twin_not_ended", "The twin is not closed.", _not_ended)


def _rights(twin: Twin, call: Invocation) -> Finding | None:
    return None  # judged at the edge, where a caller shows who he is


WITHIN_RIGHTS = Guard("within_rights", "Argument: the caller's rights reach so far.", _rights)


def _role_guard(operation: Operation) -> Guard:
    def check(twin: Twin, call: Invocation) -> Finding | None:
        if operation.roles and call.role not in operation.roles:
            return Finding(f"one of the roles {', '.join(operation.roles)}", call.role or "no role")
        return None

    return Guard("role_is_allowed", "The caller's role may ask for this.", check)


class Operations:
    """Carries out invocations on the twins of a world; roles say who may ask for what."""

    def __init__(self, world: World, roles: Mapping[str, str] | None = None) -> None:
        self.world = world
        self.roles = dict(roles or {})
        self.invocations: dict[str, Progress] = {}
        #: Those that were asked for with a key before this process took the run up.
        self.remembered: list[Progress] = []
        self._tasks: set[asyncio.Task[JSON]] = set()
        self._ports: dict[str, InvocationPort] = {}
        self._effects: dict[str, list[Callable[[Change], None]]] = {}
        world.watch(self._see)

    async def invoke(
        self,
        twin_id: str,
        name: str,
        positional: Sequence[JSON] = (),
        named: Mapping[str, JSON] | None = None,
        *,
        by: str,
    ) -> JSON:
        """Ask a twin for an operation; returns its output once the asset has completed it.

        Raises `RefusedError` (a guard), `InvocationFailedError` (the asset), or what is wrong with
        the request itself, which then leaves no trace.
        """
        return await self.carry_out(self.request(twin_id, name, positional, named, by=by))

    def request(
        self,
        twin_id: str,
        name: str,
        positional: Sequence[JSON] = (),
        named: Mapping[str, JSON] | None = None,
        *,
        by: str,
        role: str | None = None,
        forbidden: Finding | None = None,
        key: Mapping[str, str] | None = None,
    ) -> Progress:
        """Judge a request: accepted, or `RefusedError`; nothing has been carried out yet.

        `role` is what the caller has shown to be, where names alone prove nothing. `forbidden`
        says why the caller's rights do not reach so far; the refusal is recorded like any other.
        `key` is what the caller knows the request by, kept with it.
        """
        world = self.world
        twin = world.twin(twin_id)
        operation: Operation = twin.member("operation", name, twin_id)
        is_outside = role is not None
        role = self.roles.get(by, by) if role is None else role
        may = forbidden is None and (not operation.roles or role in operation.roles)
        try:
            arguments = operation.bind(f"{twin_id}.{name}", positional, named or {})
        except BadValueError:
            if may:
                raise
            arguments = {}  # whoever may not ask learns nothing of what would fit
        number = f"{name}-{len(self.invocations) + 1}"
        call = Invocation(
            number, twin_id, name, arguments, by, role, world.clock.now(), None, is_outside
        )
        progress = Progress(call)
        self.invocations[number] = progress
        _, cause = current_cause()
        facts: dict[str, JSON] = {"arguments": dict(arguments)}
        if role != self.roles.get(by, by):
            facts["role"] = role
        if key:
            facts["key"] = dict(key)
        requested = self._step(progress, Status.REQUESTED, cause, **facts)
        progress.call = replace(call, cause=requested.seq)
        self._judge(progress, twin, operation, forbidden)
        return progress

    def _judge(
        self, progress: Progress, twin: Twin, operation: Operation, forbidden: Finding | None
    ) -> None:
        """Accept a recorded request, or refuse it."""
        call = progress.call
        if forbidden is not None:
            refusal: tuple[Guard, Finding] | None = (WITHIN_RIGHTS, forbidden)
        else:
            refusal = self._refusal(twin, operation, call)
        if refusal is not None:
            guard, finding = refusal
            progress.refusal = finding
            found = {
                "guard": guard.name,
                "expected": finding.expected,
                "found": finding.found,
                "since": finding.since,
            }
            self._step(progress, Status.REFUSED, call.cause, **found)
            raise RefusedError(
                f"{call.twin}.{call.operation}",
                guard.name,
                finding.expected,
                finding.found,
                since=finding.since,
                invocation=call.id,
            )
        self._step(progress, Status.ACCEPTED, call.cause)

    async def carry_out(self, progress: Progress) -> JSON:
        """Carry out a request that was accepted; returns its output."""
        twin = self.world.twin(progress.call.twin)
        return await self._run(twin, twin.operations[progress.call.operation], progress)

    def available(self, twin_id: str, by: str, role: str | None = None) -> list[Availability]:
        """Every operation of a twin with the first guard that would refuse it now."""
        twin = self.world.twin(twin_id)
        is_outside = role is not None
        role = self.roles.get(by, by) if role is None else role
        rows = []
        for operation in twin.operations.values():
            defaults = {p.name: p.default for p in operation.parameters}
            call = Invocation(
                "", twin_id, operation.name, defaults, by, role, 0.0, None, is_outside
            )
            refusal = self._refusal(twin, operation, call, before_asking=True)
            if refusal is None:
                rows.append(Availability(operation.name, True))
            else:
                guard, f = refusal
                rows.append(
                    Availability(operation.name, False, guard.name, f.expected, f.found, f.since)
                )
        return rows

    def cancel(self, number: str, reason: str) -> None:
        """Give up an invocation that is still running."""
        progress = self.invocations[number]
        if progress.status in (Status.ACCEPTED, Status.RUNNING):
            progress.reason = reason
            for task in self._tasks:
                if task.get_name() == number:
                    task.cancel()

    async def close(self) -> None:
        """Cancel what is still running."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _refusal(
        self, twin: Twin, operation: Operation, call: Invocation, *, before_asking: bool = False
    ) -> tuple[Guard, Finding] | None:
        twin.port = self._port(twin)  # a guard may look at other twins
        for guard in (NOT_ENDED, _role_guard(operation), *operation.guards):
            if before_asking and guard.doc.startswith("Argument"):
                continue  # depends on what will be asked
            finding = guard.check(twin, call)
            if finding is not None:
                return guard, finding
        return None

    async def _run(self, twin: Twin, operation: Operation, progress: Progress) -> JSON:
        call = progress.call
        twin.port = self._port(twin)
        watching = self._watch_effect(twin, operation, progress)
        self._step(progress, Status.RUNNING, call.cause)

        async def body() -> JSON:
            CALL.set(call)
            with because(call.by, call.cause):
                return await operation.run(twin, **dict(call.arguments))

        task = asyncio.get_running_loop().create_task(body(), name=call.id)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        end_limit = self.world.clock.call_at(
            call.at + ANSWER_WITHIN_S, lambda: self._expire(progress, task)
        )
        try:
            output = await task
        except asyncio.CancelledError:
            watching(Status.CANCELLED)
            if progress.status != Status.EXPIRED:
                self._step(progress, Status.CANCELLED, call.cause, reason=progress.reason)
            if progress.reason:
                raise InvocationFailedError(
                    f"{call.twin}.{call.operation}: {progress.reason}.", "cancelled"
                ) from None
            raise
        except TwinError as error:
            watching(Status.FAILED)
            reason = getattr(error, "reason", error.code)
            progress.reason = str(error)
            self._step(progress, Status.FAILED, call.cause, reason=reason, message=str(error))
            raise
        except Exception as defect:  # ours: the invocation ends like any other, the defect goes on
            watching(Status.FAILED)
            progress.reason = f"a defect in {call.twin}.{call.operation}: {type(defect).__name__}"
            details = {"reason": "defect", "message": progress.reason}
            self._step(progress, Status.FAILED, call.cause, **details)
            raise
        finally:
            end_limit()
        progress.output = output
        self._step(progress, Status.COMPLETED, call.cause, output=output)
        watching(Status.COMPLETED)
        return output

    def _expire(self, progress: Progress, task: "asyncio.Task[JSON]") -> None:
        progress.status = Status.EXPIRED
        progress.reason = f"no answer within {ANSWER_WITHIN_S:g} s"
        self._step(progress, Status.EXPIRED, progress.call.cause, reason=progress.reason)
        task.cancel()

    def _watch_effect(
        self, twin: Twin, operation: Operation, progress: Progress
    ) -> Callable[[Status], None]:
        """Watch for the expected effect; the returned function says how the operation ended."""
        effect, call = operation.effect, progress.call
        seen: list[Change] = []
        ended: list[Status] = []

        def finish(status: Status, cause: int | None) -> None:
            if watch in self._effects.get(twin.id, ()):
                self._effects[twin.id].remove(watch)
                self._step(progress, status, cause)

        def watch(change: Change) -> None:
            if effect is not None and effect.met(twin, call, change):
                seen.append(change)
                if ended:
                    finish(Status.CONFIRMED, change.seq)

        def end(status: Status) -> None:
            if effect is None:
                return
            if status != Status.COMPLETED:
                self._effects[twin.id].remove(watch)
                return
            ended.append(status)
            if seen or effect.met(twin, call, None):
                finish(Status.CONFIRMED, seen[-1].seq if seen else call.cause)
                return
            limit = self.world.clock.now() + operation.within_s
            self.world.clock.call_at(limit, lambda: finish(Status.UNCONFIRMED, call.cause))

        if effect is not None:
            self._effects.setdefault(twin.id, []).append(watch)
        return end

    def _see(self, notice: Notice) -> None:
        if notice.change.kind in ("property", "event"):
            for watch in tuple(self._effects.get(notice.twin, ())):
                watch(notice.change)

    def _step(
        self, progress: Progress, status: Status, cause: Any, **details: JSON
    ) -> Change:  # `cause` is a seq or a (journal, seq), as in Change
        call = progress.call
        progress.status = status
        change = self.world.record(
            call.twin,
            "operation",
            call.operation,
            {"invocation": call.id, "status": status.value, **details},
            by=call.by,
            cause=cause,
        )
        progress.changes.append(change)
        return change

    def _port(self, twin: Twin) -> InvocationPort:
        if twin.id not in self._ports:
            self._ports[twin.id] = InvocationPort(self.world, twin)
        return self._ports[twin.id]
