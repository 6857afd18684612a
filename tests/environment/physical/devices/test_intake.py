"""What is done with a monitor's messages, one at a time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from environment.runtime.clock import VirtualLoop
from tests.environment.physical.devices.stage import Bedside, message

Scene = Callable[[Bedside], Awaitable[None]]


def at_the_bedside(scene: Scene, **how: tuple[str, ...]) -> Bedside:
    """Play a scene with a monitor on a patient."""

    async def run() -> Bedside:
        stage = Bedside()
        await stage.set_up(**how)
        await scene(stage)
        await stage.world.close()
        await stage.operations.close()
        stage.clock.close()
        return stage

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(run())


def test_a_good_message_becomes_the_patients_values_with_their_lineage() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        assert stage.give(message("1", 9.5, hr=104, sbp=86, spo2=95)) == ("AA", "1")
        assert stage.value("patient", "sbp") == 86
        reading = stage.world.state("patient").values["hr"]
        assert (reading.value, reading.effective, reading.recorded) == (104, 9.5, 10)
        assert (reading.twin, reading.source) == ("monitor", "monitor")

    assert at_the_bedside(scene).monitor.intake.account.counts == {"accepted": 1}


def test_the_same_message_twice_counts_once_and_both_are_acknowledged() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        assert stage.give(message("1", 10, hr=104)) == ("AA", "1")
        assert stage.give(message("1", 10, hr=104)) == ("AA", "1")
        assert len(stage.history("monitor", "hr")) == 1
        assert [r["reason"] for r in stage.refused()] == ["duplicate"]

    at_the_bedside(scene)


def test_a_number_that_is_used_for_another_message_is_an_error() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        stage.give(message("1", 10, hr=104))
        assert stage.give(message("1", 10, hr=61)) == ("AE", "1")
        assert stage.value("monitor", "hr") == 104
        assert stage.refused()[0]["reason"] == "identifier_reused"

    at_the_bedside(scene)


def test_another_patients_values_are_refused_and_kept_as_text() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        answer = stage.monitor.receive(message("7", 10, patient="MRN-2", hr=40))
        assert "\rMSA|AE|7\r" in answer
        assert "|204^^HL70357|E|" in answer
        assert stage.history("monitor", "hr") == []
        (told,) = stage.refused()
        assert told["reason"] == "wrong_patient"
        assert "MRN-2" in told["why"]
        assert "PID|||MRN-2" in told["raw"]

    at_the_bedside(scene)


def test_a_monitor_that_is_bound_to_anybody_takes_whoever_is_on_it() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        assert stage.give(message("7", 10, patient="", hr=40)) == ("AA", "7")

    at_the_bedside(scene, patients=("*",))


@pytest.mark.parametrize(
    ("unit", "told", "taken"),
    [
        ("265987^MDC_DIM_KILO_PASCAL^MDC", "14.4", 108.01),
        ("kPa^^UCUM", "14.4", 108.01),
        ("mm[Hg]^^UCUM", "108", 108.0),
        ("mmHg", "108", 108.0),
    ],
)
def test_pressures_in_other_known_units_are_converted(unit: str, told: str, taken: float) -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        raw = message("1", 10, sbp=1.0).replace(
            b"||1|266016^MDC_DIM_MMHG^MDC", f"||{told}|{unit}".encode()
        )
        assert stage.give(raw) == ("AA", "1")
        assert stage.value("monitor", "sbp") == taken

    at_the_bedside(scene)


def test_fahrenheit_becomes_celsius() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        raw = message("1", 10, temp=95.0).replace(b"268192^MDC_DIM_DEGC", b"266560^MDC_DIM_FAHR")
        stage.give(raw)
        assert stage.value("monitor", "temp") == 35.0

    at_the_bedside(scene)


def test_a_value_in_an_unknown_unit_is_refused_alone() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        raw = message("1", 10, hr=104, sbp=86).replace(b"266016^MDC_DIM_MMHG", b"1^MDC_DIM_FOOT")
        answer = stage.monitor.receive(raw)
        assert "\rMSA|AA|1\r" in answer
        assert "\rERR||OBX^2|103^^HL70357|W|" in answer
        assert stage.value("monitor", "hr") == 104
        assert stage.value("monitor", "sbp") is None
        assert stage.refused()[0]["reason"] == "wrong_unit"

    at_the_bedside(scene)


def test_an_implausible_value_is_refused_and_those_who_follow_the_patient_hear_it() -> None:
    async def scene(stage: Bedside) -> None:
        heard: list[str] = []
        stage.world.watch(lambda n: heard.append(n.change.name), "patient")
        await stage.until(10)
        assert stage.give(message("1", 10, hr=-999)) == ("AE", "1")
        assert "reading_refused" in heard
        assert stage.value("patient", "hr") is None

    at_the_bedside(scene)


def test_a_late_value_is_restated_and_leaves_the_present_alone() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(30)
        stage.give(message("2", 30, hr=104))
        assert stage.give(message("1", 12, hr=88)) == ("AA", "1")
        assert stage.value("patient", "hr") == 104
        late = stage.history("monitor", "hr")[-1]
        assert (late.effective, late.recorded, late.quality) == (12, 30, "restated")
        then = stage.world.state("patient", 13.0)
        assert then.values["hr"].value == 88
        assert "hr" not in stage.world.state("patient", 13.0, known_at=29).values

    assert at_the_bedside(scene).monitor.intake.account.counts == {"accepted": 1, "late": 1}


def test_a_message_that_was_overtaken_is_restated() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(30)
        stage.give(message("2", 30, hr=104))
        stage.give(message("1", 29, hr=88))
        assert stage.value("monitor", "hr") == 104

    assert at_the_bedside(scene).monitor.intake.account.counts["out_of_order"] == 1


def test_a_correction_replaces_what_was_said_of_that_moment() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        stage.give(message("1", 10, hr=236))
        await stage.until(12)
        assert stage.give(message("2", 10, status="C", hr=118)) == ("AA", "2")
        assert stage.value("patient", "hr") == 118
        assert stage.world.state("patient", 10.5).values["hr"].value == 118
        assert stage.world.state("patient", 10.5, known_at=11).values["hr"].value == 236

    assert at_the_bedside(scene).monitor.intake.account.counts["corrected"] == 1


def test_a_correction_of_a_moment_that_has_passed_is_restated() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        stage.give(message("1", 10, hr=236))
        await stage.until(11)
        stage.give(message("2", 11, hr=117))
        stage.give(message("3", 10, status="C", hr=118))
        assert stage.value("patient", "hr") == 117
        assert stage.world.state("patient", 10.5).values["hr"].value == 118

    at_the_bedside(scene)


def test_a_value_from_the_future_is_refused() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        assert stage.give(message("1", 100, hr=88)) == ("AE", "1")
        assert stage.refused()[0]["reason"] == "clock_ahead"

    at_the_bedside(scene)


def test_a_lost_probe_is_a_poor_signal_and_no_number() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        assert stage.give(message("1", 10, spo2=96)) == ("AA", "1")
        assert stage.give(message("2", 10, status="X", spo2=None)) == ("AA", "2")
        assert stage.value("monitor", "poor_signal") is True
        await stage.until(12)
        stage.give(message("3", 12, spo2=96))
        assert stage.value("monitor", "poor_signal") is False

    at_the_bedside(scene)


def test_a_value_that_the_device_doubts_is_an_artefact_and_no_reading() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        raw = (
            message("1", 10, hr=236).replace(b"||||F", b"|QUES|||F").replace(b"^MDC||||", b"^MDC||")
        )
        raw = message("1", 10, hr=236).replace(b"^MDC|||||F", b"^MDC||QUES|||F")
        assert stage.give(raw) == ("AA", "1")
        assert stage.history("monitor", "hr") == []
        assert stage.events("monitor", "artefact")[0].value == {"member": "hr", "value": 236.0}

    at_the_bedside(scene)


def test_a_cuff_is_told_from_an_arterial_line_and_holds_longer() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        stage.give(message("1", 10, method="cuff", sbp=98, dbp=60))
        assert stage.value("monitor", "pressure_by") == "cuff"
        await stage.until(200)
        assert stage.value("patient", "sbp") == 98

    at_the_bedside(scene)


def test_beside_an_arterial_line_a_cuff_is_set_aside_and_contradiction_is_said() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        stage.give(message("1", 10, sbp=120))
        stage.give(message("2", 10, method="cuff", sbp=84))
        assert stage.value("patient", "sbp") == 120
        (said,) = stage.events("monitor", "values_disagree")
        assert said.value == {"member": "sbp", "value": 120.0, "other": 84.0, "by": "cuff"}

    at_the_bedside(scene)


def test_silence_degrades_the_patient_and_a_reconnecting_monitor_catches_up() -> None:
    async def scene(stage: Bedside) -> None:
        for second in range(1, 11):
            await stage.until(second)
            stage.give(message(str(second), second, hr=90, sbp=110, spo2=97, rr=16))
        assert stage.world.twin("patient").life == "shadowed"
        await stage.until(80)
        assert stage.world.twin("monitor").life == "lost"
        for second in range(11, 81):  # what it kept meanwhile comes at once
            code = stage.give(message(str(second), second, hr=90, sbp=110, spo2=97, rr=16))
            assert code[0] == "AA"
        assert stage.world.twin("patient").life == "shadowed"
        assert len(stage.history("monitor", "hr")) == 80
        assert stage.world.state("patient", 45.0).values["hr"].effective == 45

    assert at_the_bedside(scene).monitor.intake.account.taken == 80


def test_codes_of_loinc_mean_the_same_and_an_unknown_code_is_said_once() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        raw = message("1", 10, hr=91).replace(
            b"147842^MDC_ECG_HEART_RATE^MDC^8867-4^Heart rate^LN", b"8867-4^Heart rate^LN"
        )
        assert stage.give(raw) == ("AA", "1")
        assert stage.value("monitor", "hr") == 91
        for number in ("2", "3"):
            odd = message(number, 10, hr=3).replace(
                b"147842^MDC_ECG_HEART_RATE^MDC^8867-4^Heart rate^LN",
                b"148066^MDC_ECG_V_P_C_RATE^MDC",
            )
            assert stage.give(odd) == ("AA", number)
        assert len(stage.events("monitor", "code_unknown")) == 1

    at_the_bedside(scene)


def test_each_value_has_its_own_time_where_the_device_gives_one() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(10)
        raw = message("1", 10, hr=91, sbp=120).replace(
            b"266016^MDC_DIM_MMHG^MDC|||||F", b"266016^MDC_DIM_MMHG^MDC|||||F|||20310506140004+0000"
        )
        assert stage.give(raw) == ("AA", "1")
        values = stage.world.state("monitor").values
        assert (values["hr"].effective, values["sbp"].effective) == (10, 4)

    at_the_bedside(scene)


@pytest.mark.parametrize("sent", ["20310506160010+0200", "20310506140010+0000"])
def test_a_time_without_a_zone_is_of_the_zone_of_the_message(sent: str) -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(12)
        raw = message("1", 10, hr=91)
        stamp = b"20310506140010.0000+0000"
        local = sent[:14].encode()
        raw = raw.replace(stamp, sent.encode(), 1).replace(stamp, local, 1)
        assert stage.give(raw) == ("AA", "1")
        assert stage.world.state("monitor").values["hr"].effective == 10

    at_the_bedside(scene)


def test_a_message_with_newlines_and_an_old_version_is_read() -> None:
    async def scene(stage: Bedside) -> None:
        await stage.until(12)
        raw = message("1", 10, hr=91).replace(b"\r", b"\r\n").replace(b"|P|2.6|", b"|P|2.3|")
        assert stage.give(raw) == ("AA", "1")
        unknown = message("2", 11, hr=91).replace(b"|P|2.6|", b"|P|3.0|")
        assert stage.give(unknown) == ("AR", "2")

    at_the_bedside(scene)
