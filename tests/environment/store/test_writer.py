"""A journal that is written while it grows: what cannot be written is kept, and written later."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine, text

from environment.errors import JournalError
from environment.runtime.journal import Journal
from environment.store import journal as store
from environment.store.place import place_of
from environment.store.writer import Writer
from tests.environment.store.test_journal import change

QUICKLY_S = 0.02


@pytest.fixture(autouse=True)
def words_as_at_first() -> None:
    """Commands of other tests have told the log where to write: it is closed by now."""
    structlog.reset_defaults()


def wait(fact: Callable[[], bool]) -> None:
    """Until another thread has done it."""
    for _ in range(500):
        if fact():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never came")


def test_a_disk_that_is_away_for_a_while_loses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "away" / "journal.sqlite"
    secured: list[int | None] = []
    writer = Writer(place, retry_s=QUICKLY_S, secured=secured.append)
    journal = Journal()
    journal.follow(writer.add)
    for seq in range(1, 11):
        journal.append(change(seq))
    wait(lambda: bool(writer.failure))
    assert secured == [None]
    place.parent.mkdir()
    wait(lambda: not writer.failure)
    journal.append(change(11))
    writer.close()
    assert secured[-1] == 11
    assert store.read(place).hashes() == journal.hashes()
    told = capsys.readouterr().out
    assert told.count("journal_not_written") == 1  # said once, not at every attempt
    assert told.count("journal_written_again") == 1


def test_a_database_that_hangs_up_is_connected_to_again(database: str) -> None:
    writer = Writer(database, retry_s=QUICKLY_S)
    journal = Journal()
    journal.follow(writer.add)
    journal.append(change(1))
    wait(lambda: writer.written == 1)
    engine = create_engine(place_of(database).url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where pid <> pg_backend_pid() and backend_type = 'client backend'"
            )
        )
    engine.dispose()
    for seq in range(2, 200):
        journal.append(change(seq))
    writer.close()
    assert store.verify(database) == 199


def test_a_commit_whose_answer_was_lost_is_not_written_twice(tmp_path: Path) -> None:
    place = tmp_path / "journal.sqlite"
    first = Writer(place)
    for seq in (1, 2, 3):
        first.add(change(seq))
    first.close()
    # A writer that has not heard of that commit has the same changes to write still.
    again = Writer(place, retry_s=QUICKLY_S)
    for seq in (1, 2, 3, 4):
        again.add(change(seq))
    again.close()
    assert store.verify(place) == 4


def test_what_is_not_ours_is_not_gone_on_with(tmp_path: Path) -> None:
    place = tmp_path / "journal.sqlite"
    first = Writer(place)
    first.add(change(1, 111.0))
    first.close()
    other = Writer(place, retry_s=QUICKLY_S, patience_s=0.0)
    other.add(change(1, 99.0))
    other.add(change(2, 98.0))
    with pytest.raises(JournalError, match="somebody else writes it"):
        other.close()


@pytest.mark.wall_time
async def test_a_journal_knows_how_far_it_is_secured(tmp_path: Path) -> None:
    journal = Journal()
    assert journal.secured == 0
    journal.append(change(1))
    assert journal.secured == 1  # nobody writes: all there is
    writer = Writer(tmp_path / "journal.sqlite", after=0)
    journal = Journal()
    heard: list[int] = []
    journal.follow_secured(heard.append)
    writer.follow(journal)
    journal.append(change(1))
    journal.append(change(2))
    assert journal.secured == 0
    done = asyncio.Event()
    journal.follow_secured(lambda upto: done.set() if upto == 2 else None)
    async with asyncio.timeout(5):
        await done.wait()
    assert heard[-1] == 2
    writer.close()
