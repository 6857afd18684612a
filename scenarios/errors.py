"""What can go wrong around a run; the command line turns each into an exit code.

* ScenarioError
  - ScenarioFileError      a scenario file says something that cannot be: file, line, entry, way out
  - UnknownScenarioError   no scenario of that name, and no such file
  - RunFolderError         a folder that is not a run, or whose files are broken
  - UnknownAlertError      the run shows no such alert
  - PlansError             a plan folder that is not there
  - DeviceError            a real device or a recording does not fit the scenario
  - ReportError            a report of another system that cannot be read
  - AuthoringError         a scenario cannot be begun, changed or saved like this
  - LanguageError          a language that reports do not have
  - SurroundingsError      a port, a package or a folder is not as it must be
"""

from collections.abc import Iterable, Sequence
from typing import Self

from environment.errors import did_you_mean


class ScenarioError(Exception):
    """Anything that a run has to say no to; `code` is stable, `exit_code` is the shell's."""

    code = "scenario_error"
    exit_code = 3


class Problem(str):
    """One line of text, `file:line: entry: what`, that knows where in the file it points."""

    place: tuple[str | int, ...]
    line: int

    def __new__(cls, text: str, place: tuple[str | int, ...] = (), line: int = 1) -> Self:
        """The text with its place (`("event", 3, "at")`) and its line."""
        one = super().__new__(cls, text)
        one.place, one.line = place, line
        return one


class ScenarioFileError(ScenarioError):
    """All that is wrong with one file, one line of text for each."""

    code = "scenario_file"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class UnknownScenarioError(ScenarioError):
    """No scenario of that name."""

    code = "unknown_scenario"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(
            f"No scenario '{name}', and no such file.{did_you_mean(name, known)} "
            "`traumatwin list` shows them; `traumatwin new scenario` begins one."
        )


class UnknownBranchError(ScenarioError):
    """A scenario has no branch of that name."""

    code = "unknown_branch"

    def __init__(self, name: str, where: str, known: Iterable[str]) -> None:
        hint = did_you_mean(name, known) or " It has no branches."
        super().__init__(f"{where}: no branch '{name}'.{hint}")


class RunFolderError(ScenarioError):
    """A folder that does not hold a run."""

    code = "run_folder"


class UnknownAlertError(ScenarioError):
    """The run shows no such alert."""

    code = "unknown_alert"


class PlansError(ScenarioError):
    """A plan folder that is not there, or holds no plans."""

    code = "plans"


class DeviceError(ScenarioError):
    """A real device, or a recording of one, that does not fit the scenario."""

    code = "device"


class ReportError(ScenarioError):
    """A report of another system that cannot be read."""

    code = "report"


class AuthoringError(ScenarioError):
    """A scenario that cannot be begun, changed or saved like this."""

    code = "authoring"


class LanguageError(ScenarioError):
    """A language that reports do not have."""

    code = "language"


class SurroundingsError(ScenarioError):
    """The machine is not ready: a port, a package, a folder that cannot be written."""

    code = "surroundings"
    exit_code = 4
