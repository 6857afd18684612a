"""Taking up a run: a world that relives its journal, and then goes on where it ended.

The journal's changes are applied at their times and nothing else is, so that every twin is as it
was. Assets get the commands of the invocations that were carried out, and come to the state in
which they were; callers who ask again get the answers of then.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from environment.errors import InvocationFailedError, RefusedError
from environment.model.change import JSON, Cause, Change, ChangeKind, Quality
from environment.model.life import Life
from environment.model.members import Finding, Invocation, Operation
from environment.model.twin import LinkState, Twin
from environment.runtime.clock import Clock
from environment.runtime.journal import Journal
from environment.runtime.notices import Notice, current_cause
from environment.runtime.operations import Operations, Progress, Status
from environment.runtime.past import Past
from environment.runtime.world import World

#: Statuses after which an invocation has an answer.
ANSWERED = frozenset(
    {Status.REFUSED, Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.EXPIRED}
)
#: What can be said in the end of an expected effect.
SEEN = frozenset({Status.CONFIRMED, Status.UNCONFIRMED})


class RelivingWorld(World):
    """A world whose past is written; until that is over, nothing is recorded, only recognised."""

    def __init__(
        self, clock: Clock, models: Mapping[str, type[Twin]], journal: Journal, past: Past
    ) -> None:
        self.past = past
        super().__init__(clock, models, journal)

    def record(
        self,
        twin_id: str,
        kind: ChangeKind,
        name: str,
        value: JSON,
        *,
        effective: float | None = None,
        source: str = "",
        quality: Quality = "good",
        by: str = "",
        cause: Cause | None = None,
    ) -> Change:
        """Journal a change; in the past, the change that it was."""
        past = self.past
        if cause is None or not by:
            author, reason = current_cause()
            by, cause = by or author, reason if cause is None else cause
        if past.is_over:
            if kind == "event" and past.is_near(self.clock.now()):
                done = past.recognise_event(twin_id, name, value, self.clock.now())
                if done is not None:
                    return done
            return super().record(
                twin_id,
                kind,
                name,
                value,
                effective=effective,
                source=source,
                quality=quality,
                by=by,
                cause=past.real(cause),
            )
        now = self.clock.now()
        found = past.recognise(twin_id, kind, name, value, now)
        if found is not None:
            return found
        change = past.provisional(
            twin_id,
            kind,
            name,
            value,
            now=now,
            effective=effective,
            source=source or by,
            quality=quality,
            by=by,
            cause=cause,
        )
        if kind != "life" and past.is_recent(now):  # a life is reckoned anew in any case
            past.keep(lambda: self._written(change), change.seq)
        return change

    def _written(self, change: Change) -> Change:
        return self.record(
            change.twin,
            change.kind,
            change.name,
            change.value,
            effective=change.effective,
            source=change.source,
            quality=change.quality,
            by=change.by,
            cause=change.cause,
        )

    def add(self, kind: str, twin_id: str, *, by: str = "", cause: Cause | None = None) -> Twin:
        """Bring a twin into the world; one that has come in the past is there already."""
        twin = None if self.past.is_over else self.twins.get(twin_id)
        if twin is None:
            return super().add(kind, twin_id, by=by, cause=cause)
        self._announce(twin, by=by, cause=cause)
        return twin

    def link(
        self, twin_id: str, rel: str, target_id: str, *, by: str = "", cause: Cause | None = None
    ) -> None:
        """Link two twins; a link of the past comes with its change."""
        past, now = self.past, self.clock.now()
        if past.is_over:
            super().link(twin_id, rel, target_id, by=by, cause=cause)
        elif past.recognise_link(twin_id, rel, target_id, now, held=True) is None:
            self._keep(lambda: self.link(twin_id, rel, target_id, by=by, cause=cause))

    def unlink(
        self, twin_id: str, rel: str, target_id: str, *, by: str = "", cause: Cause | None = None
    ) -> None:
        """End a link; one that ended in the past ends with its change."""
        past, now = self.past, self.clock.now()
        if past.is_over:
            super().unlink(twin_id, rel, target_id, by=by, cause=cause)
        elif past.recognise_link(twin_id, rel, target_id, now, held=False) is None:
            self._keep(lambda: self.unlink(twin_id, rel, target_id, by=by, cause=cause))

    def end(self, twin_id: str, life: Life = Life.CLOSED, *, by: str = "") -> None:
        """Close a twin; one that was closed in the past is closed by its change."""
        past = self.past
        if past.is_over:
            super().end(twin_id, life, by=by)
        elif past.recognise(twin_id, "life", "life", life.value, self.clock.now()) is None:
            self._keep(lambda: self.end(twin_id, life, by=by))

    def _keep(self, write: Callable[[], None]) -> None:
        if self.past.is_recent(self.clock.now()):
            self.past.keep(write)

    def relive(self, change: Change) -> None:
        """Apply one change of the past as it was applied then, and tell those who watch."""
        twin = self.twins.get(change.twin)
        if twin is None:
            twin = self._bring(self.past.kinds[change.twin], change.twin)
        self.journal.append(change)
        if change.kind == "property":
            if change.quality == "stale":
                twin.ledger.stale[change.name] = change.effective
            self._shadows.apply(twin, change)
        else:
            twin.ledger.revision += 1
            self._relive_other(twin, change)
        self._drain()

    def _relive_other(self, twin: Twin, change: Change) -> None:
        ledger, value = twin.ledger, change.value
        if change.kind == "phase":
            ledger.phase, ledger.phase_since = value, change.recorded
        elif change.kind == "life":
            ledger.life = Life(value)
        elif change.kind == "link" and value["until"] is None:
            self._tie(twin, LinkState(change.name, value["target"], value["since"]))
        elif change.kind == "link":
            for held in ledger.links:
                if (held.rel, held.target, held.until) == (change.name, value["target"], None):
                    held.until = value["until"]
        self._tell(Notice(twin.id, change))
        if change.name == "reading_refused":
            self._shadows.hand_on_refusal(twin, change)
        if change.kind == "link" and value["until"] is None:
            self._shadows.inherit(twin, self.twin(value["target"]), change.name)
        elif change.kind == "link":
            self._untie(twin, change.name, self.twin(value["target"]))

    def go_on(self) -> int:
        """The past is over: record what it left unwritten; returns how much that was."""
        count = self.past.write_rest()
        for twin in tuple(self.twins.values()):
            self._shadows.update_life(twin, None)
        return count


class RelivingOperations(Operations):
    """Invocations of the past: assets carry them out again, callers get the answers of then."""

    def __init__(self, world: RelivingWorld, roles: Mapping[str, str] | None = None) -> None:
        super().__init__(world, roles)
        self._past = world.past
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
            return _given(await self._answer(claimed.value["invocation"]))
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
            self._settle(number, self._answer_of(progress, change))
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

    def _answer_of(self, progress: Progress, change: Change) -> JSON | Exception:
        value, call = change.value, progress.call
        where = f"{call.twin}.{call.operation}"
        if progress.status is Status.COMPLETED:
            progress.output = value["output"]
            return value["output"]
        if progress.status is Status.REFUSED:
            progress.refusal = Finding(value["expected"], value["found"], value["since"])
            return RefusedError(
                where,
                value["guard"],
                value["expected"],
                value["found"],
                since=value["since"],
                invocation=call.id,
            )
        if progress.status is Status.FAILED:
            progress.reason = value["message"]
            return InvocationFailedError(value["message"], value["reason"])
        progress.reason = value["reason"]
        return InvocationFailedError(f"{where}: {progress.reason}.", "cancelled")

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


def _given(answer: JSON) -> JSON:
    if isinstance(answer, Exception):
        raise answer
    return answer


def apply(world: RelivingWorld, operations: RelivingOperations, changes: Iterable[Change]) -> None:
    """Apply changes of one moment."""
    for change in changes:
        world.relive(change)
        if change.kind == "operation":
            operations.relive(change)


async def relive(
    world: RelivingWorld, operations: RelivingOperations, changes: Iterable[Change]
) -> None:
    """Relive changes at their times; returns when everybody has done what he had to."""
    clock = world.clock
    await _settled(clock)
    for at_s, moment in groupby(changes, key=lambda c: c.recorded):
        if at_s > clock.now():
            await clock.sleep(at_s - clock.now())
        apply(world, operations, moment)
    await _settled(clock)


async def _settled(clock: Clock) -> None:
    """Virtual time passes when nothing else is left to do."""
    await clock.sleep(1e-6)
