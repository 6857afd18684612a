"""Notices that a machine cannot keep up with the speed that its run was given, or can again.

A wall clock goes on whether or not the work of its time is done. Where that falls behind, values
are old when they come, and a record ends before its clock does.
"""

from typing import Literal

#: How far work may fall behind its clock, scenario seconds, and over how many looks before that is
#: no hiccup (engineering defaults).
LATE_S = 10.0
LOOKS = 15
#: What lateness falls to over these looks where work catches up, of what it was (engineering
#: default).
CATCHING_UP = 0.75
#: Rounds of looks in time after which more is tried: doubled each time that it was too much, up to
#: the second (engineering defaults).
PATIENCE, MOST_PATIENCE = 2, 32

Advice = Literal["slower", "stay", "faster"]


class Brake:
    """Looks at how late a regular piece of work comes; says how fast the run should go on."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """The speed is another one: look anew."""
        self._late: list[float] = []
        self._in_time, self._patience, self._has_tried = 0, PATIENCE, False

    def look(self, late_s: float) -> Advice:
        """Take one more look: slower when work stays behind and does not catch up.

        After a hiccup work comes late and then, look by look, less so.
        """
        self._late.append(late_s)
        if len(self._late) < LOOKS:
            return "stay"
        late, self._late = self._late, []
        if min(late) >= LATE_S and late[-1] > CATCHING_UP * late[0]:
            if self._has_tried:
                self._patience = min(2 * self._patience, MOST_PATIENCE)
            self._in_time, self._has_tried = 0, False
            return "slower"
        self._in_time = self._in_time + 1 if max(late) < LATE_S else 0
        if self._in_time < self._patience:
            return "stay"
        self._in_time, self._has_tried = 0, True
        return "faster"
