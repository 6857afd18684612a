"""A run taken up from its journal, by a new process or at an earlier moment.

Nothing but the journal and the scenario is needed: twins are as the journal tells, assets, agents
and people come to the state in which they were by living through it again, in jumps of virtual
time. What the journal tells they do not do twice.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from agents.address import Address
from environment.model.change import Change
from environment.physical.adapter import Adapter
from environment.runtime.catching_up import CatchUpClock, CatchUpLoop
from environment.runtime.clock import VirtualClock, VirtualLoop
from environment.runtime.invoked_again import RelivingOperations
from environment.runtime.past import Past
from environment.runtime.reliving import RelivingWorld, apply, relive
from scenarios.pauses import no_long_pauses
from scenarios.schema import Scenario
from scenarios.session import Follow, Played, Progress, Session, load_programs

#: Seconds of real time within which every change is written: what may be missing at most.
WRITES_WITHIN_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """Where a run was taken up, and what was made good there."""

    after: int  # the last change of the journal
    at_s: float
    may_miss_s: float  # scenario seconds
    made_good: int


Told = Callable[[TakenUp], None]


def resume(
    scenario: Scenario,
    changes: Sequence[Change],
    *,
    seed: int,
    speed: float | None = None,
    was_speed: float | None = None,
    plans: Path | None = None,
    transport: str | Address = "container",
    progress: Progress | None = None,
    follow: Follow | None = None,
    assets: Mapping[str, Adapter] | None = None,
    told: Told | None = None,
) -> Played:
    """Take a run up where `changes` end, and play it to its end.

    On the virtual clock, or at `speed` times real time; `was_speed` is how fast it went before.
    `follow` is given the journal when the past is in it.
    """
    factory = VirtualLoop if speed is None else CatchUpLoop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(
            play_on(
                scenario,
                changes,
                seed=seed,
                speed=speed,
                was_speed=was_speed,
                plans=plans,
                transport=transport,
                progress=progress,
                follow=follow,
                assets=assets,
                told=told,
            )
        )


async def play_on(
    scenario: Scenario,
    changes: Sequence[Change],
    *,
    seed: int,
    speed: float | None = None,
    was_speed: float | None = None,
    plans: Path | None = None,
    transport: str | Address = "container",
    progress: Progress | None = None,
    follow: Follow | None = None,
    assets: Mapping[str, Adapter] | None = None,
    told: Told | None = None,
) -> Played:
    """As `resume`, in a running `CatchUpLoop` (a `VirtualLoop` when `speed` is None)."""
    programs = load_programs(scenario, plans)
    clock: VirtualClock | CatchUpClock
    if speed is None:
        clock = VirtualClock(scenario.start)
    else:
        clock = CatchUpClock(scenario.start, speed=speed)
    past = Past(changes, speed=was_speed or speed or 1.0)
    try:
        async with asyncio.TaskGroup() as tasks:
            session = Session(
                scenario, clock, programs, seed=seed, tasks=tasks, given=assets, past=past
            )
            try:
                taken_up = await take_up(session, past, transport, follow=follow)
                if told is not None:
                    told(taken_up)
                with no_long_pauses():
                    if isinstance(clock, CatchUpClock):
                        clock.go_on()
                    await session.until(scenario.ends_s, progress)
            finally:
                await session.stop()
    except BaseExceptionGroup as group:
        if len(group.exceptions) == 1:  # the one thing that went wrong, as itself
            raise group.exceptions[0] from None
        raise
    return session.played()


async def take_up(
    session: Session,
    past: Past,
    transport: str | Address = "container",
    *,
    with_agents: bool = True,
    follow: Follow | None = None,
) -> TakenUp:
    """Bring a session into the state in which its journal ends; its clock stands there.

    What was at work then goes on with the clock. `follow` is given the journal as it was.
    """
    world, operations, clock = session.world, session.operations, session.clock
    assert isinstance(world, RelivingWorld)
    assert isinstance(operations, RelivingOperations)
    await session.build(with_agents=with_agents)
    # What stood before anybody acted: the first that agents find.
    began_s = past.changes[0].recorded if past.changes else 0.0
    opening = list(
        takewhile(lambda c: c.recorded <= began_s and c.kind != "operation", past.changes)
    )
    apply(world, operations, opening)
    if with_agents:
        await session.crew.start(transport)
    session.begin_people()
    if isinstance(clock, CatchUpClock):
        clock.leap()
    await relive(world, operations, past.changes[len(opening) :])
    if isinstance(clock, CatchUpClock):
        clock.arrive()
    if follow is not None:
        follow(world.journal)
    may_miss_s = WRITES_WITHIN_S * getattr(clock, "speed", 1.0)
    made_good = world.go_on()
    operations.go_on()
    taken_up = TakenUp(
        after=len(past.changes), at_s=past.ends_s, may_miss_s=may_miss_s, made_good=made_good
    )
    value = {"after": taken_up.after, "may_miss_s": may_miss_s, "made_good": made_good}
    world.record("central_unit", "event", "resumed", value, by="traumatwin")
    return taken_up
