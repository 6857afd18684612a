"""Codes of standards as data: LOINC, SNOMED CT, ATC, HL7 tables, UCUM; one row each.

`status` says how far a row was checked: "verified" means that the code and its meaning were read in
a standards body's publication or official example; "seen" means in public code or data only, to be
checked before clinical use. SNOMED CT identifiers are used under the Global Patient Set; LOINC and
UCUM under their licences; ORPHA codes are CC BY 4.0. Text always stands beside a code, so that a
wrong one can be seen. Vital signs and laboratory codes stand in `vitals.py`, ORPHA codes in
`hazards.py`, drugs' ATC codes in the catalogue: nothing is written twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from environment.errors import BadValueError, did_you_mean

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
ATC = "http://www.whocc.no/atc"
ORPHA = "https://www.orpha.net"
MDC = "urn:iso:std:iso:11073:10101"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
PHYSICAL_TYPE = "http://terminology.hl7.org/CodeSystem/location-physical-type"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
PARTICIPATION_TYPE = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
FLAG_CATEGORY = "http://terminology.hl7.org/CodeSystem/flag-category"
DATA_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

Status = Literal["verified", "seen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code of one system with its text."""

    key: str
    system: str
    code: str
    display: str
    status: Status = "verified"


def _table(system: str, rows: Mapping[str, tuple[str, str]], status: Status) -> list[Code]:
    return [
        Code(key=key, system=system, code=code, display=display, status=status)
        for key, (code, display) in rows.items()
    ]


_LOINC = {
    "vital_signs_panel": ("85353-1", "Vital signs panel"),
    "blood_pressure_panel": ("85354-9", "Blood pressure panel"),
    "oxygen_saturation": ("2708-6", "Oxygen saturation in arterial blood"),
    "pulse_oximetry": ("59408-5", "Oxygen saturation by pulse oximetry"),
    "triage_level": ("75616-3", "Triage level, five levels"),
    "acuity_first": ("11283-9", "Acuity at first encounter"),
    "naca": ("88076-5", "NACA severity"),
    "cause_of_injury": ("69543-7", "Cause of injury"),
    "patient_care_report": ("67796-3", "EMS patient care report"),
    "injury_event_summary": ("74209-8", "Injury event summary"),
    "registry_report": ("74198-3", "Trauma summary registry report"),
    "emergency_note": ("34111-5", "Emergency department note"),
    "patient_summary": ("60591-5", "Patient summary"),
    "section_vital_signs": ("8716-3", "Vital signs"),
    "section_medication": ("10160-0", "Medication use"),
    "section_procedures": ("47519-4", "Procedures"),
    "section_results": ("30954-2", "Results"),
    "section_course": ("8648-8", "Hospital course"),
    "section_alerts": ("104605-1", "Alerts"),
    "section_allergies": ("48765-2", "Allergies"),
    "section_problems": ("11450-4", "Problems"),
    "section_plan": ("18776-5", "Plan of care"),
    "section_devices": ("46264-8", "Medical devices"),
    "section_story": ("81338-6", "Patient story"),
    "section_advance_directives": ("42348-3", "Advance directives"),
    "section_care_team": ("85847-2", "Care team"),
    "chest_xray": ("36554-4", "Chest X-ray, single view"),
    "pelvis_xray": ("28561-9", "Pelvis X-ray"),
    "whole_body_ct": ("46305-9", "Whole-body CT"),
    "care_team_encounter": ("LA27976-2", "Encounter-focused care team"),
}
_SNOMED = {
    "injury_severity_score": ("273533008", "Injury severity score"),
    "revised_trauma_score": ("273885003", "Revised trauma score"),
    "trauma_and_injury_severity_score": ("273886002", "Trauma and injury severity score"),
    "haemorrhagic_shock": ("355001", "Haemorrhagic shock"),
    "cardiac_arrest": ("410429000", "Cardiac arrest"),
    "major_injury": ("2734008", "Major injury"),
    "blunt_injury": ("3821009", "Blunt injury"),
    "blood_gas": ("278297009", "Blood gas analysis"),
    "ct_head": ("303653007", "CT of head"),
    "ct_cervical_spine": ("241578008", "CT of cervical spine"),
    "ct_chest": ("169069000", "CT of chest"),
    "ct_abdomen": ("169070004", "CT of abdomen"),
    "ct_whole_body": ("169072007", "CT of whole body"),
    "ultrasound": ("16310003", "Ultrasound scan"),
    "intubation": ("52765003", "Intubation"),
    "chest_tube": ("264957007", "Insertion of pleural tube drain"),
    "thoracotomy": ("26337002", "Exploratory thoracotomy"),
    "transfusion": ("5447007", "Transfusion"),
    "transfusion_plasma": ("116861002", "Transfusion of fresh frozen plasma"),
    "transfusion_platelets": ("12719002", "Transfusion of platelets"),
    "artificial_ventilation": ("40617009", "Artificial ventilation"),
    "bag_mask_ventilation": ("425696007", "Bag-mask ventilation"),
    "positioning": ("229824005", "Positioning patient"),
    "emergency_treatment": ("182813001", "Emergency treatment"),
    "tranexamic_acid": ("386960009", "Tranexamic acid"),
    "fentanyl": ("373492002", "Fentanyl"),
    "ketamine": ("31706007", "Ketamine hydrochloride"),
    "midazolam": ("26800000", "Midazolam"),
    "suxamethonium": ("3822002", "Succinylcholine"),
    "noradrenaline": ("45555007", "Norepinephrine"),
    "crystalloid": ("51644004", "Electrolytic agent"),
    "ringer_lactate": ("46097003", "Lactated Ringer solution"),
    "red_cells": ("431069006", "Packed red blood cells"),
    "platelets": ("23343005", "Human platelet product"),
    "factor_xiii": ("319930009", "Factor XIII"),
    "no_known_allergy": ("716186003", "No known allergy"),
    "no_known_drug_allergy": ("409137002", "No known drug allergy"),
    "no_known_latex_allergy": ("716184000", "No known latex allergy"),
    "penicillin_allergy": ("764146007", "Penicillin"),
    "fentanyl_allergy": ("293605005", "Fentanyl allergy"),
    "ketamine_allergy": ("293707005", "Ketamine allergy"),
    "midazolam_allergy": ("293901004", "Midazolam allergy"),
    "suxamethonium_allergy": ("294224007", "Suxamethonium allergy"),
    "noradrenaline_allergy": ("294029008", "Norepinephrine allergy"),
    "tourniquet_device": ("38141007", "Tourniquet, device"),
    "ambulance": ("49122002", "Ambulance, device"),
    "ground_ambulance": ("44613004", "Ground ambulance"),
    "helicopter": ("32472009", "Medical helicopter"),
    "monitor": ("13288007", "Monitor, device"),
    "defibrillator": ("19257004", "Defibrillator, device"),
    "physician": ("309343006", "Physician"),
    "emergency_physician": ("309294001", "Emergency department physician"),
    "paramedic": ("397897005", "Paramedic"),
    "ambulance_crew": ("159738005", "Ambulance crew"),
    "trauma_surgeon": ("309386006", "Trauma surgeon"),
    "transfer_summary": ("371535009", "Transfer summary"),
}
_SNOMED_SEEN = {
    "tracheal_intubation": ("112798008", "Insertion of endotracheal tube"),
    "emergency_intubation": ("16883004", "Emergency intubation"),
    "tourniquet": ("20655006", "Application of tourniquet"),
    "haemorrhage_control": ("51241000", "Control of haemorrhage"),
    "pressure_dressing": ("26906007", "Application of pressure dressing"),
    "direct_pressure": ("735346000", "Direct pressure"),
    "transfusion_red_cells": ("116863004", "Transfusion of red blood cells"),
    "traumatic_injury": ("417163006", "Traumatic injury"),
    "bleeding": ("131148009", "Bleeding"),
    "motor_vehicle_accident": ("418399005", "Motor vehicle accident"),
}
_ACT = {
    "encounter_field": ("FLD", "field"),
    "encounter_emergency": ("EMER", "emergency"),
    "encounter_acute": ("ACUTE", "inpatient acute"),
    "encounter_inpatient": ("IMP", "inpatient encounter"),
    "encounter_pre_admission": ("PRENC", "pre-admission"),
    "issue_drug": ("DRG", "Drug Interaction Alert"),
    "issue_allergy": ("ALGY", "Allergy Alert"),
    "issue_drug_allergy": ("DALG", "Drug Allergy"),
    "issue_condition": ("COND", "Condition Alert"),
    "issue_duplicate": ("DUPTHPY", "Duplicate Therapy Alert"),
    "issue_drug_action": ("DACT", "Drug Action Detected Issue"),
}
_ROLE = {
    "place_ambulance": ("AMB", "Ambulance"),
    "place_accident": ("ACC", "accident site"),
    "place_shock_room": ("ETU", "Emergency trauma unit"),
    "place_emergency": ("ER", "Emergency room"),
    "place_icu": ("ICU", "Intensive care unit"),
    "place_home": ("PTRES", "Patient's Residence"),
    "place_mobile_unit": ("MOBL", "Mobile Unit"),
}
_PHYSICAL = {
    "physical_room": ("ro", "Room"),
    "physical_building": ("bu", "Building"),
    "physical_ward": ("wa", "Ward"),
    "physical_bed": ("bd", "Bed"),
    "physical_vehicle": ("ve", "Vehicle"),
    "physical_area": ("area", "Area"),
}
_REASON = {
    "purpose_treatment": ("TREAT", "treatment"),
    "purpose_emergency": ("ETREAT", "Emergency Treatment"),
    "purpose_break_the_glass": ("BTG", "break the glass"),
    "purpose_patient_request": ("PATRQT", "patient requested"),
}
_CATEGORY = {
    f"category_{code.replace('-', '_')}": (code, display)
    for code, display in (
        ("vital-signs", "Vital Signs"),
        ("laboratory", "Laboratory"),
        ("imaging", "Imaging"),
        ("procedure", "Procedure"),
        ("exam", "Exam"),
        ("survey", "Survey"),
        ("therapy", "Therapy"),
    )
}
_PARTICIPATION = {
    "attender": ("ATND", "attender"),
    "primary_performer": ("PPRF", "primary performer"),
    "secondary_performer": ("SPRF", "secondary performer"),
    "consultant": ("CON", "consultant"),
}

_ROWS: list[Code] = [
    *_table(LOINC, {f"loinc_{key}": row for key, row in _LOINC.items()}, "verified"),
    *_table(SNOMED, _SNOMED, "verified"),
    *_table(SNOMED, _SNOMED_SEEN, "seen"),
    *_table(ACT_CODE, _ACT, "verified"),
    *_table(ROLE_CODE, _ROLE, "verified"),
    *_table(PHYSICAL_TYPE, _PHYSICAL, "verified"),
    *_table(ACT_REASON, _REASON, "verified"),
    *_table(OBSERVATION_CATEGORY, _CATEGORY, "verified"),
    *_table(PARTICIPATION_TYPE, _PARTICIPATION, "verified"),
]

CODES: Mapping[str, Code] = MappingProxyType({row.key: row for row in _ROWS})
"""Every code, by a key of this project; LOINC keys begin with `loinc_`."""


def code(key: str) -> Code:
    """The code with this key; names the nearest one when there is none."""
    row = CODES.get(key)
    if row is None:
        raise BadValueError(f"No code '{key}'.{did_you_mean(key, CODES)}")
    return row
