"""Life: how a twin is coupled to its asset, computed from horizons and clock."""

from collections.abc import Collection
from enum import StrEnum


class Life(StrEnum):
    """How the twin stands to its asset."""

    DECLARED = "declared"  # described, no source yet
    BOUND = "bound"  # a source for all required members, not all of them seen
    SHADOWED = "shadowed"  # all required members are fresh
    DEGRADED = "degraded"  # a required member is overdue
    LOST = "lost"  # all required members are overdue
    CLOSED = "closed"  # ended by its process, still readable
    ARCHIVED = "archived"  # handed to the trauma store


#: Ends of life; horizons no longer matter.
ENDED = (Life.CLOSED, Life.ARCHIVED)


def life_of(
    *,
    required: Collection[str],
    sourced: Collection[str],
    seen: Collection[str],
    overdue: Collection[str],
) -> Life:
    """The life that follows from which required members have a source, were seen, are overdue.

    A twin without required members is shadowed as soon as anything feeds it.
    """
    need = [name for name in required if name in sourced or name in seen]
    if not required:
        return Life.SHADOWED if sourced or seen else Life.DECLARED
    late = [name for name in need if name in overdue]
    if late:
        return Life.LOST if len(late) == len(required) else Life.DEGRADED
    if all(name in seen for name in required):
        return Life.SHADOWED
    if all(name in sourced or name in seen for name in required):
        return Life.BOUND
    return Life.DECLARED
