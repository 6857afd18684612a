"""How agents' messages travel: the options that say so, and what they come to."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli.conventions import settings

if TYPE_CHECKING:
    from agents.address import Address

Transport = Annotated[str, typer.Option(help="How agents' messages travel: container or xmpp.")]
Xmpp = Annotated[
    str, typer.Option("--xmpp", metavar="HOST[:PORT]", help="An XMPP server to log in to.")
]
Accounts = Annotated[
    Path | None,
    typer.Option(help="Agents' accounts there: lines `name@domain password`, for you only."),
]
Authority = Annotated[
    Path | None,
    typer.Option("--ca", help="Who signed its certificate (PEM); else the system's authorities."),
]


def carrier(
    transport: str, xmpp: str, accounts: Path | None, ca_file: Path | None
) -> "str | Address":
    """`container`, `xmpp` for the embedded server, or the address of a server of one's own."""
    known = settings()
    transport = transport or ("xmpp" if xmpp else known.transport)
    if transport not in ("container", "xmpp"):
        raise typer.BadParameter("choose container or xmpp", param_hint="'--transport'")
    where = xmpp or known.xmpp_server
    if transport == "container":
        if xmpp:
            raise typer.BadParameter("needs --transport xmpp", param_hint="'--xmpp'")
        return transport
    if not where:
        return transport
    accounts, ca_file = accounts or known.xmpp_accounts, ca_file or known.xmpp_ca_file
    if accounts is None:
        raise typer.BadParameter("needs the agents' --accounts", param_hint="'--xmpp'")
    from agents.address import server

    return server(where, accounts, ca_file=ca_file, domain=known.xmpp_domain)
