"""What is done with a monitor's message: judged, taken as observations, or refused with a reason.

One rule for every language that a device may speak. A message becomes observations of its monitor
twin; a value that cannot be taken is refused alone, the others are taken. Whatever is not taken is
an event of the twin, `message_refused`, with the reason and the text. Of every message the account
knows what became of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from environment.model.agreement import SAY_AGAIN_S, agree
from environment.model.change import JSON, Observation
from environment.model.nomenclature import converted
from environment.model.vitals import VITALS
from environment.physical.adapter import Clock, Feed
from environment.physical.devices.account import Account
from environment.physical.devices.device_clock import MAY_BE_AHEAD_S, DeviceClock
from environment.physical.devices.readings import Reason, Report, UnreadableError, Value

#: A value that arrives later than this after it was true is late (engineering default; the same
#: delay makes a reading untimely in the fidelity of a twin).
LATE_S = 2.0
#: While a better method has spoken within this time, a worse one is set aside: the pulse of an
#: oximeter beside an ECG, a cuff beside an arterial line (engineering default).
BETTER_HOLDS_S = 10.0
#: Of a refused message at most this much text is kept in the journal.
KEPT_CHARACTERS = 4000
#: The only patient identifier of a binding that takes whoever is on the monitor.
ANYBODY = "*"
#: HL7 table 0357: what kind of error a reason is.
ERROR_CODES: Mapping[Reason, str] = {
    "malformed": "100",
    "oversized": "100",
    "no_patient": "101",
    "no_time": "101",
    "not_a_number": "102",
    "wrong_unit": "103",
    "implausible": "102",
    "wrong_patient": "204",
    "clock_ahead": "207",
    "identifier_reused": "205",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a message, or one value of it, was not taken; `at` is the value's place, 0 the whole."""

    reason: Reason
    why: str
    at: int = 0
    code: str = ""

    @property
    def error(self) -> str:
        """Its code in HL7 table 0357."""
        return self.code or ERROR_CODES.get(self.reason, "207")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a message, and what its sender is told (AA, AE or AR)."""

    outcome: str
    code: str
    id: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Taking:
    """One message while it is judged."""

    report: Report
    outcomes: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


class Intake:
    """The door of one monitor twin. `patients` are the identifiers that mean this patient."""

    def __init__(
        self, monitor: str, source: str, *, patients: Collection[str], time: DeviceClock
    ) -> None:
        self.monitor, self.source = monitor, source
        self.patients = frozenset(patients)
        self.time = time
        self.account = Account()
        self._feed: Feed | None = None
        self._now: Callable[[], float] = lambda: 0.0
        self._taken: dict[tuple[str, str], int] = {}  # sender and number -> checksum of the text
        self._latest: dict[str, float] = {}  # vital -> effective time of the newest value
        self._better: dict[str, float] = {}  # vital -> when the best method spoke last
        self._best: dict[str, float] = {}  # vital -> what it said
        self._disagreed: dict[str, float] = {}  # vital -> when that was said last
        self._said: dict[str, JSON] = {}  # what the device implies about itself
        self._unknown: set[str] = set()

    def open(self, feed: Feed, clock: Clock) -> None:
        """Begin to take messages."""
        self._feed, self._now = feed, clock.now

    def close(self) -> None:
        """Nothing is taken after this."""
        self._feed = None

    @property
    def is_open(self) -> bool:
        """Whether messages are taken."""
        return self._feed is not None

    # -- the door ------------------------------------------------------------------------------

    def refuse(self, wrong: UnreadableError, raw: str) -> Verdict:
        """A message that could not be read."""
        problem = Problem(wrong.reason, wrong.why, code=wrong.code)
        self._say_refused(wrong.reason, wrong.why, wrong.id, raw)
        # Rejected: of a kind that is never taken, or without a head to answer to. Otherwise an
        # error in what it says.
        rejected = wrong.reason in ("unsupported", "oversized") or not wrong.id
        return self._done(wrong.reason, "AR" if rejected else "AE", wrong.id, (problem,))

    def take(self, report: Report) -> Verdict:
        """A message that could be read."""
        refused = self._whole(report)
        if refused is not None:
            code = "AA" if refused.reason == "duplicate" else "AE"
            self._say_refused(refused.reason, refused.why, report.id, report.raw)
            return self._done(refused.reason, code, report.id, (refused,))
        now = self._now()
        taking = _Taking(report)
        if report.taken is not None:
            moved = self.time.meet(report.taken, now)
            if moved:
                self._tell("clock_set", {"by_s": round(moved, 3)}, now)
        before = dict(self._latest)
        for value in sorted(report.values, key=lambda v: bool(v.method)):  # best methods first
            problem = self._one(taking, value, now, before)
            if problem is not None:
                taking.problems.append(problem)
        return self._finish(taking)

    def _whole(self, report: Report) -> Problem | None:
        """Why the message as a whole is not taken."""
        known = self._taken.get((report.sender, report.id))
        if known is not None:
            if known == zlib.crc32(report.raw.encode()):
                return Problem("duplicate", f"number {report.id} has been taken already")
            why = f"number {report.id} was that of another message"
            return Problem("identifier_reused", why)
        if ANYBODY in self.patients:
            return None
        if not report.patients:
            return Problem("no_patient", "it does not say whose values these are")
        if self.patients.isdisjoint(report.patients):
            told, ours = ", ".join(report.patients), ", ".join(sorted(self.patients))
            why = f"it speaks of {told}; this monitor is bound to {ours}"
            return Problem("wrong_patient", why)
        return None

    def _finish(self, taking: _Taking) -> Verdict:
        report, problems = taking.report, tuple(taking.problems)
        if problems:
            why = "; ".join(p.why for p in problems)
            self._say_refused(problems[0].reason, why, report.id, report.raw)
        if problems and not taking.outcomes:
            return self._done(problems[0].reason, "AE", report.id, problems)
        self._taken[(report.sender, report.id)] = zlib.crc32(report.raw.encode())
        for code in taking.unknown:
            if code not in self._unknown:
                self._unknown.add(code)
                self._tell("code_unknown", {"code": code}, self._now())
        for outcome in ("corrected", "late", "out_of_order", "converted", "accepted"):
            if outcome in taking.outcomes:
                return self._done(outcome, "AA", report.id, problems)
        return self._done("empty", "AA", report.id)

    def _done(
        self, outcome: str, code: str, number: str, problems: tuple[Problem, ...] = ()
    ) -> Verdict:
        self.account.add(outcome)
        return Verdict(outcome, code, number, problems)

    # -- one value -----------------------------------------------------------------------------

    def _one(
        self, taking: _Taking, value: Value, now: float, before: Mapping[str, float]
    ) -> Problem | None:
        if not value.vital:
            if value.status != "absent":
                taking.unknown.append(value.code)
            return None
        instant = value.taken or taking.report.taken
        if instant is None:
            return Problem("no_time", f"{value.vital}: it does not say when", value.at)
        if self.time.epoch is None:
            self.time.meet(instant, now)
        at_s = self.time.seconds(instant)
        if at_s > now + MAY_BE_AHEAD_S:
            why = f"{value.vital}: {at_s - now:.1f} s in the future"
            return Problem("clock_ahead", why, value.at)
        at_s = min(at_s, now)
        if value.status == "absent":
            self._absent(value, at_s)
            return None
        if value.status == "withdrawn":
            self._withdraw(value, at_s)
            taking.outcomes.add("corrected")
            return None
        if value.value is None:
            return Problem("not_a_number", f"{value.vital}: OBX-5 is no number", value.at)
        number = converted(value.value, value.unit, value.vital)
        if number is None:
            row = VITALS[value.vital]
            why = f"{value.vital}: unit {value.unit or 'missing'}, expected {row.unit}"
            return Problem("wrong_unit", why, value.at)
        if value.doubtful:
            self._tell("artefact", {"member": value.vital, "value": number}, at_s)
            taking.outcomes.add("accepted")
            return None
        return self._give(taking, value, number, at_s, now, before)

    def _give(
        self,
        taking: _Taking,
        value: Value,
        number: float,
        at_s: float,
        now: float,
        before: Mapping[str, float],
    ) -> Problem | None:
        vital = value.vital
        if value.method:
            if at_s - self._better.get(vital, float("-inf")) < BETTER_HOLDS_S:
                taking.outcomes.add("accepted")
                self._compare(value, number, at_s)
                return None  # the better method's value of this moment stands
        else:
            self._better[vital] = max(at_s, self._better.get(vital, at_s))
            self._best[vital] = number
        if not VITALS[vital].is_plausible(number):
            self._observe(vital, number, at_s, value)  # the twin says so, to those who follow it
            why = f"{vital}: {number:g} {VITALS[vital].unit} cannot be"
            return Problem("implausible", why, value.at)
        if value.status == "corrected":
            taking.outcomes.add("corrected")
        elif now - at_s > LATE_S:
            taking.outcomes.add("late")
        elif at_s < before.get(vital, at_s):
            taking.outcomes.add("out_of_order")
        elif number != value.value:
            taking.outcomes.add("converted")
        else:
            taking.outcomes.add("accepted")
        if at_s >= self._latest.get(vital, at_s):
            self._latest[vital] = at_s
            self._imply(value, at_s)
        self._observe(vital, number, at_s, value)
        return None

    def _compare(self, value: Value, number: float, at_s: float) -> None:
        """Say that two methods disagree, once in a while."""
        vital, other = value.vital, self._best[value.vital]
        said = self._disagreed.get(vital, float("-inf"))
        if not agree(vital, number, other) and at_s - said >= SAY_AGAIN_S:
            self._disagreed[vital] = at_s
            fact = {"member": vital, "value": other, "other": number, "by": value.method}
            self._tell("values_disagree", fact, at_s)

    def _absent(self, value: Value, at_s: float) -> None:
        if value.vital == "spo2" and at_s >= self._latest.get("spo2", at_s):
            self._say("poor_signal", True, at_s)

    def _imply(self, value: Value, at_s: float) -> None:
        """What a value says of the device: sensors are on, how pressure is taken, the signal."""
        self._say("attached", True, at_s)
        if value.vital == "sbp":
            how = "cuff" if value.method == "cuff" else "arterial_line"
            self._say("pressure_by", how, at_s)
        elif value.vital == "spo2" and "poor_signal" in self._said:
            self._say("poor_signal", False, at_s)

    def know(self, member: str, value: JSON) -> None:
        """Somebody has said it already: it need not be said again."""
        self._said[member] = value

    def _say(self, member: str, value: JSON, at_s: float) -> None:
        if self._said.get(member) != value:
            self._said[member] = value
            self._tell(member, value, at_s)

    # -- what goes to the twin -----------------------------------------------------------------

    def _observe(self, vital: str, number: float, at_s: float, value: Value) -> None:
        quality = "cuff" if value.method == "cuff" else "good"
        self._tell(vital, number, at_s, quality=quality)

    def _withdraw(self, value: Value, at_s: float) -> None:
        self._tell(value.vital, None, at_s, quality="withdrawn")

    def _say_refused(self, reason: str, why: str, number: str, raw: str) -> None:
        kept = raw[:KEPT_CHARACTERS]
        fact = {"reason": reason, "why": why, "id": number, "raw": kept, "characters": len(raw)}
        self._tell("message_refused", fact, self._now())

    def _tell(self, member: str, value: JSON, at_s: float, *, quality: str = "good") -> None:
        if self._feed is not None:
            self._feed.observe(
                Observation(
                    twin=self.monitor,
                    member=member,
                    value=value,
                    effective=at_s,
                    source=self.source,
                    quality=quality,
                )
            )
