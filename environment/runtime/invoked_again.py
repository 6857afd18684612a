"""Invocations of a run that is taken up: assets carry them out again, callers are answered as then.

What was under way when the process ended goes on where the past ends; what had only been asked for
is judged there.
"""

import asyncio
from collections.abc import Mapping, Sequence

from environment.errors import InvocationFailedError, RefusedError
from environment.model.change import JSON, Cause, Change
from environment.model.members import Finding, Invocation, Operation
from environment.runtime.operations import Operations, Progress, Status
from environment.runtime.past import Past
from environment.runtime.world import World

#: Statuses after which an invocation has an answer.
ANSWERED = frozenset(
    {Status.REFUSED, Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.EXPIRED}
)
#: What can be said in the end of an expected effect.
SEEN = frozenset({Status.CONFIRMED, Status.UNCONFIRMED})


class RelivingOperations(Operations):
    """Invocations of the past: assets carry them out again, callers get the answers of then."""

    def __init__(self, world: World, past: Past, roles: Mapping[str, str] | None = None) -> None:
        super().__init__(world, roles)
        self._past = past
        self._answers: dict[str, asyncio.Future[JSON]] = {}
        self._outputs: dict[str, JSON] = {}  # what an asset answered again, before its change
        self._steps: dict[str, list[tuple[Status, Cause | None, dict[str, JSON]]]] = {}
        self._again: set[asyncio.Task[None]] = set()
        self._over: asyncio.Future[None] | None = None

    async def invoke(
        self,
        twin_id: str,
        name: str,
        positional: Sequence[JSON] = (),
        named: Mapping[str, JSON] | None = None,
        *,
        by: str,
    ) -> JSON:
        """Ask a twin for an operation; in the past, be answered as then.

        What was asked for so late that no journal tells of it is asked for where the past ends;
        what was never asked for then fails with the reason `process_ended`.
        """
        past = self._past
        now = self.world.clock.now()
        if past.is_over and not past.is_near(now):
            return await super().invoke(twin_id, name, positional, named, by=by)
        operation: Operation = self.world.twin(twin_id).member("operation", name, twin_id)
        arguments = operation.bind(f"{twin_id}.{name}", positional, named or {})
        claimed = past.claim(by, twin_id, name, arguments, now)
        if claimed is not None:
            return given(await self._answer(claimed.value["invocation"]))
        if past.is_over:
            return await super().invoke(twin_id, name, positional, named, by=by)
        if not past.is_recent(now):
            raise InvocationFailedError(
                f"{twin_id}.{name} was not asked for before the process ended.", "process_ended"
            )
        if self._over is None:
            self._over = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._over)
        return await super().invoke(twin_id, name, positional, named, by=by)

    def _answer(self, number: str) -> "asyncio.Future[JSON]":
        if number not in self._answers:
            self._answers[number] = asyncio.get_running_loop().create_future()
        return self._answers[number]

    def _settle(self, number: str, answer: JSON | Exception) -> None:
        future = self._answer(number)
        if not future.done():
            future.set_result(answer)

    # -- what the journal tells --------------------------------------------------------------

    def relive(self, change: Change) -> None:
        """Take one step of an invocation of the past."""
        number, status = change.value["invocation"], Status(change.value["status"])
        if status is Status.REQUESTED:
            progress = self.invocations[number] = Progress(self._call(change))
            if "key" in change.value:
                self.remembered.append(progress)
        progress = self.invocations[number]
        progress.status = status
        progress.changes.append(change)
        steps = self._steps.setdefault(number, [])
        steps[:] = [step for step in steps if step[0] is not status]
        if status is Status.RUNNING:
            task = asyncio.get_running_loop().create_task(self._carry_out_again(progress))
            self._again.add(task)
            task.add_done_callback(self._again.discard)
        elif status in ANSWERED:
            self._settle(number, self._told(progress, change))
            if status in (Status.CANCELLED, Status.EXPIRED):
                self._end_task(number)

    def _call(self, change: Change) -> Invocation:
        value = change.value
        return Invocation(
            value["invocation"],
            change.twin,
            change.name,
            value["arguments"],
            change.by,
            value.get("role", self.roles.get(change.by, change.by)),
            change.recorded,
            change.seq,
        )

    def _told(self, progress: Progress, change: Change) -> JSON | Exception:
        value, answer = change.value, answer_of(change)
        if progress.status is Status.COMPLETED:
            progress.output = answer
        elif progress.status is Status.REFUSED:
            progress.refusal = Finding(value["expected"], value["found"], value["since"])
        else:
            progress.reason = str(value.get("message") or value["reason"])
        return answer

    def _end_task(self, number: str) -> None:
        for task in tuple(self._tasks):
            if task.get_name() == number:
                task.cancel()

    # -- doing it again ----------------------------------------------------------------------

    async def _carry_out_again(self, progress: Progress) -> None:
        number = progress.call.id
        answer: JSON | Exception
        try:
            answer = await self.carry_out(progress)
        except asyncio.CancelledError:
            return
        except Exception as error:  # the caller's, whoever that is by now; as it was then
            answer = error
        if self._past.is_over:
            self._settle(number, answer)
        else:
            self._outputs[number] = answer

    def _step(
        self, progress: Progress, status: Status, cause: Cause | None, **details: JSON
    ) -> Change:
        told = {Status(c.value["status"]) for c in progress.changes}
        if status in told or any(status in ends and told & ends for ends in (ANSWERED, SEEN)):
            return progress.changes[-1]  # the journal has told how it went
        if status in SEEN and told & ANSWERED - {Status.COMPLETED}:
            return progress.changes[-1]  # what failed then is not seen now
        if self._past.is_over:
            return super()._step(progress, status, cause, **details)
        # The journal will tell it, or it was never written.
        self._steps.setdefault(progress.call.id, []).append((status, cause, details))
        return progress.changes[-1]

    def go_on(self) -> None:
        """The past is over: what was under way goes on, what was asked for is judged."""
        for number, progress in tuple(self.invocations.items()):
            for status, cause, details in self._steps.pop(number, ()):
                self._step(progress, status, cause, **details)
            if number in self._outputs:
                self._settle(number, self._outputs[number])
            if progress.status is Status.REQUESTED:
                self._judge_late(progress)
            if progress.status is Status.ACCEPTED:
                task = asyncio.get_running_loop().create_task(self._carry_out_again(progress))
                self._again.add(task)
                task.add_done_callback(self._again.discard)
        self._outputs.clear()
        if self._over is not None:
            self._over.set_result(None)

    def _judge_late(self, progress: Progress) -> None:
        call = progress.call
        twin = self.world.twin(call.twin)
        try:
            self._judge(progress, twin, twin.operations[call.operation], None)
        except RefusedError as refusal:
            self._settle(call.id, refusal)


def given(answer: JSON) -> JSON:
    """An answer as it was: raised if it was an error."""
    if isinstance(answer, Exception):
        raise answer
    return answer


def answer_of(change: Change) -> JSON | Exception:
    """What the caller of an invocation was answered by the step that ended it."""
    value, where = change.value, f"{change.twin}.{change.name}"
    status = Status(value["status"])
    if status is Status.COMPLETED:
        return value["output"]
    if status is Status.REFUSED:
        return RefusedError(
            where,
            value["guard"],
            value["expected"],
            value["found"],
            since=value["since"],
            invocation=value["invocation"],
        )
    if status is Status.FAILED:
        return InvocationFailedError(value["message"], value["reason"])
    return InvocationFailedError(f"{where}: {value['reason']}.", "cancelled")
