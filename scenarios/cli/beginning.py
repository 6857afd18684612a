"""`new`: begin a file that passes the checks at once."""

from pathlib import Path
from typing import Annotated

import typer

from scenarios.cli.conventions import EPILOG, translated

new = typer.Typer(
    help="Begin something new: a file that passes the checks and runs at once.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def scenario(
    name: Annotated[str, typer.Argument(help="What the file is called, without .toml.")],
    like: Annotated[
        str, typer.Option(metavar="SCENARIO", help="Begin with this scenario's text.")
    ] = "",
    title: Annotated[str, typer.Option(help="Its title; else made of the name.")] = "",
    into: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write it.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Write over a file of that name.")] = False,
) -> None:
    """Begin a scenario: NAME.toml, short and commented, which runs with its expectations met."""
    from scenarios.authoring.blank import begun, write

    text = begun(name, title=title, like=like)
    file = into / f"{name}.toml"
    write(text, file, force=force)
    typer.echo(str(file))
    typer.echo(
        f"Change it in a text editor or with `traumatwin edit {file}`;\n"
        f"`traumatwin check {file}` says what is wrong, `traumatwin run {file}` plays it.",
        err=True,
    )


new.command("scenario", epilog=EPILOG)(translated(scenario))
