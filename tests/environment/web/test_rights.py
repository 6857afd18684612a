"""Rights: one table, deny by default, one judge for every way out.

Long because each way out (state, stream, history, description, log) is held to the same table here.
"""

import asyncio
import itertools
import logging
import re
import subprocess
import sys

import aiohttp
import pytest

from environment.model.change import JSON
from environment.model.frame import Absent
from environment.model.twin import Twin
from environment.runtime.access import (
    GRANTS,
    IDENTITY,
    OPEN,
    ROLES,
    TICKET_S,
    VERBS,
    Caller,
    Rights,
    TokenError,
    Tokens,
)
from environment.twins import kinds
from environment.web.app import BindError, check_bind, make_site, serve
from environment.web.limits import Limits
from tests.environment.web.stage import ROLES as PEOPLE
from tests.environment.web.stage import Stage, staged, within

KINDS = kinds()
CASES = [
    (role, kind, phase)
    for role in ROLES
    for kind in sorted(KINDS)
    for machine in (KINDS[kind].machine,)
    for phase in (machine.phases if machine else (None,))
]


def in_phase(kind: str, phase: str | None) -> Twin:
    twin = KINDS[kind]("one")
    twin.ledger.phase = phase
    return twin


@pytest.mark.parametrize(("role", "kind", "phase"), CASES)
def test_only_a_row_of_the_table_gives_a_right(role: str, kind: str, phase: str | None) -> None:
    twin, rights = in_phase(kind, phase), Rights()
    members = [*twin.properties, *twin.events, *twin.operations, *twin.link_types]
    for own, verb, member in itertools.product((False, True), VERBS, members):
        given = [
            row
            for row in GRANTS
            if role in row.roles
            and verb in row.verbs
            and (not row.kinds or kind in row.kinds)
            and (not row.members or member in row.members)
            and (not row.phases or phase in row.phases)
            and (row.identity or member not in IDENTITY.get(kind, ()))
            and (row.secret or kind not in OPEN or member in OPEN[kind])
            and (own or not row.own)
        ]
        who = Caller("x", role, ("one",) if own else ())
        assert rights.allows(who, verb, twin, member) is bool(given)


def test_an_empty_table_gives_nothing_to_anybody() -> None:
    rights = Rights(())
    for role, verb, kind in itertools.product(ROLES, VERBS, KINDS):
        assert not rights.allows(Caller("x", role), verb, KINDS[kind]("one"))


def test_a_role_that_is_not_in_the_table_has_no_right() -> None:
    assert not Rights().allows(Caller("x", "visitor"), "read", KINDS["patient"]("one"))


@pytest.mark.parametrize("role", ["display", "researcher", "operator", "device"])
def test_these_roles_never_reach_a_name(role: str) -> None:
    who = Caller("x", role, ("one",))
    if role == "device":
        who = Caller("x", role)
    assert not any(Rights().allows(who, v, KINDS["patient"]("one"), "name") for v in VERBS)


def test_no_agent_may_treat_a_patient() -> None:
    patient = KINDS["patient"]("one")
    for operation in patient.operations:
        assert not Rights().allows(Caller("x", "agent"), "invoke", patient, operation)


def test_a_rescuer_loses_the_trauma_process_after_the_handover() -> None:
    who, rights = Caller("rita", "rescuer"), Rights()
    assert rights.allows(who, "read", in_phase("trauma", "pre_alerted"), "hr")
    assert not rights.allows(who, "read", in_phase("trauma", "operating"), "hr")


# -- tokens ------------------------------------------------------------------------------------


def tokens() -> tuple[Tokens, list[float]]:
    now = [0.0]
    numbers = itertools.count(1)
    return Tokens(lambda: now[0], lambda: f"very-secret-{next(numbers)}"), now


def test_a_token_is_kept_as_a_hash_only() -> None:
    kept, _ = tokens()
    secret = kept.issue("leo", "trauma_leader")
    assert secret not in str(kept.rows())
    again, _ = tokens()
    again.restore(kept.rows())
    assert again.caller(secret) == Caller("leo", "trauma_leader")


def test_a_token_ends_with_its_time_or_when_it_is_revoked() -> None:
    kept, now = tokens()
    short, long = kept.issue("a", "agent", lasts_s=10), kept.issue("b", "agent")
    now[0] = 10
    with pytest.raises(TokenError, match="expired"):
        kept.caller(short)
    assert kept.revoke("b") == 1
    with pytest.raises(TokenError, match="not known"):
        kept.caller(long)


def test_one_token_speaks_for_the_agents_of_its_process_and_no_others() -> None:
    kept, _ = tokens()
    secret = kept.issue("host", "agent", speaks_for=("leader_assistant",))
    assert kept.caller(secret, "leader_assistant").own == ("mind_leader_assistant",)
    with pytest.raises(TokenError, match="does not speak for 'ivy'"):
        kept.caller(secret, "ivy")


def test_a_ticket_opens_streams_of_its_twin_for_a_minute() -> None:
    kept, now = tokens()
    who = Caller("leo", "trauma_leader")
    ticket = kept.ticket(who, "patient")
    assert kept.holder(ticket, "patient") == who
    with pytest.raises(TokenError):
        kept.holder(ticket, "display")
    now[0] = TICKET_S
    with pytest.raises(TokenError):
        kept.holder(ticket, "patient")


# -- over HTTP ---------------------------------------------------------------------------------


@pytest.mark.wall_time
async def test_a_stranger_learns_nothing(stage: Stage) -> None:
    paths = (
        "/.well-known/wot",
        "/things",
        "/things/patient",
        "/events",
        "/stream",
        "/twins",
        "/models",
        "/twins/patient/patient",
        "/twins/patient/patient/state",
        "/twins/patient/nobody/state",
        "/twins/patient/patient/properties/hr/observe",
        "/twins/patient/patient/history",
        "/twins/patient/patient/why/1",
    )
    bodies = set()
    for path in paths:
        for by in ("", "invented"):
            got = await stage.ask("GET", path, by=by)
            assert got.status == 401, path
            assert "WWW-Authenticate" in got.headers
            bodies.add(got.text)
    assert len(bodies) == 2
    assert (await stage.ask("POST", "/twins/lamp/lamp/operations/switch", by="")).status == 401


@pytest.mark.wall_time
async def test_a_twin_that_may_not_be_seen_answers_like_one_that_does_not_exist(
    stage: Stage,
) -> None:
    hidden = await stage.ask("GET", "/twins/mind/mind_assistant/state", by="rita")
    absent = await stage.ask("GET", "/twins/mind/mind_nobody/state", by="rita")
    assert (hidden.status, absent.status) == (404, 404)
    assert hidden.json["detail"].replace("assistant", "nobody") == absent.json["detail"]


@pytest.mark.wall_time
@pytest.mark.parametrize("by", ["wall", "rosa"])
async def test_no_way_out_shows_a_name_to_those_who_may_not_know_it(stage: Stage, by: str) -> None:
    stage.tell("patient", "name", 7)  # refused, and the refusal names the value
    patient = "/twins/patient/patient"
    for path in (
        patient,
        f"{patient}/state",
        f"{patient}/state?frame=latest",
        f"{patient}/properties",
        f"{patient}/history",
        f"{patient}/links",
        "/things",
    ):
        got = await stage.ask("GET", path, by=by)
        assert got.status == 200, path
        assert "Anna" not in got.text
    page = await stage.ask("GET", patient, by=by, accept="text/html")
    assert "Anna" not in page.text
    state = (await stage.ask("GET", f"{patient}/state", by=by)).json
    assert state["absent"]["name"]["reason"] == "not_permitted"
    assert (await stage.ask("GET", f"{patient}/properties/name", by=by)).status == 403
    assert (await stage.ask("GET", f"{patient}/properties/name/observe", by=by)).status == 403
    named = stage.world.journal.last("patient", "name")
    assert named is not None
    assert (await stage.ask("GET", f"{patient}/why/{named.seq}", by=by)).status == 404
    async with stage.stream("/stream?since=0", by=by) as changes:
        stage.tell("patient", "weight_kg", 70)
        async for frame in changes:
            assert frame.data["name"] not in ("name", "reading_refused")
            if frame.data["name"] == "weight_kg":
                break


@pytest.mark.wall_time
async def test_why_tells_the_readings_of_a_hidden_decision_to_those_who_may_see_them(
    stage: Stage,
) -> None:
    def told(twin: str, name: str, value: JSON, cause: int | None = None) -> int:
        return stage.world.record(twin, "event", name, value, by="assistant", cause=cause).seq

    stage.tell("probe", "sbp", 84)
    reading, name = (
        stage.world.journal.last(*of) for of in (("probe", "sbp"), ("patient", "name"))
    )
    assert reading is not None
    assert name is not None
    decision = {
        "act": "show(wall)",
        "plan": "bleeding",
        "file": "rescuer_assistant.asl",
        "line": 7,
        "trigger": "+sbp(84)",
        "stack": [],
        "beliefs": [
            {"belief": "sbp(84)", "seq": reading.seq},
            {"belief": 'name("Anna Example")', "seq": name.seq},
            {"belief": 'thinks("Anna Example")', "seq": reading.seq},
            {"belief": "limit(sbp, 90)", "seq": None},
            {"belief": "sbp(1)", "seq": 10**9},
        ],
    }
    decided = told("mind_assistant", "decided", decision)
    raised = told("wall", "alert_raised", {"rule": "HAE-01"}, decided)
    got = (await stage.ask("GET", f"/twins/display/wall/why/{raised}", by="wall")).json
    assert got["hidden"] == 0
    assert got["chain"][0]["value"] == {
        "plan": "bleeding",
        "file": "rescuer_assistant.asl",
        "line": 7,
        "beliefs": [{"belief": "sbp(84)", "seq": reading.seq}],
    }
    whole = (await stage.ask("GET", f"/twins/display/wall/why/{raised}", by="ivy")).json
    assert whole["chain"][0]["value"] == decision
    unfounded = told("mind_assistant", "decided", {**decision, "beliefs": []})
    raised = told("wall", "alert_raised", {"rule": "HAE-02"}, unfounded)
    got = (await stage.ask("GET", f"/twins/display/wall/why/{raised}", by="rita")).json
    assert (got["hidden"], len(got["chain"])) == (1, 1)


@pytest.mark.wall_time
async def test_broken_glass_shows_for_a_while_and_is_recorded_with_its_reason(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.world.add("trauma", "trauma", by="test")
    stage.world.twin("trauma").ledger.phase = "operating"
    path = "/twins/trauma/trauma"
    reason = {"reason": "the hospital asks what was given on the road"}
    assert (await stage.ask("GET", f"{path}/state", by="rita")).status == 404
    assert (await stage.ask("POST", f"{path}/break-glass", by="rita", body={})).status == 422
    broken = await stage.ask("POST", f"{path}/break-glass", by="rita", body=reason)
    assert broken.status == 201
    assert (await stage.ask("GET", f"{path}/state", by="rita")).status == 200
    asked = await stage.ask("POST", f"{path}/operations/advance", by="rita", body={})
    assert asked.status in (403, 404)
    other = await stage.ask("GET", f"{path}/state", by="rosa")
    assert other.status == 200  # a researcher may look; he may not break anything
    assert (await stage.ask("POST", f"{path}/break-glass", by="rosa", body=reason)).status == 403
    record = stage.world.journal.last("trauma", "glass_broken")
    assert record is not None
    assert (record.by, record.value["reason"]) == ("rita", reason["reason"])
    monkeypatch.setattr(stage.clock, "now", lambda: broken.json["until_s"])
    stage.served.site.rights._now = stage.clock.now
    assert (await stage.ask("GET", f"{path}/state", by="rita")).status == 404


@pytest.mark.wall_time
async def test_a_ticket_opens_what_it_was_given_for_and_nothing_else(stage: Stage) -> None:
    description = (await stage.ask("GET", "/things/patient", by="leo")).json
    form = description["properties"]["hr"]["forms"][1]
    assert (form["subprotocol"], form["security"]) == ("sse", ["nosec"])
    path = form["href"].removeprefix(stage.url)
    async with stage.stream(path, by="") as values:
        stage.tell("probe", "hr", 80)
        assert (await within(5, anext(values))).data in (None, 80)
    query = path.split("?")[1]
    for other in ("/twins/lamp/lamp/stream", "/twins/patient/patient/state", "/stream"):
        assert (await stage.ask("GET", f"{other}?{query}", by="")).status == 401
    stage.now_s = TICKET_S
    assert (await stage.ask("GET", path, by="")).status == 401


@pytest.mark.wall_time
async def test_a_token_is_in_no_log_no_error_and_no_journal(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = stage.secrets["leo"]
    seen = [
        await stage.ask("GET", path, by="leo")
        for path in ("/things/patient", "/twins/patient/nobody", "/stream?kinds=x")
    ]
    seen.append(await stage.ask("GET", "/", by="leo-guess"))
    assert all(secret not in got.text + str(got.headers) for got in seen)
    assert secret not in caplog.text
    assert all(secret not in str(change) for change in stage.world.journal)


@pytest.mark.wall_time
async def test_a_request_that_cannot_be_read_is_not_logged_with_its_token(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    host, port = stage.url.removeprefix("http://").split(":")
    secret = stage.secrets["leo"]
    for head in (
        f"GET /things HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {secret}\x00\r\n",
        f"GET /stream?ticket={secret} HTTP/1.x\r\nHost: {host}\r\n",
        f"G@T /stream?ticket={secret} HTTP/1.1\r\nHost: {host}\r\n",
    ):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"{head}\r\n".encode())
        answered = await within(5, reader.read())
        writer.close()
        assert answered.startswith(b"HTTP/1.0 400") or answered.startswith(b"HTTP/1.1 400")
    assert secret not in caplog.text
    assert all(row.levelno < logging.WARNING for row in caplog.records)


@pytest.mark.wall_time
async def test_a_defect_is_logged_without_the_token_and_told_without_our_inside(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("inside")

    monkeypatch.setattr(stage.world, "state", broken)
    got = await stage.ask("GET", "/twins/patient/patient/state", by="leo")
    assert (got.status, got.json["code"]) == (500, "defect")
    assert "inside" not in got.text
    logged = "".join(capsys.readouterr())
    assert "request_broke" in logged
    assert "inside" in logged
    assert stage.secrets["leo"] not in logged


@pytest.mark.wall_time
async def test_every_person_of_the_stage_is_who_he_is_whatever_he_says(stage: Stage) -> None:
    for name in PEOPLE:
        got = await stage.ask("GET", "/twins", by=name, Twin_By="ivy" if name != "ivy" else "leo")
        assert got.status == 401


@pytest.mark.wall_time
async def test_an_open_site_serves_its_own_machine_and_no_foreign_page() -> None:
    async with staged(open_role="instructor") as stage:
        assert (await stage.ask("GET", "/twins", by="")).status == 200
        foreign = await stage.ask("GET", "/twins", by="", Host="evil.example")
        assert (foreign.status, foreign.json["code"]) == (421, "foreign_host")
        page = await stage.ask("GET", "/twins", by="", Origin="https://evil.example")
        assert page.status == 403
        by_name = await stage.ask("GET", "/twins/patient/patient/state", by="", Twin_By="wall")
        assert by_name.json["absent"]["name"]["reason"] == Absent("not_permitted").reason


@pytest.mark.wall_time
async def test_nothing_listens_beyond_this_machine_without_tokens() -> None:
    stage = Stage()
    try:
        without = make_site(stage.world, stage.operations)
        with pytest.raises(BindError, match=r"Issue tokens first, or listen on 127\.0\.0\.1"):
            await serve(without, host="0.0.0.0", port=0)
        opened = make_site(
            stage.world, stage.operations, tokens=stage.tokens, open_role="instructor"
        )
        with pytest.raises(BindError, match="Give each participant a token"):
            check_bind("192.0.2.1", opened)
        check_bind("192.0.2.1", make_site(stage.world, stage.operations, tokens=stage.tokens))
    finally:
        stage.clock.close()


@pytest.mark.wall_time
async def test_a_body_that_is_too_large_or_no_json_is_refused(stage: Stage) -> None:
    path = "/twins/lamp/lamp/operations/switch"
    large = await stage.ask("POST", path, body={"on": "x" * 100_000})
    assert (large.status, large.type) == (413, "application/problem+json")
    headers = {"Authorization": f"Bearer {stage.secrets['ivy']}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for data, kind, status in (
            (b"{", "application/json", 400),
            (b'{"on": NaN}', "application/json", 400),
            (b"[" * 50_000, "application/json", 400),
            (b"\x80\xf0", "application/json", 400),
            (b'{"on": 1}', "application/json; charset=klingon", 422),
            (b"on=true", "application/x-www-form-urlencoded", 415),
        ):
            async with session.post(
                f"{stage.url}{path}", data=data, headers={"Content-Type": kind}
            ) as response:
                assert response.status == status


@pytest.mark.wall_time
async def test_one_caller_cannot_use_up_the_site() -> None:
    async with staged(limits=Limits(per_s=0.001, burst=5, streams=1)) as stage:
        statuses = [(await stage.ask("GET", "/twins")).status for _ in range(7)]
        assert statuses == [200] * 5 + [429] * 2
        answer = await stage.ask("GET", "/twins")
        assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.wall_time
async def test_whoever_guesses_tokens_is_slowed_down_and_holds_up_nobody_else() -> None:
    async with staged(limits=Limits(per_s=0.001, burst=4)) as stage:
        guesses = [(await stage.ask("GET", "/twins", by=f"guess-{i}")).status for i in range(8)]
        assert guesses == [401] * 4 + [429] * 4
        assert (await stage.ask("GET", "/twins", by="leo")).status == 200


@pytest.mark.wall_time
async def test_a_caller_has_so_many_streams_and_no_more() -> None:
    async with staged(limits=Limits(streams=1)) as stage, stage.stream("/stream"):
        refused = await stage.ask("GET", "/stream")
        assert (refused.status, refused.json["code"]) == (429, "too_many_streams")


def test_the_model_needs_no_web() -> None:
    code = "import environment.client, sys; print(sorted(m for m in sys.modules if 'aiohttp' in m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"\[\]\s*", done.stdout)


@pytest.mark.slow
@pytest.mark.wall_time
@pytest.mark.parametrize("name", sorted(PEOPLE))
async def test_each_role_may_ask_for_what_the_table_gives_in_each_phase(name: str) -> None:
    async with staged(limits=Limits(per_s=1e6, burst=1e6)) as stage:
        role, world = PEOPLE[name], stage.world
        for kind in sorted(KINDS):
            if not world.find(kind):
                world.add(kind, f"the_{kind}", by="test")
        for kind, twin_class in sorted(KINDS.items()):
            twin = world.twin(world.find(kind)[0])
            who = Caller(name, role, stage.tokens.caller(stage.secrets[name]).own)
            for phase in twin_class.machine.phases if twin_class.machine else (None,):
                twin.ledger.phase = phase
                for operation in twin_class.operations.values():
                    path = f"/twins/{kind}/{twin.id}/operations/{operation.name}"
                    got = await stage.ask("POST", path, by=name, body={"no_such_argument": 1})
                    rights = Rights()
                    if not rights.allows(who, "read", twin):
                        expected = 404
                    elif not rights.allows(who, "invoke", twin, operation.name) or (
                        operation.roles and role not in operation.roles
                    ):
                        expected = 403
                    else:
                        expected = 422
                    assert got.status == expected, (path, phase, got.text)
                    assert (await stage.ask("POST", path, by="", body={})).status == 401
