"""Finished runs on the web again: the twins as they were, to look at, not to change."""

import asyncio
from collections.abc import Callable, Sequence

from environment.model.change import JSON
from environment.replica import Replica
from environment.runtime.access import Tokens
from environment.runtime.operations import Operations
from environment.twins import kinds
from environment.web.app import LOOPBACK, make_site, serve
from scenarios.debriefing import debrief
from scenarios.runs import Run

#: Who looks at a finished run: reads everything but identity, and changes nothing.
READER = "researcher"


def again(run: Run) -> Replica:
    """The world of a finished run, folded from its journal; its time stands at the end."""
    world = Replica(run.scenario.start, lambda: 0.0)
    world.journal.name = f"{run.folder.name} (finished)"
    world.models.update(kinds())
    for change in run.story.journal:
        world.follow(change, run.story.kinds[change.twin])
    world.time.tell(run.story.ends_s, 0.0)
    return world


def told(runs: Sequence[Run]) -> Callable[[], list[JSON]]:
    """What the page shows of these runs; worked out once, for they have ended."""
    rows = [debrief(r.story, r.scenario, name=r.folder.name, seed=r.seed) for r in runs]
    return lambda: rows


async def review(
    runs: Sequence[Run],
    *,
    port: int,
    ready: Callable[[str], None],
    tokens: Tokens | None = None,
    until: asyncio.Event | None = None,
) -> None:
    """Serve the first run on this machine, the second to compare, until it is to end."""
    world = again(runs[0])
    operations = Operations(world, runs[0].scenario.roles)
    site = make_site(world, operations, tokens=tokens, open_role=READER if tokens is None else "")
    site.debriefs, site.is_over = told(runs), True
    served = await serve(site, host=LOOPBACK, port=port)
    try:
        ready(served.url)
        await (until or asyncio.Event()).wait()
    finally:
        await served.stop()
