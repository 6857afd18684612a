"""One thing at a time: what each fact of a case becomes in FHIR.

Long because every kind of fact of the mapping has its test here, in the order of a case.
"""

from datetime import datetime

import pytest

from environment.errors import BadValueError, UnknownTwinError
from environment.fhir.bundle import document, resources
from environment.fhir.case import Case, models_of
from environment.fhir.checks import check
from environment.fhir.elements import ID, Resource, resource_id
from tests.environment.fhir.chart import START, Chart, called, inside, of_type


def mapped(chart: Chart) -> list[Resource]:
    bundle = document(chart.case)
    check(bundle)
    return inside(bundle)


def the(chart: Chart, name: str) -> Resource:
    (found,) = of_type(mapped(chart), name)
    return found


def hospital(chart: Chart) -> None:
    chart.add("trauma", "trauma", 400)
    chart.add("shock_room", "room")
    chart.link("trauma", "hasPatient", "patient", at=400)
    chart.phase("trauma", "pre_alerted", 400)
    chart.phase("preh", "transporting", 900)
    chart.phase("trauma", "delivered", 1500)
    chart.phase("preh", "handed_over", 1540)
    chart.phase("trauma", "shock_room", 1510)


# -- the processes ---------------------------------------------------------------------------------


def test_the_two_processes_are_encounters_of_one_episode_and_neither_is_part_of_the_other() -> None:
    chart = Chart()
    hospital(chart)
    held = mapped(chart)
    encounters = of_type(held, "Encounter")
    (episode,) = of_type(held, "EpisodeOfCare")
    wanted = f"EpisodeOfCare/{episode['id']}"
    assert [e["episodeOfCare"][0]["reference"] for e in encounters] == [wanted, wanted]
    assert [e["class"]["code"] for e in encounters] == ["FLD", "EMER"]
    assert not any("partOf" in e for e in encounters)


def test_the_hospital_waits_for_the_patient_before_the_ambulance_is_there() -> None:
    chart = Chart()
    hospital(chart)
    preh, trauma = of_type(mapped(chart), "Encounter")
    assert trauma["statusHistory"][0] == {
        "status": "planned",
        "period": {"start": "2026-01-15T14:06:40Z", "end": "2026-01-15T14:25:00Z"},
    }
    assert trauma["status"] == "in-progress"
    assert (preh["status"], preh["period"]["end"]) == ("finished", "2026-01-15T14:25:40Z")


def test_a_step_that_was_taken_back_leaves_no_arrival_at_the_scene() -> None:
    chart = Chart()
    hospital(chart)
    chart.add("accident_place", "place")
    chart.link("preh", "locatedIn", "accident_place", at=0)
    chart.says("preh", "arrival_onsite_s", 246.0, 246)
    arrived = called(mapped(chart), "arrival at the scene")
    assert [o["status"] for o in arrived] == ["final"]
    assert len(of_type(mapped(chart), "Encounter")[0]["location"]) == 1
    chart.says("preh", "corrected", ["on_scene"], 250)
    arrived = called(mapped(chart), "arrival at the scene")
    assert [o["status"] for o in arrived] == ["entered-in-error"]
    assert "location" not in of_type(mapped(chart), "Encounter")[0]
    chart.says("preh", "arrival_onsite_s", 690.0, 690)
    chart.says("preh", "corrected", [], 690)
    (arrival,) = called(mapped(chart), "arrival at the scene")
    assert (arrival["status"], arrival["valueDateTime"]) == ("final", "2026-01-15T14:11:30Z")


def test_a_patient_ready_for_a_bed_is_an_inpatient_who_came_as_an_emergency() -> None:
    chart = Chart()
    hospital(chart)
    chart.phase("trauma", "ready_for_hospitalisation", 4000)
    chart.says("trauma", "final_destination", "icu", 4000)
    trauma = of_type(mapped(chart), "Encounter")[1]
    assert trauma["class"]["code"] == "IMP"
    assert [h["class"]["code"] for h in trauma["classHistory"]] == ["EMER"]


def test_a_call_that_ends_before_anybody_was_with_a_patient_is_cancelled() -> None:
    chart = Chart()
    chart.journal = type(chart.journal)("other")
    for twin in ("patient", "preh"):
        chart.add(twin, twin)
    chart.link("preh", "hasPatient", "patient")
    chart.phase("preh", "called", 0)
    chart.phase("preh", "closed", 60)
    encounter = the(chart, "Encounter")
    assert encounter["status"] == "cancelled"
    assert "period" not in encounter


def test_what_happens_on_the_road_belongs_to_the_first_encounter() -> None:
    chart = Chart()
    hospital(chart)
    chart.reading("hr", 110.0, 1000)
    chart.reading("hr", 112.0, 1600)
    rates = called(mapped(chart), "Heart rate")
    assert [r["encounter"]["reference"] for r in rates] == ["Encounter/preh", "Encounter/trauma"]


def test_an_unknown_patient_is_said_to_be_unknown() -> None:
    patient = the(Chart(), "Patient")
    assert patient["gender"] == "unknown"
    assert patient["_birthDate"]["extension"][0]["valueCode"] == "unknown"


# -- readings --------------------------------------------------------------------------------------


def test_pressures_of_one_moment_are_one_panel() -> None:
    chart = Chart()
    chart.reading("sbp", 84.0, 400)
    chart.reading("dbp", 51.0, 400)
    (panel,) = called(mapped(chart), "Blood pressure")
    parts = {p["code"]["coding"][0]["code"]: p["valueQuantity"] for p in panel["component"]}
    assert {code: q["value"] for code, q in parts.items()} == {"8480-6": 84, "8462-4": 51}
    assert {q["code"] for q in parts.values()} == {"mm[Hg]"}


def test_a_coma_scale_holds_its_three_components() -> None:
    chart = Chart()
    values = {"gcs_eye": 3.0, "gcs_verbal": 4.0, "gcs_motor": 6.0, "gcs": 13.0}
    for name, value in values.items():
        chart.says("patient", name, value, 500)
    (scale,) = called(mapped(chart), "Glasgow Coma Scale")
    assert scale["valueQuantity"]["value"] == 13
    codes = [p["code"]["coding"][0]["code"] for p in scale["component"]]
    assert codes == ["9267-6", "9270-0", "9268-4"]
    assert scale["performer"][0]["reference"] == "Practitioner/rescuer"


def test_saturation_carries_the_code_of_the_profile_and_that_of_the_method() -> None:
    chart = Chart()
    chart.reading("spo2", 93.0, 400)
    (found,) = called(mapped(chart), "Oxygen saturation")
    assert [c["code"] for c in found["code"]["coding"]] == ["2708-6", "59408-5"]


def test_a_code_that_nobody_verified_is_not_written() -> None:
    chart = Chart()
    chart.says("patient", "lactate", 4.2, 600)
    (found,) = called(mapped(chart), "Lactate")
    assert found["code"] == {"text": "Lactate"}
    assert found["valueQuantity"]["code"] == "mmol/L"


def test_a_monitors_second_by_second_values_are_thinned_to_one_a_minute() -> None:
    chart = Chart()
    for second in range(600, 900):
        chart.reading("hr", 100.0 + second % 7, second)
    rates = called(mapped(chart), "Heart rate")
    assert [r["effectiveDateTime"] for r in rates] == [
        f"2026-01-15T14:{minute}:00Z" for minute in (10, 11, 12, 13, 14)
    ]


def test_a_monitors_values_before_it_was_on_the_patient_are_not_the_patients() -> None:
    chart = Chart()
    chart.reading("hr", 71.0, 200)
    assert called(mapped(chart), "Heart rate") == []


def test_a_fact_learned_late_keeps_both_of_its_times() -> None:
    chart = Chart()
    chart.says("patient", "hb", 9.1, 600, recorded=1900)
    (found,) = called(mapped(chart), "Haemoglobin")
    assert found["effectiveDateTime"] == "2026-01-15T14:10:00Z"
    assert found["issued"] == "2026-01-15T14:31:40Z"


# -- acts ------------------------------------------------------------------------------------------


def test_a_tourniquet_in_place_is_a_procedure_that_goes_on_and_a_warning() -> None:
    chart = Chart()
    start = {"procedure": "tourniquet", "site": "left_thigh", "change": "start", "details": {}}
    chart.event("patient", "procedure", start, 680)
    held = mapped(chart)
    (procedure,) = of_type(held, "Procedure")
    (flag,) = of_type(held, "Flag")
    assert procedure["status"] == "in-progress"
    assert procedure["performedPeriod"] == {"start": "2026-01-15T14:11:20Z"}
    assert flag["status"] == "active"
    assert procedure["usedCode"][0]["coding"][0]["code"] == "38141007"


def test_a_released_tourniquet_ends_procedure_and_warning() -> None:
    chart = Chart()
    start = {"procedure": "tourniquet", "site": "left_thigh", "change": "start", "details": {}}
    chart.event("patient", "procedure", start, 680)
    chart.event("patient", "procedure", start | {"change": "stop"}, 1280)
    held = mapped(chart)
    assert of_type(held, "Procedure")[0]["performedPeriod"]["end"] == "2026-01-15T14:21:20Z"
    assert of_type(held, "Flag")[0]["status"] == "inactive"


def test_a_drug_over_minutes_has_a_period_a_dose_and_both_codes() -> None:
    chart = Chart()
    asked = chart.request("patient", "give_drug", 900, drug="tranexamic_acid", over_min=10.0)
    value = {"drug": "tranexamic_acid", "amount": 1.0, "unit": "g", "route": "iv", "total": 1.0}
    chart.event("patient", "drug_given", value, 900, cause=asked)
    given = the(chart, "MedicationAdministration")
    codes = [c["code"] for c in given["medicationCodeableConcept"]["coding"]]
    assert codes == ["B02AA02", "386960009"]
    assert given["effectivePeriod"]["end"] == "2026-01-15T14:25:00Z"
    assert (given["dosage"]["dose"]["value"], given["dosage"]["dose"]["code"]) == (1, "g")


def test_an_infusion_is_one_administration_for_each_rate() -> None:
    chart = Chart()
    for change, rate, at in (("start", 0.1, 600), ("vary", 0.2, 700), ("stop", 0.0, 900)):
        value = {"drug": "noradrenaline", "change": change, "rate": rate, "unit": "ug/kg/min"}
        chart.event("patient", "infusion_changed", value, at)
    given = of_type(mapped(chart), "MedicationAdministration")
    assert [g["dosage"]["rateQuantity"]["value"] for g in given] == [0.1, 0.2]
    assert [g["status"] for g in given] == ["completed", "completed"]
    assert given[1]["effectivePeriod"]["end"] == "2026-01-15T14:15:00Z"


def test_a_running_infusion_is_in_progress_without_an_end() -> None:
    chart = Chart()
    value = {"drug": "noradrenaline", "change": "start", "rate": 0.1, "unit": "ug/kg/min"}
    chart.event("patient", "infusion_changed", value, 600)
    given = the(chart, "MedicationAdministration")
    assert given["status"] == "in-progress"
    assert "end" not in given["effectivePeriod"]


def test_blood_is_counted_in_bags_and_its_code_is_kept() -> None:
    chart = Chart()
    value = {"product": "red_cells", "units": 2, "ml": 600, "bag": "W0417"}
    chart.event("patient", "blood_given", value, 1900)
    given = the(chart, "MedicationAdministration")
    assert given["dosage"]["dose"]["code"] == "{unit}"
    assert given["note"][0]["text"] == "600 mL, bag W0417"


def test_an_efast_shows_each_window_and_no_code_of_the_stroke_test() -> None:
    chart = Chart()
    chart.add("ultrasound", "device")
    asked = chart.request("ultrasound", "examine", 1800, diagnostic="efast")
    begun = {"diagnostic": "efast", "patient": "patient", "ready_s": 2040.0}
    chart.event("ultrasound", "started", begun, 1800, cause=asked, source="ultrasound")
    views = {"ruq": True, "pelvis": False}
    result = {"diagnostic": "efast", "result": {"started_s": 1800.0, "views": views}}
    chart.event("patient", "diagnostic", result, 2040, cause=asked, source="ultrasound")
    held = mapped(chart)
    (report,) = of_type(held, "DiagnosticReport")
    (request,) = of_type(held, "ServiceRequest")
    assert report["basedOn"][0]["reference"] == f"ServiceRequest/{request['id']}"
    assert request["status"] == "completed"
    assert report["conclusion"] == "positive: right upper quadrant"
    (finding,) = [r for r in held if r["id"] == report["result"][0]["reference"].split("/")[1]]
    assert [p["valueBoolean"] for p in finding["component"]] == [False, True]
    assert "716800008" not in str(held)


def test_a_cancelled_order_of_a_drug_is_not_active() -> None:
    chart = Chart()
    hospital(chart)
    order = {"kind": "drug", "what": "ketamine", "amount": 80.0, "unit": "mg", "route": "iv"}
    row = order | {"status": "cancelled", "at_s": 1600.0, "by": "rescuer"}
    chart.event("trauma", "ordered", order | {"order": "ketamine_1"}, 1600)
    chart.says("trauma", "order", {"ketamine_1": row}, 1610)
    assert the(chart, "MedicationRequest")["status"] == "cancelled"


def test_injuries_are_conditions_of_the_encounter_and_of_the_episode() -> None:
    chart = Chart()
    injury = {"region": "pelvis", "kind": "fracture", "side": "", "open": False}
    chart.says("patient", "injury", {"pelvic_fracture": injury}, 548)
    held = mapped(chart)
    (condition,) = of_type(held, "Condition")
    wanted = f"Condition/{condition['id']}"
    assert of_type(held, "Encounter")[0]["diagnosis"][0]["condition"]["reference"] == wanted
    assert of_type(held, "EpisodeOfCare")[0]["diagnosis"][0]["condition"]["reference"] == wanted


def test_a_passport_without_allergies_says_that_none_is_known() -> None:
    chart = Chart()
    chart.says("patient", "allergy", {}, 990)
    chart.says("patient", "anticoagulant", "apixaban", 990)
    held = mapped(chart)
    (allergy,) = of_type(held, "AllergyIntolerance")
    assert allergy["code"]["coding"][0]["code"] == "716186003"
    (taken,) = of_type(held, "MedicationStatement")
    assert taken["medicationCodeableConcept"]["text"] == "apixaban"
    assert of_type(held, "Flag")[0]["category"][0]["coding"][0]["code"] == "drug"


# -- alerts and their cause ------------------------------------------------------------------------


def alerted() -> Chart:
    chart = Chart()
    low = chart.reading("sbp", 82.0, 801)  # not the first of its minute
    belief = {"belief": "sbp(82)", "rule": None, "seq": low}
    decided = {"plan": "low_pressure", "file": "leader.asl", "line": 12, "beliefs": [belief]}
    step = chart.event(
        "mind_rescuer_assistant", "decided", decided, 801, by="rescuer_assistant", cause=low
    )
    asked = chart.request(
        "tablet", "show", 801, asked_by="rescuer_assistant", because=step, rule="HAE-01"
    )
    shown = {"rule": "HAE-01", "priority": "high", "text": "SBP 82"}
    chart.event(
        "tablet", "alert_raised", shown, 801.1, by="rescuer_assistant", cause=asked, source="tablet"
    )
    return chart


def test_an_alert_is_an_issue_that_shows_the_reading_behind_it() -> None:
    chart = alerted()
    chart.reading("sbp", 90.0, 800)
    held = mapped(chart)
    (issue,) = of_type(held, "DetectedIssue")
    (pressure,) = [r for r in called(held, "Blood pressure") if "14:13:21" in str(r)]
    assert issue["evidence"][0]["detail"][0]["reference"] == f"Observation/{pressure['id']}"
    assert issue["author"]["reference"] == "Device/mind-rescuer-assistant"


def test_the_cause_of_an_alert_is_its_provenance_with_the_plan_that_decided() -> None:
    held = mapped(alerted())
    (why,) = of_type(held, "Provenance")
    assert why["target"][0]["reference"].startswith("DetectedIssue/")
    assert [e["what"].get("display") for e in why["entity"]][
        1
    ] == "plan low_pressure (leader.asl:12)"


def test_an_acknowledged_alert_names_who_saw_to_it_and_how() -> None:
    chart = alerted()
    seen = {"rule": "HAE-01", "by": "rescuer", "reason": "pelvic binder"}
    chart.event("tablet", "alert_acknowledged", seen, 830)
    held = mapped(chart)
    (mitigation,) = of_type(held, "DetectedIssue")[0]["mitigation"]
    assert mitigation["action"]["text"] == "pelvic binder"
    assert mitigation["author"]["reference"] == "Practitioner/rescuer"
    assert of_type(held, "Communication")[0]["received"] == "2026-01-15T14:13:50Z"


def test_a_refused_request_is_audited_as_a_failure_with_the_guard_that_said_no() -> None:
    chart = Chart()
    asked = chart.request("patient", "start_infusion", 900, drug="noradrenaline")
    chart.refuse(asked, 900, guard="has_key", expected="no infusion", found="one")
    audit = the(chart, "AuditEvent")
    assert audit["outcome"] == "4"
    assert audit["outcomeDesc"] == "has_key: expected no infusion, found one"
    assert audit["entity"][0]["name"] == "patient.start_infusion"


# -- names -----------------------------------------------------------------------------------------


def test_ids_stay_within_64_characters_and_differ_when_their_names_do() -> None:
    long = "a_very_long_name_of_a_twin_that_somebody_gave_to_a_monitor_in_a_room"
    first, second = resource_id(long, "hr", 1), resource_id(long, "hr", 2)
    assert ID.fullmatch(first)
    assert ID.fullmatch(second)
    assert first != second
    assert ID.fullmatch(resource_id("Schockraum Süd", 1))


def test_two_cases_with_prefixes_share_no_id() -> None:
    chart = Chart()
    chart.reading("hr", 90.0, 400)
    names = [
        {
            (r["resourceType"], r["id"])
            for r in resources(Case(chart.journal, models_of(chart.journal), START, prefix=prefix))
        }
        for prefix in ("a", "b")
    ]
    assert not names[0] & names[1]


def test_a_start_without_a_time_zone_is_refused() -> None:
    chart = Chart()
    with pytest.raises(BadValueError, match="no time zone"):
        Case(chart.journal, models_of(chart.journal), datetime(2026, 1, 15, 14))  # noqa: DTZ001 - on purpose


def test_an_unknown_patient_id_is_refused_with_the_nearest_name() -> None:
    chart = Chart()
    with pytest.raises(UnknownTwinError, match="Did you mean 'patient'"):
        Case(chart.journal, models_of(chart.journal), START, patient="pateint")


def test_a_journal_without_a_patient_still_gives_a_valid_record() -> None:
    chart = Chart()
    chart.journal = type(chart.journal)("empty")
    chart.add("shock_room", "room")
    found = resources(chart.case)
    assert {r["resourceType"] for r in found} == {"Device", "Location"}


# -- what people saw and wrote ---------------------------------------------------------------------


def test_a_finding_is_told_when_it_changes_and_not_each_time_it_is_repeated() -> None:
    chart = Chart()
    for at, sound in ((400, "normal"), (500, "normal"), (600, "absent")):
        chart.says("patient", "breath_sounds_left", sound, at)
    found = called(mapped(chart), "Breath sounds, left")
    assert [r["valueString"] for r in found] == ["normal", "absent"]
    assert found[0]["category"][0]["coding"][0]["code"] == "exam"


def test_how_it_happened_is_the_reason_of_the_encounter_with_the_code_of_its_cause() -> None:
    chart = Chart()
    chart.says("preh", "dynamic", "Fall from a roof", 20)
    held = mapped(chart)
    assert of_type(held, "Encounter")[0]["reasonCode"] == [{"text": "Fall from a roof"}]
    (cause,) = [r for r in held if r.get("valueString") == "Fall from a roof"]
    assert cause["code"]["coding"][0]["code"] == "69543-7"


def test_notes_and_photographs_of_the_team_are_kept() -> None:
    chart = Chart()
    hospital(chart)
    chart.event("trauma", "note", {"text": "Son is on his way"}, 1700)
    chart.event("trauma", "media", {"kind": "photo", "reference": "wound.jpg"}, 1710)
    held = mapped(chart)
    assert called(held, "note of the team")[0]["valueString"] == "Son is on his way"
    assert of_type(held, "Media")[0]["content"]["title"] == "wound.jpg"


def test_a_reading_that_cannot_be_is_audited_and_never_a_value() -> None:
    chart = Chart()
    refused = {"member": "hr", "value": "900.0", "why": "hr: 900 is not plausible"}
    chart.event("monitor_1", "reading_refused", refused, 500, by="monitor_1")
    held = mapped(chart)
    (audit,) = of_type(held, "AuditEvent")
    assert (audit["action"], audit["outcome"]) == ("C", "4")
    assert "not plausible" in audit["outcomeDesc"]
    assert called(held, "Heart rate") == []


def test_a_patient_whose_process_ends_in_the_mortuary_has_died() -> None:
    chart = Chart()
    hospital(chart)
    chart.says("patient", "pulse", False, 2000)
    chart.says("trauma", "final_destination", "mortuary", 2600)
    chart.phase("trauma", "ready_for_hospitalisation", 2600)
    held = mapped(chart)
    assert of_type(held, "Patient")[0]["deceasedBoolean"] is True
    (arrest,) = of_type(held, "Condition")
    assert arrest["code"]["coding"][0]["code"] == "410429000"
    assert of_type(held, "Encounter")[1]["class"]["code"] == "EMER"  # no inpatient


def test_scores_say_from_which_values_they_were_calculated() -> None:
    chart = Chart()
    hospital(chart)
    chart.says("patient", "gcs", 15.0, 400)
    chart.reading("rr", 24.0, 410)
    chart.reading("sbp", 100.0, 410)
    chart.says("trauma", "iss", 34, 3000)
    held = mapped(chart)
    (rts,) = called(held, "Revised trauma score")
    assert rts["valueQuantity"]["value"] == pytest.approx(7.8408)  # Champion 1989: all codes 4
    assert "Systolic pressure 100" in rts["note"][0]["text"]
    (iss,) = called(held, "Injury severity score")
    assert iss["code"]["coding"][0]["code"] == "273533008"
    assert iss["valueQuantity"]["value"] == 34


def test_the_times_of_the_mission_are_observations_whose_value_is_the_time() -> None:
    chart = Chart()
    chart.says("preh", "arrival_onsite_s", 540.0, 541)
    (found,) = called(mapped(chart), "arrival at the scene")
    assert found["valueDateTime"] == "2026-01-15T14:09:00Z"


def test_a_procedure_names_the_order_that_it_carried_out() -> None:
    chart = Chart()
    hospital(chart)
    order = {"kind": "procedure", "what": "chest_tube", "amount": 1.0, "unit": "", "route": ""}
    chart.event("trauma", "ordered", order | {"order": "chest_tube_1"}, 1600)
    done = {"procedure": "chest_tube", "site": "left", "change": "done", "details": {}}
    chart.event("patient", "procedure", done, 1700)
    held = mapped(chart)
    (procedure,) = of_type(held, "Procedure")
    (request,) = of_type(held, "ServiceRequest")
    assert procedure["basedOn"][0]["reference"] == f"ServiceRequest/{request['id']}"


def test_an_allergy_to_a_drug_carries_its_code_and_how_bad_it_is() -> None:
    chart = Chart()
    chart.says("patient", "allergy", {"suxamethonium": {"group": "", "severity": "high"}}, 990)
    allergy = the(chart, "AllergyIntolerance")
    assert allergy["code"]["coding"][0]["code"] == "294224007"
    assert allergy["criticality"] == "high"


def test_every_reading_is_written_when_asked_for() -> None:
    chart = Chart()
    for second in range(600, 620):
        chart.reading("hr", 100.0, second)
    assert len(called(resources(chart.case, every_s=0), "Heart rate")) == 20


def test_warfarin_taken_before_carries_the_code_of_its_group() -> None:
    chart = Chart()
    chart.says("patient", "anticoagulant", "warfarin", 990)
    taken = the(chart, "MedicationStatement")
    assert taken["medicationCodeableConcept"]["coding"][0]["code"] == "B01AA"


def test_a_handover_card_tells_times_as_times_and_leaves_out_what_nobody_knows() -> None:
    chart = Chart()
    card = {"time_of_injury_s": -60.0, "signs": {"gcs": {"first": None, "latest": 14.0}}}
    chart.event("preh", "handover", {"atmist": card, "to": "rescuer"}, 1500)
    told = the(chart, "Communication")
    assert told["payload"][0]["contentString"] == (
        "signs: gcs latest 14, time of injury: 2026-01-15T13:59:00Z"
    )
    assert told["recipient"][0]["reference"] == "Practitioner/rescuer"


def test_the_text_of_the_document_shows_both_pressures() -> None:
    chart = Chart()
    chart.reading("sbp", 84.0, 400)
    chart.reading("dbp", 51.0, 400)
    first = mapped(chart)[0]
    (section,) = [s for s in first["section"] if s["title"] == "Vital signs"]
    assert "Blood pressure 84 mmHg, 51 mmHg" in section["text"]["div"]
