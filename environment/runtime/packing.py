"""Changes of long ago, packed: a session may last for days, and its journal stays in memory.

A change takes some 250 bytes as an object, and one that carries much (the simulated body's true
state) 2.5 kB; packed in blocks it takes 20 to 40. Reading them unpacks the blocks concerned.
"""

import pickle
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

from environment.model.change import Change, change_from_row

#: Changes of one block: packing it takes 1 ms, reading one of them as long (engineering default).
BLOCK = 256
#: Blocks that are kept unpacked after they were read (engineering default).
UNPACKED = 16


class Packed:
    """Whole blocks of changes, oldest first; who appends keeps the order."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._firsts = array("Q")  # seq of the first change of each block
        self._ends = array("d")  # when the last change of each block was recorded
        self._with: dict[str, array[int]] = {}  # twin -> numbers of the blocks that concern it
        self.last = 0  # seq of the last change
        self._unpacked = lru_cache(UNPACKED)(self._unpack)

    def __len__(self) -> int:
        return len(self._blocks) * BLOCK

    def __iter__(self) -> Iterator[Change]:
        for number in range(len(self._blocks)):
            yield from self._unpack(number)

    @property
    def end(self) -> float:
        """When the last change was recorded."""
        return self._ends[-1] if self._ends else float("-inf")

    def add(self, changes: Sequence[Change]) -> None:
        """Pack the next block."""
        assert len(changes) == BLOCK
        number = len(self._blocks)
        # The bytes are ours and stay in this process: nobody else's are ever unpacked.
        self._blocks.append(zlib.compress(pickle.dumps([c.row() for c in changes], 5), 1))
        self._firsts.append(changes[0].seq)
        self._ends.append(changes[-1].recorded)
        self.last = changes[-1].seq
        for twin in {c.twin for c in changes}:
            self._with.setdefault(twin, array("L")).append(number)

    def find(self, seq: int) -> Change | None:
        """The change with this `seq`."""
        number = bisect_right(self._firsts, seq) - 1
        if number < 0:
            return None
        block = self._unpacked(number)
        at = bisect_left(block, seq, key=lambda c: c.seq)
        return block[at] if at < len(block) and block[at].seq == seq else None

    def since(self, seq: int, start: float, twin: str | None) -> Iterator[Change]:
        """Changes after `seq` recorded from `start` on, perhaps of one twin."""
        first = max(bisect_right(self._firsts, seq + 1) - 1, bisect_left(self._ends, start), 0)
        numbers: Sequence[int] = range(len(self._blocks))
        if twin is not None:
            numbers = self._with.get(twin, array("L"))
        for number in numbers[bisect_left(numbers, first) :]:
            for change in self._unpacked(number):
                if change.seq > seq and change.recorded >= start and twin in (None, change.twin):
                    yield change

    def backwards(self, twin: str) -> Iterator[Change]:
        """The changes of a twin, the latest first."""
        for number in reversed(self._with.get(twin, array("L"))):
            yield from (c for c in reversed(self._unpacked(number)) if c.twin == twin)

    def _unpack(self, number: int) -> list[Change]:
        rows = pickle.loads(zlib.decompress(self._blocks[number]))
        return [change_from_row(row) for row in rows]
