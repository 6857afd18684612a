"""Where a journal is kept: a file of its own (SQLite), or a database that holds many runs by name.

A path means a file. `postgresql://host/name?run=R` means the run `R` of that database; without
`run`, the only one that is there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    inspect,
    select,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from environment.errors import JournalError

#: Drivers that are used where a URL names none.
DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


# `Any` in the columns' types is SQLAlchemy's own.
def _columns() -> list[Column]:  # type: ignore[type-arg]
    return [
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
    ]


#: The changes of one run, in a file of its own.
ALONE = Table(
    "change",
    MetaData(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    *_columns(),
)
#: The changes of many runs, in one database.
SHARED = Table(
    "change",
    MetaData(),
    Column("run", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    *_columns(),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One run's journal: in which database, under which name."""

    url: URL
    run: str = ""

    @property
    def path(self) -> Path | None:
        """The file, if it is one."""
        is_file = self.url.get_backend_name() == "sqlite"
        return Path(self.url.database or "") if is_file else None

    @property
    def table(self) -> Table:
        """The table that holds it."""
        return SHARED if self.path is None else ALONE

    @property
    def name(self) -> str:
        """For people: never with a password in it."""
        if self.path is not None:
            return str(self.path)
        query = {"run": self.run} if self.run else {}
        return self.url.update_query_dict(query).render_as_string(hide_password=True)

    def without_password(self) -> str:
        """The URL, to be written down; the password comes from the surroundings."""
        query = {"run": self.run} if self.run else {}
        known = self.url
        bare = URL.create(
            known.drivername, known.username, None, known.host, known.port, known.database
        )
        return bare.update_query_dict({**known.query, **query}).render_as_string()

    def named(self, run: str) -> "Place":
        """The run of this name where none was named; a file holds one run only."""
        return self if self.path is not None or self.run else replace(self, run=run)

    def beside(self, run: str) -> "Place":
        """Another run in the same database."""
        assert self.path is None
        return replace(self, run=run)

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """The database; what is wrong with it is told as a `JournalError`."""
        try:
            engine = create_engine(self.url, poolclass=NullPool)
        except ModuleNotFoundError as wrong:
            raise JournalError(
                f"The journal at {self.name} needs the package {wrong.name}: "
                "pip install 'traumatwin[machines]'."
            ) from wrong
        try:
            yield engine
        except (SQLAlchemyError, ValueError) as wrong:
            raise JournalError(
                f"The journal at {self.name} cannot be read: {reason(wrong)}"
            ) from wrong
        finally:
            engine.dispose()


def place_of(target: "str | Path | Place") -> Place:
    """The place that a path or a URL means."""
    if isinstance(target, Place):
        return target
    text = str(target)
    if "://" not in text:
        return Place(URL.create("sqlite", database=text))
    try:
        url = make_url(text)
        url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
        url.get_dialect()
        run = url.query.get("run", "")
        return Place(url.difference_update_query(["run"]), str(run))
    except ModuleNotFoundError as wrong:
        raise JournalError(
            f"{url.drivername} needs the package {wrong.name}: pip install 'traumatwin[machines]'."
        ) from wrong
    except (ArgumentError, NoSuchModuleError) as wrong:
        raise JournalError(
            "A journal is kept in a file or in a database such as "
            f"postgresql://localhost/trauma: {reason(wrong)}"
        ) from wrong


def reason(wrong: Exception) -> str:
    """The first line of what a database says."""
    lines = str(getattr(wrong, "orig", None) or wrong).strip().splitlines()
    return lines[0] if lines else type(wrong).__name__


def the_run(place: Place, connection: Connection) -> str:
    """The run that is meant: the named one, else the only one."""
    if place.path is not None or place.run:
        return place.run
    found = runs_in(connection)
    if len(found) == 1:
        return found[0]
    known = ", ".join(found[-5:]) or "none"
    raise JournalError(f"{place.name} holds {len(found)} runs: add ?run=NAME. Known: {known}.")


def runs_in(connection: Connection) -> list[str]:
    """The names of the runs that a database holds, in their order."""
    if not inspect(connection).has_table(SHARED.name):
        return []
    runs = select(SHARED.c.run).where(SHARED.c.seq == 1).order_by(SHARED.c.run)
    return list(connection.execute(runs).scalars())
