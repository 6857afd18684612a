"""From twins to beliefs: what an agent perceives of the twins that it focuses on.

A property becomes `sbp(82)[twin(patient),at(540)]`, a map one belief per key
(`tourniquet(left_thigh,680)`), a set one per word; a phase `phase(on_scene)`, a life
`life(degraded)`, a link `link(monitoredBy,ambulance_monitor)`. A stale value leaves the beliefs
as `stale(sbp)`. An event of the twin is a signal with its fields as arguments. Each burst ends with
the signal `observed(Names)`, so that a program can judge once, after all of it.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from agents.bdi import Agent, Atom, Struct
from agents.handover import SIGNS
from environment.client import Notice, TwinClient
from environment.model.change import JSON, Change

#: Vital signs of which a fall matters, and how many readings are remembered (10 min at 1 Hz).
REMEMBERED = ("sbp",)
MEMORY = 600

_WORD = re.compile(r"[a-z][A-Za-z0-9_]*\Z")

# A term or a plain Python value, as the engine takes them: it has no common base class.
Value = Any
Key = tuple[str, ...]


def as_term(value: JSON) -> Value:
    """A JSON value as a term: identifier-like texts are atoms, nothing is `none`."""
    if value is None:
        return Atom("none")
    if isinstance(value, bool):
        return Atom("true" if value else "false")
    if isinstance(value, str):
        return Atom(value) if _WORD.match(value) else value
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, Mapping):
        return [Struct(key, [as_term(v)]) for key, v in value.items() if _WORD.match(key)]
    return [as_term(v) for v in value]


class Focus:
    """What one agent perceives; told of changes, it updates the agent's beliefs before each run."""

    def __init__(self, agent: Agent, client: TwinClient, wake: Callable[[], None]) -> None:
        self._agent, self._client, self._wake = agent, client, wake
        self._ends: dict[str, Callable[[], None]] = {}
        self._models: dict[str, dict[str, JSON]] = {}
        self._own_only: set[str] = set()
        self._queue: list[Notice] = []
        self._maps: dict[tuple[str, str], list[str]] = {}
        self.first: dict[str, JSON] = {}  # the first value seen of each sign of the handover card
        self._held: dict[Key, None] = {}
        self._stale: dict[tuple[str, str], None] = {}
        self._samples: dict[str, deque[tuple[float, float]]] = {}

    @property
    def twins(self) -> list[str]:
        """The twins in focus."""
        return list(self._ends)

    def on(self, twin: str, *, own_only: bool = False) -> None:
        """Begin to perceive a twin: its present state first, then every change.

        With `own_only`, values that it takes from other twins are left out.
        """
        if twin in self._ends:
            return
        model = self._client.describe(twin)
        self._models[twin] = model
        if own_only:
            self._own_only.add(twin)
        state = self._client.read(twin)
        names = []
        for name, reading in state.values.items():
            if not (own_only and reading.twin != twin):
                annotations = (Struct("twin", [Atom(twin)]), Struct("at", [reading.effective]))
                self._set(twin, name, reading.value, annotations, reading.seq)
                names.append(name)
        here = (Struct("twin", [Atom(twin)]), Struct("at", [state.at]))
        if state.phase is not None:
            self._percept((twin, "phase"), ("phase", (Atom(state.phase),), here))
        self._percept((twin, "life"), ("life", (Atom(state.life),), here))
        for rel in model["links"]:
            for target in self._client.links(twin, rel):
                literal = ("link", (Atom(rel), Atom(target)), here)
                self._percept((twin, "link", rel, target), literal)
        self._ends[twin] = self._client.observe(twin, self._hear)
        self._observed([*names, "phase", "life", "link"], None)
        self._wake()

    def off(self, twin: str) -> None:
        """Stop perceiving a twin; what was believed of it goes."""
        end = self._ends.pop(twin, None)
        if end is None:
            return
        end()
        self._own_only.discard(twin)
        for key in [k for k in self._held if k[0] == twin]:
            self._percept(key, None)

    @property
    def stale(self) -> frozenset[str]:
        """Names of the values that are stale in any twin in focus."""
        return frozenset(name for _, name in self._stale)

    def fall(self, name: str, since_s: float) -> float:
        """How far the last value of a number lies below the highest since then, or 0."""
        samples = self._samples.get(name)
        if not samples:
            return 0.0
        last = samples[-1][1]
        # A value holds until the next one: the one before the window counts too.
        held = [v for (_, v), (until, _) in pairwise(samples) if until >= since_s]
        return max([0.0, *(v - last for v in held)])

    def close(self) -> None:
        """Stop perceiving at all; the beliefs stay, for the record."""
        for end in self._ends.values():
            end()
        self._ends.clear()

    def _is_taken(self, notice: Notice) -> bool:
        """Whether the change is of a value that the twin takes from another."""
        change = notice.change
        if change.twin != notice.twin:
            return True
        declared = self._models[notice.twin]["properties"].get(change.name)
        return change.quality == "stale" and declared is not None and bool(declared["via"])

    def flush(self) -> None:
        """Turn what was heard into percepts and signals, in order."""
        if not self._queue:
            return
        queue, self._queue = self._queue, []
        names: dict[str, None] = {}
        last: Change | None = None
        for notice in queue:
            if notice.twin in self._ends:
                names.update(dict.fromkeys(self._take(notice)))
                last = notice.change
        if names and last is not None:
            self._observed(list(names), last.seq)

    def _percept(self, key: Key, literal: Value, cause: int | None = None) -> None:
        if literal is None:
            self._held.pop(key, None)
        else:
            self._held[key] = None
        self._agent.percept(key, literal, cause=cause)

    def _hear(self, notice: Notice) -> None:
        change = notice.change
        if not notice.now or (notice.twin in self._own_only and self._is_taken(notice)):
            return
        if change.kind == "operation" and change.value["status"] != "unconfirmed":
            return
        self._queue.append(notice)
        self._wake()

    def _observed(self, names: list[str], cause: int | None) -> None:
        self._agent.signal("observed", ([Atom(name) for name in names],), cause=cause)

    def _take(self, notice: Notice) -> Iterator[str]:
        change, twin = notice.change, notice.twin
        here = (Struct("twin", [Atom(twin)]), Struct("at", [change.effective]))
        if change.kind == "property":
            yield from self._property(twin, change, here)
        elif change.kind in ("phase", "life"):
            key, literal = (twin, change.kind), (change.kind, (Atom(change.value),), here)
            self._percept(key, literal, cause=change.seq)
            yield change.kind
        elif change.kind == "link":
            key4 = (twin, "link", change.name, change.value["target"])
            held = change.value["until"] is None
            args = (Atom(change.name), Atom(change.value["target"]))
            self._percept(key4, ("link", args, here) if held else None, cause=change.seq)
            yield "link"
        elif change.kind == "event":
            declared = self._models[twin]["events"].get(change.name, {"fields": []})
            value = change.value if isinstance(change.value, Mapping) else {}
            args = tuple(as_term(value.get(field)) for field in declared["fields"])
            self._agent.signal(change.name, args, here, cause=change.seq)
            yield change.name
        elif change.by == self._client.by:
            args = (Atom(change.name), change.value["invocation"])
            self._agent.signal("unconfirmed", args, here, cause=change.seq)

    def _property(self, twin: str, change: Change, here: tuple[Value, ...]) -> Iterator[str]:
        name, stale_key = change.name, (twin, "stale", change.name)
        if change.quality == "stale":
            self._unset(twin, name)
            self._stale[(twin, name)] = None
            self._percept(stale_key, ("stale", (Atom(name),), here), cause=change.seq)
            yield name
            yield "stale"
            return
        if self._stale.pop((twin, name), 0) is None:
            self._percept(stale_key, None)
            self._samples.pop(name, None)
        if change.quality != "good":
            here = (*here, Struct("quality", [as_term(change.quality)]))
        self._set(twin, name, change.value, here, change.seq)
        yield name

    def _set(
        self, twin: str, name: str, value: JSON, here: tuple[Value, ...], cause: int | None
    ) -> None:
        declared = self._models[twin]["properties"][name]
        kind, percept = declared["type"], self._percept
        if kind in ("map", "words"):
            rows = dict(_rows(value, declared))
            for old in self._maps.get((twin, name), ()):
                if old not in rows:
                    percept((twin, name, old), None, cause=cause)
            for key, args in rows.items():
                percept((twin, name, key), (name, args, here), cause=cause)
            self._maps[(twin, name)] = list(rows)
            return
        if name in REMEMBERED and cause is not None:
            samples = self._samples.setdefault(name, deque(maxlen=MEMORY))
            samples.append((self._agent.now(), value))
        if name in SIGNS and isinstance(value, (int, float)):
            self.first.setdefault(name, value)
        term = value if kind == "text" else as_term(value)
        percept((twin, name), (name, (term,), here), cause=cause)

    def _unset(self, twin: str, name: str) -> None:
        self._percept((twin, name), None)
        for key in self._maps.pop((twin, name), ()):
            self._percept((twin, name, key), None)


def _rows(value: JSON, declared: Mapping[str, JSON]) -> Iterator[tuple[str, tuple[Value, ...]]]:
    """The beliefs of a map or a set: (key, arguments)."""
    if declared["type"] == "words":
        for word in value:
            yield word, (as_term(word),)
        return
    fields = declared["fields"]
    for key, entry in value.items():
        if fields:
            yield key, (as_term(key), *(as_term(entry[f]) for f in fields))
        else:
            yield key, (as_term(key), as_term(entry))
