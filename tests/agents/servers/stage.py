"""Debian's Prosody and ejabberd with the settings that the project ships, on loopback.

Each runs from a folder of its own, is waited for, and is ended as the process that was started.
"""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import agents
from tests.services import free_port, program

DOMAIN = "trauma.example"
SETTINGS = Path(agents.__file__).parent / "servers"
STARTS_WITHIN_S = 30.0


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the test, with a certificate for the domain."""

    ca_file: Path
    certificate: Path
    key: Path


def authority(folder: Path, name: str = "authority") -> Authority:
    """An authority that signs one certificate for the agents' domain."""
    folder.mkdir(parents=True, exist_ok=True)
    begins = datetime.now(UTC) - timedelta(days=1)
    own, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"Test {name}")])

    def made(subject: x509.Name, public: ec.EllipticCurvePublicKey, *, is_ca: bool) -> bytes:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(DOMAIN)]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(own.public_key()),
                critical=False,
            )
        )
        if is_ca:
            use = dict.fromkeys(
                (
                    "content_commitment",
                    "key_encipherment",
                    "data_encipherment",
                    "key_agreement",
                    "encipher_only",
                    "decipher_only",
                ),
                False,
            )
            use |= {"digital_signature": True, "key_cert_sign": True, "crl_sign": True}
            builder = builder.add_extension(x509.KeyUsage(**use), critical=True)
        return builder.sign(own, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    found = Authority(folder / f"{name}.pem", folder / f"{DOMAIN}.crt", folder / f"{DOMAIN}.key")
    found.ca_file.write_bytes(made(issuer, own.public_key(), is_ca=True))
    leaf = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, DOMAIN)])
    found.certificate.write_bytes(made(leaf, key.public_key(), is_ca=False))
    found.key.touch(mode=0o600)
    found.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return found


@dataclass(frozen=True)
class Server:
    """A server that listens: where, whose certificate it shows, and which accounts it knows."""

    port: int
    ca_file: Path
    accounts: Path

    @property
    def where(self) -> str:
        return f"127.0.0.1:{self.port}"


def written(folder: Path, accounts: dict[str, str]) -> Path:
    """A file of accounts as the project reads it."""
    file = folder / "accounts"
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}@{DOMAIN} {word}\n" for name, word in accounts.items()))
    return file


def changed(text: str, changes: dict[str, str]) -> str:
    """Shipped settings with what differs on this machine; each change must meet its text."""
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@contextmanager
def prosody(
    folder: Path,
    accounts: dict[str, str],
    *,
    changes: dict[str, str] | None = None,
) -> Iterator[Server]:
    """Debian's Prosody, with accounts in it."""
    path, tool = program("prosody", package="prosody"), program("prosodyctl", package="prosody")
    certs, port = authority(folder / "certs"), free_port()
    (folder / "data").mkdir()
    settings = changed(
        (SETTINGS / "prosody.cfg.lua").read_text("utf-8"),
        {
            "c2s_ports = { 5222 }": f"c2s_ports = {{ {port} }}",
            '"/var/lib/prosody"': f'"{folder}/data"',
            '"/run/prosody/prosody.pid"': f'"{folder}/prosody.pid"',
            **(changes or {}),
        },
    )
    if os.geteuid() == 0:  # else it gives up its rights and cannot read this folder
        settings = f"run_as_root = true\n{settings}"
    file = folder / "prosody.cfg.lua"
    file.write_text(settings, "utf-8")
    for name, word in accounts.items():
        told = [str(tool), "--config", str(file), "register", name, DOMAIN, word]
        subprocess.run(told, check=True, capture_output=True)
    with _running([str(path), "--config", str(file), "-F"], folder, lambda: _listens(port)):
        yield Server(port, certs.ca_file, written(folder, accounts))


@contextmanager
def ejabberd(folder: Path, accounts: dict[str, str]) -> Iterator[Server]:
    """Debian's ejabberd, with accounts in it; no Erlang distribution, so nothing else listens."""
    program("ejabberdctl", package="ejabberd")
    erl = program("erl", package="ejabberd")
    certs, port = authority(folder / "certs"), free_port()
    both = folder / "trauma.pem"
    both.touch(mode=0o600)
    both.write_bytes(certs.certificate.read_bytes() + certs.key.read_bytes())
    file, ready = folder / "ejabberd.yml", folder / "ready"
    settings = changed(
        (SETTINGS / "ejabberd.yml").read_text("utf-8"),
        {"port: 5222": f"port: {port}", "/etc/ejabberd/trauma.pem": str(both)},
    )
    file.write_text(settings, "utf-8")
    (folder / "spool").mkdir()
    told = "".join(
        f'ok = ejabberd_auth:try_register(<<"{name}">>, <<"{DOMAIN}">>, <<"{word}">>), '
        for name, word in accounts.items()
    )
    start = f"{{ok, _}} = application:ensure_all_started(ejabberd), {told} "
    start += f'ok = file:write_file("{ready}", <<>>).'
    command = [str(erl), "-noinput", "-noshell", "-mnesia", "dir", f'"{folder}/spool"']
    extra = {
        "EJABBERD_CONFIG_PATH": str(file),
        "EJABBERD_LOG_PATH": str(folder / "ejabberd.log"),
        "ERL_CRASH_DUMP": str(folder / "erl_crash.dump"),
        "ERL_LIBS": _erlang_libraries(),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "HOME": str(folder),
    }
    with _running([*command, "-eval", start], folder, ready.exists, extra):
        yield Server(port, certs.ca_file, written(folder, accounts))


SERVERS = {"prosody": prosody, "ejabberd": ejabberd}


class Restarting:
    """A Prosody that can be ended and started again: same port, same accounts and certificate."""

    def __init__(self, folder: Path, accounts: dict[str, str]) -> None:
        self._folder, self._accounts = folder, accounts
        self._ends = ExitStack()

    def __enter__(self) -> "Restarting":
        self.now = self._ends.enter_context(prosody(self._folder, self._accounts))
        return self

    def restart(self) -> None:
        """End it and start it again."""
        self._ends.close()
        file = self._folder / "prosody.cfg.lua"
        command = [str(program("prosody", package="prosody")), "--config", str(file), "-F"]
        self._ends.enter_context(_running(command, self._folder, lambda: _listens(self.now.port)))

    def __exit__(self, *_: object) -> None:
        self._ends.close()


def _erlang_libraries() -> str:
    found = sorted(p for p in Path("/usr/lib").glob("**/ejabberd-*") if (p / "ebin").is_dir())
    assert found, "ejabberd's Erlang libraries are not where Debian puts them"
    return str(found[-1].parent)


@contextmanager
def _running(
    command: Sequence[str],
    folder: Path,
    is_ready: Callable[[], bool],
    extra: dict[str, str] | None = None,
) -> Iterator[None]:
    """A process of its own group, waited for; ended at the end, with its children."""
    words = folder / "words"  # never a pipe, which nobody would empty
    if setpriv := shutil.which("setpriv"):  # ended even where this process is killed
        command = [setpriv, "--pdeathsig", "TERM", *command]
    with words.open("ab") as file:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(extra or {})},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        for _ in range(int(STARTS_WITHIN_S / 0.05)):
            if is_ready():
                break
            assert not _ended(process, 0.05), words.read_text("utf-8")
        else:
            raise AssertionError(f"not ready within {STARTS_WITHIN_S:g} s\n{words.read_text()}")
        yield
    finally:
        if not _ended(process, 0):
            os.killpg(process.pid, signal.SIGTERM)
            if not _ended(process, 10):
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _ended(process: "subprocess.Popen[bytes]", within_s: float) -> bool:
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        return False
    return True


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
