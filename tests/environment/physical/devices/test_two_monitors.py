"""Two monitors on one patient, merged by rule; and a value that a device takes back."""

from collections.abc import Awaitable, Callable

from environment.physical.devices.monitor import RealMonitor
from tests.environment.physical.devices.stage import PATIENT, at, message
from tests.environment.physical.devices.test_intake import at_the_bedside
from tests.environment.physical.stage import Stage, play


def with_two(scene: Callable[[Stage, RealMonitor, RealMonitor], Awaitable[None]]) -> Stage:
    """A patient on the ambulance's monitor, and since 5 s on the shock room's too."""

    async def run(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        stage.world.readings("patient", {"age": 40}, 0, "rescuer")
        pair = [RealMonitor(name, patients=(PATIENT,), epoch=at(0)) for name in ("first", "last")]
        for seconds, monitor in zip((0, 5), pair, strict=True):
            await stage.until(seconds)
            await stage.put("monitor", monitor, monitor.twin)
            await stage.ask(monitor.twin, "attach", patient="patient")
        await scene(stage, *pair)

    return play(run)


def rebuilt_equals_live(stage: Stage) -> None:
    """The state of now is the same when it is read from the journal."""
    now = stage.clock.now()
    live, again = stage.world.state("patient"), stage.world.state("patient", now)
    assert {n: (r.value, r.twin) for n, r in live.values.items()} == {
        n: (r.value, r.twin) for n, r in again.values.items()
    }


def test_the_monitor_that_was_attached_last_is_preferred_whoever_speaks_last() -> None:
    async def scene(stage: Stage, first: RealMonitor, last: RealMonitor) -> None:
        for second in range(6, 12):
            await stage.until(second)
            last.receive(message(str(second), second, hr=110))
            first.receive(message(str(second), second + 0.0, hr=104))
            assert stage.value("patient", "hr") == 110
            rebuilt_equals_live(stage)
        assert stage.value("first", "hr") == 104  # nothing is lost: it is on its own twin
        assert stage.events("patient", "values_disagree") == []

    with_two(scene)


def test_a_preferred_monitor_that_falls_silent_gives_way_and_comes_back() -> None:
    async def scene(stage: Stage, first: RealMonitor, last: RealMonitor) -> None:
        await stage.until(6)
        last.receive(message("6", 6, hr=110))
        seen = []
        for second in range(7, 16):
            await stage.until(second)
            first.receive(message(str(second), second, hr=100 + second))
            seen.append(stage.value("patient", "hr"))
            rebuilt_equals_live(stage)
        assert seen == [110.0] * 5 + [112.0, 113.0, 114.0, 115.0]
        await stage.until(16)
        last.receive(message("16", 16, hr=111))
        assert stage.value("patient", "hr") == 111
        rebuilt_equals_live(stage)

    with_two(scene)


def test_an_arterial_line_counts_before_the_cuff_of_the_preferred_monitor() -> None:
    async def scene(stage: Stage, first: RealMonitor, last: RealMonitor) -> None:
        await stage.until(6)
        first.receive(message("6", 6, sbp=96))
        await stage.until(7)
        last.receive(message("7", 7, method="cuff", sbp=104))
        assert stage.value("patient", "sbp") == 96
        rebuilt_equals_live(stage)
        await stage.until(20)  # the line is off: what remains is the cuff
        last.receive(message("20", 20, method="cuff", sbp=102))
        assert stage.value("patient", "sbp") == 102
        rebuilt_equals_live(stage)

    with_two(scene)


def test_a_contradiction_is_said_once_a_minute() -> None:
    async def scene(stage: Stage, first: RealMonitor, last: RealMonitor) -> None:
        for second in range(6, 76):
            await stage.until(second)
            last.receive(message(str(second), second, spo2=97))
            first.receive(message(str(second), second, spo2=84))
        said = stage.events("patient", "values_disagree")
        assert [c.recorded for c in said] == [6, 66]
        assert said[0].value == {"member": "spo2", "value": 97.0, "other": 84.0, "by": "first"}
        assert stage.value("patient", "spo2") == 97

    with_two(scene)


def test_when_the_preferred_monitor_is_unlinked_the_other_counts_at_once() -> None:
    async def scene(stage: Stage, first: RealMonitor, last: RealMonitor) -> None:
        await stage.until(6)
        last.receive(message("6", 6, hr=110))
        await stage.until(7)
        first.receive(message("7", 7, hr=104))
        assert stage.value("patient", "hr") == 110
        stage.world.unlink("patient", "monitoredBy", "last")
        assert stage.value("patient", "hr") == 104
        rebuilt_equals_live(stage)

    with_two(scene)


def test_a_value_that_its_device_takes_back_counts_no_more() -> None:
    async def scene(stage: Stage) -> None:
        for second in (9, 10):
            await stage.until(second)
            stage.give(message(str(second), second, hr=100 + second))  # type: ignore[attr-defined]
        await stage.until(11)
        assert stage.give(message("11", 10, status="D", hr=110)) == ("AA", "11")  # type: ignore[attr-defined]
        assert stage.value("patient", "hr") == 109
        rebuilt_equals_live(stage)
        assert stage.world.state("patient", 10.5, known_at=10.5).values["hr"].value == 110
        stage.give(message("12", 9, status="D", hr=109))  # type: ignore[attr-defined]
        assert stage.value("patient", "hr") is None
        assert "hr" not in stage.world.state("patient", 11).values

    at_the_bedside(scene)
