"""A scenario's text: its TOML as data, and on which line each part stands.

The standard library's reader does not say where a value came from, so headers and keys are looked
up in the text once more.
"""

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from scenarios.errors import Problem, ScenarioFileError

Place = tuple[str | int, ...]  # where in the data: ("event", 3, "with", "limb")

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_BARE_TIME = re.compile(r"[=\[,]\s*(-?\d{1,4}:\d\d(?::\d\d)?)")
_INNER = re.compile(r"[{,]\s*([A-Za-z0-9_-]+)\s*=")


@dataclass(slots=True)
class Source:
    """The text of one file with its data (`Any`: TOML values) and the lines of its parts."""

    path: str
    text: str
    data: dict[str, Any]
    lines: dict[Place, int] = field(default_factory=dict)

    def line(self, place: Place) -> int:
        """The line of a part, or of the smallest part around it that has one."""
        for length in range(len(place), 0, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return 1


def read_source(text: str, path: str) -> Source:
    """Parse the text; a mistake in its form is told with its line."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        found = re.search(r"\(at line (\d+)", str(wrong))
        line = int(found.group(1)) if found else text.count("\n") + 1
        reason = re.sub(r"\s*\(at .*\)$", "", str(wrong))
        there = text.splitlines()[line - 1 : line]
        bare = _BARE_TIME.search(there[0]) if there else None
        hint = f' A time stands in quotes: "{bare.group(1)}".' if bare else ""
        told = Problem(f"{path}:{line}: this is not TOML: {reason}.{hint}", (), line)
        raise ScenarioFileError([told]) from wrong
    return Source(path, text, data, _lines(text))


def _lines(text: str) -> dict[Place, int]:
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    here: Place = ()
    depth, inside = 0, ""  # brackets of a value that goes on; the quotes of a long text
    for number, line in enumerate(text.splitlines(), start=1):
        if inside:
            if inside in line:
                inside = ""
            continue
        if depth > 0:
            depth += _balance(line)
            continue
        if _HEADER.match(line):
            here = header_place(line, counts)
            found.setdefault(here, number)
            continue
        key = _KEY.match(line)
        if not key:
            continue
        place = (*here, *_parts(key.group(1)))
        for length in range(len(here) + 1, len(place) + 1):
            found.setdefault(place[:length], number)
        rest = line[key.end() :]
        for name in _INNER.findall(rest):
            found.setdefault((*place, name), number)
        inside = _opens_long_text(rest)
        depth = 0 if inside else max(0, _balance(rest))
    return found


def header_place(line: str, counts: dict[Place, int]) -> Place:
    """The place that a header opens; `[[a.b]]` is the next entry of the last `a`.

    `counts` keeps the last entry of each list so far, and is carried from one header to the next.
    """
    header = _HEADER.match(line)
    if header is None:
        return ()
    place: Place = ()
    is_list, parts = header.group(1) == "[[", _parts(header.group(2))
    for index, part in enumerate(parts):
        place = (*place, part)
        if is_list and index == len(parts) - 1:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _parts(name: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(name)]


def _opens_long_text(rest: str) -> str:
    for quotes in ('"""', "'''"):
        if rest.count(quotes) % 2:
            return quotes
    return ""


def _balance(line: str) -> int:
    bare = re.sub(r'"(?:\\.|[^"\\])*"|\'[^\']*\'', "", line).split("#", 1)[0]
    return bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
