import sqlite3
from pathlib import Path

import pytest
import structlog

from environment.errors import JournalError
from environment.model.change import Change
from environment.runtime.journal import Journal
from environment.store import journal as store
from environment.store.writer import Writer


@pytest.fixture(autouse=True)
def words_as_at_first() -> None:
    """Commands of other tests have told the log where to write: it is closed by now."""
    structlog.reset_defaults()


def change(seq: int, value: object = 82.0, cause: int | tuple[str, int] | None = None) -> Change:
    return Change(
        seq=seq,
        twin="patient",
        kind="property",
        name="sbp",
        value=value,
        effective=seq - 0.1,
        recorded=float(seq),
        source="monitor",
        quality="good",
        by="monitor",
        cause=cause,
    )


def some_journal(length: int = 50) -> Journal:
    journal = Journal()
    journal.append(change(1, {"b": [1, 2.5, None], "a": "Ünit"}))
    journal.append(change(2, None, ("elsewhere", 3)))
    for seq in range(3, length + 1):
        journal.append(change(seq, 100.0 - seq, seq - 1))
    return journal


def test_a_journal_comes_back_from_disk_as_it_was(tmp_path: Path) -> None:
    journal = some_journal()
    store.write(journal, tmp_path / "journal.sqlite")
    back = store.read(tmp_path / "journal.sqlite")
    assert list(back) == list(journal)
    assert back.hashes() == journal.hashes()
    assert store.verify(tmp_path / "journal.sqlite") == 50


def test_the_same_journal_gives_the_same_bytes_and_leaves_one_file(tmp_path: Path) -> None:
    store.write(some_journal(), tmp_path / "one.sqlite")
    store.write(some_journal(30), tmp_path / "two.sqlite")
    store.write(some_journal(), tmp_path / "two.sqlite")
    assert (tmp_path / "one.sqlite").read_bytes() == (tmp_path / "two.sqlite").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.sqlite", "two.sqlite"]


def test_an_edited_value_is_found_and_named(tmp_path: Path) -> None:
    target = tmp_path / "journal.sqlite"
    store.write(some_journal(), target)
    with sqlite3.connect(target) as database:
        database.execute("update change set value = '120.0' where seq = 20")
    database.close()
    with pytest.raises(JournalError, match=r"altered at or before change 20 \(patient.sbp\)"):
        store.read(target)
    assert len(store.read(target, verify=False)) == 50


def test_a_deleted_change_is_found(tmp_path: Path) -> None:
    target = tmp_path / "journal.sqlite"
    store.write(some_journal(), target)
    with sqlite3.connect(target) as database:
        database.execute("delete from change where seq = 7")
    database.close()
    with pytest.raises(JournalError, match="change 7 is missing"):
        store.verify(target)


def test_a_file_that_is_no_journal_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "notes.sqlite").write_text("this is not a database, only some words about one")
    with pytest.raises(JournalError, match=r"notes\.sqlite cannot be read"):
        store.read(tmp_path / "notes.sqlite")
    with pytest.raises(JournalError, match="No journal at"):
        store.read(tmp_path / "absent.sqlite")
    sqlite3.connect(tmp_path / "empty.sqlite").close()
    (tmp_path / "empty.sqlite").touch()
    with pytest.raises(JournalError, match="holds no journal"):
        store.read(tmp_path / "empty.sqlite")


def test_a_live_journal_is_written_while_it_grows(tmp_path: Path) -> None:
    journal = Journal()
    writer = Writer(tmp_path / "live.sqlite")
    journal.follow(writer.add)
    for seq in range(1, 12001):
        journal.append(change(seq))
    writer.close()
    assert writer.written == 12000
    back = store.read(tmp_path / "live.sqlite")
    assert back.hashes() == journal.hashes()


def test_a_live_journal_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "no" / "such" / "folder.sqlite", patience_s=0.0)
    writer.add(change(1))
    with pytest.raises(JournalError, match="could not be written"):
        writer.close()
