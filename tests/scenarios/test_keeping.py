"""What a live run's folder holds from the start, and who may take it up."""

import json
from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from environment.errors import JournalError
from environment.runtime.journal import Journal
from environment.store import journal as store
from environment.store.place import place_of
from scenarios.cli import app
from scenarios.errors import RunFolderError
from scenarios.keeping import Keeper, Live, kept_in, take_up
from scenarios.reading import load
from scenarios.runs import SUMMARY, journal_of, open_run, write_summary
from tests.environment.store.test_journal import change
from tests.scenarios.stage import Performed, perform

URL_OF_NOBODY = "postgresql://somebody:secret-word@127.0.0.1:1/trauma"


@pytest.fixture(autouse=True)
def words_as_at_first() -> None:
    """Commands of other tests have told the log where to write: it is closed by now."""
    structlog.reset_defaults()


SCENARIO = load("pelvis").model_copy(update={"ends_s": 60.0})


@pytest.fixture(scope="module")
def played() -> Performed:
    return perform(SCENARIO)


async def test_a_live_run_says_from_the_start_how_it_is_played(tmp_path: Path) -> None:
    scenario = load("pelvis", branch="best")
    with kept_in(tmp_path, scenario, 5, live=Live(speed=2.0, plans="/plans")) as keep:
        told = json.loads((keep.folder / "run.json").read_text())
        assert (told["scenario"], told["branch"], told["seed"]) == ("pelvis", "best", 5)
        assert (told["speed"], told["plans"]) == (2.0, "/plans")
        assert (keep.folder / "scenario.toml").read_text() == scenario.origin.text
        with pytest.raises(RunFolderError, match="being played by another process"):
            take_up(keep.folder.name, tmp_path)


async def test_a_run_that_broke_off_is_taken_up_once(tmp_path: Path) -> None:
    with kept_in(tmp_path, load("pelvis"), 5, live=Live(speed=2.0)) as keep:
        journal = Journal()
        assert keep.follow is not None
        keep.follow(journal)
        journal.append(change(1))
    taken = take_up("last", tmp_path)
    assert (len(taken.journal), taken.seed, taken.live.speed) == (1, 5, 2.0)
    with pytest.raises(RunFolderError, match="being played"):
        take_up("last", tmp_path)
    with Keeper.again(taken) as keep:
        assert keep.follow is not None
        keep.follow(taken.journal)
        taken.journal.append(change(2))
    again = take_up("last", tmp_path)
    assert len(again.journal) == 2
    again.lock.close()


async def test_a_run_that_has_ended_or_was_virtual_is_not_taken_up(
    tmp_path: Path, played: Performed
) -> None:
    with kept_in(tmp_path, load("pelvis"), 5) as keep:
        write_summary(keep(played), 1.0)
    with pytest.raises(RunFolderError, match="has come to its end"):
        take_up(keep.folder.name, tmp_path)
    (keep.folder / SUMMARY).unlink()
    with pytest.raises(RunFolderError, match="only live runs can be taken up"):
        take_up(keep.folder.name, tmp_path)
    with pytest.raises(RunFolderError, match=r"no run in .* that was not ended"):
        take_up("last", tmp_path)


async def test_an_altered_journal_is_not_gone_on_with(tmp_path: Path) -> None:
    with kept_in(tmp_path, load("pelvis"), 5, live=Live(speed=2.0)) as keep:
        journal = Journal()
        assert keep.follow is not None
        keep.follow(journal)
        for seq in (1, 2, 3):
            journal.append(change(seq))
    engine = create_engine(f"sqlite:///{keep.folder / 'journal.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("update change set value = '1' where seq = 2"))
    engine.dispose()
    with pytest.raises(JournalError, match="altered at or before change 2"):
        take_up("last", tmp_path)


async def test_a_run_in_a_database_is_read_from_there(
    tmp_path: Path, played: Performed, postgresql: str
) -> None:
    live = Live(speed=1.0, journal=postgresql)
    with kept_in(tmp_path, SCENARIO, 5, live=live) as keep:
        assert keep.follow is not None
        journal = Journal()
        keep.follow(journal)
        for row in played.journal:
            journal.append(row)
        run = keep(played)
        write_summary(run, 1.0)
    assert not (keep.folder / "journal.sqlite").exists()
    assert journal_of(keep.folder).run.startswith(keep.folder.name)
    opened = open_run(keep.folder.name, tmp_path)
    assert list(opened.story.journal) == list(played.journal)


async def test_runs_of_two_machines_in_one_second_have_names_of_their_own(
    tmp_path: Path, postgresql: str
) -> None:
    live = Live(speed=1.0, journal=f"{postgresql}?run=twice")
    for root in ("here", "there"):
        with kept_in(tmp_path / root, SCENARIO, 5, live=live) as keep:
            journal = Journal()
            assert keep.follow is not None
            keep.follow(journal)
            journal.append(change(1))
    found = store.runs(postgresql)
    assert (found["twice"], found["twice-2"]) == (1, 1)


async def test_a_database_that_is_away_at_the_end_takes_nothing_along(
    tmp_path: Path, played: Performed, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("environment.store.writer.PATIENCE_S", 0.0)
    live = Live(speed=1.0, journal=postgresql)
    with kept_in(tmp_path, SCENARIO, 5, live=live) as keep:
        assert keep.follow is not None
        journal = Journal()
        keep.follow(journal)
        engine = create_engine(place_of(postgresql).url)
        with engine.begin() as connection:
            connection.execute(text("drop table change"))
            connection.execute(text("create table change (not_ours int)"))
        for row in played.journal:
            journal.append(row)
        write_summary(keep(played), 1.0)
        with engine.begin() as connection:
            connection.execute(text("drop table change"))
        engine.dispose()
    assert store.verify(keep.folder / "journal.sqlite") == len(played.journal)
    assert journal_of(keep.folder).path is not None


def test_a_database_that_is_not_there_is_said_before_anything_begins(tmp_path: Path) -> None:
    live = Live(speed=1.0, journal=URL_OF_NOBODY)
    with (
        pytest.raises(JournalError, match=r"127\.0\.0\.1:1/trauma") as caught,
        kept_in(tmp_path, load("pelvis"), 5, live=live),
    ):
        raise AssertionError("it began")
    assert "secret-word" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


async def test_a_password_is_not_written_down(tmp_path: Path, postgresql: str) -> None:
    live = Live(speed=1.0, journal=postgresql.replace("test@", "test:secret-word@"))
    with kept_in(tmp_path, SCENARIO, 5, live=live) as keep:
        told = (keep.folder / "run.json").read_text()
        assert "secret-word" not in told
        assert "run=" in told
        assert take_up_place(keep.folder) == journal_of(keep.folder)


def take_up_place(folder: Path) -> object:
    return place_of(json.loads((folder / "run.json").read_text())["journal"])


@pytest.mark.parametrize("command", ["run", "serve", "world"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name a scenario, or a run"),
        (("pelvis", "--resume", "last"), "name a scenario, or a run"),
        (("--resume", "last", "--seed", "4"), "keeps its seed"),
    ],
)
def test_a_run_is_begun_or_taken_up(command: str, words: tuple[str, ...], told: str) -> None:
    result = CliRunner().invoke(app, [command, *words])
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.replace("\u2502", " ").split())


@pytest.mark.parametrize(("apart", "command"), [(True, "run"), (True, "serve"), (False, "world")])
async def test_a_run_is_taken_up_by_the_command_that_played_it(
    tmp_path: Path, apart: bool, command: str
) -> None:
    with kept_in(tmp_path, SCENARIO, 5, live=Live(speed=1.0, apart=apart)) as keep:
        journal = Journal()
        assert keep.follow is not None
        keep.follow(journal)
        journal.append(change(1))
    result = CliRunner().invoke(app, [command, "--resume", "last", "--runs", str(tmp_path)])
    assert result.exit_code == 3
    assert f"traumatwin {'world' if apart else 'run'} --resume" in result.stderr
