"""Whatever comes in: an answer of FHIR and never a defect; HL7's own examples among it."""

import asyncio
import json
from collections import Counter
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from environment.fhir.checks import problems
from environment.fhir.rules import resource_types
from environment.fhir.server.capabilities import served_types
from environment.fhir.server.parameters import parameters
from environment.fhir.server.queries import RESULT
from environment.fhir.server.texts import read
from environment.runtime.clock import VirtualLoop
from tests.environment.fhir.published import EXAMPLES, examples
from tests.environment.fhir.server.ward import Told, Ward, open_ward, patient, vital

TYPES = served_types()
WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
ODD = st.sampled_from(
    ["", "0", "-1", "1e999", "NaN", "ge2026", "gt", "2026-01-15T25:00", "a|b|c", "|", "$", ",",
     "\\", "Patient/p1", "http://x", "p1", "true", "*", "Observation:patient", "\x00",
     "\ud83d", "%", "é"]
)  # fmt: skip
TAILS = st.sampled_from(
    ["", "", "", ":missing", ":not", ":exact", ":Patient", ".name", ":contains", ":identifier",
     ".subject.name", ":"]
)  # fmt: skip
JSON_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


def run(work: Any) -> Any:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


def check(told: Told, what: Any) -> None:
    # 503: an act that was judged, on a patient with no asset behind.
    assert told.status < 500 or told.status == 503, (what, told.body)
    if told.status == 304 or not told.body:
        return
    body = read(told.body)
    assert body["resourceType"], what
    if told.status >= 400:
        assert body["resourceType"] == "OperationOutcome", what
        assert list(problems(body)) == [], (what, body)


@st.composite
def queries(draw: st.DrawFn) -> str:
    """A search: half of its names known, half of its values sensible."""
    from urllib.parse import quote

    type = draw(st.sampled_from(["Observation", "Patient", "Encounter", "Provenance"]))
    known = [*parameters(type), *RESULT, "_id", "_lastUpdated", "_has:Observation:patient:code"]
    pairs = []
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from(known) | WORDS)
        tail = draw(TAILS)
        value = draw(ODD | WORDS)
        pairs.append(f"{quote(name + tail)}={quote(value, errors='ignore')}")
    where = draw(st.sampled_from([type, type, f"{type}/_history", f"{type}/$everything",
                                  f"{type}/p1/$everything", f"{type}/$lastn"]))  # fmt: skip
    return f"{where}?{'&'.join(pairs)}"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(queries(), min_size=4, max_size=8), st.sampled_from(["instructor", "researcher"]))
def test_no_search_string_is_a_defect(urls: list[str], by: str) -> None:
    async def work() -> None:
        async with open_ward() as ward:
            await ward.put(patient("p1", "Rossi", gender="male"))
            await ward.put({**vital("8867-4", 80, "/min", ward.now(), "p1"), "id": "o1"})
            for url in urls:
                check(await ward.get(url, by=by), url)

    run(work())


SEEDS: list[dict[str, Any]] = [
    patient("p1", "Rossi", gender="male", birthDate="1980-01-01"),
    {**vital("8867-4", 80, "/min", "2026-01-15T14:00:00Z"), "id": "o1"},
    {
        "resourceType": "Bundle",
        "id": "b1",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": "urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9",
                "resource": patient("p2"),
                "request": {"method": "PUT", "url": "Patient/p2", "ifMatch": 'W/"1"'},
            }
        ],
    },
    {
        "resourceType": "Subscription",
        "id": "s1",
        "status": "requested",
        "reason": "r",
        "criteria": "Patient?family=x",
        "channel": {"type": "rest-hook", "endpoint": "http://127.0.0.1:1/", "header": ["A: b"]},
    },
    {
        "resourceType": "MedicationAdministration",
        "id": "m1",
        "status": "completed",
        "medicationCodeableConcept": {"text": "tranexamic acid"},
        "subject": {"reference": "Patient/patient"},
        "effectivePeriod": {"start": "2026-01-15T14:00:00Z", "end": "2026-01-15T14:10:00Z"},
        "dosage": {"dose": {"value": 1, "unit": "g"}},
    },
    {
        "resourceType": "Procedure",
        "id": "pr1",
        "status": "in-progress",
        "code": {"text": "tourniquet"},
        "subject": {"reference": "Patient/patient"},
        "bodySite": [{"text": "left thigh"}],
    },
    {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": patient("x")}]},
]


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a resource."""
    found = [path] if path else []
    if isinstance(value, (dict, list)):
        rows = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in rows:
            found += spots(inner, (*path, key))
    return found


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """A resource that is right but for one or two places."""
    resource = deepcopy(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from(spots(resource)))
        at = resource
        for key in way:
            at = at[key] if isinstance(at, (dict, list)) else {}
            if not isinstance(at, (dict, list)):
                break
        try:
            at[last] = draw(JSON_VALUE | ODD)
        except (IndexError, TypeError, KeyError):
            continue
    return resource


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(bodies(), min_size=3, max_size=6), st.sampled_from(["PUT", "POST"]))
def test_no_body_is_a_defect(resources: list[dict[str, Any]], way: str) -> None:
    async def work() -> None:
        async with open_ward() as ward:
            await ward.clock.sleep(1.0)
            for resource in resources:
                raw = json.dumps(resource).encode()
                type = str(resource.get("resourceType"))
                url = f"{type}/{resource.get('id')}" if way == "PUT" else type
                url = {"Bundle": "", "Parameters": "Patient/$validate"}.get(type, url)
                method = "POST" if type in ("Bundle", "Parameters") else way
                if "?" in url or "\x00" in url:
                    continue
                check(await ward.ask(method, url, raw=raw), resource)

    run(work())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.sampled_from(["", "Patient", "Patient/p1", "Patient/_search"]))
def test_no_bytes_are_a_defect(raw: bytes, url: str) -> None:
    async def work() -> None:
        async with open_ward() as ward:
            named = {"Content-Type": "application/x-www-form-urlencoded"}
            headers = named if url.endswith("_search") else None
            method = "PUT" if "/p1" in url else "POST"
            check(await ward.ask(method, url, raw=raw or b" ", headers=headers), raw)

    run(work())


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["Accept", "If-Match", "If-None-Match", "If-Modified-Since", "Prefer",
                         "If-None-Exist", "Content-Type"]),
        ODD | WORDS | st.sampled_from(['W/"1"', "return=minimal", "a=b&c", "identifier=1",
                                       "Thu, 15 Jan 2026 14:00:00 GMT", "application/json;q=0"]),
        max_size=4,
    )
)  # fmt: skip
def test_no_header_is_a_defect(headers: dict[str, str]) -> None:
    async def work() -> None:
        async with open_ward() as ward:
            check(await ward.put(patient("p1"), headers=headers), headers)
            check(await ward.post(patient("p1"), headers=headers), headers)
            check(await ward.ask("GET", "Patient/p1", headers=headers), headers)
            check(await ward.ask("DELETE", "Patient/p1", headers=headers), headers)

    run(work())


DEEP = [b"[" * 100_000, b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"resourceType":"Patient","x":1e999}',
        b'{"resourceType":"Patient","extension":' + b'[{"url":"x","extension":' * 400 + b"1"
        + b"}]" * 400 + b"}", b'{"resourceType":"Patient","name":[{"family":"\\ud800"}]}',
        b'{"resourceType":"Patient","multipleBirthInteger":' + b"9" * 5000 + b"}"]  # fmt: skip


@pytest.mark.parametrize("raw", DEEP, ids=range(len(DEEP)))
async def test_what_is_meant_to_break_a_reader_of_json_does_not(ward: Ward, raw: bytes) -> None:
    told = await ward.ask("POST", "Patient", raw=raw)
    assert told.status in (400, 422)
    assert told.issues


needs_examples = pytest.mark.skipif(
    not EXAMPLES.is_dir(), reason="HL7's examples of R4: run `npm ci` in tests/node first"
)
#: What may be said against an example: it refers to what is not here, holds a type that no trauma
#: case needs or what R4 forbids; asks for a channel or an address that is not served; is no
#: resource of its own.
REASONS = ("nothing here answers to", "no type", "No type", "refers to a", "needs it", "endpoint",
           "channel", "Subscription.status", "expected requested")  # fmt: skip


@needs_examples
@pytest.mark.slow
async def test_every_example_of_hl7_is_taken_or_refused_for_a_stated_reason(ward: Ward) -> None:
    """Put again until nothing more is taken, since they refer to each other."""
    waiting = [json.loads(p.read_text("utf-8")) for p in examples(resource_types())]
    taken: Counter[str] = Counter()
    refused: list[tuple[str, str]] = []
    while waiting:
        left, refused = [], []
        for resource in waiting:
            name = f"{resource['resourceType']}/{resource['id']}"
            told = await ward.put(resource)
            check(told, name)
            if told.status < 400:
                taken[resource["resourceType"]] += 1
            else:
                left.append(resource)
                refused += [(name, text) for _, text in told.issues]
        if len(left) == len(waiting):
            break
        waiting = left
    assert [row for row in refused if not any(reason in row[1] for reason in REASONS)] == []
    assert taken.total() > 150, taken
    assert taken["Observation"] > 20
    back = (await ward.get("Observation/f001")).json
    wanted = json.loads((EXAMPLES / "Observation-f001.json").read_text("utf-8"))
    assert {k: v for k, v in back.items() if k != "meta"} == {
        k: v for k, v in wanted.items() if k != "meta"
    }
