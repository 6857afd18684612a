"""The patients of the scenario library: their tables and branches, without noise."""

import pytest

from environment.physical.physiology import body_from, seconds

from .bodies import (
    ABRUPTION,
    ADDISON,
    APIXABAN,
    CHEST,
    DUCHENNE,
    EPIDURAL,
    FEMUR_AND_SPLEEN,
    HAEMOPHILIA,
    LIVER,
    PELVIS,
    SEDATED_AT_31,
    SMOKE,
    SPLEEN,
    SUBDURAL,
    TAMPONADE,
    TENSION,
    Action,
    arrest_time,
    follow,
    run_to,
    until,
    with_script,
)

TOURNIQUET: Action = ("11:20", "tourniquet", {"site": "thigh"})


def blood(start: str, minutes: float, ml: float, *fluids: str) -> list[Action]:
    return [
        (start, "infuse", {"fluid": f, "volume_ml": ml, "over_s": 60.0 * minutes}) for f in fluids
    ]


# --- motorcyclist: pelvis and thigh ---


def test_the_motorcyclist_fails_slowly_and_mends_with_binder_blood_and_angiography() -> None:
    actions: list[Action] = [
        TOURNIQUET,
        ("35:00", "binder", {}),
        ("35:00", "calcium", {}),
        *blood("35:00", 12, 600, "red_cells", "plasma"),
        ("63:00", "angiography", {"site": "pelvis"}),
    ]
    follow(PELVIS, actions, {
        "09:00": {"hr": 105, "sbp": 108, "dbp": 83, "rr": 23, "spo2": 97, "etco2": 31, "gcs": 15},
        "11:00": {"hr": 110, "sbp": 99, "dbp": 78, "rr": 25, "spo2": 97, "etco2": 29, "gcs": 15},
        "17:00": {"hr": 118, "sbp": 83, "dbp": 65, "rr": 27, "spo2": 97, "etco2": 27, "gcs": 15},
        "22:00": {"hr": 122, "sbp": 73, "dbp": 57, "rr": 29, "spo2": 97, "etco2": 26},
        "29:00": {"hr": 127, "sbp": 62, "dbp": 49, "rr": 31, "spo2": 97, "etco2": 24, "gcs": 13},
        "34:00": {"hr": 129, "sbp": 56, "dbp": 44, "rr": 32, "spo2": 97, "etco2": 23, "gcs": 12},
        "42:00": {"hr": 112, "sbp": 100, "dbp": 78, "rr": 25, "spo2": 97, "etco2": 29, "gcs": 15},
        "70:00": {"hr": 107, "sbp": 108, "dbp": 84, "rr": 23, "spo2": 97, "etco2": 31, "gcs": 15},
    })  # fmt: skip


def test_the_motorcyclist_without_binder_and_blood_arrests_at_45_15() -> None:
    body = body_from(PELVIS)
    run_to(body, "11:20", [TOURNIQUET])
    low = until(body, lambda s: s.map < 45)
    assert low == pytest.approx(seconds("39:00"), abs=60)
    assert arrest_time(body) == pytest.approx(seconds("45:15"), abs=60)


def test_the_motorcyclist_lives_when_the_advice_is_followed() -> None:
    actions: list[Action] = [
        TOURNIQUET,
        ("15:00", "binder", {}),
        ("16:00", "txa", {}),
        *blood("33:00", 12, 600, "red_cells", "plasma"),
    ]
    body = follow(PELVIS, actions, {
        "29:00": {"hr": 120, "sbp": 78, "dbp": 61},
        "44:00": {"hr": 92, "sbp": 119, "dbp": 87},
    })  # fmt: skip
    assert arrest_time(body, "90:00") == float("inf")


def test_the_motorcyclist_with_neither_tourniquet_nor_binder_arrests_at_28_30() -> None:
    assert arrest_time(body_from(PELVIS)) == pytest.approx(seconds("28:30"), abs=60)


# --- driver: tension pneumothorax, then the spleen ---


def test_the_driver_fails_by_tension_recovers_by_finger_and_fails_by_his_spleen() -> None:
    actions: list[Action] = [
        ("23:30", "needle", {"side": "right", "works": False}),
        ("30:30", "finger", {"side": "right"}),
    ]
    follow(TENSION, actions, {
        "12:00": {"hr": 101, "sbp": 129, "dbp": 88, "rr": 23, "spo2": 91, "gcs": 15},
        "20:00": {"hr": 119, "sbp": 110, "dbp": 77, "rr": 29, "spo2": 91, "gcs": 15},
        "24:00": {"hr": 127, "sbp": 94, "dbp": 67, "rr": 38, "spo2": 86, "gcs": 15},
        "30:00": {"hr": 132, "sbp": 83, "dbp": 59, "rr": 40, "spo2": 81, "gcs": 14},
        "31:30": {"hr": 94, "sbp": 130, "dbp": 89, "rr": 19, "spo2": 99, "gcs": 15},
        "45:00": {"hr": 116, "sbp": 116, "dbp": 88, "rr": 27, "spo2": 99, "gcs": 15},
        "52:00": {"hr": 131, "sbp": 81, "dbp": 62, "rr": 33, "spo2": 99, "gcs": 15},
    })  # fmt: skip


def test_intubating_the_driver_before_decompression_arrests_him_in_under_two_minutes() -> None:
    body = body_from(TENSION)
    body.advance(seconds("30:00"))
    body.treat("rsi", induction="ketamine")
    assert arrest_time(body) - seconds("30:00") == pytest.approx(100, abs=20)


# --- pedestrian: epidural haematoma ---


def test_the_pedestrian_shows_the_cushing_response_and_answers_to_ventilation() -> None:
    vent = {"fio2": 0.9, "vt_ml": 530.0}
    actions: list[Action] = [
        ("31:00", "intubation", {**vent, "rr": 16.0}),
        ("36:00", "osmotherapy", {}),
        ("36:00", "ventilator", {"rr": 12.0}),
    ]
    follow(with_script(EPIDURAL, **SEDATED_AT_31), actions, {
        "10:00": {"hr": 92, "sbp": 128, "dbp": 78, "rr": 18, "spo2": 97, "etco2": 38, "gcs": 13},
        "22:00": {"hr": 83, "sbp": 143, "dbp": 84, "rr": 16, "spo2": 95, "etco2": 39, "gcs": 10},
        "30:00": {"hr": 62, "sbp": 184, "dbp": 95, "rr": 10, "spo2": 92, "etco2": 43, "gcs": 7},
        "34:00": {"hr": 79, "sbp": 145, "dbp": 83, "rr": 16, "spo2": 100, "etco2": 27},
        "38:00": {"hr": 72, "sbp": 159, "dbp": 88, "rr": 12, "spo2": 100, "etco2": 36},
        "52:00": {"hr": 82, "sbp": 141, "dbp": 82, "rr": 12, "spo2": 100, "etco2": 36},
    })  # fmt: skip


def test_the_pedestrian_does_best_with_normal_carbon_dioxide_and_early_osmotherapy() -> None:
    actions: list[Action] = [
        ("31:00", "intubation", {"fio2": 0.9, "vt_ml": 530.0, "rr": 12.0}),
        ("32:00", "osmotherapy", {}),
    ]
    best = {"38:00": {"hr": 78, "sbp": 147, "dbp": 84}}
    follow(with_script(EPIDURAL, **SEDATED_AT_31), actions, best)


def test_the_pedestrian_untreated_loses_perfusion_of_the_brain_then_all_consciousness() -> None:
    grows = [["10:00", 0], ["22:00", 10], ["30:00", 15], ["45:00", 23]]
    case = {
        **EPIDURAL,
        "injury": [{"kind": "head_injury", "start_s": "-02:00", "volume_ml": grows}],
    }
    body = body_from(case)
    assert until(body, lambda s: s.cpp < 50) == pytest.approx(seconds("40:00"), abs=45)
    assert run_to(body, "43:15", []).gcs == 6
    now = run_to(body, "45:15", [])
    assert now.icp == pytest.approx(96, abs=3)
    assert not now.pupil_left_reacts
    assert not now.pupil_right_reacts
    assert run_to(body, "52:15", []).gcs == 3


# --- old woman on apixaban ---


def test_the_woman_on_apixaban_hides_her_bleeding_behind_the_beta_blocker() -> None:
    actions: list[Action] = [*blood("56:00", 5, 300, "red_cells"), ("58:00", "reversal", {})]
    follow(APIXABAN, actions, {
        "15:00": {"hr": 75, "sbp": 129, "dbp": 72, "rr": 19, "spo2": 94, "gcs": 14},
        "32:00": {"hr": 79, "sbp": 119, "dbp": 70, "rr": 24, "spo2": 93, "gcs": 14},
        "42:00": {"hr": 80, "sbp": 106, "dbp": 64, "rr": 26, "spo2": 91, "gcs": 13},
        "55:00": {"hr": 82, "sbp": 97, "dbp": 59, "rr": 28, "spo2": 90, "gcs": 11},
        "62:00": {"hr": 78, "sbp": 120, "dbp": 70, "rr": 23, "spo2": 93, "gcs": 11},
    }, {"spo2": 2})  # fmt: skip


def test_the_woman_on_apixaban_never_reaches_a_telling_shock_index() -> None:
    body = body_from(APIXABAN)
    assert until(body, lambda s: s.shock_index > 0.87, "56:00") == float("inf")
    assert body_from(APIXABAN).signs().hr == pytest.approx(72, abs=1)


# --- child with a ruptured spleen ---


def test_the_child_keeps_a_normal_pressure_for_long_then_loses_it_and_slows() -> None:
    follow(SPLEEN, [], {
        "12:00": {"hr": 138, "sbp": 108, "dbp": 72, "rr": 28, "spo2": 97, "gcs": 15},
        "24:00": {"hr": 158, "sbp": 104, "dbp": 75, "rr": 34, "spo2": 100, "gcs": 15},
        "32:00": {"hr": 171, "sbp": 88, "dbp": 65, "rr": 37, "spo2": 100, "gcs": 15},
        "40:00": {"hr": 180, "sbp": 51, "dbp": 37, "rr": 40, "gcs": 12},
        "46:00": {"hr": 113, "sbp": 35, "dbp": 22, "rr": 25, "gcs": 9},
    })  # fmt: skip
    assert arrest_time(body_from(SPLEEN)) == pytest.approx(seconds("47:00"), abs=60)


def test_the_child_lives_with_blood_and_theatre() -> None:
    actions: list[Action] = [
        *blood("34:00", 8, 400, "red_cells"),
        ("35:00", "txa", {}),
        ("44:00", "surgery", {"site": "spleen"}),
    ]
    follow(SPLEEN, actions, {
        "40:00": {"hr": 168, "sbp": 94, "dbp": 69, "rr": 37, "spo2": 100, "gcs": 15},
        "60:00": {"hr": 175, "sbp": 82, "dbp": 60},
    })  # fmt: skip


# --- stab wound of the heart ---


def test_the_tamponade_arrests_and_returns_when_the_chest_is_opened_in_time() -> None:
    actions: list[Action] = [
        ("26:00", "infuse", {"fluid": "whole_blood", "volume_ml": 1200, "rate_ml_min": 150}),
        ("30:00", "thoracotomy", {}),
        ("30:00", "intubation", {}),
    ]
    case = with_script(TAMPONADE, hr0={"steps": [["30:00", 108]]})
    follow(case, actions, {
        "08:00": {"hr": 124, "sbp": 96, "dbp": 68, "rr": 29, "spo2": 96, "gcs": 15},
        "16:00": {"hr": 135, "sbp": 75, "dbp": 54, "rr": 32, "spo2": 100, "gcs": 15},
        "21:00": {"hr": 142, "sbp": 61, "dbp": 44, "rr": 35, "spo2": 100, "gcs": 14},
        "24:30": {"gcs": 3, "sbp": 0},
        "32:00": {"hr": 113, "sbp": 84, "dbp": 54, "lactate": 7},
        "35:00": {"hr": 113, "sbp": 94, "dbp": 61},
    })  # fmt: skip


def test_the_tamponade_dies_without_thoracotomy_within_15_minutes() -> None:
    body = body_from(TAMPONADE)
    assert arrest_time(body) == pytest.approx(seconds("24:30"), abs=30)
    run_to(body, "39:45", [("39:40", "thoracotomy", {})])
    assert not body.is_alive


def test_inducing_the_tamponade_before_it_is_relieved_arrests_at_22_10() -> None:
    body = body_from(TAMPONADE)
    run_to(body, "21:00", [("21:00", "rsi", {})])
    assert arrest_time(body) == pytest.approx(seconds("22:10"), abs=15)


def test_the_tamponade_relieved_awake_at_19_00_lives() -> None:
    case = with_script(TAMPONADE, hr0={"steps": [["19:00", 108]]})
    follow(case, [("19:00", "thoracotomy", {})], {"21:00": {"hr": 113, "sbp": 122, "dbp": 81}})


# --- the minibus ---


def test_each_casualty_of_the_minibus_takes_his_own_course() -> None:
    follow(LIVER, [], {
        "06:00": {"hr": 135, "sbp": 80, "dbp": 62, "rr": 32, "gcs": 15},
        "18:00": {"hr": 141, "sbp": 67, "dbp": 52},
        "30:00": {"hr": 145, "sbp": 59, "dbp": 45, "gcs": 13},
    })  # fmt: skip
    follow(CHEST, [], {
        "06:00": {"hr": 129, "sbp": 87, "dbp": 62, "rr": 40, "spo2": 78},
        "12:00": {"hr": 138, "sbp": 72, "dbp": 51, "spo2": 70},
    }, {"spo2": 4})  # fmt: skip
    follow(SUBDURAL, [], {
        "06:00": {"hr": 88, "sbp": 149, "dbp": 81, "rr": 14},
        "35:00": {"hr": 64, "sbp": 202, "dbp": 92, "rr": 9},
    })  # fmt: skip
    follow(FEMUR_AND_SPLEEN, [("08:00", "splint", {"site": "femur", "factor": 0.3})], {
        "06:00": {"hr": 135, "sbp": 98, "dbp": 65, "rr": 27},
        "18:00": {"hr": 153, "sbp": 97, "dbp": 69},
        "35:00": {"hr": 174, "sbp": 76, "dbp": 56},
    })  # fmt: skip


def test_the_chest_casualty_arrests_untreated_and_recovers_when_decompressed() -> None:
    assert arrest_time(body_from(CHEST)) == pytest.approx(seconds("22:15"), abs=60)
    well = {"18:00": {"hr": 96, "sbp": 126, "dbp": 84, "spo2": 100}}
    follow(CHEST, [("12:00", "finger", {"side": "right"})], well, {"spo2": 4})


def test_the_liver_bleed_answers_to_blood() -> None:
    rapid = {"fluid": "whole_blood", "volume_ml": 1200, "rate_ml_min": 150}
    actions: list[Action] = [("26:00", "infuse", rapid)]
    follow(LIVER, actions, {"30:00": {"hr": 129, "sbp": 100, "dbp": 77}})


# --- burn and smoke ---


def test_smoke_shows_a_false_saturation_a_closing_airway_and_a_rising_lactate() -> None:
    body = follow(SMOKE, [], {
        "17:00": {"hr": 115, "sbp": 129, "dbp": 78, "rr": 18, "spo2": 97, "etco2": 36},
        "30:00": {"hr": 123, "sbp": 122, "dbp": 75, "rr": 21, "spo2": 100, "etco2": 41},
        "35:00": {"hr": 126, "sbp": 121, "dbp": 75, "rr": 22, "etco2": 46, "lactate": 9.3},
        "50:00": {"hr": 134, "sbp": 116, "dbp": 76, "rr": 25, "etco2": 73, "lactate": 11.4},
    })  # fmt: skip
    assert until(body, lambda s: s.spo2 < 90) == pytest.approx(seconds("56:00"), abs=60)
    assert arrest_time(body) == pytest.approx(seconds("59:00"), abs=60)


def test_carbon_monoxide_leaves_the_blood_faster_with_oxygen() -> None:
    body = body_from(SMOKE)
    body.advance(seconds("17:00"))
    assert body.signs().cohb == pytest.approx(30, abs=1)
    assert body.signs().sao2 < body.signs().spo2
    body.advance(seconds("35:00"))
    assert body.signs().cohb == pytest.approx(24, abs=1)


def test_smoke_treated_early_is_stable_with_a_falling_lactate() -> None:
    actions: list[Action] = [
        ("19:00", "splint", {"site": "femur", "factor": 0.4}),
        ("20:00", "infuse", {"fluid": "crystalloid", "volume_ml": 330, "rate_ml_min": 6}),
        ("22:00", "intubation", {"rr": 16.0, "fio2": 0.8}),
        ("24:00", "hydroxocobalamin", {}),
    ]
    body = follow(SMOKE, actions, {"60:00": {"hr": 131, "sbp": 128, "dbp": 85, "lactate": 5.0}})
    before = body.signs().lactate
    body.advance(seconds("65:00"))
    assert body.signs().lactate < before


# --- abruption ---


def test_the_pregnant_woman_collapses_flat_and_recovers_when_tilted() -> None:
    actions: list[Action] = [
        ("18:00", "position", {"supine": True}),
        ("24:00", "position", {"supine": False}),
    ]
    body = follow(ABRUPTION, actions, {
        "10:00": {"hr": 105, "sbp": 113, "dbp": 70, "rr": 19, "gcs": 15},
        "17:00": {"hr": 114, "sbp": 110, "dbp": 71, "rr": 23, "gcs": 15},
        "22:00": {"hr": 136, "sbp": 72, "dbp": 49, "rr": 30, "gcs": 15},
        "24:30": {"hr": 125, "sbp": 103, "dbp": 70, "rr": 27, "gcs": 15},
        "28:00": {"hr": 131, "sbp": 86, "dbp": 60, "rr": 29, "gcs": 15},
        "32:00": {"hr": 140, "sbp": 67, "dbp": 46, "rr": 32, "gcs": 14},
    })  # fmt: skip
    assert body.signs().fibrinogen == pytest.approx(2.3, abs=0.1)
    assert arrest_time(body) == pytest.approx(seconds("43:45"), abs=60)


def test_the_pregnant_woman_left_flat_arrests_at_37_30() -> None:
    body = body_from(ABRUPTION)
    run_to(body, "18:00", [("18:00", "position", {"supine": True})])
    assert arrest_time(body) == pytest.approx(seconds("37:30"), abs=60)


def test_the_pregnant_woman_lives_when_tilted_transfused_and_delivered() -> None:
    rapid = {"fluid": "whole_blood", "volume_ml": 2400, "rate_ml_min": 150}
    actions: list[Action] = [
        ("18:00", "position", {"supine": True}),
        ("24:00", "position", {"supine": False}),
        ("26:00", "txa", {}),
        ("27:00", "infuse", rapid),
        ("36:00", "surgery", {"site": "placenta", "factor": 0.15}),
    ]
    follow(ABRUPTION, actions, {
        "32:00": {"hr": 125, "sbp": 101, "dbp": 70},
        "40:00": {"hr": 109, "sbp": 113, "dbp": 71},
    })  # fmt: skip


# --- haemophilia, Addison, Duchenne ---


def test_haemophilia_shows_nothing_for_an_hour_then_a_cushing_response() -> None:
    follow(HAEMOPHILIA, [], {
        "10:00": {"hr": 78, "sbp": 124, "dbp": 74, "rr": 14},
        "40:00": {"hr": 78, "sbp": 124, "dbp": 74, "rr": 14},
        "60:00": {"hr": 74, "sbp": 131, "dbp": 77, "rr": 13},
        "70:00": {"hr": 66, "sbp": 147, "dbp": 82, "rr": 11},
        "80:00": {"hr": 58, "sbp": 162, "dbp": 86, "rr": 10},
        "90:00": {"hr": 48, "sbp": 184, "dbp": 89, "rr": 8},
    })  # fmt: skip


def test_haemophilia_with_factor_at_20_minutes_stays_as_it_is() -> None:
    same = {"90:00": {"hr": 78, "sbp": 124, "dbp": 74}}
    follow(HAEMOPHILIA, [("20:00", "clotting_factor", {})], same)


RELEASED: list[Action] = [
    ("62:00", "infuse", {"fluid": "crystalloid", "over_s": 300.0}),
    ("64:00", "infuse", {"fluid": "red_cells", "volume_ml": 600, "over_s": 600.0}),
]


def test_addisons_crisis_resists_volume_until_the_steroid_is_given() -> None:
    follow(ADDISON, [*RELEASED, ("80:00", "steroid", {})], {
        "25:00": {"hr": 91, "sbp": 109, "dbp": 69},
        "40:00": {"hr": 100, "sbp": 99, "dbp": 62},
        "62:30": {"hr": 110, "sbp": 85, "dbp": 51},
        "75:00": {"hr": 95, "sbp": 87, "dbp": 49},
        "90:00": {"hr": 86, "sbp": 106, "dbp": 64},
        "95:00": {"hr": 85, "sbp": 110, "dbp": 68},
    })  # fmt: skip


def test_addisons_crisis_does_not_come_when_the_passport_is_read() -> None:
    follow(ADDISON, [*RELEASED, ("25:00", "steroid", {})], {
        "40:00": {"hr": 92, "sbp": 114, "dbp": 75},
        "62:30": {"hr": 97, "sbp": 115, "dbp": 77},
        "75:00": {"hr": 80, "sbp": 117, "dbp": 73},
        "90:00": {"hr": 85, "sbp": 116, "dbp": 74},
    })  # fmt: skip


def test_noradrenaline_hardly_helps_in_addisons_crisis() -> None:
    actions: list[Action] = [*RELEASED, ("76:00", "drip", {"name": "noradrenaline", "rate": 0.1})]
    follow(ADDISON, actions, {"80:00": {"sbp": 92, "dbp": 53}})


VENTILATED: list[Action] = [
    ("30:00", "intubation", {"vt_ml": 430.0, "rr": 14.0}),
    ("30:00", "ventilator", {"vd_ml": 130.0}),
]


def test_duchenne_is_stable_with_rocuronium_and_intravenous_anaesthesia() -> None:
    follow(DUCHENNE, VENTILATED, {
        "12:00": {"hr": 121, "sbp": 97, "dbp": 61, "rr": 22, "spo2": 96},
        "29:00": {"hr": 125, "sbp": 97, "dbp": 62, "rr": 23},
        "34:00": {"hr": 130, "sbp": 95, "dbp": 61, "etco2": 39},
        "42:00": {"hr": 132, "sbp": 94, "dbp": 61, "etco2": 38},
    })  # fmt: skip


def test_a_volatile_agent_sets_off_malignant_hyperthermia_and_dantrolene_ends_it() -> None:
    volatile: Action = ("32:00", "drug", {"name": "sevoflurane"})
    untreated = follow(DUCHENNE, [*VENTILATED, volatile], {
        "34:00": {"hr": 140, "sbp": 93, "dbp": 62, "etco2": 52},
        "37:00": {"hr": 151, "sbp": 92, "dbp": 62, "etco2": 65},
        "42:00": {"hr": 160, "sbp": 91, "dbp": 63, "etco2": 76},
        "47:00": {"hr": 164, "etco2": 81},
    }, {"etco2": 4})  # fmt: skip
    assert untreated.signs().potassium == pytest.approx(5.4, abs=0.3)
    treated = [*VENTILATED, volatile, ("40:00", "dantrolene", {})]
    follow(DUCHENNE, treated, {
        "42:00": {"hr": 151, "sbp": 92, "dbp": 62, "etco2": 65},
        "47:00": {"hr": 143, "sbp": 93, "dbp": 62, "etco2": 52},
    }, {"etco2": 4})  # fmt: skip


def test_suxamethonium_in_myopathy_stops_the_heart_after_three_minutes() -> None:
    body = body_from(DUCHENNE)
    sux: Action = ("30:00", "drug", {"name": "suxamethonium"})
    run_to(body, "32:30", [sux, *VENTILATED])
    assert body.signs().rhythm == "wide_qrs"
    assert arrest_time(body) == pytest.approx(seconds("33:00"), abs=15)
    assert body.signs().potassium == pytest.approx(8.2, abs=0.2)
    run_to(body, "35:10", [("35:00", "calcium", {})])
    assert body.signs().pulse
