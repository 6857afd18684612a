"""What can go wrong in the environment.

* TwinError
  - UnknownTwinError      no twin with that id
  - UnknownMemberError    no such property, operation, event, link or phase
  - BadValueError         wrong type, unit or range
  - RefusedError          a guard said no: which one, what it expected, what it found
  - InvocationFailedError the asset accepted a command and could not carry it out
  - SourceLostError       the device behind the twin is not there
  - JournalError          the journal was changed after it was written, or cannot be read
"""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The way out for an unknown name: the nearest known ones, then all of them if they are few."""
    names = sorted(set(known))
    close = get_close_matches(name, names, n=2, cutoff=0.6)
    hint = f" Did you mean {' or '.join(repr(n) for n in close)}?" if close else ""
    if names and (len(names) <= 20 or not close):
        shown = ", ".join(names[:40]) + (", ..." if len(names) > 40 else "")
        hint += f" Known: {shown}."
    return hint


class TwinError(Exception):
    """Anything that the environment has to say no to; `code` is stable across releases."""

    code = "twin_error"


class UnknownTwinError(TwinError):
    """No twin with that id."""

    code = "unknown_twin"

    def __init__(self, twin: str, known: Iterable[str] = ()) -> None:
        super().__init__(f"No twin '{twin}'.{did_you_mean(twin, known)}")
        self.twin = twin


class UnknownMemberError(TwinError):
    """A twin has no such property, operation, event, link or phase."""

    code = "unknown_member"

    def __init__(self, what: str, name: str, where: str, known: Iterable[str] = ()) -> None:
        super().__init__(f"Unknown {what} '{where}.{name}'.{did_you_mean(name, known)}")
        self.name = name


class BadValueError(TwinError, ValueError):
    """A value of the wrong type, unit or range."""

    code = "bad_value"


class RefusedError(TwinError):
    """A guard said no; its attributes say which, what it expected and what it found, since when."""

    code = "refused"

    def __init__(
        self,
        operation: str,
        guard: str,
        expected: str,
        found: str,
        *,
        since: float | None = None,
        invocation: str = "",
    ) -> None:
        super().__init__(f"{operation} refused by {guard}: expected {expected}, found {found}.")
        self.operation = operation
        self.guard = guard
        self.expected = expected
        self.found = found
        self.since = since
        self.invocation = invocation


class InvocationFailedError(TwinError):
    """The asset could not do what it was asked to do; `reason` is a short word for plans."""

    code = "invocation_failed"

    def __init__(self, message: str, reason: str = "failed") -> None:
        super().__init__(message)
        self.reason = reason


class SourceLostError(TwinError):
    """The device behind the twin went silent, or never came."""

    code = "source_lost"


class JournalError(TwinError):
    """A journal that was altered, or that cannot be read."""

    code = "journal_broken"
