"""Agents' accounts on an XMPP server: closed to others, and clear words if something is wrong."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.address import Address, read_accounts, server
from agents.errors import AccountsError
from scenarios.cli import app

GOOD = "# agents\nleader@Trauma.example  a password with spaces\n\nct@trauma.example x\n"


def accounts(tmp_path: Path, text: str = GOOD, mode: int = 0o600) -> Path:
    file = tmp_path / "accounts"
    file.touch(mode=0o600)
    file.write_text(text, "utf-8")
    file.chmod(mode)
    return file


def test_accounts_are_read_with_their_passwords_as_they_are(tmp_path: Path) -> None:
    assert read_accounts(accounts(tmp_path)) == {
        "leader@trauma.example": "a password with spaces",
        "ct@trauma.example": "x",
    }
    assert read_accounts(accounts(tmp_path, mode=0o640))


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o620, 0o602])
def test_a_file_of_accounts_that_others_can_read_or_change_is_refused(
    tmp_path: Path, mode: int
) -> None:
    with pytest.raises(AccountsError, match="chmod 600"):
        read_accounts(accounts(tmp_path, mode=mode))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no account in it"),
        ("leader@trauma.example\n", "accounts:1: expected `name@domain password`"),
        ("# x\nleader secret\n", "accounts:2: expected"),
        ("leader@a.example/room secret\n", "accounts:1: expected"),
        ("a@b.example x\na@B.example secret\n", "accounts:2: a second account 'a@B.example'"),
    ],
)
def test_a_wrong_line_is_named_and_never_shown(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(AccountsError, match=words) as told:
        read_accounts(accounts(tmp_path, text))
    assert "secret" not in str(told.value)


def test_a_server_is_a_host_with_the_usual_port_or_another(tmp_path: Path) -> None:
    file = accounts(tmp_path)
    plain, other, six = (server(w, file) for w in ("h.example", "h.example:5223", "[::1]:5224"))
    assert (plain.host, plain.port) == ("h.example", 5222)
    assert (other.host, other.port) == ("h.example", 5223)
    assert (six.host, six.port) == ("::1", 5224)
    assert {a.domain for a in (plain, other, six)} == {"trauma.example"}
    for wrong in ("", "h.example:", "h.example:99999", "h.example:x"):
        with pytest.raises(AccountsError, match="expected HOST or HOST:PORT"):
            server(wrong, file)


def test_accounts_of_two_domains_need_a_word_which(tmp_path: Path) -> None:
    file = accounts(tmp_path, "a@one.example x\nb@two.example y\n")
    with pytest.raises(AccountsError, match=r"one\.example, two\.example.*XMPP_DOMAIN"):
        server("h", file)
    assert server("h", file, domain="two.example").password("b") == "y"


def test_an_agent_without_an_account_is_named(tmp_path: Path) -> None:
    where = server("h", accounts(tmp_path))
    where.check(["leader", "ct"])
    with pytest.raises(AccountsError, match=r"No account for leder@trauma\.example.*'leader@"):
        where.check(["leder"])
    Address().check(["anybody"])  # in one process nobody needs an account


def test_an_address_never_shows_a_password(tmp_path: Path) -> None:
    where = server("h", accounts(tmp_path))
    embedded = Address(port=1, is_embedded=True, shared_password="hidden-too")
    assert "a password with spaces" not in repr(where)
    assert "hidden-too" not in repr(embedded)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--xmpp", "h.example"), 2, "needs the agents' --accounts"),
        (("--transport", "container", "--xmpp", "h.example"), 2, "needs --transport xmpp"),
        (("--xmpp", "h.example", "--accounts", "nowhere"), 3, "nowhere: the accounts cannot"),
        (("--xmpp", "h.example", "--accounts", "accounts"), 3, "No account for "),
        (("--xmpp", "h", "--accounts", "accounts", "--ca", "no.pem"), 3, "no.pem: there is no"),
    ],
)
def test_the_command_says_what_is_wrong_with_a_server_and_its_accounts(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    accounts(tmp_path)
    done = CliRunner().invoke(app, ["run", "pelvis", "--speed", "60", *arguments])
    assert done.exit_code == code, done.output
    assert words in " ".join(done.output.replace("│", " ").split())
