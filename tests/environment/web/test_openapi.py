"""The OpenAPI document holds what the site answers: nothing else, and never a defect."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from environment.model.twin import Twin
from environment.twins import kinds
from environment.web.answers import SCHEMAS
from environment.web.openapi import document
from environment.web.routes import ROUTES
from tests.environment.runtime.ward import Lamp
from tests.environment.web.stage import Answer, Stage, staged

DOCUMENT = document(ROUTES, "http://127.0.0.1:1", is_open=False)
STREAMS = ("/observe", "/ws", "/stream", "/events", "/longpoll")


def test_every_address_is_in_the_document_with_words() -> None:
    for route in ROUTES:
        plain = re.sub(r":[^}]*\}", "}", route.path)
        for method in route.methods:
            row = DOCUMENT["paths"][plain][method.lower()]
            assert row["summary"].endswith((".", "..")) or row["summary"], plain
            named = {p["name"] for p in row["parameters"] if p["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", plain))
    ids = [row["operationId"] for path in DOCUMENT["paths"].values() for row in path.values()]
    assert len(ids) == len(set(ids))


def check(path: str, method: str, got: Answer) -> None:
    """The answer is one that the document names, in a type that it names."""
    described: dict[str, Any] = DOCUMENT["paths"][path][method]["responses"]
    assert got.status < 500 or got.status == 503, got.text
    assert str(got.status) in described, f"{method} {path}: {got.status} {got.text}"
    if got.status in (204, 303, 304):
        return
    assert got.type in described[str(got.status)]["content"], f"{path}: {got.type}"
    if got.status >= 400:
        assert set(SCHEMAS["Problem"]["required"]) <= set(got.json)


KNOWN = {
    "kind": ["patient", "lamp", "monitor", "display"],
    "id": ["patient", "lamp", "probe", "wall"],
    "name": ["hr", "switch", "show", "name", "finding", "web.css"],
    "group": ["properties", "events"],
    "folder": ["app", "vendor", "text"],
    "code": ["no-such-code"],
    "invocation": ["switch-1", "show-2"],
    "seq": ["1", "5", "0", "-1"],
    "number": ["1", "x"],
    "form": ["pdf", "xapi", "x"],
}
MODELS: dict[str, type[Twin]] = {**kinds(), "lamp": Lamp}
TWINS = [("patient", "patient"), ("lamp", "lamp"), ("monitor", "probe"), ("display", "wall")]
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="/?#\x00"), min_size=1, max_size=12)
JSON_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["on", "level", "member", "value", "rule", "x"]), inner,
                      max_size=4),
    max_leaves=8,
)  # fmt: skip
BODY = st.sampled_from(
    [
        {"on": True},
        {"on": False, "level": 0.5},
        {"rule": "r", "priority": "high", "text": "t"},
        {"member": "hr", "value": 80},
        [{"member": "hr", "value": -1, "source_seq": 1}, {"member": "sbp", "value": None}],
        {"drug": "tranexamic_acid", "amount": 1, "unit": "g"},
        {"limb": "left_thigh"},
        {"reason": "no longer wanted"},
    ]
)
CALLS = [
    (path, method)
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
    if not path.endswith(STREAMS)
]


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, str, dict[str, str], Any, str]:
    """Any call of the document, half of its parts sensible and half not."""
    path, method = draw(st.sampled_from(CALLS))
    row = DOCUMENT["paths"][path][method]
    url, query = path, []
    known = KNOWN
    if draw(st.integers(0, 9)):  # mostly a twin that is there, and a member that it has
        kind, name = draw(st.sampled_from(TWINS))
        twin = MODELS[kind]
        members = [*twin.operations] * 3 + [*twin.properties][:5] + [*twin.events]
        known = {**KNOWN, "kind": [kind], "id": [name], "name": members}
    for parameter in row["parameters"]:
        name = parameter["name"]
        if parameter["in"] == "path":
            chosen = st.sampled_from(known[name])
            value = draw(chosen if draw(st.integers(0, 9)) else TEXT)
            url = url.replace(f"{{{name}}}", value)
        elif parameter["in"] == "query" and draw(st.booleans()):
            query.append((name, draw(st.sampled_from(["1", "0", "-1", "3.5", "x", ""]) | TEXT)))
    headers = {
        "Accept": draw(st.sampled_from(["*/*", "application/json", "text/html", "a/b", ";"]))
    }
    if draw(st.booleans()):
        headers["If-None-Match"] = draw(st.sampled_from(['"1-1"', "*", "x,,"]))
        headers["Idempotency-Key"] = draw(st.sampled_from(["a", "b"]))
        headers["Twin-Cause"] = draw(st.sampled_from(["1", "0", "x", "99999999999999999999"]))
    from yarl import URL

    made = URL.build(path=url if url.startswith("/") else "/", query=query)
    body = draw(BODY | JSON_VALUE) if "requestBody" in row else None
    by = draw(st.sampled_from(["ivy", "leo", "rosa", "probe", "assistant", "wall"]))
    return path, method, str(made), headers, body, by


@pytest.mark.wall_time
@pytest.mark.slow
async def test_no_request_meets_a_defect_or_an_answer_that_is_not_documented() -> None:
    from environment.web.limits import Limits

    cases: list[Any] = []

    @settings(max_examples=800, deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(requests())
    def collect(case: Any) -> None:
        cases.append(case)

    collect()
    async with staged(limits=Limits(per_s=1e6, burst=1e6, wait_s=0.05)) as stage:
        for path, method, url, headers, body, by in cases:
            accept = headers.pop("Accept")
            got = await stage.ask(
                method.upper(), url, by=by, body=body, accept=accept,
                **{k.replace("-", "_"): v for k, v in headers.items()},
            )  # fmt: skip
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), url.split("?")[0]):
                check(path, method, got)


@pytest.mark.wall_time
async def test_the_document_and_the_page_to_try_it_are_there_without_a_token(stage: Stage) -> None:
    got = await stage.ask("GET", "/openapi.json", by="")
    assert got.json["info"]["title"] == "Web of twins"
    assert "not for the care of patients" in got.json["info"]["description"]
    page = await stage.ask("GET", "/api", by="", accept="text/html")
    assert '<script type="module" src="/static/api.js">' in page.text
    for name, kind in (("api.js", "text/javascript"), ("web.css", "text/css")):
        assert (await stage.ask("GET", f"/static/{name}", by="")).type == kind
    assert (await stage.ask("GET", "/static/..%2fapp.py", by="")).status == 404
