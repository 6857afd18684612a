"""How a session's people learn where their pages are: links and QR codes on the terminal."""

import json
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from environment.runtime.access import Tokens


#: Who has come in, in a run's folder while it is played: hashes of tokens, never tokens.
ENTERED = "entered.json"


def session_tokens(folder: Path) -> "Tokens":
    """Tokens of one session: whoever has come in stays in, also if its process ends meanwhile."""
    from scenarios.cli.serving import tokens_of

    tokens, file = tokens_of(folder / ENTERED), folder / ENTERED

    def write() -> None:
        file.touch(mode=0o600)
        file.write_text(json.dumps(tokens.rows()), encoding="utf-8")

    tokens.changed = write
    return tokens


def lan_address() -> str:
    """The address of this machine in the local network, as its routes have it."""
    from scenarios.errors import SurroundingsError

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: a connected UDP socket only knows which way it would go.
            probe.connect(("192.0.2.1", 9))  # documentation address, RFC 5737
            found = str(probe.getsockname()[0])
        except OSError as wrong:
            raise SurroundingsError(
                f"This machine is in no network ({wrong.strerror}). Join one, name an address with "
                "--host, or leave out --lan to play on this machine alone."
            ) from wrong
    return found


class Links:
    """One link for each part of a session, made before anybody can come."""

    def __init__(self, tokens: "Tokens", roles: Mapping[str, str], *, is_lan: bool) -> None:
        from environment.web.inviting import invitations

        self._codes = dict(invitations(tokens, roles))
        self._is_lan = is_lan

    def show(self, url: str) -> None:
        """Print where each page is; with QR codes where somebody is there to see them."""
        from environment.web import qr
        from environment.web.entering import address
        from environment.web.inviting import PARTS

        has_codes = self._is_lan or sys.stderr.isatty()
        typer.echo("Pages, each with a link that works once and for one day:", err=True)
        for part, code in self._codes.items():
            typer.echo(f"  {PARTS[part].page:<12} {address(url, code)}", err=True)
        if has_codes:
            for part, code in self._codes.items():
                typer.echo(f"\n{PARTS[part].page}\n{qr.in_terminal(address(url, code))}", err=True)
        if self._is_lan:
            typer.echo("Anybody on this network who has a link can use it.", err=True)
        else:
            typer.echo(
                f"On this machine {url}/ offers every page without a link. A browser that has "
                "followed a link is that person; for two people use two browsers or private "
                "windows. Tablets come in with --lan.",
                err=True,
            )
