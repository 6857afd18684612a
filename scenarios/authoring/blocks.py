"""The blocks of a TOML text: each header with its lines, and what stands above it.

`joined(blocks_of(text)) == text`, whatever the text; a header inside a text or a list is none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scenarios.source import Place, header_place


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One table of a file. The first block has no header; the last may be a comment alone."""

    lead: str  # blank lines and comments above the header
    header: str  # with its comment
    body: str  # from the first key to the last
    place: Place


def joined(blocks: Sequence[Block]) -> str:
    """The text that the blocks are."""
    return "".join(b.lead + b.header + b.body for b in blocks)


def blocks_of(text: str) -> list[Block]:
    """The blocks of a text, in its order."""
    lines = _lines(text)
    inside = list(_goes_on(lines))
    heads = [i for i, line in enumerate(lines) if not inside[i] and line.lstrip().startswith("[")]
    counts: dict[Place, int] = {}
    found: list[Block] = []
    for start, end in zip([-1, *heads], [*heads, len(lines)], strict=True):
        place: Place = () if start < 0 else header_place(lines[start], counts)
        below = lines[start + 1 : end]
        last = len(below)  # behind the last line that says something
        while last and _is_mute(below[last - 1]) and not inside[start + last]:
            last -= 1
        found.append(
            Block(
                lead="",
                header="" if start < 0 else lines[start],
                body="".join(below[:last]),
                place=place,
            )
        )
        found.append(Block(lead="".join(below[last:]), header="", body="", place=("",)))
    return list(_led(found))


def _led(found: Sequence[Block]) -> Iterator[Block]:
    """Each block with the lead that was found before it."""
    lead = ""
    for block in found:
        if block.place == ("",):
            lead = block.lead
        else:
            yield Block(lead=lead, header=block.header, body=block.body, place=block.place)
            lead = ""
    if lead:
        yield Block(lead=lead, header="", body="", place=("",))


def _lines(text: str) -> list[str]:
    """Lines with their ends; unlike `splitlines` only where TOML ends one."""
    *whole, rest = text.split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])


def _is_mute(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _goes_on(lines: Sequence[str]) -> Iterator[bool]:
    """For each line whether a text or a list of an earlier line goes on in it."""
    quotes, depth = "", 0
    for line in lines:
        yield bool(quotes) or depth > 0
        is_head = not quotes and depth == 0 and line.lstrip().startswith("[")
        at = 0
        while at < len(line):
            if quotes:
                if line[at] == "\\" and quotes[0] == '"':
                    at += 2
                elif line.startswith(quotes, at):
                    at += len(quotes)
                    while len(quotes) == 3 and line.startswith(quotes[0], at):
                        at += 1  # up to two quotes more may end a long text
                    quotes = ""
                else:
                    at += 1
                continue
            sign = line[at]
            if sign == "#":
                break
            if sign in "\"'":
                quotes = sign * 3 if line.startswith(sign * 3, at) else sign
                at += len(quotes)
                continue
            if not is_head:
                depth += (sign in "[{") - (sign in "]}")
            at += 1
        if len(quotes) == 1:
            quotes = ""  # it must end on its line
