"""What can go wrong with agents and their plans.

* AgentError
  - PlanSyntaxError      the text of a plan file cannot be read: where, what was expected
  - ProgramError         the text can be read but not used: a label used twice, an unknown directive
  - UnknownActionError   no action with that name and number of arguments
  - NoServerError        no XMPP server there, or it does not let the agent in
  - AccountsError        the file of XMPP accounts: not there, open to others, an account missing
  - BadTermError         a value that cannot become a term, or a query that is none
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known word, or nothing."""
    near = get_close_matches(word, sorted(set(known)), n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else ""


class AgentError(Exception):
    """Anything that agents raise on purpose."""

    code = "agent"


class PlanSyntaxError(AgentError):
    """The text of a plan file cannot be read."""

    code = "plan_syntax"

    def __init__(
        self, what: str, *, file: str, line: int, column: int, expected: Iterable[str] = ()
    ) -> None:
        self.file = file
        self.line = line
        self.column = column
        self.expected = tuple(sorted(set(expected)))
        super().__init__(f"{file}:{line}:{column}: {what}")


class ProgramError(AgentError):
    """A program that can be read but not used."""

    code = "program"

    def __init__(self, what: str, *, file: str, line: int, column: int = 1) -> None:
        self.file = file
        self.line = line
        self.column = column
        super().__init__(f"{file}:{line}:{column}: {what}")


class UnknownActionError(AgentError):
    """No action with that name and number of arguments."""

    code = "unknown_action"


class BadTermError(AgentError):
    """A value that cannot become a term, or a text that is no term."""

    code = "bad_term"


class NoServerError(AgentError):
    """There is no XMPP server, or it does not let the agent in."""

    code = "no_server"


class AccountsError(AgentError):
    """The agents' accounts on an XMPP server are not as they must be; never shows a password."""

    code = "accounts"
