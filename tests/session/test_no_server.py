"""A live run that finds no XMPP server says where it looked and ends with the code for that."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents import connection
from scenarios.cli import app
from scenarios.reading import load
from scenarios.session import _names


@pytest.mark.wall_time
def test_a_server_that_is_not_there_is_named_and_the_exit_code_is_4(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    accounts = tmp_path / "accounts"
    accounts.touch(mode=0o600)
    names = _names(load("pelvis"))
    accounts.write_text("".join(f"{name}@localhost a-password\n" for name in names))
    monkeypatch.setattr(connection, "CONNECT_WITHIN_S", 0.5)
    arguments = ["run", "pelvis", "--speed", "60", "--runs", str(tmp_path)]
    arguments += ["--xmpp", f"localhost:{port}", "--accounts", str(accounts)]
    result = CliRunner().invoke(app, arguments)
    words = result.output + capsys.readouterr().err
    assert result.exit_code == 4, words
    assert f"localhost:{port}" in words
