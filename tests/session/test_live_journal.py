"""A live run's journal is on disk while it goes on: what broke off can still be read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from environment.store import journal as store
from scenarios.keeping import Live, kept_in
from scenarios.reading import load
from scenarios.runs import JOURNAL
from scenarios.session import run


class BrokenOffError(Exception):
    """Somebody pulled the plug."""


def pulled_at(seconds: float) -> Callable[[float], None]:
    def progress(now: float) -> None:
        if now >= seconds:
            raise BrokenOffError

    return progress


@pytest.mark.wall_time
def test_a_live_run_that_breaks_off_leaves_its_journal_unaltered(tmp_path: Path) -> None:
    scenario = load("pelvis")
    with pytest.raises(BrokenOffError), kept_in(tmp_path, scenario, 7, live=Live(speed=60)) as keep:
        run(
            scenario,
            seed=7,
            speed=60,
            progress=pulled_at(60.0),
            follow=keep.follow,
        )
    (folder,) = tmp_path.iterdir()
    journal = store.read(folder / JOURNAL)
    assert journal.last("preh", "created") is not None
    assert store.verify(folder / JOURNAL) == len(journal) > 100
    assert (folder / "scenario.toml").is_file()


def test_a_virtual_run_that_breaks_off_leaves_no_folder(tmp_path: Path) -> None:
    scenario = load("pelvis")
    with pytest.raises(BrokenOffError), kept_in(tmp_path, scenario, 7):
        raise BrokenOffError
    assert list(tmp_path.iterdir()) == []
