"""A scenario to begin with: a short one that runs, or one of the library under a new name."""

import json
import re
from pathlib import Path

from scenarios.authoring.layout import Layout
from scenarios.errors import AuthoringError
from scenarios.reading import names, parse, path_of

NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}")
BLANK = Path(__file__).parent / "blank.toml"


def begun(name: str, *, title: str = "", like: str = "") -> str:
    """The text of a new scenario; that of a library scenario under this name with `like`."""
    check_name(name)
    source = path_of(like) if like else BLANK
    layout = Layout(source.read_text("utf-8"))
    before = parse(layout.text).title
    words = title or (f"{before} ({name})" if like else in_words(name))
    layout.put(("id",), name)
    layout.put(("title",), words)
    for language, said in dict(layout.data.get("translation", {})).items():
        layout.drop(("translation", language, before))
        if before in said and not title:
            layout.put(("translation", language, words), f"{said[before]} ({name})")
    if like:
        layout = Layout(f"# Begun as a copy of '{like}'.\n" + layout.text)
    return layout.text


def check_name(name: str) -> None:
    """Refuse a name that could not be a file's, or that the library has."""
    if not NAME.fullmatch(name):
        suggestion = re.sub(r"[^a-z0-9_-]+", "_", name.lower()).strip("_-0123456789") or "case"
        suggestion = f"my_{suggestion}" if suggestion in (*names(), "case") else suggestion
        raise AuthoringError(
            f"{json.dumps(name)} cannot be a scenario's name: a small letter, then small letters, "
            f"digits, _ and -. Try '{suggestion}'."
        )
    if name in names():
        raise AuthoringError(
            f"'{name}' is a scenario of the library, which `traumatwin run {name}` would play "
            f"instead. Take another name; --like {name} begins with its text."
        )


def in_words(name: str) -> str:
    """A title for a name: `fall_from_roof` is "Fall from roof"."""
    return name.replace("_", " ").replace("-", " ").capitalize()


def write(text: str, file: Path, *, force: bool = False) -> None:
    """Write a new file; one that is there stays, unless forced."""
    try:
        if not file.parent.is_dir():
            file.parent.mkdir(parents=True)
    except OSError as wrong:
        raise AuthoringError(
            f"{file.parent} cannot be made: {wrong.strerror}. Choose another folder with --into."
        ) from wrong
    try:
        with file.open("w" if force else "x", encoding="utf-8", newline="") as out:
            out.write(text)
    except FileExistsError:
        raise AuthoringError(
            f"{file} is there already. Take another name, another folder with --into, or "
            "--force to write over it."
        ) from None
    except OSError as wrong:
        raise AuthoringError(
            f"{file} cannot be written: {wrong.strerror}. Choose another folder with --into."
        ) from wrong
