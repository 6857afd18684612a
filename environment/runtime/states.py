"""States rebuilt from a journal: any twin, as of any time, as known at any time.

The live state and the rebuilt one follow one rule, so that a replay equals what was live.
"""

from collections.abc import Iterable, Mapping, Sequence

from environment.model.agreement import GIVES_WAY_S
from environment.model.change import Change
from environment.model.frame import Absent, Reading, State, frame_of
from environment.model.twin import Twin
from environment.runtime.journal import Journal


def reading_of(change: Change) -> Reading:
    """The reading that a property change carries."""
    return Reading(
        change.value,
        change.effective,
        change.recorded,
        change.source,
        change.quality,
        change.seq,
        change.twin,
    )


def newer(a: Reading | None, b: Reading | None, order: Sequence[str] = ()) -> Reading | None:
    """The reading that counts: the later effective one; of two at one moment, the later learned.

    Of two sources in `order` (the preferred first) that speak within `GIVES_WAY_S` of each other,
    the one with a continuous value counts before a cuff, then the preferred one.
    """
    if a is None or b is None:
        return a or b
    if rivals(a, b, order):
        return min(a, b, key=lambda r: (r.quality == "cuff", order.index(r.twin)))
    return b if (b.effective, b.seq) > (a.effective, a.seq) else a


def rivals(a: Reading, b: Reading, order: Sequence[str]) -> bool:
    """Whether two sources speak of about the same moment."""
    return (
        a.twin != b.twin
        and a.twin in order
        and b.twin in order
        and abs(a.effective - b.effective) <= GIVES_WAY_S
    )


def is_withdrawal(change: Change) -> bool:
    """Whether a source took back what it said of that moment; else a horizon was over."""
    return change.quality == "stale" and change.by != "clock"


def state_at(
    journal: Journal,
    models: Mapping[str, type[Twin]],
    twin: str,
    at: float,
    *,
    known_at: float | None = None,
    latest: bool = False,
) -> State:
    """The state of a twin as of `at`, from what was recorded by `known_at` (default: ever).

    `models` maps each twin id to its class. With `latest`, values beyond their horizon are
    shown too (each carries its effective time); agents and guards never use that.
    """
    known = float("inf") if known_at is None else known_at
    rebuild = _Rebuild(journal, models, at, known)
    model = models[twin]
    values: dict[str, Reading] = {}
    absent: dict[str, Absent] = {}
    for name in model.properties:
        reading = rebuild.reading(twin, name)
        if reading is None:
            absent[name] = Absent("unknown")
            continue
        until = reading.fresh_until(model.properties[name].horizon(reading.quality))
        if at < until or latest:
            values[name] = reading
        else:
            absent[name] = Absent("stale", until, reading)
    rows = rebuild.rows(twin)
    phases = [c for c in rows if c.kind == "phase"]
    lives = [c for c in rows if c.kind == "life"]
    return State(
        twin=twin,
        at=at,
        values=values,
        absent=absent,
        frame=frame_of((r for r in values.values()), at),
        phase=phases[-1].value if phases else None,
        life=lives[-1].value if lives else "declared",
        revision=len(rows),
    )


def reading_at(
    journal: Journal, models: Mapping[str, type[Twin]], twin: str, name: str, at: float
) -> Reading | None:
    """The reading of one property that counts as of `at`, fresh or not."""
    return _Rebuild(journal, models, at, float("inf")).reading(twin, name)


class _Rebuild:
    """One reconstruction: caches what several properties need."""

    def __init__(
        self, journal: Journal, models: Mapping[str, type[Twin]], at: float, known: float
    ) -> None:
        self._journal, self._models = journal, models
        self._at, self._known = at, known
        self._rows: dict[str, list[Change]] = {}
        self._told: dict[str, dict[str, list[Change]]] = {}
        self._withdrawn: dict[tuple[str, str, float], int] = {}

    def rows(self, twin: str) -> list[Change]:
        """The changes of a twin that were true by `at` and known by `known`."""
        if twin not in self._rows:
            rows = self._journal.read(twin=twin, end=self._known)
            self._rows[twin] = [c for c in rows if c.effective <= self._at]
        return self._rows[twin]

    def reading(
        self, twin: str, name: str, limit: float = float("inf"), path: tuple[str, ...] = ()
    ) -> Reading | None:
        """The reading that counts, the twin's own or one that came through a link while it held.

        `limit` is the seq at which the link ended: what was learned later did not come through.
        """
        own = self._own(twin, name, limit)
        declared = self._models[twin].properties.get(name)
        if declared is None or not declared.via or twin in path:
            return own
        links = [link for rel in declared.via for link in self._links(twin, rel)]
        order = [target for target, until in reversed(links) if until == float("inf")]
        for target, until in links:
            if name in self._models[target].properties:
                behind = self.reading(target, name, min(limit, until), (*path, twin))
                own = newer(own, behind, order)
        return own

    def _own(self, twin: str, name: str, limit: float) -> Reading | None:
        if twin not in self._told:
            told: dict[str, list[Change]] = {}
            for change in self.rows(twin):
                if change.kind == "property" and change.quality != "stale":
                    told.setdefault(change.name, []).append(change)
                elif is_withdrawal(change):
                    self._withdrawn[twin, change.name, change.effective] = change.seq
            self._told[twin] = told
        best: Reading | None = None
        for change in reversed(self._told[twin].get(name, ())):
            withdrawn = self._withdrawn.get((twin, name, change.effective), 0)
            if withdrawn < change.seq < limit:
                best = newer(best, reading_of(change))
                if change.quality != "restated":
                    break  # in order of effective time but for restated ones
        return best

    def _links(self, twin: str, rel: str) -> Iterable[tuple[str, float]]:
        held: dict[str, float] = {}
        for change in self.rows(twin):
            if change.kind == "link" and change.name == rel:
                is_held = change.value["until"] is None
                held[change.value["target"]] = float("inf") if is_held else change.seq
        return held.items()
