"""What is said when a text cannot be read: where, what was expected, and the way out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from agents.errors import PlanSyntaxError, did_you_mean

_KEYWORDS = ("if", "elif", "else", "while", "for", "not", "div", "mod", "true", "false")
_WORDS = {
    "_END": "'.'",
    "_UNTIL": "'<:'",
    "_SUBPLANS": "'{'",
    "NAME": "a name",
    "VAR": "a variable",
    "NUMBER": "a number",
    "STRING": "a string",
    "SIGN": "'+' or '-'",
    "GOAL": "'!' or '?'",
    "STEP_OP": "'-+'",
    "RELATION": "a comparison",
    "PRODUCT_OP": "'*' or '/'",
    "NOT_SIGN": "'~'",
    "$END": "the end of the text",
}


def complaint(
    text: str,
    file: str,
    *,
    line: int,
    column: int,
    position: int,
    token: str | None,
    expected: Iterable[str],
    spelled: Callable[[str], str],
) -> PlanSyntaxError:
    """The error for a text; ``token`` is what was found, empty at the end, None if it is none."""
    lines = text.split("\n")
    line, column = max(line, 1), max(column, 1)
    hint = ""
    if token == "":
        found = "the end of the text"
        line, column = len(lines), len(lines[-1]) + 1
    elif token is not None:
        found = f"'{token}'"
        hint = _hint(token, text, position)
    else:
        found = repr(text[position : position + 1])
        rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
        if found == "'\"'":
            hint = " The string does not end on its line."
        elif rest.startswith(".") and len(rest) > 1:
            hint = " Put a blank after the '.' that ends a clause."
    words = {_WORDS.get(name) or spelled(name) for name in expected}
    # What ends or continues a step says most; long lists of operators say little.
    known = sorted(words, key=lambda w: (len(w) > 4 and w[0] == "'", w))
    listed = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
    what = f"found {found}, expected {listed}.{hint}" if known else f"found {found}.{hint}"
    return PlanSyntaxError(what, file=file, line=line, column=column, expected=known)


def _hint(token: str, text: str, position: int) -> str:
    if token.startswith(".") and position and not text[position - 1].isspace():
        return " Put a blank after the '.' that ends a clause."
    before = re.findall(r"[A-Za-z_]+", text[:position])[-1:]
    if token in ("(", "{") and before:
        return did_you_mean(before[0], _KEYWORDS) if before[0] not in _KEYWORDS else ""
    if token[:1].isupper() or token[:1].islower() or token[:1] in "@+-!":
        return " A ';' or '.' may be missing before it."
    return ""
