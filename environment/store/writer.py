"""Writes a journal while it grows: one thread, one transaction for whatever has come meanwhile.

What cannot be written is kept and tried again: the run goes on, its journal is in memory. The
journal knows how far it is secured, so that nobody outside is told what could still be lost.
"""

import asyncio
import queue
import threading
from collections.abc import Callable

import structlog
from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from environment.errors import JournalError
from environment.model.change import JSON, Change
from environment.runtime.journal import GENESIS, Journal, chain_hash
from environment.store.journal import Target, insert_rows, row_of
from environment.store.place import Place, place_of, reason

log = structlog.get_logger()

#: Seconds between attempts to write what could not be written (engineering default).
RETRY_S = 1.0
#: Seconds that the end of a run waits for a database that is away (engineering default).
PATIENCE_S = 5.0


class Writer:
    """Writes what is added; `close` writes the rest and waits.

    `after` and `digest` say which change, with which hash, is the last one there. `secured` is
    told, in the writer's thread, up to which change all is written; None while it cannot be.
    """

    def __init__(
        self,
        target: Target,
        *,
        after: int = 0,
        digest: str = GENESIS,
        secured: Callable[[int | None], None] | None = None,
        patience_s: float | None = None,
        retry_s: float = RETRY_S,
    ) -> None:
        self._place = place_of(target)
        with self._place.engine() as engine:
            self._engine = engine
        self._connection: Connection | None = None
        self._digest, self._last = digest, after
        self._there = after, digest  # the last change that is written, and its hash
        self._secured = secured
        self._patience_s = PATIENCE_S if patience_s is None else patience_s
        self._retry_s = retry_s
        self._queue: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._failure = ""
        self._pending: list[dict[str, JSON]] = []
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._thread.start()

    @property
    def written(self) -> int:
        """The last seq on disk."""
        return self._there[0]

    @property
    def failure(self) -> str:
        """Why it cannot be written now; empty when all is well."""
        return self._failure

    def follow(self, journal: Journal) -> None:
        """Write what is appended from now on; the journal is told how far it is secured.

        Call it in the event loop that appends.
        """
        loop = asyncio.get_running_loop()
        journal.secure(len(journal))

        def secured(upto: int | None) -> None:
            try:
                loop.call_soon_threadsafe(journal.secure, upto)
            except RuntimeError:
                return  # the run is over; nobody waits any more

        self._secured = secured
        journal.follow(self.add)

    def add(self, change: Change) -> None:
        """Take one change; costs a queue entry."""
        self._queue.put(change)

    def close(self) -> None:
        """Write what is left; raises when that cannot be done within the writer's patience."""
        self._closing.set()
        self._queue.put(None)
        self._thread.join()
        if self._failure:
            raise JournalError(
                f"The journal at {self._place.name} could not be written: {self._failure}. "
                f"{len(self._pending)} changes are missing there."
            )

    # -- in the thread -----------------------------------------------------------------------

    def _run(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._gather()
            if not self._try() and not is_last:
                self._closing.wait(self._retry_s)
        waited_s = 0.0
        while self._pending and waited_s < self._patience_s:
            threading.Event().wait(self._retry_s)
            waited_s += self._retry_s
            self._try()
        self._disconnect()

    def _gather(self) -> bool:
        """Take what has come; whether nothing more will come."""
        try:
            change = self._queue.get(timeout=self._retry_s if self._pending else None)
            while change is not None:
                self._digest = chain_hash(self._digest, change)
                self._last = change.seq
                self._pending.append(row_of(change, self._digest, self._place.run))
                change = self._queue.get_nowait()
        except queue.Empty:
            return False
        return True

    def _try(self) -> bool:
        """Write what is there; whether that is all."""
        if not self._pending:
            return True
        try:
            if self._connection is None:
                self._connection = self._connect()
            with self._connection.begin():
                insert_rows(self._connection, self._place, self._pending)
        except (SQLAlchemyError, JournalError) as wrong:
            self._disconnect()
            if not self._failure:
                log.warning("journal_not_written", at=self._place.name, why=reason(wrong))
                self._tell(None)
            self._failure = reason(wrong)
            return False
        self._there = self._last, self._digest
        self._pending.clear()
        if self._failure:
            log.warning("journal_written_again", at=self._place.name, upto=self.written)
            self._failure = ""
        self._tell(self.written)
        return True

    def _tell(self, upto: int | None) -> None:
        if self._secured is not None:
            self._secured(upto)

    def _connect(self) -> Connection:
        connection = self._engine.connect()
        try:
            self._go_on(*prepare(connection, self._place))
        except BaseException:
            connection.close()
            raise
        return connection

    def _go_on(self, last: int, digest: str) -> None:
        """Leave out what is there already; complain when somebody else has written."""
        # A commit may have been done although its answer was lost.
        ours = {row["seq"]: row["hash"] for row in self._pending} | dict([self._there])
        if last < self.written or ours.get(last) != digest:
            raise JournalError(
                f"The journal at {self._place.name} ends at change {last}, "
                f"not at {self.written}: somebody else writes it."
            )
        self._pending = [row for row in self._pending if row["seq"] > last]

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def prepare(connection: Connection, place: Place) -> tuple[int, str]:
    """Make a place ready for a journal; returns the last seq that is there, and its hash.

    In a database that many use, the run is ours until the connection ends.
    """
    if place.path is not None:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
    elif connection.dialect.name == "postgresql":
        lock = select(func.pg_try_advisory_lock(func.hashtext(place.run)))
        if not connection.execute(lock).scalar():
            raise JournalError(f"Another process writes the journal at {place.name}.")
    table = place.table
    table.metadata.create_all(connection)
    last = select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)
    if place.path is None:
        last = last.where(table.c.run == place.run)
    found = connection.execute(last).first()
    connection.commit()
    return (0, GENESIS) if found is None else (int(found[0]), str(found[1]))


def check(target: Target, *, after: int = 0) -> None:
    """Say at once when a journal that ends at `after` cannot be written there."""
    place = place_of(target)
    with place.engine() as engine, engine.connect() as connection:
        last, _ = prepare(connection, place)
    if last != after:
        raise JournalError(
            f"The journal at {place.name} holds {last} changes already. "
            "Name another run, or take this one up with --resume."
        )
