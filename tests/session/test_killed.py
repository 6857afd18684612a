"""Kill -9 in the middle of a live case, ten times: it goes on, and nothing told is lost."""

from pathlib import Path
from random import Random

import pytest
from sqlalchemy import create_engine, text

from environment.runtime.journal import Journal
from environment.store import journal as store
from environment.store.place import place_of
from scenarios.reading import load
from scenarios.runs import journal_of
from scenarios.session import run
from tests.session.killed import Case, ask, short_case

KILLS = 10
ENDS_S = 900.0


def alerts(journal: Journal) -> list[tuple[str, str, str, str]]:
    return [
        (c.twin, c.name, c.value["rule"], c.value.get("priority", ""))
        for c in journal
        if c.kind == "event" and c.name.startswith("alert_")
    ]


@pytest.mark.slow
@pytest.mark.wall_time
def test_a_case_that_is_killed_ten_times_comes_to_the_same_end(tmp_path: Path) -> None:
    path = short_case(tmp_path, ends="15:00")
    chance = Random(4)
    case = Case(tmp_path, "--speed", "40")
    case.start(str(path))
    was_s = 0.0
    moments = sorted(chance.uniform(480.0, ENDS_S - 20.0) for _ in range(KILLS))
    for at_s in moments:
        case.until(max(at_s, was_s + 1.0))
        case.pause(chance.uniform(0.0, 0.2))
        case.kill()
        was_s = case.recorded()
        case.start("--resume", "last")
    assert case.end() in (0, 1)
    assert case.words.count("goes on at") == KILLS
    ask("verify", case.folder.name, "--runs", str(case.root))
    journal = store.read(case.folder / "journal.sqlite")
    resumed = journal.read(twin="central_unit", name="resumed")
    assert len(resumed) == KILLS
    assert alerts(journal) == alerts(run(load(str(path)), seed=7).journal)


@pytest.mark.slow
@pytest.mark.wall_time
def test_a_killed_case_is_taken_up_from_a_database(tmp_path: Path, postgresql: str) -> None:
    path = short_case(tmp_path, ends="05:00")
    case = Case(tmp_path, "--speed", "60", "--journal", postgresql)
    engine = create_engine(place_of(postgresql).url)

    def recorded() -> float:
        names = [r for r in store.runs(postgresql) if r.endswith("-pelvis")]
        if not names:
            return -1.0
        with engine.connect() as connection:
            last = text("select max(recorded) from change where run = :run")
            return float(connection.execute(last, {"run": names[-1]}).scalar() or -1.0)

    case.database = recorded
    case.start(str(path))
    case.until(120.0)
    case.kill()
    case.start("--resume", "last")
    assert case.end() in (0, 1)
    engine.dispose()
    assert not (case.folder / "journal.sqlite").exists()
    ask("verify", case.folder.name, "--runs", str(case.root))
    assert ask("verify", f"{postgresql}?run={case.folder.name}").endswith("none altered.\n")
    journal = store.read(journal_of(case.folder))
    assert len(journal.read(twin="central_unit", name="resumed")) == 1
    assert alerts(journal) == alerts(run(load(str(path)), seed=7).journal)
