"""A live run that finds no XMPP server says where it looked and ends with the code for that."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents import body
from scenarios.cli import app


@pytest.mark.wall_time
def test_a_server_that_is_not_there_is_named_and_the_exit_code_is_4(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("TRAUMATWIN_XMPP_DOMAIN", "localhost")
    monkeypatch.setenv("TRAUMATWIN_XMPP_PORT", str(port))
    monkeypatch.setattr(body, "CONNECT_WITHIN_S", 0.5)
    arguments = ["run", "pelvis", "--speed", "60", "--transport", "xmpp", "--runs", str(tmp_path)]
    result = CliRunner().invoke(app, arguments)
    words = result.output + capsys.readouterr().err
    assert result.exit_code == 4, words
    assert f"localhost:{port}" in words
