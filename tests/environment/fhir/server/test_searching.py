"""Searching: parameters, prefixes, modifiers, chains, includes, order, pages."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from environment.fhir.server import search
from environment.fhir.server.indexes import Spans
from environment.fhir.server.values import Range, compared, moment
from tests.environment.fhir.server.ward import LOINC, UCUM, Ward, open_ward, patient, vital

DAY = "2026-01-15"


@pytest_asyncio.fixture
async def held() -> AsyncIterator[Ward]:
    """Three patients, one of them with a history of heart rates and a blood pressure."""
    async with open_ward() as ward:
        await ward.put({"resourceType": "Organization", "id": "lab", "name": "Laboratório"})
        await ward.put(patient("anna", "Bianchi", gender="female", birthDate="1980-05"))
        await ward.put(patient("bruno", "Rossi", gender="male", birthDate="1990-01-02"))
        await ward.put(
            patient("carla", "De Róssi", managingOrganization={"reference": "Organization/lab"})
        )
        for n, value in enumerate((60, 80, 100, 120)):
            await ward.put(
                {**vital("8867-4", value, "/min", f"{DAY}T10:0{n}:00Z", "anna"), "id": f"hr{n}"}
            )
        both = {
            "resourceType": "Observation",
            "id": "bp",
            "status": "amended",
            "code": {
                "coding": [{"system": LOINC, "code": "85354-9", "display": "Blood pressure panel"}]
            },
            "subject": {"reference": "Patient/bruno"},
            "effectivePeriod": {"start": f"{DAY}T09:00:00Z", "end": f"{DAY}T11:00:00Z"},
            "component": [
                {
                    "code": {"coding": [{"system": LOINC, "code": code}]},
                    "valueQuantity": {"value": value, "system": UCUM, "code": "mm[Hg]"},
                }
                for code, value in (("8480-6", 120), ("8462-4", 80))
            ],
        }
        await ward.put(both)
        await ward.put({"resourceType": "Location", "id": "room", "name": "Shock room"})
        air = {"status": "final", "code": {"text": "air"}, "valueString": "clean"}
        room = {"subject": {"reference": "Location/room"}}
        await ward.put({"resourceType": "Observation", "id": "air", **air, **room})
        yield ward


FOUND = {
    "Patient?gender=female": ["anna"],
    "Patient?gender=http://hl7.org/fhir/administrative-gender|male": ["bruno"],
    "Patient?gender:not=female,male": ["carla"],
    "Patient?gender:missing=true": ["carla"],
    "Patient?family=rossi": ["bruno"],
    "Patient?family:contains=rossi": ["bruno", "carla"],
    "Patient?family:exact=Rossi": ["bruno"],
    "Patient?family:exact=rossi": [],
    "Patient?family=ross,bian": ["anna", "bruno"],
    "Patient?birthdate=1980": ["anna"],
    "Patient?birthdate=gt1985": ["bruno"],
    "Patient?birthdate=1980-05-03": [],
    "Patient?_id=anna,bruno": ["anna", "bruno"],
    "Patient?organization.name=laboratorio": ["carla"],
    "Patient?_has:Observation:patient:code=85354-9": ["bruno"],
    "Patient?_has:Observation:patient:status=final": ["anna"],
    "Observation?patient=anna&code=8867-4": ["hr0", "hr1", "hr2", "hr3"],
    "Observation?subject=Patient/bruno": ["bp"],
    "Observation?subject:Patient=bruno": ["bp"],
    "Observation?patient.family=rossi": ["bp"],
    "Observation?subject:Patient.family=bianchi&value-quantity=gt90": ["hr2", "hr3"],
    f"Observation?code={LOINC}|8867-4&date=ge{DAY}T10:02:00Z": ["hr2", "hr3"],
    f"Observation?date={DAY}": ["hr0", "hr1", "hr2", "hr3", "bp"],
    f"Observation?date=sa{DAY}T10:02:30Z": ["hr3"],
    f"Observation?date=eb{DAY}T10:01:00Z": ["hr0"],
    f"Observation?date=lt{DAY}T10:00:00Z": ["bp"],
    f"Observation?date=le{DAY}T10:01&date=ge{DAY}T10:01": ["hr1", "bp"],
    "Observation?value-quantity=100": ["hr2"],
    "Observation?value-quantity=1e2": ["hr2"],
    f"Observation?value-quantity=lt70|{UCUM}|/min": ["hr0"],
    "Observation?value-quantity=lt70||/min": ["hr0"],
    f"Observation?value-quantity=lt70|{UCUM}|/h": [],
    "Observation?value-quantity=ap95": ["hr2"],
    "Observation?code:text=pressure": ["bp"],
    "Observation?combo-code=8480-6": ["bp"],
    "Observation?component-code=8462-4": ["bp"],
    "Observation?code-value-quantity=8867-4$ge120": ["hr3"],
    "Observation?component-code-value-quantity=8480-6$gt100": ["bp"],
    "Observation?component-code-value-quantity=8462-4$gt100": [],
    "Observation?combo-code-value-quantity=8462-4$80": ["bp"],
    "Observation?status=amended,final&_count=2": ["hr0", "hr1"],
    "Observation?_sort=-date&code=8867-4": ["hr3", "hr2", "hr1", "hr0"],
    "Observation?_sort=status,-date": ["bp", "hr3", "hr2", "hr1", "hr0", "air"],
    "Observation?patient:missing=true": ["air"],
    "Observation?subject=Location/room": ["air"],
    "Observation?patient=Location/room": [],
    "Observation?value-string=cle": ["air"],
    "Patient?_sort=family&_id=anna,bruno,carla": ["anna", "carla", "bruno"],
    "Patient/anna/Observation?value-quantity=60": ["hr0"],
    "Observation?_lastUpdated=lt2025": [],
}


@pytest.mark.parametrize("url", FOUND)
async def test_a_search_finds_what_it_asks_for(held: Ward, url: str) -> None:
    told = await held.get(url, Prefer="handling=strict")
    assert told.status == 200, told.body
    wanted = FOUND[url]
    assert (told.ids if "_sort" in url else sorted(told.ids)) == (
        wanted if "_sort" in url else sorted(wanted)
    )


@pytest.mark.parametrize(
    "url", [u for u in FOUND if "_sort" in u and "," not in u.split("_sort")[1]]
)
async def test_many_matches_come_in_the_same_order_as_few(
    held: Ward, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", 0)
    assert (await held.get(url)).ids == FOUND[url]


WRONG = {
    "Observation?date=yesterday": "is no date",
    "Observation?date=2026-13": "is no date",
    "Observation?value-quantity=many": "is no number",
    "Observation?code-value-quantity=8867-4": "code$quantity",
    "Observation?code:below=x": ":not, :text, :missing",
    "Observation?patient:missing=maybe": "true or false",
    "Observation?subject.name=x&_count=1": "say which",
    "Observation?_sort=colour": "no 'colour'",
    "Observation?_count=few": "whole number",
    "Observation?_include=Observation:colour": "no reference 'colour'",
    "Observation?_include=Pigeon:code": "Type:parameter",
    "Observation?_page=abc": "Follow `next`",
    "Patient?_has:Observation:colour:code=x": "no reference 'colour'",
    "Patient?_summary=true": "Use _elements",
}


@pytest.mark.parametrize("url", WRONG)
async def test_what_cannot_be_asked_is_refused_with_the_reason(held: Ward, url: str) -> None:
    told = await held.get(url)
    assert told.status == 400
    assert WRONG[url] in told.issues[0][1]


async def test_an_unknown_parameter_is_named_or_refused_as_the_caller_prefers(held: Ward) -> None:
    lenient = await held.get("Patient?colour=red&gender=male")
    assert lenient.ids == ["bruno"]
    outcome = lenient.json["entry"][-1]
    assert outcome["search"]["mode"] == "outcome"
    assert "colour" in outcome["resource"]["issue"][0]["diagnostics"]
    assert "colour" not in lenient.json["link"][0]["url"]
    strict = await held.get("Patient?genders=male", Prefer="handling=strict")
    assert (strict.status, "'gender'" in strict.issues[0][1]) == (400, True)


async def test_pages_show_what_was_there_when_the_first_was_asked_for(held: Ward) -> None:
    await held.put({**vital("8867-4", 81, "/min", f"{DAY}T10:01:00Z", "anna"), "id": "hr1"})
    first = await held.get("Observation?code=8867-4&_sort=-date&_count=2")
    assert (first.ids, first.json["total"]) == (["hr3", "hr2"], 4)
    await held.put({**vital("8867-4", 70, "/min", f"{DAY}T10:09:00Z", "anna"), "id": "hr9"})
    await held.put({**vital("8867-4", 61, "/min", f"{DAY}T10:00:00Z", "anna"), "id": "hr0"})
    second = await held.get(first.next)
    assert second.ids == ["hr1", "hr0"]
    assert not second.next
    assert (await held.get("Observation?code=8867-4&_summary=count")).json["total"] == 5


async def test_includes_follow_references_both_ways_and_further_when_asked(held: Ward) -> None:
    forward = await held.get("Observation?_id=hr0,hr1&_include=Observation:subject")
    assert forward.included == ["Patient/anna"]
    everything = await held.get("Observation?_id=bp&_include=*")
    assert everything.included == ["Patient/bruno"]
    back = await held.get("Patient?_id=anna&_revinclude=Observation:patient")
    assert sorted(back.included) == [f"Observation/hr{n}" for n in range(4)]
    await held.put({**vital("8867-4", 70, "/min", f"{DAY}T10:09:00Z", "carla"), "id": "hr9"})
    url = "Observation?_id=hr9&_include=Observation:patient&_include:iterate=Patient:organization"
    assert (await held.get(url)).included == ["Patient/carla", "Organization/lab"]
    other = await held.get("Observation?_id=hr0&_include=Observation:subject:Group")
    assert other.included == []


async def test_a_part_of_a_resource_says_that_it_is_one(held: Ward) -> None:
    told = (await held.get("Observation?_id=hr0&_elements=valueQuantity")).json
    row = told["entry"][0]["resource"]
    assert set(row) == {"resourceType", "id", "meta", "status", "code", "valueQuantity"}
    assert row["meta"]["tag"][0]["code"] == "SUBSETTED"
    assert "tag" not in (await held.get("Observation/hr0")).json["meta"]


async def test_a_search_may_be_posted(held: Ward) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    told = await held.ask("POST", "Patient/_search", raw=b"gender=male", headers=form)
    assert told.ids == ["bruno"]
    both = await held.ask("POST", "Patient/_search?gender=male", raw=b"family=x", headers=form)
    assert both.ids == []


async def test_what_was_changed_is_found_by_its_new_value_only(held: Ward) -> None:
    await held.put(patient("bruno", "Verdi", gender="other"))
    assert (await held.get("Patient?family=rossi")).ids == []
    assert (await held.get("Patient?gender=male")).ids == []
    assert (await held.get("Patient?gender=other&family=verdi")).ids == ["bruno"]
    await held.ask("DELETE", "Observation/bp")
    await held.ask("DELETE", "Patient/bruno")
    assert (await held.get("Patient?gender=other")).ids == []
    assert "bruno" not in (await held.get("Patient?gender:not=male")).ids


async def test_the_last_of_each_code_is_given(held: Ward) -> None:
    told = await held.get("Observation/$lastn?patient=anna&code=8867-4")
    assert told.ids == ["hr3"]
    assert (await held.get("Observation/$lastn?patient=anna&code=8867-4&max=2")).ids == [
        "hr3", "hr2",
    ]  # fmt: skip
    assert (await held.get("Observation/$lastn?patient=anna")).status == 400
    assert (await held.get("Observation/$lastn?code=8867-4")).status == 400


# -- laws ------------------------------------------------------------------------------------------

DATES = st.builds(
    lambda day, tail: f"2026-01-{day:02}{tail}",
    st.integers(1, 4),
    st.sampled_from(["", "T00:00Z", "T12:00:00Z", "T12:00:00.500Z", "T23:59:59+02:00"]),
) | st.sampled_from(["2026", "2026-01", "2025-12", "2027"])
ENDLESS = st.sampled_from([float("-inf"), float("inf")])


@st.composite
def spans(draw: st.DrawFn) -> Range:
    one, other = moment(draw(DATES)), moment(draw(DATES))
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return Range(float("-inf"), one.high)
    if kind == 1:
        return Range(one.low, float("inf"))
    return one if kind == 2 else Range(min(one.low, other.low), max(one.high, other.high))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(spans(), max_size=8),
    st.sampled_from(["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"]),
    DATES,
)
def test_the_index_of_dates_finds_what_comparing_each_would(
    rows: list[Range], prefix: str, date: str
) -> None:
    index, now = Spans(), moment("2026-02").low
    for ordinal, row in enumerate(rows):
        index.take(row, ordinal)
        index.present.append(ordinal)
    wanted = moment(date)
    found = index.matching(prefix, wanted, now)
    assert found == {n for n, row in enumerate(rows) if compared(prefix, wanted, row, now)}
