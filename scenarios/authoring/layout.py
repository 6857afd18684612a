"""A scenario's text in blocks, so that an edit touches what it names and no other byte.

A block is a table's header with the lines below it, and what stands above it: comments that touch
the header belong to it, others to the place. A value is changed inside its block (`values.py`);
blocks are added, copied, moved and taken away as text.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from scenarios.authoring import values
from scenarios.authoring.blocks import Block, blocks_of, joined
from scenarios.authoring.values import found, lines_of
from scenarios.errors import AuthoringError
from scenarios.source import Place

#: In which order the parts of a file stand, when one is the first of its kind.
ORDER = (
    "patient", "blood_bank", "place", "vehicle", "room", "person", "device", "injury", "course",
    "finding", "event", "trigger", "respond", "expect", "branch",
)  # fmt: skip


class Layout:
    """The text of one file, to be edited; `text` is what it is now. It must be TOML."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.data: dict[str, Any] = tomllib.loads(text)  # Any: TOML values
        self.blocks = blocks_of(text)

    # -- values ----------------------------------------------------------------------------

    def put(self, place: Place, value: Any) -> None:
        """Give a value to a key (`Any`: as TOML or JSON has it)."""
        if not place or not isinstance(place[-1], str):
            raise AuthoringError(f"{told(place)}: a value needs the key that it is of.")
        wanted = _dated(place, value)
        self._check(place)
        self._without_tables(place)
        index, inner = self._block_of(place)
        self._rebody(index, values.put(self.blocks[index].body, inner, wanted))
        self._settle()

    def drop(self, place: Place) -> None:
        """Take a key away; without it nothing happens."""
        if not self.has(place):
            return
        self._without_tables(place)
        if self.has(place):
            index, inner = self._block_of(place)
            self._rebody(index, values.drop(self.blocks[index].body, inner))
        self._settle()

    def has(self, place: Place) -> bool:
        """Whether there is something at a place."""
        return found(self.data, place) is not None

    # -- entries of lists ------------------------------------------------------------------

    def add(self, where: Place, entry: dict[str, Any], at: int | None = None) -> None:
        """Put an entry into a list (`event`, or `branch, 0, event`): last, or before another."""
        rows = self._rows(where)
        at = len(rows) if at is None else max(0, min(at, len(rows)))
        if self._is_inline(where):
            self._relist(where, [*rows[:at], entry, *rows[at:]])
            return
        if not rows:
            self.drop(where)  # `event = []` may stand there
        lines = "".join(f"{line}\n" for line in lines_of(entry))
        header = f"[[{'.'.join(p for p in where if isinstance(p, str))}]]\n"
        new = Block(lead="\n", header=header, body=lines, place=())
        if at < len(rows):
            index = self._span((*where, at))[0]
        elif rows:
            index = self._span((*where, at - 1))[1]
        else:
            index = self._first_of(where)
        self._insert(index, [new])

    def copy(self, place: Place) -> None:
        """The same entry once more, behind itself; a name or an id is not given twice."""
        where, at = self._entry(place)
        rows = self._rows(where)
        taken = self.names()
        new = {k: free_name(rows[at][k], taken) for k in ("name", "id") if _is_text(rows[at], k)}
        if self._is_inline(where):
            self._relist(where, [*rows[: at + 1], {**rows[at], **new}, *rows[at + 1 :]])
            return
        first, last = self._span(place)
        head, *tables = self.blocks[first:last]
        self._insert(last, [replace(head, lead=f"\n{_apart(head)[1]}"), *tables])
        for key, name in new.items():
            self.put((*where, at + 1, key), name)

    def remove(self, place: Place) -> None:
        """Take an entry out of its list."""
        where, at = self._entry(place)
        if self._is_inline(where):
            rows = self._rows(where)
            self._relist(where, [*rows[:at], *rows[at + 1 :]])
            return
        self._cut(*self._span(place))
        self._settle()

    def move(self, place: Place, to: int) -> None:
        """Put an entry where another one of its list stands."""
        where, at = self._entry(place)
        rows = self._rows(where)
        order = [i for i in range(len(rows)) if i != at]
        order.insert(max(0, min(to, len(order))), at)
        self._reorder(where, order)

    def sort(self, where: Place, key: Callable[[Any], Any]) -> None:
        """Put the entries of a list in order; those that are equal stay as they stand."""
        rows = self._rows(where)
        self._reorder(where, sorted(range(len(rows)), key=lambda i: key(rows[i])))

    def part(self, name: str) -> str:
        """The text of one list: its entries with what belongs to them."""
        if self._is_inline((name,)):
            return "# These stand on one line. Change them in the text.\n"
        spans = [self._span((name, i)) for i in range(len(self.data.get(name, [])))]
        held = [self.blocks[a:b] for a, b in spans]
        if held:
            held[0] = [replace(held[0][0], lead=_apart(held[0][0])[1]), *held[0][1:]]
        return "".join(joined(entry) for entry in held)

    def put_part(self, name: str, text: str) -> None:
        """Put other entries in the place of a list's; the text holds them, and nothing else."""
        other = set(tomllib.loads(text)) - {name}
        if other:
            raise AuthoringError(f"Only [[{name}]] can stand here, not '{sorted(other)[0]}'.")
        if not self.data.get(name):
            self.drop((name,))
        spans = [self._span((name, i)) for i in range(len(self.data.get(name, [])))]
        index, kept = self._first_of((name,)), "\n"
        if spans:
            index = spans[0][0]
            kept = _apart(self.blocks[index])[0] or kept
        for first, last in reversed(spans):
            del self.blocks[first:last]
        if text.strip():
            new = blocks_of(text.strip("\n") + "\n")
            own = [b for b in new if b.place] if not new[0].body else new
            self._insert(index, [replace(own[0], lead=kept + own[0].lead), *own[1:]])
        else:
            self._settle()

    def names(self) -> set[str]:
        """The names and ids that are taken."""
        lists = [rows for rows in self.data.values() if isinstance(rows, list)]
        for branch in self.data.get("branch", []):
            if isinstance(branch, dict):
                lists += [rows for rows in branch.values() if isinstance(rows, list)]
        rows = [row for rows in lists for row in rows]
        return {row[key] for row in rows for key in ("name", "id") if _is_text(row, key)}

    # -- inside ----------------------------------------------------------------------------

    def _rows(self, where: Place) -> list[Any]:
        rows = found(self.data, where)
        if rows is None:
            return []
        if not isinstance(rows, list):
            raise AuthoringError(f"{told(where)} is no list. Mend it in the text.")
        return rows

    def _entry(self, place: Place) -> tuple[Place, int]:
        where, at = place[:-1], place[-1]
        if not isinstance(at, int) or not 0 <= at < len(self._rows(where)):
            raise AuthoringError(f"There is no entry {told(place)} any more.")
        return where, at

    def _check(self, place: Place) -> None:
        """Each table on the way is there, or may be made."""
        for length in range(1, len(place)):
            there = found(self.data, place[:length])
            is_entry = isinstance(place[length], int)
            if there is None and (is_entry or isinstance(place[length - 1], int)):
                raise AuthoringError(f"There is no entry {told(place[:length])} any more.")
            if there is not None and not isinstance(there, list if is_entry else dict):
                raise AuthoringError(f"{told(place[:length])} is no table. Mend it in the text.")

    def _span(self, place: Place) -> tuple[int, int]:
        """The blocks of an entry: its header and the tables inside it. They stand together."""
        inside = [i for i, b in enumerate(self.blocks) if b.place[: len(place)] == place]
        if not inside or inside != list(range(inside[0], inside[-1] + 1)):
            raise AuthoringError(f"{told(place)} is written in parts. Change it in the text.")
        return inside[0], inside[-1] + 1

    def _is_inline(self, where: Place) -> bool:
        """Whether a list stands as `key = [...]`, not under headers."""
        return bool(self._rows(where)) and not any(
            b.place[: len(where)] == where and len(b.place) > len(where) for b in self.blocks
        )

    def _rebody(self, index: int, body: str) -> None:
        self.blocks[index] = replace(self.blocks[index], body=body)

    def _relist(self, where: Place, rows: list[Any]) -> None:
        if not rows:
            self.drop(where)
            return
        index, inner = self._block_of(where)
        self._rebody(index, values.put(self.blocks[index].body, inner, rows))
        self._settle()

    def _reorder(self, where: Place, order: Sequence[int]) -> None:
        rows = self._rows(where)
        if list(order) == list(range(len(rows))):
            return
        if self._is_inline(where):
            self._relist(where, [rows[i] for i in order])
            return
        spans = [self._span((*where, i)) for i in range(len(rows))]
        moved = [self.blocks[a:b] for a, b in spans]
        apart = [_apart(entry[0]) for entry in moved]
        # What stands apart above an entry is a heading of the place: it stays there.
        for slot in reversed(range(len(rows))):
            entry = moved[order[slot]]
            head = replace(entry[0], lead=apart[slot][0] + apart[order[slot]][1])
            self.blocks[slice(*spans[slot])] = [head, *entry[1:]]
        self._settle()

    def _block_of(self, place: Place) -> tuple[int, Place]:
        """The block that holds a place, and the rest of the way inside it."""
        best = 0
        for i, block in enumerate(self.blocks):
            if place[: len(block.place)] == block.place and len(block.place) >= len(
                self.blocks[best].place
            ):
                best = i
        return best, place[len(self.blocks[best].place) :]

    def _without_tables(self, place: Place) -> None:
        """Cut the tables that stand at or under a place with headers of their own."""
        for i in reversed(range(1, len(self.blocks))):
            if self.blocks[i].place[: len(place)] == place:
                self._cut(i, i + 1)
        self.data = tomllib.loads(joined(self.blocks))

    def _first_of(self, where: Place) -> int:
        """Where the first entry of a list goes: behind the parts that stand before it."""
        if len(where) > 1:
            return self._span(where[:-1])[1]
        rank = ORDER.index(str(where[0])) if where[0] in ORDER else len(ORDER)
        before = [
            i
            for i, b in enumerate(self.blocks)
            if not b.place or (b.place[0] in ORDER and ORDER.index(str(b.place[0])) < rank)
        ]
        return before[-1] + 1

    def _insert(self, index: int, new: list[Block]) -> None:
        before = self.blocks[index - 1]
        if before.body and not before.body.endswith("\n"):
            self.blocks[index - 1] = replace(before, body=before.body + "\n")
        self.blocks[index:index] = new
        self._settle()

    def _cut(self, first: int, last: int) -> None:
        """Take blocks out; what stood apart above them stays."""
        kept = _apart(self.blocks[first])[0]
        del self.blocks[first:last]
        if kept.strip():
            if first < len(self.blocks):
                lead = self.blocks[first].lead
                self.blocks[first] = replace(self.blocks[first], lead=kept + lead.lstrip("\n"))
            else:
                self.blocks.append(Block(lead=kept, header="", body="", place=("",)))

    def _settle(self) -> None:
        self.text = joined(self.blocks)
        self.data = tomllib.loads(self.text)
        self.blocks = blocks_of(self.text)


def told(place: Place) -> str:
    """A place in words: `event 3, with, limb`."""
    words = ", ".join(str(p + 1) if isinstance(p, int) else str(p) for p in place)
    return words.replace(", ", " ", 1) if len(place) > 1 and isinstance(place[1], int) else words


def _is_text(row: Any, key: str) -> bool:
    return isinstance(row, dict) and isinstance(row.get(key), str)


def free_name(name: str, taken: set[str]) -> str:
    """The name with the first number that is free."""
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def _dated(place: Place, value: Any) -> Any:
    """The start is a date and time in TOML, a text on its way here."""
    if place == ("start",) and isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value


def _apart(block: Block) -> tuple[str, str]:
    """The lead of a block: what stands apart above it, and the comments that touch it."""
    lines = block.lead.splitlines(keepends=True)
    touching = len(lines)
    while touching and lines[touching - 1].strip():
        touching -= 1
    return "".join(lines[:touching]), "".join(lines[touching:])
