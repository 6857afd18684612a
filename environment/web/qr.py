"""QR codes of links: for a terminal, and as the path of an SVG picture."""

from io import StringIO

import segno

from environment.model.change import JSON

#: Light modules around a code (ISO/IEC 18004, 9.1: four on each side).
QUIET = 4


def in_terminal(text: str) -> str:
    """The code in half blocks, two modules high each."""
    out = StringIO()
    segno.make(text, micro=False).terminal(out, compact=True, border=2)
    return out.getvalue()


def drawn(text: str) -> dict[str, JSON]:
    """The code as an SVG path in a square of `size` modules, quiet zone included."""
    rows = segno.make(text, micro=False).matrix
    path = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return {"size": len(rows) + 2 * QUIET, "path": path}
