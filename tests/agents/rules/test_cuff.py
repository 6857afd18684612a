from tests.agents.rules.case import Case

EVERY_S = 120.0  # a cuff measures every two minutes


def measure(case: Case, sbp: float) -> None:
    """One cuff reading; nothing comes between it and the next."""
    case.feed("cuff", sbp=sbp)
    case.silence("sbp")


async def test_one_low_cuff_reading_waits_for_the_next(road: Case) -> None:
    road.feed(hr=70)
    measure(road, 85)
    await road.advance(EVERY_S)
    assert road.alert("HAE-01") is None


async def test_the_second_low_cuff_reading_raises_at_once(road: Case) -> None:
    road.feed(hr=70)
    measure(road, 85)
    await road.advance(EVERY_S)
    measure(road, 86)
    await road.advance(3)
    assert road.alert("HAE-01") == "high"


async def test_a_normal_cuff_reading_between_two_low_ones_starts_anew(road: Case) -> None:
    road.feed(hr=70)
    for sbp in (85, 110, 85):
        measure(road, sbp)
        await road.advance(EVERY_S)
    assert road.history("HAE-01") == []


async def test_one_cuff_reading_below_the_pulse_is_enough(road: Case) -> None:
    road.feed(hr=110)
    measure(road, 85)
    await road.advance(3)
    assert road.alert("HAE-01") == "high"


async def test_a_cuff_reading_is_not_stale_after_half_a_minute(road: Case) -> None:
    measure(road, 110)
    await road.advance(200)
    assert road.alert("PRO-05") is None
