"""The simulated monitor: what it shows of a body, and how it can fail."""

from random import Random
from statistics import fmean, pstdev

import pytest

from environment.errors import InvocationFailedError
from environment.physical.monitor_sim import MonitorSim
from environment.physical.physiology import Body, injury

from .stage import Stage, bleeding_body, numbers, play


def watched(
    body: Body, seconds: float, *, noise: float = 0.0, seed: int = 1, lag_s: int = 25
) -> Stage:
    async def scene(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        monitor = MonitorSim("monitor", {"patient": body}, Random(seed), noise=noise, lag_s=lag_s)
        await stage.put("monitor", monitor)
        await stage.ask("monitor", "attach", patient="patient")
        await stage.until(seconds)

    return play(scene)


def test_without_noise_the_monitor_shows_the_body_rounded_once_a_second() -> None:
    body = bleeding_body()
    stage = watched(body, 600)
    rates = stage.history("monitor", "hr")
    assert len(rates) in (599, 600)
    now = body.signs()
    assert stage.value("monitor", "hr") == round(now.hr)
    assert stage.value("monitor", "sbp") == round(now.sbp)
    assert stage.value("monitor", "etco2") == round(now.etco2)
    assert stage.value("patient", "sbp") == round(now.sbp)


def test_the_same_seed_gives_the_same_noise_and_another_seed_another() -> None:
    one, same, other = (
        numbers(watched(Body(), 120, noise=1.0, seed=s).history("monitor", "hr")) for s in (3, 3, 4)
    )
    assert one == same
    assert one != other


def test_noise_scatters_around_the_truth_and_can_be_scaled() -> None:
    quiet = numbers(watched(Body(), 900, noise=1.0).history("monitor", "sbp"))
    loud = numbers(watched(Body(), 900, noise=3.0).history("monitor", "sbp"))
    assert fmean(quiet) == pytest.approx(121.7, abs=1.5)
    assert 0.5 < pstdev(quiet) < 3
    assert pstdev(loud) > 1.8 * pstdev(quiet)


def test_the_shown_saturation_lags_behind_the_blood() -> None:
    drop = injury("contusion", shunt=[[0, 0], [100, 0], [101, 0.3]])
    body = Body(injuries=[drop])
    values = numbers(watched(body, 200).history("monitor", "spo2"))
    assert values[110] > 95
    assert values[160] < 90


def test_too_little_pulse_is_a_poor_signal_not_a_number() -> None:
    body = Body(injuries=[injury("bleed", site="liver", flow_ml_min=250)])
    stage = watched(body, 700)
    assert body.signs().pulse
    assert body.signs().sbp < 70
    assert stage.value("monitor", "poor_signal") is True
    assert stage.history("monitor", "spo2")[-1].effective < stage.clock.now() - 5
    assert stage.history("monitor", "hr")[-1].effective > stage.clock.now() - 2


def test_without_a_pulse_the_monitor_shows_no_numbers() -> None:
    body = Body(injuries=[injury("bleed", site="liver", flow_ml_min=600)])
    stage = watched(body, 900)
    stopped = body.s.arrested_s
    assert stopped is not None
    assert stage.history("monitor", "sbp")[-1].effective <= stopped


def test_during_compressions_the_gas_is_the_one_thing_that_the_monitor_shows() -> None:
    body = Body()
    body.advance(30)
    body.treat("cardiac_arrest")
    body.treat("cpr")
    stage = watched(body, 120)
    assert 10 <= float(stage.value("monitor", "etco2") or 0) < 35
    assert stage.value("monitor", "rr") == 5
    for gone in ("hr", "sbp", "spo2"):
        assert stage.history("monitor", gone) == []


def test_a_cuff_measures_every_two_minutes_and_says_that_it_is_a_cuff() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        await stage.put("monitor", MonitorSim("monitor", {"patient": Body()}, Random(1), noise=0))
        await stage.ask("monitor", "attach", patient="patient")
        await stage.ask("monitor", "measure_by", how="cuff", interval_s=120.0)
        await stage.until(600)

    stage = play(scene)
    readings = stage.history("monitor", "sbp")
    assert [round(c.effective) for c in readings] == [1, 121, 241, 361, 481]
    assert {c.quality for c in readings} == {"cuff"}
    assert len(stage.history("monitor", "hr")) >= 598
    assert stage.value("monitor", "pressure_by") == "cuff"


def test_a_silent_monitor_sends_nothing_and_its_values_become_stale() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        monitor = MonitorSim("monitor", {"patient": Body()}, Random(1), noise=0)
        await stage.put("monitor", monitor)
        await stage.ask("monitor", "attach", patient="patient")
        await stage.until(100)
        monitor.silence(60)
        await stage.until(145)
        assert stage.value("monitor", "hr") is None
        await stage.until(200)
        assert stage.value("monitor", "hr") == 72

    stage = play(scene)
    times = [c.effective for c in stage.history("monitor", "hr")]
    assert not [t for t in times if 100.5 < t < 159.5]


def test_what_a_lost_monitor_kept_comes_later_with_its_own_times() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        monitor = MonitorSim("monitor", {"patient": Body()}, Random(1), noise=0)
        await stage.put("monitor", monitor)
        await stage.ask("monitor", "attach", patient="patient")
        await stage.until(50.5)
        monitor.silence(20, sends_later=True)
        await stage.until(65)
        assert stage.history("monitor", "hr")[-1].effective == 50
        await stage.until(80)

    stage = play(scene)
    late = [c for c in stage.history("monitor", "hr") if 50 < c.effective <= 70]
    assert [c.effective for c in late] == list(range(51, 71))
    assert {c.recorded for c in late} == {71}


def test_an_unplugged_sensor_is_missing_and_a_wrong_arm_reads_low() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        monitor = MonitorSim("monitor", {"patient": Body()}, Random(1), noise=0)
        await stage.put("monitor", monitor)
        await stage.ask("monitor", "attach", patient="patient")
        await stage.until(50)
        monitor.unplug("spo2")
        monitor.distort("sbp", -40, 30)
        await stage.until(70)
        assert stage.value("monitor", "sbp") == 82
        await stage.until(100)
        assert stage.value("monitor", "sbp") == 122
        assert stage.value("monitor", "spo2") is None
        monitor.plug()
        await stage.until(110)
        assert stage.value("monitor", "spo2") == 97

    play(scene)


def test_a_monitor_shows_only_what_it_can_measure() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        monitor = MonitorSim("monitor", {"patient": Body()}, Random(1), measures=("hr", "pressure"))
        await stage.put("monitor", monitor)
        await stage.ask("monitor", "attach", patient="patient")
        await stage.until(30)

    stage = play(scene)
    assert stage.history("monitor", "etco2") == []
    assert len(stage.history("monitor", "sbp")) > 20


def test_a_detached_monitor_is_quiet_and_a_wrong_patient_is_refused() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        await stage.put("monitor", MonitorSim("monitor", {"patient": Body()}, Random(1)))
        with pytest.raises(InvocationFailedError, match="Did you mean 'patient'"):
            await stage.ask("monitor", "attach", patient="patent")
        await stage.ask("monitor", "attach", patient="patient")
        await stage.until(30)
        await stage.ask("monitor", "detach")
        await stage.until(90)

    stage = play(scene)
    assert stage.history("monitor", "hr")[-1].effective <= 30
