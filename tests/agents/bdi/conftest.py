"""Plans are tests here too: ``test_*.asl`` is collected, and the fixture ``asl`` is at hand."""

from agents.bdi.pytest_plugin import asl, pytest_collect_file

__all__ = ["asl", "pytest_collect_file"]
