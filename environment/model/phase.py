"""Phase: the state of a process, as data: which step may follow which, and under which guard."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from environment.errors import UnknownMemberError


@dataclass(frozen=True, slots=True)
class PhaseMachine:
    """The phases of a process and the steps between them.

    A wrong step is never deleted: a later transition with a reason corrects it.
    """

    initial: str
    steps: Mapping[str, tuple[str, ...]]
    ended: tuple[str, ...] = ("closed",)
    phases: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "phases", tuple(self.steps))

    def check(self, name: str, where: str) -> None:
        """Refuse a name that is no phase of this process."""
        if name not in self.steps:
            raise UnknownMemberError("phase", name, where, self.steps)

    def allows(self, now: str, to: str) -> bool:
        """Whether `to` may follow `now`."""
        return to in self.steps[now]


PREH = PhaseMachine(
    initial="called",
    steps={
        "called": ("dispatched", "closed"),
        "dispatched": ("en_route", "closed"),
        "en_route": ("on_scene", "closed"),
        "on_scene": ("assessed", "transporting", "closed"),
        "assessed": ("transporting", "handed_over", "closed"),
        "transporting": ("handed_over", "closed"),
        "handed_over": ("closed",),
        "closed": (),
    },
)

_CARE = ("shock_room", "diagnostics", "operating", "ready_for_hospitalisation", "closed")

TRAUMA = PhaseMachine(
    initial="pre_alerted",
    steps={
        "pre_alerted": ("activated", "delivered", "closed"),
        "activated": ("delivered", "closed"),
        "delivered": _CARE,
        "shock_room": _CARE[1:],
        "diagnostics": ("shock_room", "operating", "ready_for_hospitalisation", "closed"),
        "operating": ("shock_room", "diagnostics", "ready_for_hospitalisation", "closed"),
        "ready_for_hospitalisation": ("shock_room", "diagnostics", "operating", "closed"),
        "closed": (),
    },
)
