"""`world`, `agents`, `token`: the world in one process, its agents in another."""

import contextlib
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli.conventions import (
    AsJson,
    JournalUrl,
    MaybeScenario,
    Resume,
    Runs,
    log_to_standard_error,
    root,
    settings,
)
from scenarios.cli.running import Progress, finish, one_of, take_up_again, words_of
from scenarios.cli.talking import Accounts, Authority, Transport, Xmpp, carrier

if TYPE_CHECKING:
    from environment.runtime.access import Tokens
    from scenarios.resuming import TakenUp

TokenFile = Annotated[
    Path | None, typer.Option("--tokens", help="A file of tokens; without it this machine only.")
]


def tokens_of(file: Path) -> "Tokens":
    """The tokens of a file, which holds their hashes only."""
    import secrets

    from environment.runtime.access import Tokens
    from scenarios.errors import SurroundingsError

    tokens = Tokens(time.time, lambda: secrets.token_urlsafe(32))
    if file.is_file():
        try:
            tokens.restore(json.loads(file.read_text("utf-8")))
        except (OSError, ValueError, TypeError, KeyError) as wrong:
            raise SurroundingsError(
                f"{file}: these are not tokens of traumatwin ({wrong}). "
                "Give another file, or delete this one and issue tokens again."
            ) from wrong
    return tokens


def world(
    scenario: MaybeScenario = "",
    seed: Annotated[int | None, typer.Option(help="Chance; the file's own by default.")] = None,
    speed: Annotated[
        float | None, typer.Option(min=0.5, max=60, help="Times real time; 1 by default.")
    ] = None,
    branch: Annotated[str, typer.Option(help="A named variant of the scenario.")] = "default",
    host: Annotated[str, typer.Option(help="Where to listen; 127.0.0.1 by default.")] = "",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="0 takes a free one; 8620 by default.")
    ] = None,
    tokens: TokenFile = None,
    journal: JournalUrl = "",
    resume: Resume = "",
    as_json: AsJson = False,
    runs: Runs = None,
) -> None:
    """Play a scenario's world on the web and wait for its agents (`traumatwin agents`)."""
    began = time.perf_counter()
    from environment.runtime.past import Past
    from environment.web.app import LOOPBACK, PORT, check_free
    from scenarios.keeping import Keeper, Live, kept_in
    from scenarios.processes import world_of
    from scenarios.reading import load

    one_of(scenario, resume, seed=seed, branch=branch)
    log_to_standard_error()
    url = journal or settings().journal
    taken = take_up_again(resume, root(runs), url, apart=True) if resume else None
    keeping: contextlib.AbstractContextManager[Keeper]
    if taken is None:
        chosen = load(scenario, branch=branch)
        with_seed = chosen.seed if seed is None else seed
        live = Live(
            speed=speed or 1.0,
            apart=True,
            host=host or LOOPBACK,
            port=PORT if port is None else port,
            journal=url,
        )
        check_free(live.host, live.port)
        keeping = kept_in(root(runs), chosen, with_seed, live=live)
    else:
        chosen, with_seed, live = taken.scenario, taken.seed, taken.live
        keeping = contextlib.nullcontext(Keeper.again(taken))

    def told(at: "TakenUp") -> None:
        typer.echo(words_of(at, keep.folder.name), err=True)

    with keeping as keep, keep:

        def ready(url: str) -> None:
            keep.listens(url)
            typer.echo(f"The world is at {url}. Now: traumatwin agents --world {url}", err=True)

        with Progress(chosen, shown=True) as progress:
            played = world_of(
                chosen,
                seed=with_seed,
                speed=speed or live.speed,
                host=host or live.host,
                port=live.port if port is None else port,
                tokens=None if tokens is None else tokens_of(tokens),
                ready=ready,
                progress=progress.to,
                follow=keep.follow,
                past=None if taken is None else Past(taken.journal, speed=live.speed),
                told=told,
            )
        kept = keep(played)
    finish(kept, began, as_json=as_json)


def agents(
    world: Annotated[str, typer.Option(help="The address of the world.")] = "http://127.0.0.1:8620",
    seed: Annotated[int, typer.Option(help="Chance of the agents' own.")] = 0,
    plans: Annotated[
        Path | None, typer.Option(help="A folder of plans (*.asl) instead of those shipped.")
    ] = None,
    transport: Transport = "",
    xmpp: Xmpp = "",
    accounts: Accounts = None,
    ca: Authority = None,
    token: Annotated[
        str, typer.Option(envvar="TRAUMATWIN_TOKEN", help="Better given in TRAUMATWIN_TOKEN.")
    ] = "",
) -> None:
    """Be the agents of a world in another process, until it ends."""
    from scenarios.processes import agents_of

    carried = carrier(transport, xmpp, accounts, ca)
    log_to_standard_error()

    def ready(names: Sequence[str]) -> None:
        typer.echo(f"Agents of {world}: {', '.join(names)}.", err=True)

    def told(since_s: float, now_s: float) -> None:
        from scenarios.clinical_time import clock

        typer.echo(f"They were away from {clock(since_s)} to {clock(now_s)}.", err=True)

    agents_of(world, token=token, seed=seed, plans=plans, transport=carried, ready=ready, told=told)


def token(
    name: Annotated[str, typer.Argument(help="Whose it is.")],
    role: Annotated[str, typer.Argument(help="What he is: trauma_leader, display, agent ...")],
    file: Annotated[Path, typer.Option("--tokens", help="Where hashes are kept.")],
    hours: Annotated[float, typer.Option(min=0.1, max=8760, help="How long it is valid.")] = 12.0,
    own: Annotated[list[str] | None, typer.Option(help="A twin that mirrors him.")] = None,
    speaks_for: Annotated[
        list[str] | None, typer.Option(help="Who may stand in for it; * is everybody.")
    ] = None,
    revoke: Annotated[bool, typer.Option(help="Make all of his tokens worthless.")] = False,
) -> None:
    """Issue a token for a world on the web: shown once, kept as a hash; or revoke it."""
    kept = tokens_of(file)
    if revoke:
        typer.echo(f"{kept.revoke(name)} tokens of {name} revoked.", err=True)
    else:
        typer.echo(
            kept.issue(name, role, own=own or (), speaks_for=speaks_for or (), lasts_s=hours * 3600)
        )
    file.touch(mode=0o600)
    file.write_text(json.dumps(kept.rows(), indent=1), encoding="utf-8")
