"""A twin's state as a Bundle: the frame, stale values, what nobody measured."""

from environment.fhir.checks import check
from environment.fhir.elements import Resource
from environment.fhir.states import state_bundle
from tests.environment.fhir.chart import Chart, called, inside


def vital_signs() -> Chart:
    chart = Chart()
    chart.says("patient", "temp", 36.4, 310)
    for name, value in (("hr", 121.0), ("sbp", 84.0), ("dbp", 51.0), ("spo2", 93.0)):
        chart.reading(name, value, 400)
    return chart


def bundle(chart: Chart, at: float, twin: str = "patient") -> Resource:
    found = state_bundle(chart.case, chart.state(twin, at))
    check(found)
    return found


def test_the_panel_carries_the_frame_from_which_all_values_come() -> None:
    panel = inside(bundle(vital_signs(), 410))[0]
    assert panel["effectivePeriod"] == {
        "start": "2026-01-15T14:05:10Z",
        "end": "2026-01-15T14:06:50Z",
    }
    assert panel["code"]["coding"][0]["code"] == "85353-1"


def test_the_panel_names_every_value_of_the_state() -> None:
    held = inside(bundle(vital_signs(), 410))
    members = {m["reference"] for m in held[0]["hasMember"]}
    for text in ("Heart rate", "Blood pressure", "Oxygen saturation", "Temperature"):
        (found,) = called(held, text)
        assert f"Observation/{found['id']}" in members


def test_a_stale_heart_rate_has_a_reason_and_no_number() -> None:
    held = inside(bundle(vital_signs(), 450))
    (rate,) = called(held, "Heart rate")
    assert "valueQuantity" not in rate
    assert rate["dataAbsentReason"]["coding"][0]["code"] == "temp-unknown"
    assert rate["dataAbsentReason"]["text"] == "stale"
    assert "2026-01-15T14:07:10Z" in rate["note"][0]["text"]  # 30 s after its last reading
    assert "121" not in str(rate)


def test_a_stale_value_is_no_part_of_the_frame() -> None:
    panel = inside(bundle(vital_signs(), 1250))[0]  # the temperature of 310 s has ended too
    assert panel["effectivePeriod"]["start"] > "2026-01-15T14:05:10Z"


def test_a_required_value_that_nobody_measured_is_unknown() -> None:
    held = inside(bundle(vital_signs(), 410))
    (rate,) = called(held, "Respiratory rate")
    assert rate["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert called(held, "Lactate") == []  # not required: silence is not a value


def test_the_in_hospital_twin_shows_the_monitors_values_with_their_origin() -> None:
    chart = vital_signs()
    chart.add("trauma", "trauma", 405)
    chart.phase("trauma", "pre_alerted", 405)
    chart.link("trauma", "continues", "preh", at=405)
    chart.link("trauma", "hasPatient", "patient", at=405)
    held = inside(bundle(chart, 410, "trauma"))
    (rate,) = called(held, "Heart rate")
    assert rate["id"].startswith("monitor-1-hr")
    assert rate["device"]["reference"] == "DeviceMetric/monitor-1-hr"
    assert rate["valueQuantity"] == {
        "value": 121,
        "unit": "bpm",
        "system": "http://unitsofmeasure.org",
        "code": "/min",
    }


def test_everything_that_a_state_refers_to_is_in_its_bundle() -> None:
    chart = vital_signs()
    kinds = {r["resourceType"] for r in inside(bundle(chart, 410))}
    assert {"Patient", "Encounter", "EpisodeOfCare", "Device", "DeviceMetric"} <= kinds


def test_a_room_is_not_described_as_if_it_were_the_patient() -> None:
    chart = Chart()
    chart.add("shock_room", "room")
    chart.says("shock_room", "type", "shock_room")
    chart.says("shock_room", "status", "free")
    chart.says("shock_room", "checklist", {"blood": False, "drugs": True})
    panel, *rest = inside(bundle(chart, 10, "shock_room"))
    assert panel["subject"]["reference"] == "Location/shock-room"
    (checklist,) = [r for r in rest if "checklist" in r["id"]]
    assert [p["valueBoolean"] for p in checklist["component"]] == [False, True]
