"""What a site may set, by environment variables that begin with `TRAUMATWIN_`."""

from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Defaults of the command line; an option given there goes before."""

    model_config = SettingsConfigDict(env_prefix="TRAUMATWIN_", extra="ignore")

    runs: Path = Path("runs")  # where run folders are made
    transport: Literal["container", "xmpp"] = "container"  # how agents' messages travel
    xmpp_server: str = ""  # HOST[:PORT] of an XMPP server; empty: the embedded one, on loopback
    xmpp_domain: str = ""  # empty: the one that all accounts share
    xmpp_accounts: Path | None = None  # a file of `name@domain password` lines, for its owner only
    xmpp_ca_file: Path | None = None  # who signed its certificate; None: the system's authorities
    journal: str = ""  # a database that live runs write to; empty: a file beside the run
    log: Literal["debug", "info", "warning", "error"] = "warning"  # what operators want to read
