"""When the machine could not keep up with a live run's speed: times of it are not the team's."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from environment.model.change import JSON, Change
from scenarios.braking import LATE_S
from scenarios.clinical_time import clock
from scenarios.language import ENGLISH, Tongue
from scenarios.story import Story

#: Stretches closer than this are one, and one that is shorter was a hiccup, scenario seconds
#: (engineering defaults).
APART_S, LEAST_S = 60.0, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """One stretch: how late values came at most, how slow the session became (0: not)."""

    from_s: float
    to_s: float
    late_s: float
    slowed_to: float

    def as_json(self) -> dict[str, JSON]:
        """As the debrief shows it."""
        return asdict(self)


def behind(story: Story) -> list[Behind]:
    """All stretches until the end of the case, in order."""
    rows = sorted([*_late(story), *_slowed(story)], key=lambda row: row.from_s)
    found: list[Behind] = []
    for row in rows:
        if row.from_s >= story.ends_s:
            break
        if found and row.from_s - found[-1].to_s < APART_S:
            found[-1] = _joined(found[-1], row)
        else:
            found.append(row)
    return [_within(row, story.ends_s) for row in found if row.to_s - row.from_s >= LEAST_S]


def behind_text(story: Story, say: Tongue = ENGLISH) -> str:
    """All of them in words, or nothing."""
    told = "; ".join(_stretch(row, say) for row in behind(story))
    return say.t("behind.told", stretches=told) if told else ""


def _stretch(row: Behind, say: Tongue) -> str:
    lasts = say.t("behind.stretch", **{"from": clock(row.from_s), "to": clock(row.to_s)})
    how = []
    if row.late_s > LATE_S:
        how.append(say.t("behind.late", late=clock(row.late_s)))
    if row.slowed_to:
        how.append(say.t("behind.slowed", speed=f"{row.slowed_to:g}"))
    return f"{lasts} ({', '.join(how)})"


def _late(story: Story) -> Iterator[Behind]:
    """Readings that were recorded long after they were true.

    A session tells each second how the body is; without one its monitors do. Those of real
    devices are not looked at where there is a session: their clocks are their own.
    """
    for change in _regular(story):
        late_s = change.recorded - change.effective
        if late_s > LATE_S:
            yield Behind(
                from_s=change.effective, to_s=change.recorded, late_s=late_s, slowed_to=0.0
            )


def _regular(story: Story) -> Iterable[Change]:
    session = story.one("session")
    if session:
        return story.changes(session, "truth")
    return [c for monitor in story.of_kind("monitor") for c in story.changes(monitor, "hr")]


def _slowed(story: Story) -> Iterator[Behind]:
    """When the session went slower than it was asked to."""
    rows = story.changes(story.one("session"), "slowed_to")
    ends = [row.recorded for row in rows[1:]] + [story.ends_s]
    for row, end in zip(rows, ends, strict=False):
        if row.value:
            yield Behind(from_s=row.recorded, to_s=end, late_s=0.0, slowed_to=float(row.value))


def _joined(one: Behind, other: Behind) -> Behind:
    slow = [row.slowed_to for row in (one, other) if row.slowed_to]
    return Behind(
        from_s=one.from_s,
        to_s=max(one.to_s, other.to_s),
        late_s=max(one.late_s, other.late_s),
        slowed_to=min(slow, default=0.0),
    )


def _within(row: Behind, ends_s: float) -> Behind:
    return Behind(
        from_s=row.from_s,
        to_s=min(row.to_s, ends_s),
        late_s=row.late_s,
        slowed_to=row.slowed_to,
    )
