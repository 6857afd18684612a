"""Where agents live: an XMPP domain, the server that serves it, their accounts, whom they trust.

Accounts are kept in a file that only its owner (and a group) can read: an address and its password
on each line. Passwords are never given on a command line and never shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agents.errors import AccountsError, did_you_mean

#: The registered port of XMPP for clients (RFC 6120, section 14.7).
PORT = 5222
#: Permissions that a file of accounts must not have: anything for others, writing for a group.
_TOO_OPEN = 0o027


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The XMPP domain of agents, and a server if there is one.

    A server's certificate is always verified, against `ca_file` or else the system's authorities;
    only the embedded server, on loopback, is taken as it is, and makes accounts as agents come.
    """

    domain: str = "traumatwin.local"
    host: str = ""  # where the server is; "": at the domain's own name
    port: int = 0  # 0: no server, messages go through the container
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)  # by bare address
    ca_file: str = ""
    is_embedded: bool = False
    shared_password: str = field(default="", repr=False)  # of the embedded server's accounts

    @property
    def where(self) -> str:
        """The server, in words."""
        return f"{self.host or self.domain}:{self.port}"

    def jid(self, name: str) -> str:
        """The bare address of an agent."""
        return f"{name}@{self.domain}"

    def password(self, name: str) -> str:
        """The password of an agent's account."""
        return self.passwords.get(self.jid(name), self.shared_password)

    def check(self, names: Iterable[str]) -> None:
        """Every agent has an account, or `AccountsError` says which are missing."""
        if self.is_embedded or not self.port:
            return
        missing = [self.jid(name) for name in names if self.jid(name) not in self.passwords]
        if missing:
            hint = did_you_mean(missing[0], self.passwords)
            raise AccountsError(
                f"No account for {', '.join(missing)}.{hint} Make each on the server, then add a "
                "line with its address and password to the file of accounts."
            )


def server(where: str, accounts: Path, *, ca_file: Path | None = None, domain: str = "") -> Address:
    """The address of agents on the server `HOST[:PORT]`, with the accounts of a file.

    Without a domain it is the one that all accounts share.
    """
    host, port = _host_and_port(where)
    passwords = read_accounts(accounts)
    if ca_file is not None and not ca_file.is_file():
        raise AccountsError(f"{ca_file}: there is no certificate of an authority here.")
    domains = sorted({address.partition("@")[2] for address in passwords})
    if not domain and len(domains) != 1:
        raise AccountsError(
            f"{accounts}: accounts of several domains ({', '.join(domains)}). "
            "Say which in TRAUMATWIN_XMPP_DOMAIN."
        )
    return Address(
        domain=domain or domains[0],
        host=host,
        port=port,
        passwords=passwords,
        ca_file=str(ca_file or ""),
    )


def _host_and_port(where: str) -> tuple[str, int]:
    host, port = where, str(PORT)
    if where.startswith("["):  # an IPv6 address stands in brackets
        host, _, rest = where[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif ":" in where:
        host, _, port = where.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise AccountsError(f"'{where}' is no server: expected HOST or HOST:PORT.")
    return host, int(port)


def read_accounts(file: Path) -> dict[str, str]:
    """The accounts of a file: password by bare address. Empty lines and `#` lines are skipped."""
    try:
        mode = file.stat().st_mode
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        why = wrong.strerror if isinstance(wrong, OSError) else "it is not text"
        raise AccountsError(f"{file}: the accounts cannot be read ({why}).") from None
    if mode & _TOO_OPEN:
        raise AccountsError(
            f"{file}: others can read or change these passwords. Refused; `chmod 600 {file}` first."
        )
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        address, _, password = line.strip().partition(" ")
        name, at, domain = address.lower().partition("@")
        if not (name and at and domain and password.strip()) or "/" in address:
            # Never the line itself: a password may stand in it.
            raise AccountsError(f"{file}:{number}: expected `name@domain password`.")
        if address.lower() in found:
            raise AccountsError(f"{file}:{number}: a second account '{address}'.")
        found[address.lower()] = password.strip()
    if not found:
        raise AccountsError(f"{file}: no account in it. Expected lines `name@domain password`.")
    return found
