"""The journal on disk: SQLite beside a run by default, PostgreSQL by URL, read and written alike.

A finished run is written in one transaction and a file holds nothing but its changes, so that the
same journal gives the same bytes. A live one is written while it grows, by a
`Writer`.
"""

import json
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import delete, func, insert, inspect, select
from sqlalchemy.engine import Connection

from environment.errors import JournalError
from environment.model.change import JSON, Change, canonical, change_from_row
from environment.runtime.journal import Journal, verify_chain
from environment.store.place import SHARED, Place, place_of, runs_in, the_run

#: Changes that one `insert` carries at most.
BATCH = 5000
Target = str | Path | Place


def row_of(change: Change, digest: str, run: str = "") -> dict[str, JSON]:
    """A change as a row of its table."""
    row = {
        "seq": change.seq,
        "twin": change.twin,
        "kind": change.kind,
        "name": change.name,
        "value": canonical(change.value),
        "effective": change.effective,
        "recorded": change.recorded,
        "source": change.source,
        "quality": change.quality,
        "by": change.by,
        "cause": canonical(change.cause),
        "hash": digest,
    }
    if run:
        row["run"] = run
    return row


def insert_rows(connection: Connection, place: Place, rows: Sequence[dict[str, JSON]]) -> None:
    """Add rows, in batches."""
    # Compiled once and handed to the driver as it is: half the time of one `execute` per batch.
    statement = insert(place.table).compile(dialect=connection.dialect)
    names = statement.positiontup
    for first in range(0, len(rows), BATCH):
        batch = rows[first : first + BATCH]
        values = [tuple(row[n] for n in names) for row in batch] if names else list(batch)
        connection.exec_driver_sql(str(statement), values)


def write(journal: Journal, target: Target) -> None:
    """Write a finished journal in one transaction; what was there before is replaced."""
    place = place_of(target)
    if place.path is not None:
        place.path.unlink(missing_ok=True)
    elif not place.run:
        place = place.named(journal.name)
    with place.engine() as engine:
        rows = [row_of(c, h, place.run) for c, h in zip(journal, journal.hashes(), strict=True)]
        with engine.begin() as connection:
            place.table.metadata.create_all(connection)
            if place.path is None:
                connection.execute(delete(SHARED).where(SHARED.c.run == place.run))
            insert_rows(connection, place, rows)


def read(target: Target, *, name: str = "journal", verify: bool = True) -> Journal:
    """The journal that was written there; an altered one is refused unless `verify` is off."""
    journal = Journal(name)
    rows = list(_stored(target))
    if verify:
        verify_chain(rows)
        journal.adopt(rows)
        return journal
    for change, _ in rows:
        journal.append(change)
    return journal


def verify(target: Target) -> int:
    """Check the hash chain; returns how many changes it holds."""
    with closing(_stored(target)) as rows:
        return verify_chain(rows)


def runs(target: Target) -> dict[str, int]:
    """The runs that a database holds, with how many changes each."""
    with place_of(target).engine() as engine, engine.connect() as connection:
        names = runs_in(connection)
        if not names:
            return {}
        counts = select(SHARED.c.run, func.count()).group_by(SHARED.c.run)
        found = {str(run): int(count) for run, count in connection.execute(counts)}
        return {name: found[name] for name in names}


def forget(target: Target) -> int:
    """Delete the journal of a run from a database; returns how many changes that were."""
    place = place_of(target)
    with place.engine() as engine, engine.begin() as connection:
        run = the_run(place, connection)
        return connection.execute(delete(SHARED).where(SHARED.c.run == run)).rowcount


def _stored(target: Target) -> Generator[tuple[Change, str]]:
    place = place_of(target)
    if place.path is not None and not place.path.is_file():
        raise JournalError(f"No journal at {place.path}.")
    with place.engine() as engine, engine.connect() as connection:
        table = place.table
        if not inspect(connection).has_table(table.name):
            raise JournalError(f"{place.name} is a database, but holds no journal.")
        columns = [c for c in table.columns if c.name != "run"]
        rows = select(*columns).order_by(table.c.seq)
        if place.path is None:
            run = the_run(place, connection)
            rows = rows.where(table.c.run == run)
            place = place.named(run)
        is_empty = True
        for row in connection.execute(rows):
            is_empty = False
            fields = list(row)
            fields[4], fields[10] = json.loads(fields[4]), json.loads(fields[10])
            yield change_from_row(fields), fields[11]
        if is_empty and place.path is None:
            known = ", ".join(runs_in(connection)[-5:]) or "none"
            raise JournalError(f"{place.name}: there is no such run. Known: {known}.")
