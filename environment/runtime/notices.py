"""Who is told what happened, and because of what it happened."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from environment.model.change import Cause, Change


@dataclass(frozen=True, slots=True)
class Notice:
    """A change as a watcher of `twin` sees it; `change.twin` is where it was observed.

    `now` is false when the change does not alter the state (a late fact about the past).
    """

    twin: str
    change: Change
    now: bool = True


Watcher = Callable[[Notice], None]

_because: ContextVar[tuple[str, Cause | None]] = ContextVar("because", default=("", None))


@contextmanager
def because(by: str, cause: Change | Cause | None) -> Iterator[None]:
    """Whatever is asked of the world inside carries this author and this cause."""
    token = _because.set((by, cause.seq if isinstance(cause, Change) else cause))
    try:
        yield
    finally:
        _because.reset(token)


def current_cause() -> tuple[str, Cause | None]:
    """Author and cause of what is being done now."""
    return _because.get()
