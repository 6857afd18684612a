"""What a role may see and ask for: the rest is as if it were not there."""

from tests.environment.fhir.server.ward import Ward, vital


async def test_who_may_not_know_who_somebody_is_sees_the_rest_and_cannot_ask_by_name(
    ward: Ward,
) -> None:
    await ward.put(
        {
            "resourceType": "Patient",
            "id": "bruno",
            "name": [{"family": "Rossi"}],
            "identifier": [{"system": "urn:hospital", "value": "4711"}],
            "gender": "male",
        }
    )
    await ward.reading(hr=88.0)
    for by in ("researcher", "display"):
        for name in ("Patient/patient", "Practitioner/rita", "Location/road"):
            told = await ward.get(name, by=by)
            if told.status == 200:
                assert not set(told.json) & {"name", "address"} - {"name"}, (by, name)
                for word in (b"Anna", b"Rita Rossi", b"Via Roma"):
                    assert word not in told.body, (by, name)
        everything = await ward.get("Patient/patient/$everything", by=by)
        assert b"Anna" not in everything.body
        assert b"Rossi" not in everything.body
    told = await ward.get("Patient/bruno", by="researcher")
    assert (told.status, b"4711" in told.body, b"Rossi" in told.body) == (200, False, False)
    assert told.json["gender"] == "male"
    for url in (
        "Patient?family=rossi",
        "Patient?identifier=4711",
        "Patient?_sort=family",
        "Observation?patient.name=anna",
        "Observation?subject:identifier=4711",
        "Patient?birthdate=gt1900",
    ):
        assert (await ward.get(url, by="researcher")).status == 403, url
    past = await ward.get("Patient/bruno/_history", by="researcher")
    assert b"Rossi" not in past.body


async def test_people_inside_other_resources_are_left_out_too(ward: Ward) -> None:
    await ward.put(
        {
            "resourceType": "Observation",
            "id": "o1",
            "status": "final",
            "text": {
                "status": "generated",
                "div": '<div xmlns="http://www.w3.org/1999/xhtml">Bruno Rossi, 80 kg</div>',
            },
            "code": {"text": "weight", "coding": [{"display": "Body weight", "code": "w"}]},
            "contained": [
                {"resourceType": "Patient", "id": "p", "name": [{"family": "Rossi"}]},
            ],
            "subject": {"reference": "#p", "display": "Bruno Rossi"},
            "performer": [
                {"display": "Dr Rossi"},
                {"identifier": {"value": "Rossi-4711"}, "type": "Practitioner"},
            ],
        }
    )
    told = await ward.get("Observation/o1", by="researcher")
    assert b"Rossi" not in told.body
    assert told.json["code"]["coding"][0]["display"] == "Body weight"
    assert b"Rossi" in (await ward.get("Observation/o1", by="system")).body


async def test_without_a_right_nothing_is_there(ward: Ward) -> None:
    await ward.put({"resourceType": "Organization", "id": "lab", "name": "Laboratory"})
    await ward.reading(hr=88.0)
    assert (await ward.get("Organization/lab", by="operator")).status == 404
    assert (await ward.get("Organization", by="operator")).ids == []
    assert (await ward.get("Observation?code=8867-4", by="operator")).json["total"] == 0
    assert (await ward.get("_history", by="operator")).status == 200
    sent = vital("8867-4", 121, "/min", ward.now())
    for by in ("researcher", "display", "operator", "agent", "patient"):
        assert (await ward.post(sent, by=by)).status == 403, by
    assert (await ward.post(sent, by="trauma_leader")).status == 403  # keeps the record, feeds none
