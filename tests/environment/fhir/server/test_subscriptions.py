"""Subscriptions by REST hook: in order, each once, tried again, given up with the reason."""

import pytest

from environment.fhir.server.server import Server
from environment.fhir.server.subscriptions import Delivery
from environment.model.change import JSON
from tests.environment.fhir.server.ward import Ward, open_ward, patient

HOOK = "http://127.0.0.1:9/hook"


def subscription(criteria: str, **more: JSON) -> dict[str, JSON]:
    return {
        "resourceType": "Subscription",
        "id": "s1",
        "status": "requested",
        "reason": "to be told",
        "criteria": criteria,
        "channel": {"type": "rest-hook", "endpoint": HOOK, "payload": "application/fhir+json"},
        **more,
    }


class Listener:
    """A subscriber that answers as it is told to; silence raises."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.got: list[Delivery] = []

    async def __call__(self, delivery: Delivery) -> int:
        self.got.append(delivery)
        status = self.answers.pop(0) if self.answers else 200
        if status == 0:
            raise ConnectionError("nobody")
        return status


async def test_a_subscriber_is_told_of_what_matches_in_order_each_once(ward: Ward) -> None:
    listener = Listener()
    ward.server.subscriptions.begin(listener)
    made = await ward.put(subscription("Observation?code=8867-4&value-quantity=gt100"))
    assert (made.status, made.json["status"]) == (201, "active")
    for value in (90.0, 110.0, 120.0, 80.0):
        await ward.reading(hr=value)
    await ward.clock.sleep(2.0)
    values = [_value(delivery) for delivery in listener.got]
    assert values == [110, 120]
    first = listener.got[0]
    assert first.method == "PUT"
    assert first.url.startswith(f"{HOOK}/Observation/monitor-1-hr-")
    assert first.headers["Content-Type"] == "application/fhir+json"


def _value(delivery: Delivery) -> JSON:
    from environment.fhir.server.texts import read

    return read(delivery.body)["valueQuantity"]["value"]


async def test_without_a_payload_a_subscriber_hears_that_something_happened(ward: Ward) -> None:
    listener = Listener()
    ward.server.subscriptions.begin(listener)
    channel = {"type": "rest-hook", "endpoint": HOOK, "header": ["Authorization: Bearer abc"]}
    await ward.put(subscription("Patient?family=rossi", channel=channel))
    await ward.put(patient("p1", "Rossi"))
    await ward.put(patient("p2", "Verdi"))
    await ward.clock.sleep(1.0)
    (told,) = listener.got
    assert (told.method, told.url, told.body) == ("POST", HOOK, b"")
    assert told.headers["Authorization"] == "Bearer abc"


async def test_a_delivery_is_tried_again_before_the_next_goes_out(ward: Ward) -> None:
    listener = Listener(500, 0, 200)
    ward.server.subscriptions.begin(listener)
    await ward.put(subscription("Patient?family=rossi"))
    for n in range(2):
        await ward.put(patient(f"p{n}", "Rossi"))
    await ward.clock.sleep(30.0)
    urls = [delivery.url.rpartition("/")[2] for delivery in listener.got]
    assert urls == ["p0", "p0", "p0", "p1"]
    told = ward.world.journal.read(twin="record", name="notified")
    assert [(c.value["result"], c.value["attempts"]) for c in told] == [
        ("delivered", 3),
        ("delivered", 1),
    ]


async def test_a_subscriber_who_never_answers_ends_as_an_error_with_its_reason(ward: Ward) -> None:
    ward.server.subscriptions.begin(Listener(*[0] * 20))
    await ward.put(subscription("Patient?family=rossi"))
    await ward.put(patient("p1", "Rossi"))
    await ward.clock.sleep(120.0)
    told = (await ward.get("Subscription/s1")).json
    assert told["status"] == "error"
    assert "does not answer" in told["error"]
    listener = Listener()
    ward.server.subscriptions.send = listener
    await ward.put(patient("p2", "Rossi"))
    await ward.clock.sleep(1.0)
    assert listener.got == []
    again = {k: v for k, v in told.items() if k not in ("error", "meta")} | {"status": "requested"}
    assert (await ward.put(again)).json["status"] == "active"
    await ward.put(patient("p3", "Rossi"))
    await ward.clock.sleep(1.0)
    assert [d.url.rpartition("/")[2] for d in listener.got] == ["p3"]


async def test_a_server_that_comes_back_tells_what_it_has_not_told_yet(ward: Ward) -> None:
    first = Listener()
    ward.server.subscriptions.begin(first)
    await ward.put(subscription("Patient?family=rossi"))
    await ward.put(patient("p1", "Rossi"))
    await ward.clock.sleep(1.0)
    await ward.server.close()
    await ward.put(patient("p2", "Rossi"))
    ward.server = Server(ward.operations, ward.rights)
    second = Listener()
    ward.server.subscriptions.begin(second)
    await ward.clock.sleep(1.0)
    assert [d.url.rpartition("/")[2] for d in first.got] == ["p1"]
    assert [d.url.rpartition("/")[2] for d in second.got] == ["p2"]


async def test_a_subscriber_is_told_what_his_role_may_see_and_no_more(ward: Ward) -> None:
    listener = Listener()
    ward.server.subscriptions.begin(listener)
    await ward.put(subscription("Organization"), by="trauma_leader")
    await ward.put({**subscription("Patient?family=rossi"), "id": "s2"}, by="rescuer")
    ward.world.add("central_unit", "central", by="test")
    await ward.put({"resourceType": "Organization", "id": "lab", "name": "Laboratory"})
    await ward.put(patient("p1", "Rossi"))
    await ward.clock.sleep(2.0)
    assert (await ward.get("Organization/central")).status == 200
    told = {"/".join(d.url.split("/")[-2:]) for d in listener.got}
    assert told == {"Organization/lab", "Patient/p1"}
    assert (await ward.put(subscription("Patient"), by="researcher")).status == 403


REFUSED = {
    "another machine": ({"endpoint": "http://10.0.0.7/x"}, "channel.endpoint"),
    "a name that may lead anywhere": (
        {"endpoint": "http://metadata.internal/"},
        "channel.endpoint",
    ),
    "a file": ({"endpoint": "file:///etc/passwd"}, "channel.endpoint"),
    "a user in the address": ({"endpoint": "http://127.0.0.1@evil.example/"}, "channel.endpoint"),
    "a broken address": ({"endpoint": "http://[::1"}, "channel.endpoint"),
    "another channel": ({"type": "email"}, "channel.type"),
    "another payload": ({"payload": "application/fhir+xml"}, "channel.payload"),
    "a header of the transport": ({"header": ["Host: evil.example"]}, "channel.header"),
    "a header that hides another": ({"header": ["X: a\r\nHost: b"]}, "channel.header"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_subscription_that_must_not_be_served_is_refused(ward: Ward, name: str) -> None:
    channel, path = REFUSED[name]
    wanted = subscription("Patient")
    told = await ward.put({**wanted, "channel": {**wanted["channel"], **channel}})
    assert told.status == 422
    assert f"Subscription.{path}" in [at for at, _ in told.issues]


@pytest.mark.parametrize("criteria", ["Pigeon", "Patient?colour=red", "Patient?link.name=x"])
async def test_criteria_that_cannot_be_judged_are_refused(ward: Ward, criteria: str) -> None:
    told = await ward.put(subscription(criteria))
    assert (told.status, told.issues[0][0]) == (422, "Subscription.criteria")


async def test_a_site_may_allow_an_address_beyond_its_machine() -> None:
    async with open_ward(hooks=("https://ward.example",)) as ward:
        wanted = subscription("Patient")
        there = {**wanted["channel"], "endpoint": "https://ward.example/hook"}
        assert (await ward.put({**wanted, "channel": there})).status == 201
        other = {**wanted["channel"], "endpoint": "https://ward.example.evil/hook"}
        assert (await ward.put({**wanted, "channel": other})).status == 422
