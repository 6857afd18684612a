"""The command line. Results on standard output, everything else on standard error.

Exit codes: 0 done; 1 expectations not met; 2 wrong usage; 3 a file or a name is wrong; 4 the
surroundings are not ready; 70 a defect of ours; 130 interrupted. Heavy libraries are imported
inside the commands.
"""

from collections.abc import Callable

import typer

from scenarios.cli import (
    archive,
    authoring,
    beginning,
    finished,
    importing,
    live,
    machine,
    running,
    serving,
)
from scenarios.cli.conventions import EPILOG, translated

app = typer.Typer(
    name="traumatwin",
    help="Digital twins of trauma care, and agents that work with them. "
    "For training and research, not for the care of patients.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS: dict[str, Callable[..., None]] = {
    "run": running.run,
    "list": authoring.list_,
    "check": authoring.check,
    "edit": authoring.edit,
    "actions": authoring.actions,
    "report": finished.report,
    "debrief": finished.debrief,
    "why": finished.why,
    "verify": finished.verify,
    "runs": archive.runs,
    "prune": archive.prune,
    "export": archive.export,
    "import": importing.import_,
    "serve": live.serve,
    "monitor": live.monitor,
    "world": serving.world,
    "agents": serving.agents,
    "token": serving.token,
    "doctor": machine.doctor,
}
for name, command in COMMANDS.items():
    app.command(name, epilog=EPILOG)(translated(command))
app.add_typer(beginning.new, name="new")
