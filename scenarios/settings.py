"""What a site may set, by environment variables that begin with `TRAUMATWIN_`."""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Defaults of the command line; an option given there goes before."""

    model_config = SettingsConfigDict(env_prefix="TRAUMATWIN_", extra="ignore")

    runs: Path = Path("runs")  # where run folders are made
    transport: Literal["container", "xmpp"] = "container"  # how agents' messages travel
    xmpp_domain: str = ""  # an XMPP server of one's own; empty: the embedded one, on loopback
    xmpp_port: int = 5222
    xmpp_password: SecretStr = SecretStr("")  # of every agent's account
    xmpp_ca_file: Path | None = None  # the authority that signed the server's certificate
    log: Literal["debug", "info", "warning", "error"] = "warning"  # what operators want to read
