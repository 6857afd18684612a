"""Logs go where standard error is now, not where it was when a command began."""

from __future__ import annotations

import io
import sys

import pytest
import structlog

from scenarios.cli.conventions import log_to_standard_error


def test_a_log_follows_standard_error_when_that_is_put_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    log_to_standard_error()
    first.close()
    monkeypatch.setattr(sys, "stderr", second)
    structlog.get_logger().warning("refused", why="too long")
    assert "refused" in second.getvalue()
    structlog.reset_defaults()
