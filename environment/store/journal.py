"""The journal on disk: SQLite beside a run by default, any database that SQLAlchemy knows by URL.

A finished run is written in one transaction and holds nothing but its changes, so that the same
journal gives the same bytes. A live one is written in batches, by one thread.
"""

import json
import queue
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import (
    Column,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    insert,
    inspect,
    select,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from environment.errors import JournalError
from environment.model.change import JSON, Change, canonical, change_from_row
from environment.runtime.journal import GENESIS, Journal, chain_hash, verify_chain

#: Changes that one `insert` carries at most.
BATCH = 5000
_META = MetaData()
CHANGES = Table(
    "change",
    _META,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("twin", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),  # canonical JSON
    Column("effective", Float(53), nullable=False),
    Column("recorded", Float(53), nullable=False),
    Column("source", Text, nullable=False),
    Column("quality", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("cause", Text, nullable=False),  # canonical JSON: null, a seq, or [journal, seq]
    Column("hash", String(64), nullable=False),
)


def url_of(target: str | Path) -> str:
    """A database URL; a path means a SQLite file."""
    text = str(target)
    return text if "://" in text else f"sqlite:///{text}"


def _row(change: Change, digest: str) -> dict[str, JSON]:
    return {
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


def _insert(connection: Connection, rows: Sequence[dict[str, JSON]]) -> None:
    # Compiled once and handed to the driver as it is: half the time of one `execute` per batch.
    statement = insert(CHANGES).compile(dialect=connection.dialect)
    names = statement.positiontup
    for first in range(0, len(rows), BATCH):
        batch = rows[first : first + BATCH]
        values = [tuple(row[n] for n in names) for row in batch] if names else list(batch)
        connection.exec_driver_sql(str(statement), values)


def write(journal: Journal, target: str | Path) -> None:
    """Write a finished journal in one transaction; what was there before is replaced."""
    url = url_of(target)
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).unlink(missing_ok=True)
    engine = create_engine(url)
    try:
        rows = [_row(c, h) for c, h in zip(journal, journal.hashes(), strict=True)]
        with engine.begin() as connection:
            _META.drop_all(connection)
            _META.create_all(connection)
            _insert(connection, rows)
    finally:
        engine.dispose()


def read(target: str | Path, *, name: str = "journal", verify: bool = True) -> Journal:
    """The journal that was written there; an altered one is refused unless `verify` is off."""
    journal = Journal(name)
    for change, _ in _checked(target) if verify else _stored(target):
        journal.append(change)
    return journal


def verify(target: str | Path) -> int:
    """Check the hash chain; returns how many changes it holds."""
    return verify_chain(_stored(target))


def _checked(target: str | Path) -> Iterator[tuple[Change, str]]:
    rows = list(_stored(target))
    verify_chain(rows)
    yield from rows


def _stored(target: str | Path) -> Iterator[tuple[Change, str]]:
    url = url_of(target)
    path = url.removeprefix("sqlite:///")
    if url.startswith("sqlite:///") and not Path(path).is_file():
        raise JournalError(f"No journal at {path}.")
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(CHANGES.name):
                raise JournalError(f"{target} is a database, but holds no journal.")
            for row in connection.execute(select(CHANGES).order_by(CHANGES.c.seq)):
                fields = list(row)
                fields[4], fields[10] = json.loads(fields[4]), json.loads(fields[10])
                yield change_from_row(fields), fields[11]
    except (DatabaseError, ValueError) as wrong:
        reason = str(wrong).splitlines()[0]
        raise JournalError(f"The journal at {target} cannot be read: {reason}") from wrong
    finally:
        engine.dispose()


class Writer:
    """Writes a journal while it grows: one thread, one insert for whatever has come meanwhile.

    Follow a journal with it (`journal.follow(writer.add)`); `close` writes the rest and waits.
    """

    def __init__(self, target: str | Path) -> None:
        self._url = url_of(target)
        self._queue: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
        self._failure: BaseException | None = None
        self._written = 0
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._thread.start()

    @property
    def written(self) -> int:
        """The last seq on disk."""
        return self._written

    def add(self, change: Change) -> None:
        """Take one change; costs a queue entry."""
        if self._failure is not None:
            raise JournalError(f"The journal can no longer be written: {self._failure}.")
        self._queue.put(change)

    def close(self) -> None:
        """Write what is left; raises what went wrong on the way."""
        self._queue.put(None)
        self._thread.join()
        if self._failure is not None:
            raise JournalError(f"The journal could not be written: {self._failure}.")

    def _run(self) -> None:
        engine = create_engine(self._url)
        try:
            self._prepare(engine)
            self._write_all(engine)
        except BaseException as failure:  # told to the caller by `add` and `close`
            self._failure = failure
        finally:
            engine.dispose()

    @staticmethod
    def _prepare(engine: Engine) -> None:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
        with engine.begin() as connection:
            _META.create_all(connection)

    def _write_all(self, engine: Engine) -> None:
        digest, ended = GENESIS, False
        while not ended:
            batch = [self._queue.get()]
            while batch[-1] is not None and len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get())
            ended = batch[-1] is None
            rows = []
            for change in batch:
                if change is not None:
                    digest = chain_hash(digest, change)
                    rows.append(_row(change, digest))
            if rows:
                with engine.begin() as connection:
                    _insert(connection, rows)
                self._written = rows[-1]["seq"]
