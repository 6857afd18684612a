from hypothesis import given, settings
from hypothesis import strategies as st

from environment.client import because
from environment.runtime.states import state_at
from tests.environment.runtime.ward import KINDS, Ward


async def test_a_reading_reaches_everyone_who_takes_it_through_links_with_its_origin() -> None:
    ward = Ward()
    ward.sense(hr=81)
    for twin in ("sensor", "person", "course"):
        assert ward.world.state(twin).get("hr") == 81
    reading = ward.world.state("course").values["hr"]
    assert (reading.twin, reading.source, reading.effective) == ("sensor", "probe", 0.0)
    assert len([c for c in ward.world.journal if c.name == "hr"]) == 1


async def test_a_horizon_that_ends_between_two_ticks_of_the_clock_ends_all_the_same() -> None:
    ward = Ward()
    ward.sense(at=-29.95, hr=81)  # -29.95 + 30 is a hair more than 0.05
    await ward.clock.sleep(0.1)
    assert ward.world.state("person").absent["hr"].reason == "stale"


async def test_a_value_is_gone_when_its_horizon_is_over_and_is_never_shown_as_new() -> None:
    ward = Ward()
    ward.sense(hr=81)
    await ward.clock.sleep(29.9)
    assert ward.world.state("person").get("hr") == 81
    await ward.clock.sleep(0.1)
    state = ward.world.state("person")
    assert "hr" not in state.values
    absent = state.absent["hr"]
    assert (absent.reason, absent.since) == ("stale", 30.0)
    assert absent.last is not None
    assert absent.last.value == 81


async def test_a_value_is_gone_at_the_end_of_its_horizon_whoever_comes_first_then() -> None:
    ward = Ward()
    ward.sense(hr=81)
    await ward.clock.sleep(1)
    ward.sense(hr=81)
    await ward.clock.sleep(30)  # begins before the timer for 31 s is set
    state = ward.world.state("person")
    assert state.absent["hr"].since == 31.0


async def test_a_cuff_pressure_holds_longer_than_a_continuous_one() -> None:
    ward = Ward()
    ward.world.readings("sensor", {"sbp": 120.0}, 0.0, "cuff", quality="cuff")
    await ward.clock.sleep(200)
    assert ward.world.state("person").get("sbp") == 120
    await ward.clock.sleep(100)
    assert ward.world.state("person").absent["sbp"].reason == "stale"


async def test_silence_degrades_life_with_no_traffic_at_all_and_readings_mend_it() -> None:
    ward = Ward()
    ward.tell("person", "age", 34)
    ward.sense(hr=80, sbp=120)
    await ward.clock.sleep(60)
    assert ward.lives("person")[-2:] == [(0.0, "shadowed"), (30.0, "degraded")]
    assert ward.lives("sensor")[-1] == (30.0, "lost")
    ward.sense(hr=80, sbp=120)
    assert ward.lives("person")[-1] == (60.0, "shadowed")
    assert ward.world.twin("sensor").life == "shadowed"


async def test_the_frame_tells_from_which_interval_the_values_come() -> None:
    ward = Ward()
    ward.sense(hr=80)
    await ward.clock.sleep(7)
    ward.sense(sbp=110)
    await ward.clock.sleep(3)
    assert ward.world.state("sensor").frame == (0.0, 10.0)


async def test_a_late_reading_is_restated_in_the_past_and_leaves_the_present_alone() -> None:
    ward = Ward()
    await ward.clock.sleep(20)
    ward.sense(hr=90)
    ward.sense(hr=70, at=10.0)
    assert ward.world.state("person").get("hr") == 90
    late = ward.world.journal.last("sensor", "hr")
    assert late is not None
    assert (late.quality, late.effective, late.recorded) == ("restated", 10.0, 20.0)
    assert ward.world.state("person", 15.0).get("hr") == 70
    assert ward.world.state("person", 15.0, known_at=19.0).get("hr") is None


async def test_a_repeated_observation_is_taken_once() -> None:
    ward = Ward()
    before = len(ward.world.journal)
    ward.sense(hr=80, source_seq=5)
    taken = len(ward.world.journal)
    ward.sense(hr=80, source_seq=5)
    assert taken > before
    assert len(ward.world.journal) == taken


async def test_an_equal_value_renews_freshness_without_telling_anyone_of_a_change() -> None:
    ward = Ward()
    told = []
    ward.sense(hr=80)
    ward.world.watch(
        lambda n: told.append(n.change.value) if n.change.name == "hr" else None, "person"
    )
    await ward.clock.sleep(20)
    ward.sense(hr=80)
    await ward.clock.sleep(20)
    assert ward.world.state("person").get("hr") == 80
    assert told == []


async def test_what_cannot_be_is_recorded_as_refused_and_nothing_else_breaks() -> None:
    ward = Ward()
    ward.sense(hr=80)
    ward.sense(hr=900)
    ward.tell("person", "mood", "wel")
    ward.tell("person", "age", "old")
    refused = ward.world.journal.read(kind="event", name="reading_refused")
    assert [c.value["member"] for c in refused] == ["hr", "mood", "age"]
    assert "possible are 0 to 300" in refused[0].value["why"]
    assert "Did you mean 'well'" in refused[1].value["why"]
    assert ward.world.state("person").get("hr") == 80


async def test_a_link_that_ends_leaves_the_last_value_until_its_horizon() -> None:
    ward = Ward()
    ward.sense(hr=80)
    await ward.clock.sleep(5)
    ward.world.unlink("person", "monitoredBy", "sensor")
    ward.sense(hr=99)
    assert ward.world.state("person").get("hr") == 80
    assert ward.world.state("person", 5.0).get("hr") == 80
    await ward.clock.sleep(25)
    assert ward.world.state("person").get("hr") is None


async def test_a_twin_that_follows_another_derives_its_own_facts() -> None:
    ward = Ward()
    ward.tell("person", "cough", {"times": 2})
    cough = ward.tell("person", "cough", {"times": 3})
    assert ward.world.state("course").get("coughs") == 5
    change = ward.world.journal.last("course", "coughs")
    assert cough is not None
    assert change is not None
    assert change.cause == cough.seq


async def test_fidelity_falls_while_a_source_is_silent_and_comes_back() -> None:
    ward = Ward()
    ledger = ward.world.twin("sensor").ledger
    ledger.sourced.update({"hr": 1.0, "sbp": 1.0})
    await ward.sensed_for(60, hr=80, sbp=120)
    full = ward.world.fidelity("person")
    assert full is not None
    assert full.value > 0.95
    await ward.clock.sleep(45)
    poor = ward.world.fidelity("person")
    assert poor is not None
    assert poor.value < 0.3
    await ward.sensed_for(60, hr=80, sbp=120)
    again = ward.world.fidelity("person")
    assert again is not None
    assert again.value > 0.95


async def test_a_closed_twin_stays_readable_and_no_longer_ages() -> None:
    ward = Ward()
    ward.sense(hr=80)
    ward.world.end("course")
    await ward.clock.sleep(100)
    assert ward.world.twin("course").life == "closed"
    assert ward.world.state("course").get("hr") == 80


async def test_a_reading_does_not_take_the_reason_of_whoever_set_the_timer() -> None:
    ward = Ward()
    reason = ward.tell("person", "mood", "ill")
    with because("ann", reason):
        ward.clock.call_at(5.0, lambda: ward.sense(hr=80))
    await ward.clock.sleep(6)
    reading = ward.world.journal.last("sensor", "hr")
    assert reading is not None
    assert (reading.by, reading.cause) == ("probe", None)


readings = st.lists(
    st.tuples(
        st.integers(0, 40),  # seconds that pass before
        st.sampled_from(["hr", "sbp"]),
        st.integers(40, 180),
        st.integers(0, 50),  # how late it comes
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(readings)
def test_the_rebuilt_state_equals_the_live_one(rows: list[tuple[int, str, int, int]]) -> None:
    import asyncio

    from environment.runtime.clock import VirtualLoop

    async def play() -> None:
        ward = Ward()
        models = {t.id: type(t) for t in ward.world.twins.values()}
        for wait, member, value, late in rows:
            await ward.clock.sleep(wait)
            ward.sense(at=max(0.0, ward.clock.now() - late), **{member: float(value)})
            for twin in KINDS:
                live = ward.world.state(twin)
                built = state_at(ward.world.journal, models, twin, ward.clock.now())
                assert {k: r.seq for k, r in built.values.items()} == {
                    k: r.seq for k, r in live.values.items()
                }
                assert built.frame == live.frame
                assert built.life == live.life

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(play())
