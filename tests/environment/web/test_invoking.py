"""Asking a twin for an operation over HTTP: the whole life of an invocation."""

from urllib.parse import quote

import pytest

from environment.web.limits import Limits
from tests.environment.web.stage import Answer, Stage, staged

pytestmark = pytest.mark.wall_time
LAMP = "/twins/lamp/lamp"
SWITCH = f"{LAMP}/operations/switch"


async def ended(stage: Stage, asked: Answer) -> Answer:
    return await stage.ask("GET", asked.headers["Location"] + "?wait=5")


async def test_an_invocation_has_an_address_and_ends_with_its_output_and_effect(
    stage: Stage,
) -> None:
    asked = await stage.ask("POST", SWITCH, body={"on": True})
    assert asked.status == 201
    assert asked.json["status"] in ("pending", "running")
    status = (await ended(stage, asked)).json
    assert (status["status"], status["output"]) == ("completed", "done")
    assert status["effect"] in ("confirmed", "pending")
    assert status["timeEnded"] >= status["timeRequested"]
    assert stage.world.twin("lamp").value("on") is True


async def test_accepted_completed_and_seen_are_three_facts(stage: Stage) -> None:
    stage.bulb.silent = True
    asked = await stage.ask("POST", SWITCH, body={"on": True})
    status = (await ended(stage, asked)).json
    assert (status["status"], status["effect"]) == ("completed", "pending")
    assert stage.world.twin("lamp").value("on") is None


async def test_a_refusal_names_guard_expected_found_and_since(stage: Stage) -> None:
    stage.bulb.tell("power", False, None)
    refused = await stage.ask("POST", SWITCH, body={"on": True})
    assert (refused.status, refused.type) == (409, "application/problem+json")
    body = refused.json
    assert (body["guard"], body["expected"], body["found"]) == (
        "power_fits",
        "power True",
        "power False",
    )
    assert body["since"] is not None
    again = await stage.ask("GET", f"{SWITCH}/{body['invocation']}")
    assert again.json["status"] == "failed"
    assert again.json["error"]["guard"] == "power_fits"


async def test_what_would_be_refused_is_told_before_asking(stage: Stage) -> None:
    free = (await stage.ask("GET", f"{LAMP}/operations")).json["switch"]
    assert (free["available"], free["against"]) == (True, None)
    assert free["input"]["required"] == ["on"]
    stage.bulb.tell("power", False, None)
    held = (await stage.ask("GET", f"{LAMP}/operations")).json["switch"]
    assert held["available"] is False
    assert held["against"]["guard"] == "power_fits"


async def test_a_broken_asset_fails_the_invocation_with_its_reason(stage: Stage) -> None:
    stage.bulb.broken = True
    status = (await ended(stage, await stage.ask("POST", SWITCH, body={"on": True}))).json
    assert (status["status"], status["error"]["reason"]) == ("failed", "broken")
    assert status["error"]["title"] == "The bulb is broken."


async def test_a_repeated_request_with_its_key_is_carried_out_once(stage: Stage) -> None:
    first = await stage.ask("POST", SWITCH, body={"on": True}, Idempotency_Key="k1")
    again = await stage.ask("POST", SWITCH, body={"on": True}, Idempotency_Key="k1")
    other = await stage.ask("POST", SWITCH, body={"on": False}, Idempotency_Key="k1")
    assert (first.status, again.status) == (201, 201)
    assert again.headers["Location"] == first.headers["Location"]
    assert (other.status, other.json["code"]) == (422, "key_reused")
    asked = stage.world.journal.read(twin="lamp", kind="operation")
    assert [c.value["status"] for c in asked].count("requested") == 1


async def test_what_was_meant_for_another_course_of_the_run_is_not_done(stage: Stage) -> None:
    here = (await stage.ask("GET", "/here")).json["course"]
    for course, status in ((here, 201), (f"{here}~1", 412)):
        meant = quote(course, safe="")
        asked = await stage.ask("POST", SWITCH, body={"on": True}, Twin_Course=meant)
        assert asked.status == status
    rows = [c for c in stage.world.journal if c.kind == "operation"]
    assert {c.value["invocation"] for c in rows} == {"switch-1"}


async def test_a_running_invocation_can_be_cancelled_by_its_caller_only(stage: Stage) -> None:
    stage.bulb.takes_s = 60
    asked = await stage.ask("POST", SWITCH, body={"on": True})
    where = asked.headers["Location"]
    assert (await stage.ask("DELETE", where, by="rosa")).status == 403
    gone = await stage.ask("DELETE", where, body={"reason": "changed our minds"})
    assert gone.status == 204
    status = (await ended(stage, asked)).json
    assert (status["status"], status["step"]) == ("failed", "cancelled")
    assert status["error"]["reason"] == "changed our minds"
    late = await stage.ask("DELETE", where)
    assert (late.status, late.json["code"]) == (409, "already_ended")


async def test_arguments_that_do_not_fit_leave_no_trace(stage: Stage) -> None:
    before = len(stage.world.journal)
    for body in ({}, {"on": "yes"}, {"on": True, "colour": "red"}, ["on"]):
        assert (await stage.ask("POST", SWITCH, body=body)).status == 422
    assert len(stage.world.journal) == before


async def test_an_unknown_operation_is_answered_with_the_nearest(stage: Stage) -> None:
    got = await stage.ask("POST", f"{LAMP}/operations/swich", body={})
    assert got.status == 404
    assert "Did you mean 'switch'" in got.json["detail"]


async def test_a_role_that_may_not_is_refused_and_the_journal_knows(stage: Stage) -> None:
    for by in ("rosa", "wall", "leo"):
        got = await stage.ask("POST", SWITCH, by=by, body={"on": True})
        assert got.status in (403, 404), by
    refused = stage.world.journal.read(twin="lamp", kind="operation")
    assert any(
        c.by == "rosa" and c.value["status"] == "refused" and c.value["guard"] == "within_rights"
        for c in refused
    )


async def test_a_request_carries_its_cause(stage: Stage) -> None:
    cause = stage.tell("patient", "weight_kg", 70)
    assert cause is not None
    asked = await stage.ask("POST", SWITCH, body={"on": True}, Twin_Cause=str(cause.seq))
    await ended(stage, asked)
    change = stage.world.journal.last("lamp", "on")
    assert change is not None
    assert stage.world.journal.why(change)[0] == cause
    invented = await stage.ask("POST", SWITCH, body={"on": True}, Twin_Cause="999999")
    assert invented.status == 422


async def test_an_agent_publishes_in_its_own_mind_only(stage: Stage) -> None:
    path = "/twins/mind/mind_assistant/events/said"
    said = await stage.ask("POST", path, by="assistant", body={"level": "info", "text": "hm"})
    assert said.status == 201
    assert said.json["change"]["by"] == "assistant"
    stage.world.add("mind", "mind_other")
    other = await stage.ask("POST", "/twins/mind/mind_other/events/said", by="assistant", body={})
    assert other.status == 403


async def test_a_defect_ends_the_invocation_and_shows_nothing_of_our_inside(stage: Stage) -> None:
    async def broken(command: object) -> None:
        raise KeyError("inside")

    stage.bulb.command = broken  # type: ignore[method-assign]  # to break it
    status = (await ended(stage, await stage.ask("POST", SWITCH, body={"on": True}))).json
    assert (status["status"], status["error"]["reason"]) == ("failed", "defect")
    assert "inside" not in str(status)


async def test_first_answers_are_kept_for_so_many_requests() -> None:
    async with staged(limits=Limits(answers=2)) as stage:
        first = await stage.ask("POST", SWITCH, body={"on": True}, Idempotency_Key="a")
        for key in ("b", "c"):
            await stage.ask("POST", SWITCH, body={"on": True}, Idempotency_Key=key)
        again = await stage.ask("POST", SWITCH, body={"on": True}, Idempotency_Key="a")
        assert again.headers["Location"] != first.headers["Location"]
        assert len(stage.served.site.answers) == 2
