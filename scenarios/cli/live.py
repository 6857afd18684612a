"""`serve`, `monitor`: a case live on the web with its agents; and a device to feed it."""

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli.conventions import (
    AsJson,
    JournalUrl,
    MaybeScenario,
    Opens,
    Resume,
    Runs,
    ScenarioName,
    log_to_standard_error,
    open_page,
    root,
    say,
    settings,
)
from scenarios.cli.inviting import ENTERED, Links, lan_address, session_tokens
from scenarios.cli.running import Progress, finish, one_of, take_up_again, words_of
from scenarios.cli.serving import TokenFile, tokens_of
from scenarios.cli.talking import Accounts, Authority, Transport, Xmpp, carrier

if TYPE_CHECKING:
    from environment.runtime.access import Tokens
    from scenarios.runs import Run


def serve(
    scenario: MaybeScenario = "",
    seed: Annotated[int | None, typer.Option(help="Chance; the file's own by default.")] = None,
    speed: Annotated[
        float | None,
        typer.Option(min=0.5, max=60, help="Times real time, 1 by default; a real device needs 1."),
    ] = None,
    plans: Annotated[
        Path | None, typer.Option(help="A folder of plans (*.asl) instead of those shipped.")
    ] = None,
    branch: Annotated[str, typer.Option(help="A named variant of the scenario.")] = "default",
    transport: Transport = "",
    xmpp: Xmpp = "",
    accounts: Accounts = None,
    ca: Authority = None,
    host: Annotated[str, typer.Option(help="Where to listen; 127.0.0.1 by default.")] = "",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="0 takes a free one; 8620 by default.")
    ] = None,
    tokens: TokenFile = None,
    pause: Annotated[
        bool,
        typer.Option("--pause", help="Wait for the instructor before anything goes on."),
    ] = False,
    debrief: Annotated[
        bool | None,
        typer.Option(
            "--debrief/--no-debrief",
            help="Stay for the debrief when the case is over; by default with --pause, and when "
            "somebody has a page open then.",
        ),
    ] = None,
    opens: Opens = None,
    lan: Annotated[
        bool, typer.Option("--lan", help="Let tablets in: listen in the local network.")
    ] = False,
    record: Annotated[
        Path | None, typer.Option(help="Write what devices say, for `run --from`.")
    ] = None,
    hl7_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="All monitors are real ones, HL7 v2 at this port."),
    ] = None,
    mqtt: Annotated[str, typer.Option(help="The broker of devices: mqtt://host:port.")] = "",
    journal: JournalUrl = "",
    resume: Resume = "",
    as_json: AsJson = False,
    runs: Runs = None,
) -> None:
    """Play a case live on the web: twins, agents, people, and real devices if there are any."""
    began = time.perf_counter()
    from environment.runtime.past import Past
    from environment.web.app import LOOPBACK, PORT, check_free, is_loopback
    from scenarios.devices import installed, real_devices
    from scenarios.keeping import Keeper, Live, kept_in
    from scenarios.reading import load
    from scenarios.serving import served

    carried = carrier(transport, xmpp, accounts, ca)
    log_to_standard_error()
    one_of(scenario, resume, seed=seed, branch=branch)
    if lan and not host:
        host = lan_address()
    url = journal or settings().journal
    taken = take_up_again(resume, root(runs), url) if resume else None
    keeping: contextlib.AbstractContextManager[Keeper]
    if taken is None:
        chosen = load(scenario, branch=branch)
        with_seed = chosen.seed if seed is None else seed
        how = Live(
            speed=speed or 1.0,
            plans="" if plans is None else str(plans.resolve()),
            host=host or LOOPBACK,
            port=PORT if port is None else port,
            journal=url,
            stays=True if pause and debrief is None else debrief,
        )
        check_free(how.host, how.port)
        keeping = kept_in(root(runs), chosen, with_seed, live=how)
    else:
        chosen, with_seed, how = taken.scenario, taken.seed, taken.live
        keeping = contextlib.nullcontext(Keeper.again(taken))
        lan = lan or not (host or is_loopback(how.host))
    devices = None
    if hl7_port is not None or mqtt or record is not None or real_devices(chosen):
        with installed():
            from scenarios.live_devices import LiveDevices
        devices = LiveDevices(chosen, hl7_port=hl7_port, mqtt=mqtt, record=record)
    with keeping as keep, keep:
        admitted = session_tokens(keep.folder) if tokens is None else tokens_of(tokens)
        links = Links(admitted, chosen.roles, is_lan=lan)
        wished = how.stays if debrief is None else debrief
        is_staying = False
        is_open = not lan and tokens is None
        here = ""

        def ready(url: str, where: Mapping[str, str]) -> None:
            nonlocal here
            here = url
            keep.listens(url)
            typer.echo(f"The case is at {url}.", err=True)
            links.show(url)
            for device, line in where.items():
                typer.echo(f"{device}: {line}", err=True)
            if is_open:  # else a page needs a link, and each works once
                open_page(f"{url}/", opens)

        def stays(is_watched: bool) -> bool:
            nonlocal is_staying
            is_staying = is_watched if wished is None else wished
            return is_staying

        try:
            with Progress(chosen, shown=True) as progress:
                played = served(
                    chosen,
                    seed=with_seed,
                    speed=speed or how.speed,
                    plans=plans or (Path(how.plans) if how.plans else None),
                    transport=carried,
                    host=host or how.host or LOOPBACK,
                    port=how.port if port is None else port,
                    tokens=admitted,
                    is_open=is_open,
                    paused=pause,
                    branch=keep.branch,
                    run=keep.folder.name,
                    stays=stays,
                    devices=devices,
                    ready=ready,
                    progress=progress.to,
                    follow=keep.follow,
                    past=None if taken is None else Past(taken.journal, speed=how.speed),
                    told=lambda at: typer.echo(words_of(at, keep.folder.name), err=True),
                )
        except KeyboardInterrupt:
            again = f"traumatwin serve --resume {keep.folder.name} --pause"
            typer.echo(f"It can go on where it was: {again}", err=True)
            raise
        kept = keep(played)
        for name, account in ({} if devices is None else devices.accounts()).items():
            typer.echo(f"{name}\n{account.table()}", err=True)

        def talk() -> None:
            talk_about(kept, here, admitted, is_open=is_open)

        try:
            finish(kept, began, as_json=as_json, then=talk if is_staying else None)
        finally:
            (keep.folder / ENTERED).unlink(missing_ok=True)


def talk_about(run: "Run", url: str, tokens: "Tokens", *, is_open: bool) -> None:
    """Show a case that has just ended where it was played, to those who took part, until Ctrl-C."""
    import asyncio
    from urllib.parse import urlsplit

    from environment.web.app import LOOPBACK, PORT
    from scenarios.cli.finished import writing_report
    from scenarios.reviewing import review

    def ready(url: str) -> None:
        typer.echo(f"Now talk about it: {url}/debrief. Ctrl-C ends it.", err=True)

    at = urlsplit(url)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(
            review(
                [run],
                host=at.hostname or LOOPBACK,
                port=at.port or PORT,
                ready=ready,
                tokens=tokens,
                is_open=is_open,
                writing=writing_report,
            )
        )


def monitor(
    scenario: ScenarioName,
    to: Annotated[
        str, typer.Option(help="HOST:PORT for HL7 v2 over MLLP, or a broker: mqtt://HOST:PORT.")
    ],
    device: Annotated[
        list[str] | None, typer.Option(help="A monitor of the scenario; all by default.")
    ] = None,
    recording: Annotated[
        Path | None, typer.Option("--from", help="A recorded stream instead of a simulated one.")
    ] = None,
    speed: Annotated[float, typer.Option(min=0.5, max=600, help="Times real time.")] = 1.0,
    begin: Annotated[float, typer.Option(min=0, help="Scenario seconds to begin at.")] = 0.0,
    faults: Annotated[
        float, typer.Option(min=0, max=0.09, help="Share of messages with each kind of fault.")
    ] = 0.0,
    seed: Annotated[int | None, typer.Option(help="Chance; the file's own by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Be a case's monitors on the line: send what they show as HL7 v2, until all is taken."""
    from environment.errors import did_you_mean
    from scenarios.devices import installed, monitors
    from scenarios.errors import DeviceError, SurroundingsError
    from scenarios.reading import load

    with installed():
        from environment.physical.devices import recorded
        from environment.physical.devices.mqtt import broker_of
        from scenarios.sending import lines_of, publish, send

    host, _, port = to.rpartition(":")
    is_broker = to.startswith(("mqtt://", "mqtts://"))
    if not is_broker and (not host or not port.isdigit() or not 0 < int(port) < 65536):
        raise typer.BadParameter(
            "expected HOST:PORT, as 127.0.0.1:2575, or mqtt://HOST:PORT", param_hint="'--to'"
        )
    log_to_standard_error()
    chosen = load(scenario)
    for name in device or ():
        if name not in monitors(chosen):
            hint = did_you_mean(name, monitors(chosen))
            raise DeviceError(f"{chosen.name} has no monitor '{name}'.{hint}")
    if recording is not None:
        stream = recorded.read(recording)
        lines = [
            x for x in stream.lines if x.format == "hl7v2" and (not device or x.device in device)
        ]
    else:
        with_seed = chosen.seed if seed is None else seed
        lines = lines_of(chosen, seed=with_seed, devices=device or (), faults=faults)
    typer.echo(f"{len(lines)} messages for {to}.", err=True)
    if not lines:
        raise DeviceError(f"The monitors of {chosen.name} said nothing: there is nothing to send.")
    if is_broker:
        sent = publish(lines, chosen, broker_of(to), speed=speed, begin_s=begin)
        say({"sent": sum(sent.values()), "devices": dict(sorted(sent.items()))})
        return
    sender = send(lines, chosen, host, int(port), speed=speed, begin_s=begin)
    if as_json:
        say({"sent": sum(sender.answers.values()), "answers": dict(sorted(sender.answers.items()))})
    else:
        for code, count in sorted(sender.answers.items()):
            typer.echo(f"{code}  {count}")
    if sender.waiting:
        raise SurroundingsError(f"{to} does not answer: {sender.waiting} messages are not taken.")
