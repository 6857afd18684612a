"""The same expectations of a journal in memory, on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine, text

from environment.errors import JournalError
from environment.model.change import Change
from environment.model.twin import Twin
from environment.runtime.journal import Journal
from environment.runtime.states import state_at
from environment.store import journal as store
from environment.store.place import place_of
from environment.store.writer import Writer, check
from environment.twins import kinds


@pytest.fixture(autouse=True)
def words_as_at_first() -> None:
    """Commands of other tests have told the log where to write: it is closed by now."""
    structlog.reset_defaults()


def reading(seq: int, value: float, cause: int | None = None, late_s: float = 0.0) -> Change:
    return Change(
        seq=seq,
        twin="monitor",
        kind="property",
        name="sbp",
        value=value,
        effective=seq * 1.1 - late_s,
        recorded=seq * 1.1,
        source="a wire",
        quality="restated" if late_s else "good",
        by="Ünal",
        cause=cause,
    )


def course() -> Journal:
    """A life, a creation, a pressure that falls, one of long ago told late, what it led to."""
    journal = Journal()
    base = {"effective": 0.0, "recorded": 0.0, "source": "", "quality": "good", "by": "scenario"}
    facts = [("life", "life", "declared"), ("event", "created", {"kind": "monitor", "life": "x"})]
    for kind, name, value in facts:
        row = {"kind": kind, "name": name, "value": value, **base}
        journal.append(Change(seq=journal.next_seq, twin="monitor", **row))  # type: ignore[arg-type]
    for seq, value in ((3, 121.5), (4, 0.1 + 0.2), (5, 82.0)):
        journal.append(reading(seq, value))
    journal.append(reading(6, 99.0, late_s=2.0))
    journal.append(reading(7, 80.0, cause=5))
    return journal


class JournalContract:
    """What anybody may expect of a journal that was kept."""

    @pytest.fixture
    def place(self) -> str | Path:
        raise NotImplementedError  # each journal has its own

    def kept(self, journal: Journal, place: str | Path) -> Journal:
        writer = Writer(place)
        for change in journal:
            writer.add(change)
        writer.close()
        return store.read(place)

    def test_every_change_comes_back_as_it_was(self, place: str | Path) -> None:
        back = self.kept(course(), place)
        assert list(back) == list(course())
        assert back[4].value == 0.1 + 0.2
        assert back[7].by == "Ünal"

    def test_it_reads_by_twin_time_and_number(self, place: str | Path) -> None:
        back = self.kept(course(), place)
        assert [c.seq for c in back.read(twin="monitor", since=4, kind="property")] == [5, 6, 7]
        assert [c.seq for c in back.read(start=4.4, end=5.5)] == [4, 5]
        assert back.read(twin="nobody") == []
        last = back.last("monitor", "sbp")
        assert last is not None
        assert last.seq == 7

    def test_it_answers_why(self, place: str | Path) -> None:
        back = self.kept(course(), place)
        assert [c.seq for c in back.why(back[7])] == [5, 7]

    def test_it_rebuilds_any_state_also_as_it_was_known_then(self, place: str | Path) -> None:
        back = self.kept(course(), place)
        models: dict[str, type[Twin]] = {"monitor": kinds()["monitor"]}
        assert state_at(back, models, "monitor", 4.7).get("sbp") == 99.0
        assert state_at(back, models, "monitor", 4.7, known_at=5.0).get("sbp") == 0.1 + 0.2

    def test_its_chain_holds_and_it_goes_on(self, place: str | Path) -> None:
        back = self.kept(course(), place)
        assert back.hashes() == course().hashes()
        heard: list[int] = []
        back.follow(lambda c: heard.append(c.seq))
        back.append(reading(8, 79.0, cause=7))
        assert heard == [8]
        assert back.verify() == 8
        with pytest.raises(JournalError, match="Expected change 9, got 4"):
            back.append(reading(4, 1.0))


class TestInMemory(JournalContract):
    @pytest.fixture
    def place(self) -> str | Path:
        return ""

    def kept(self, journal: Journal, place: str | Path) -> Journal:
        return journal


class OnDisk(JournalContract):
    """What only a database can show."""

    def alter(self, place: str | Path, statement: str) -> None:
        found = place_of(place)
        engine = create_engine(found.url)
        with engine.begin() as connection:
            where = f"{statement} and run = '{found.run}'" if found.run else statement
            connection.execute(text(where))
        engine.dispose()

    def test_an_altered_value_is_found(self, place: str | Path) -> None:
        self.kept(course(), place)
        assert store.verify(place) == 7
        self.alter(place, "update change set value = '120.0' where seq = 5")
        with pytest.raises(JournalError, match=r"altered at or before change 5 \(monitor.sbp\)"):
            store.verify(place)

    def test_a_missing_change_is_found(self, place: str | Path) -> None:
        self.kept(course(), place)
        self.alter(place, "delete from change where seq = 4")
        with pytest.raises(JournalError, match="change 4 is missing"):
            store.read(place)

    def test_a_writer_goes_on_where_the_last_one_ended(self, place: str | Path) -> None:
        before = self.kept(course(), place)
        writer = Writer(place, after=7, digest=before.hashes()[-1])
        writer.add(reading(8, 79.0, cause=7))
        writer.close()
        assert store.verify(place) == 8

    def test_a_place_that_holds_a_run_is_not_written_over(self, place: str | Path) -> None:
        self.kept(course(), place)
        with pytest.raises(JournalError, match="holds 7 changes already"):
            check(place)
        writer = Writer(place, patience_s=0.0)
        writer.add(reading(1, 1.0))
        with pytest.raises(JournalError, match="somebody else writes it"):
            writer.close()
        assert store.verify(place) == 7

    def test_a_finished_journal_written_whole_replaces_what_was_there(
        self, place: str | Path
    ) -> None:
        store.write(course(), place)
        store.write(course(), place)
        assert store.verify(place) == 7


class TestOnSqlite(OnDisk):
    @pytest.fixture
    def place(self, tmp_path: Path) -> str | Path:
        return tmp_path / "journal.sqlite"


class TestOnPostgresql(OnDisk):
    @pytest.fixture
    def place(self, database: str) -> str | Path:
        return database

    def test_many_runs_share_a_database_and_each_is_read_by_its_name(
        self, place: str | Path
    ) -> None:
        store.write(course(), place)
        found = place_of(place)
        other = f"{place}-other"
        store.write(Journal(), other)
        one = Journal()
        one.append(reading(1, 90.0))
        store.write(one, other)
        assert store.runs(place)[found.run] == 7
        assert store.runs(place)[f"{found.run}-other"] == 1
        whole = str(place).partition("?")[0]
        with pytest.raises(JournalError, match=r"runs: add \?run=NAME"):
            store.read(whole)
        with pytest.raises(JournalError, match="there is no such run"):
            store.read(f"{whole}?run=nobody")
        assert store.forget(other) == 1
        assert f"{found.run}-other" not in store.runs(place)

    def test_two_processes_do_not_write_the_same_run(self, place: str | Path) -> None:
        first = Writer(place)
        first.add(reading(1, 90.0))
        while first.written < 1 and not first.failure:
            pass
        with pytest.raises(JournalError, match="Another process writes"):
            check(place, after=1)
        first.close()
        check(place, after=1)

    def test_a_password_is_never_told(self) -> None:
        target = "postgresql://somebody:secret-word@127.0.0.1:1/x?run=r"
        with pytest.raises(JournalError, match=r"127\.0\.0\.1:1/x") as caught:
            store.read(target)
        assert "secret-word" not in str(caught.value)


def test_a_url_that_no_database_understands_is_refused_with_an_example() -> None:
    with pytest.raises(JournalError, match="postgresql://localhost/trauma"):
        store.read("nosuch://here/there")
