"""The vital-signs monitor: what the patient's sensors say, second by second."""

from typing import Literal

from environment.model.alarms import AlarmLimit, limits_from, moved
from environment.model.change import JSON, Change
from environment.model.guards import CARERS
from environment.model.members import (
    Effect,
    Event,
    Finding,
    Guard,
    Invocation,
    Link,
    Property,
    becomes,
    operation,
)
from environment.model.reach import SENSORS_REACH
from environment.model.twin import Twin
from environment.model.vitals import VITALS

#: Who stands at a monitor: carers, and the screen that shows it is its front.
_AT_IT = (*CARERS, "display")
#: Signs whose limits can be set.
Sign = Literal["hr", "sbp", "map", "spo2", "rr", "etco2", "temp"]


def _wanted(twin: Twin, call: Invocation) -> tuple[AlarmLimit, float]:
    row = limits_from(twin.value("alarm_limit"))[str(call.arguments["member"])]
    return row, float(call.arguments["to"])


def _fits(twin: Twin, call: Invocation) -> Finding | None:
    row, to = _wanted(twin, call)
    sign = VITALS[str(call.arguments["member"])]
    low, high = (
        (sign.lowest, row.high) if call.arguments["side"] == "low" else (row.low, sign.highest)
    )
    if (
        (low is None or to >= low)
        and (high is None or to <= high)
        and to not in (row.low, row.high)
    ):
        return None
    return Finding(f"a limit from {low:g} to {high:g} that is a new one", f"{to:g}")


def _is_set(twin: Twin, call: Invocation, change: Change | None) -> bool:
    row, to = _wanted(twin, call)
    return to == (row.low if call.arguments["side"] == "low" else row.high)


FITS = Guard("limit_fits", "Argument `to` keeps low below high, and can be measured.", _fits)


class Monitor(Twin, vitals=("monitor",), required=("hr", "spo2", "sbp", "rr")):
    """A monitor beside a patient; heart rate, SpO2, breathing and EtCO2 at 1 Hz."""

    pressure_by = Property("word", "How pressure is measured.", choices=("arterial_line", "cuff"))
    cuff_interval_s = Property("number", "Seconds between cuff measurements.", unit="s", low=30)
    attached = Property("flag", "Sensors are on a patient.")
    poor_signal = Property("flag", "The pulse oximeter has no good signal.")

    connected = Property("flag", "The device's line is up, as far as its broker or socket knows.")

    alarm_limit = Property(
        "map",
        "Beyond which values the monitor alarms, by sign; and whose limits they are.",
        fields=("low", "high", "least", "most", "by"),
    )
    alarm = Property(
        "map",
        "Alarms of the monitor itself that stand now, by name.",
        fields=("kind", "priority", "member", "value", "limit", "since_s"),
    )

    alarm_began = Event(
        "The monitor alarms; `kind` is low, high, no_signal, poor, silent or a rhythm.",
        fields=("alarm", "kind", "priority", "member", "value", "limit"),
    )
    alarm_changed = Event(
        "An alarm of the monitor is more, or less, urgent now.",
        fields=("alarm", "kind", "priority", "member", "value", "limit"),
    )
    alarm_ended = Event("An alarm of the monitor is over.", fields=("alarm", "priority", "since_s"))
    silenced = Event(
        "Somebody paused the sound of the monitor's alarms.", fields=("seconds", "alarms")
    )

    artefact = Event("A value that the monitor itself doubts.", fields=("member", "value"))
    message_refused = Event(
        "A message, or a value in it, was not taken.",
        fields=("reason", "why", "id", "raw", "characters"),
    )
    code_unknown = Event("The device sends a quantity that is not known here.", fields=("code",))
    clock_set = Event("The device's clock was met anew.", fields=("by_s",))
    values_disagree = Event(
        "Two ways of measuring one quantity differ.", fields=("member", "value", "other", "by")
    )

    located_in = Link("locatedIn", "Where it stands.", inverse="holds")

    @operation(
        effect=becomes("attached", value=True),
        guards=[SENSORS_REACH],
        roles=CARERS,
        undo="detach",
    )
    async def attach(self, patient: str) -> JSON:
        """Put the sensors on a patient: the patient's values come from here."""
        await self.port.command("attach", patient=patient)
        self.port.link("monitoredBy", self.id, twin=patient)
        return patient

    @operation(effect=becomes("attached", value=False), roles=CARERS)
    async def detach(self) -> JSON:
        """Take the sensors off."""
        return await self.port.command("detach")

    @operation(effect=becomes("pressure_by", "how"), roles=CARERS)
    async def measure_by(
        self, how: Literal["arterial_line", "cuff"], interval_s: float = 120.0
    ) -> JSON:
        """Measure pressure by an arterial line (continuously) or by a cuff (every `interval_s`)."""
        return await self.port.command("measure_by", how=how, interval_s=interval_s)

    @operation(
        effect=Effect("alarm_limit has it", _is_set), within_s=5, guards=[FITS], roles=_AT_IT
    )
    async def set_limit(self, member: Sign, side: Literal["low", "high"], to: float) -> JSON:
        """Set beyond which value the monitor alarms; it stays so when the age becomes known."""
        rows = self.value("alarm_limit") or {}
        row = moved(limits_from(rows)[member], side, to, self.port.caller)
        self.port.report("alarm_limit", {**rows, member: row.as_json()})
        return to

    @operation(roles=_AT_IT)
    async def silence(self, seconds: float = 120.0) -> JSON:
        """Pause the sound of the alarms for a while (120 s are customary); they still show."""
        self.port.report(
            "silenced", {"seconds": seconds, "alarms": sorted(self.value("alarm") or {})}
        )
        return seconds
