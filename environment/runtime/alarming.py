"""A monitor's own alarms, told by its twin: from its values, its limits, and how long they last.

It looks only when something may have changed; a value within its limits costs a comparison.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from environment.model.alarms import (
    CONTINUOUS,
    HOLD_S,
    PULSELESS,
    RANK,
    SLACK,
    WATCHED,
    WITHIN,
    AlarmLimit,
    Beyond,
    Priority,
    beyond,
    limits_for,
    limits_from,
)
from environment.model.change import JSON, Change, Observation
from environment.runtime.notices import Notice
from environment.runtime.world import World

#: What of the monitor's twin matters besides its values.
_SETTINGS = ("attached", "poor_signal", "alarm_limit")
#: What of the patient's.
_OF_PATIENT = ("age", "rhythm")


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Something that is wrong now."""

    kind: str  # low, high, no_signal, poor, silent, or a rhythm
    priority: Priority
    member: str = ""
    limit: float | None = None


@dataclass(slots=True)
class _Held:
    """What is wrong, from when on, and whether it has lasted long enough to be an alarm."""

    wrong: _Wrong
    since_s: float
    cause: int | None
    shown: _Wrong | None = None  # as it was told
    value: JSON = None
    is_gone: bool = False
    due: Callable[[], None] | None = None  # what ends the timer

    def wait(self, timer: Callable[[], None] | None) -> None:
        """Look again when the timer ends; the one before is no longer of interest."""
        if self.due is not None:
            self.due()
        self.due = timer


class MonitorAlarms:
    """The alarms of one monitor; begun once its twin is there."""

    def __init__(self, world: World, monitor: str) -> None:
        self._world, self._monitor = world, monitor
        self._limits: dict[str, AlarmLimit] = limits_for(None)
        self._where: dict[str, Beyond] = {}
        self._absent: set[str] = set(WATCHED)
        self._held: dict[str, _Held] = {}
        self._patient = ""

    def begin(self) -> None:
        """Say the limits, and watch."""
        self._world.watch(self._monitor_changed, self._monitor)
        for twin in self._world.find("patient"):
            self._world.watch(self._patient_changed, twin)
        self._set_limits(None)

    # -- what comes in -----------------------------------------------------------------------

    def _monitor_changed(self, notice: Notice) -> None:
        change = notice.change
        name = change.name
        limit = self._limits.get(name)
        if limit is None:
            if name in _SETTINGS and change.kind == "property":
                self._setting(change)
            return
        if change.kind != "property" or not notice.now:
            return
        value, was = change.value, self._where.get(name, WITHIN)
        if value is None:
            if name not in self._absent:
                self._absent.add(name)
                self._where[name] = WITHIN
                self._look(change)
            return
        now = beyond(limit, value, was, SLACK[name])
        if now is not was or name in self._absent:
            self._absent.discard(name)
            self._where[name] = now
            self._look(change)

    def _setting(self, change: Change) -> None:
        if change.name == "alarm_limit":
            self._limits = limits_from(change.value)
            for name in WATCHED:
                value = self._value(name)
                if value is not None:
                    self._where[name] = beyond(self._limits[name], value, WITHIN, 0.0)
        self._look(change)

    def _patient_changed(self, notice: Notice) -> None:
        change = notice.change
        if change.name == "monitoredBy":
            if change.value["target"] == self._monitor and change.value["until"] is None:
                self._patient = change.twin
                self._set_limits(change.seq)
                self._look(change)
        elif change.name in _OF_PATIENT and notice.twin == self._patient:
            if change.name == "age":
                self._set_limits(change.seq)
            self._look(change)

    def _set_limits(self, cause: int | None) -> None:
        """Limits for the age that is known; what somebody has set stays."""
        age = self._world.twin(self._patient).value("age") if self._patient else None
        rows = self._world.twin(self._monitor).value("alarm_limit") or {}
        own = {key: limit.as_json() for key, limit in limits_for(age).items()}
        by_hand = {
            key: row
            for key, row in rows.items()
            if row["by"] != "adult" and not row["by"].startswith("age ")
        }
        if rows != own | by_hand:
            self._observe("alarm_limit", own | by_hand, cause)

    # -- what is wrong -----------------------------------------------------------------------

    def _value(self, name: str) -> JSON:
        return self._world.twin(self._monitor).value(name)

    def _now(self) -> dict[str, _Wrong]:
        if self._value("attached") is not True:
            return {}
        rhythm = self._world.twin(self._patient).value("rhythm") if self._patient else None
        if rhythm in PULSELESS:
            # No other alarm may stand beside it: every sign is beyond its limits, or gone.
            return {"rhythm": _Wrong(str(rhythm), "high", "hr")}
        if self._absent.issuperset(CONTINUOUS):
            return {"silent": _Wrong("silent", "medium")}
        wrong: dict[str, _Wrong] = {}
        is_poor = self._value("poor_signal") is True
        for name in WATCHED:
            if name in self._absent:
                if self._was_there(name) and not (is_poor and name == "spo2"):
                    wrong[f"no-{name}"] = _Wrong("no_signal", "low", name)
                continue
            where, limit = self._where.get(name, WITHIN), self._limits[name]
            if where.degree:
                priority: Priority = "high" if where.degree == 2 else "medium"
                beside = limit.low if where.side == "low" else limit.high
                wrong[name] = _Wrong(where.side, priority, name, beside)
        if is_poor:
            wrong["no-spo2"] = _Wrong("poor", "low", "spo2")
        if "sbp" in wrong:
            wrong.pop("map", None)  # one alarm for one pressure
        return wrong

    def _was_there(self, name: str) -> bool:
        return name in self._world.twin(self._monitor).ledger.readings

    def _look(self, change: Change) -> None:
        """Compare what is wrong now with what was; timers decide what lasts."""
        wrong, now = self._now(), self._world.clock.now()
        for name, found in wrong.items():
            held = self._held.get(name)
            if held is None:
                held = self._held[name] = _Held(found, now, change.seq)
                held.wait(self._timer(name))
            elif held.wrong != found or held.is_gone:
                is_worse = held.shown is None or RANK[found.priority] > RANK[held.shown.priority]
                held.wrong, held.is_gone = found, False
                if held.shown is None:
                    continue  # its timer runs
                held.cause = change.seq
                if is_worse:
                    held.wait(None)
                    self._tell(name, held)
                else:
                    held.wait(self._timer(name) if held.shown != found else None)
        for name, held in tuple(self._held.items()):
            if name in wrong or held.is_gone:
                continue
            if held.shown is None:
                held.wait(None)
                del self._held[name]
            else:
                held.is_gone, held.cause = True, change.seq
                held.wait(self._timer(name))

    def _timer(self, name: str) -> Callable[[], None]:
        clock = self._world.clock
        return clock.call_at(clock.now() + HOLD_S, lambda: self._lasted(name))

    def _lasted(self, name: str) -> None:
        held = self._held[name]
        held.due = None
        if not held.is_gone:
            self._tell(name, held)
            return
        del self._held[name]
        assert held.shown is not None  # else it had not been held so long
        told = {"alarm": name, "priority": held.shown.priority, "since_s": held.since_s}
        self._show(held.cause)
        self._observe("alarm_ended", told, held.cause)

    # -- what is told ------------------------------------------------------------------------

    def _tell(self, name: str, held: _Held) -> None:
        is_new = held.shown is None
        held.shown, wrong = held.wrong, held.wrong
        held.value = self._value(wrong.member) if wrong.limit is not None else None
        self._show(held.cause)
        told = {"alarm": name, **_row(held)}
        del told["since_s"]
        self._observe("alarm_began" if is_new else "alarm_changed", told, held.cause)

    def _show(self, cause: int | None) -> None:
        shown = {n: _row(h) for n, h in sorted(self._held.items()) if h.shown is not None}
        self._observe("alarm", shown, cause)

    def _observe(self, member: str, value: Mapping[str, JSON], cause: int | None) -> None:
        self._world.observe(
            Observation(
                twin=self._monitor,
                member=member,
                value=value,
                effective=self._world.clock.now(),
                source=self._monitor,
                by=self._monitor,
                cause=cause,
            )
        )


def _row(held: _Held) -> dict[str, JSON]:
    assert held.shown is not None  # only what is shown has a row
    shown = held.shown
    return {
        "kind": shown.kind,
        "priority": shown.priority,
        "member": shown.member,
        "value": held.value,
        "limit": shown.limit,
        "since_s": held.since_s,
    }
