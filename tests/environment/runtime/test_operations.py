import asyncio

import pytest

from environment.client import InProcess, TwinClient, because
from environment.errors import (
    BadValueError,
    InvocationFailedError,
    RefusedError,
    SourceLostError,
    UnknownMemberError,
    UnknownTwinError,
)
from tests.environment.runtime.ward import Bulb, Ward


async def ward_with(bulb: Bulb) -> tuple[Ward, TwinClient]:
    ward = Ward()
    await ward.world.attach(bulb, serves=["lamp"])
    return ward, TwinClient(InProcess(ward.world, ward.operations), "ann")


async def test_an_invocation_is_confirmed_when_its_effect_is_seen_in_the_shadow() -> None:
    ward, ann = await ward_with(Bulb())
    assert await ann.invoke("lamp", "switch", True) == "done"
    assert ward.statuses("lamp") == ["requested", "accepted", "running", "completed", "confirmed"]
    assert ward.world.state("lamp").get("on") is True


async def test_a_request_alone_never_changes_the_mirrored_state() -> None:
    ward, ann = await ward_with(Bulb(silent=True))
    await ann.invoke("lamp", "switch", on=True)
    assert ward.world.state("lamp").get("on") is None
    await ward.clock.sleep(6)
    assert ward.statuses("lamp")[-1] == "unconfirmed"


async def test_the_effect_has_the_invocation_as_its_cause_and_the_invocation_its_reason() -> None:
    ward, ann = await ward_with(Bulb())
    reason = ward.tell("person", "mood", "ill")
    with because("ann", reason):
        await ann.invoke("lamp", "switch", True)
    shone = ward.world.journal.last("lamp", "on")
    assert shone is not None
    assert [c.name for c in ward.world.journal.why(shone)] == ["mood", "switch", "on"]


async def test_a_guard_refuses_by_name_with_what_it_expected_and_found_and_since_when() -> None:
    ward, ann = await ward_with(Bulb())
    await ward.clock.sleep(4)
    ward.tell("lamp", "power", False)
    with pytest.raises(RefusedError) as refused:
        await ann.invoke("lamp", "switch", True)
    assert refused.value.guard == "power_fits"
    assert (refused.value.expected, refused.value.found) == ("power True", "power False")
    assert refused.value.since == 4.0
    last = ward.world.journal.read(twin="lamp", kind="operation")[-1]
    assert (last.value["status"], last.value["guard"]) == ("refused", "power_fits")


async def test_available_operations_say_beforehand_what_would_refuse() -> None:
    ward, ann = await ward_with(Bulb())
    assert (await ann.available("lamp"))[0]["available"] is True
    ward.tell("lamp", "power", False)
    row = (await ann.available("lamp"))[0]
    assert (row["available"], row["guard"], row["found"]) == (False, "power_fits", "power False")


async def test_a_role_that_may_not_ask_is_refused() -> None:
    ward = Ward()
    bob = TwinClient(InProcess(ward.world, ward.operations), "bob")
    with pytest.raises(RefusedError, match="role_is_allowed"):
        await bob.invoke("course", "advance", "over")
    assert ward.world.twin("course").phase == "begun"


async def test_a_step_that_may_not_follow_is_refused_and_an_unknown_phase_says_the_nearest() -> (
    None
):
    ward = Ward()
    ann = TwinClient(InProcess(ward.world, ward.operations), "ann")
    await ann.invoke("course", "advance", "over")
    with pytest.raises(RefusedError, match="twin_not_ended"):
        await ann.invoke("course", "advance", "begun")
    other = Ward()
    ann = TwinClient(InProcess(other.world, other.operations), "ann")
    with pytest.raises(UnknownMemberError, match="Did you mean 'over'"):
        await ann.invoke("course", "advance", "ovr")


async def test_an_asset_that_cannot_fails_the_invocation_with_its_reason() -> None:
    ward, ann = await ward_with(Bulb(broken=True))
    with pytest.raises(InvocationFailedError, match="broken") as failed:
        await ann.invoke("lamp", "switch", True)
    assert failed.value.reason == "broken"
    assert ward.statuses("lamp")[-1] == "failed"


async def test_a_twin_without_an_asset_says_so() -> None:
    ward = Ward()
    ward.tell("lamp", "power", True)
    ann = TwinClient(InProcess(ward.world, ward.operations), "ann")
    with pytest.raises(SourceLostError, match="no asset"):
        await ann.invoke("lamp", "switch", True)
    assert ward.statuses("lamp")[-1] == "failed"


async def test_an_asset_that_never_answers_is_given_up() -> None:
    ward, ann = await ward_with(Bulb(takes_s=10_000))
    with pytest.raises(InvocationFailedError, match="no answer"):
        await ann.invoke("lamp", "switch", True)
    assert ward.statuses("lamp")[-1] == "expired"


async def test_an_invocation_can_be_cancelled_while_it_runs() -> None:
    ward, ann = await ward_with(Bulb(takes_s=60))
    task = asyncio.get_running_loop().create_task(ann.invoke("lamp", "switch", True))
    await ward.clock.sleep(5)
    ward.operations.cancel("switch-1", "no longer needed")
    with pytest.raises(InvocationFailedError, match="no longer needed"):
        await task
    assert ward.statuses("lamp")[-1] == "cancelled"


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (("lmp", "switch", True), UnknownTwinError, "Did you mean 'lamp'"),
        (("lamp", "swich", True), UnknownMemberError, "Did you mean 'switch'"),
        (("lamp", "switch"), BadValueError, "'on' is missing"),
        (("lamp", "switch", "yes"), BadValueError, "must be a boolean"),
        (("lamp", "switch", True, 1.0, 2), BadValueError, "takes 2 arguments"),
    ],
)
async def test_a_wrong_request_says_what_where_and_the_way_out(
    call: tuple[object, ...], error: type[Exception], words: str
) -> None:
    ward, ann = await ward_with(Bulb())
    before = ward.statuses("lamp")
    with pytest.raises(error, match=words):
        await ann.invoke(str(call[0]), str(call[1]), *call[2:])
    assert ward.statuses("lamp") == before


async def test_a_named_argument_that_does_not_exist_is_named_with_the_nearest() -> None:
    _, ann = await ward_with(Bulb())
    with pytest.raises(BadValueError, match=r"no argument 'levle'\. Did you mean 'level'"):
        await ann.invoke("lamp", "switch", on=True, levle=2)
