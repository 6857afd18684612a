"""The patients of the scenario library as bodies, for the tests of their tables."""

from collections.abc import Callable, Mapping

import pytest

from environment.physical.physiology import Body, Signs, body_from, seconds

Row = Mapping[str, float]
Action = tuple[str, str, dict[str, object]]  # when, treatment, details

PELVIS: dict[str, object] = {
    "patient": {"age_years": 34, "weight_kg": 80},
    "injury": [
        {"kind": "bleed", "site": "thigh", "flow_ml_min": 55, "start_s": "-02:00"},
        {
            "kind": "bleed", "site": "pelvis", "flow_ml_min": 46, "pressure_mmhg": 15,
            "start_s": "-02:00",
        },
    ],
}  # fmt: skip

TENSION: dict[str, object] = {
    "patient": {"age_years": 47, "weight_kg": 85, "map0": 102, "pp0": 46, "bv0_ml": 5950},
    "injury": [
        {
            "kind": "pneumothorax",
            "severity": [
                ["00:00", 0], ["05:00", 0.25], ["12:00", 0.40], ["20:00", 0.70],
                ["24:00", 0.79], ["30:00", 0.84],
            ],
        },
        {"kind": "contusion", "shunt": 0.06},
        {
            "kind": "bleed", "site": "spleen", "pressure_mmhg": 15,
            "flow_ml_min": {"steps": [["00:00", 10], ["35:00", 95]]},
        },
    ],
    "script": {
        "hr0": {"steps": [["00:00", 90], ["31:00", 82]]},
        "rr_pain": {"steps": [["00:00", 8], ["31:00", 4]]},
        "fio2": {"steps": [["13:00", 0.75]]},
    },
}  # fmt: skip

EPIDURAL: dict[str, object] = {
    "patient": {
        "age_years": 22, "weight_kg": 70, "hr0": 92, "pp0": 50, "rr0": 18, "bv0_ml": 4900,
    },
    "injury": [
        {
            "kind": "head_injury", "start_s": "-02:00",
            "volume_ml": [["10:00", 0], ["22:00", 10], ["30:00", 15], ["60:00", 15.5]],
        }
    ],
    "script": {
        "shunt": [["20:00", 0.05], ["22:00", 0.10], ["30:00", 0.19]],
        "gcs": {"steps": [["00:00", 13], ["22:00", 10], ["30:00", 7]]},
    },
}  # fmt: skip
SEDATED_AT_31 = {
    "hr0": {"steps": [["31:00", 88]]},
    "map0": {"steps": [["31:00", 90.25]]},
    "shunt": [
        ["20:00", 0.05], ["22:00", 0.10], ["30:00", 0.19], ["30:59", 0.19], ["31:00", 0.11],
    ],
}  # fmt: skip

APIXABAN: dict[str, object] = {
    "patient": {
        "age_years": 82, "sex": "female", "weight_kg": 58, "bv0_ml": 3770, "hr0": 72, "map0": 90,
        "pp0": 60, "hb_g_dl": 12.5, "shunt": 0.14, "rr_pain": 3,
        "conditions": ["beta_blocker", "anticoagulant"],
    },
    "injury": [
        {
            "kind": "bleed", "site": "ribs",
            "flow_ml_min": {"steps": [["00:00", 13], ["43:00", 6], ["58:00", 2.4]]},
        }
    ],
    "script": {
        "shunt": [["-25:00", 0.14], ["55:00", 0.18]],
        "gcs": {"steps": [["00:00", 14], ["42:00", 13], ["55:00", 11]]},
    },
    "start_s": "-25:00",
}  # fmt: skip

SPLEEN: dict[str, object] = {
    "patient": {
        "age_years": 6, "weight_kg": 20, "bv0_ml": 1600, "hr0": 116, "hr_slope": 200,
        "hrmax": 180, "map0": 81, "pp0": 42, "rr0": 24, "hb_g_dl": 12.5, "l50": 0.36,
        "shunt": 0.04,
    },
    "injury": [
        {
            "kind": "bleed", "site": "spleen", "pressure_mmhg": 10, "start_s": "-01:00",
            "flow_ml_min": {"steps": [["-01:00", 14], ["33:00", 48]]},
        }
    ],
    "script": {"fio2": {"steps": [["13:00", 0.75]]}},
}  # fmt: skip

TAMPONADE: dict[str, object] = {
    "patient": {
        "age_years": 27, "weight_kg": 80, "hr0": 92, "pp0": 42, "shunt": 0.08, "rr_pain": 6,
    },
    "injury": [
        {
            "kind": "tamponade", "start_s": "-04:00",
            "severity": [
                ["-04:00", 0], ["00:00", 0.45], ["08:00", 0.72], ["16:00", 0.82],
                ["21:00", 0.88], ["23:00", 1.0], ["24:00", 1.15],
            ],
        },
        {"kind": "bleed", "site": "heart", "flow_ml_min": 8, "start_s": "-04:00"},
    ],
    "script": {"fio2": {"steps": [["09:00", 0.75]]}},
}  # fmt: skip

LIVER: dict[str, object] = {
    "patient": {"age_years": 45, "hr0": 88, "rr_pain": 4},
    "injury": [
        {
            "kind": "bleed", "site": "liver", "pressure_mmhg": 20, "start_s": "-03:00",
            "flow_ml_min": {"steps": [["-03:00", 195], ["05:30", 30]]},
        }
    ],
}  # fmt: skip

CHEST: dict[str, object] = {
    "patient": {"age_years": 31, "hr0": 92, "map0": 98, "pp0": 44, "rr_pain": 6},
    "injury": [
        {"kind": "contusion", "shunt": 0.03},
        {
            "kind": "pneumothorax", "start_s": "-03:00",
            "severity": [
                ["-03:00", 0.30], ["06:00", 0.86], ["14:00", 0.95], ["20:00", 1.05],
                ["26:00", 1.2],
            ],
        },
        {
            "kind": "bleed", "site": "liver", "flow_ml_min": 8, "pressure_mmhg": 15,
            "start_s": "-03:00",
        },
    ],
}  # fmt: skip

SUBDURAL: dict[str, object] = {
    "patient": {"age_years": 68, "hr0": 88, "map0": 104, "pp0": 68},
    "injury": [
        {
            "kind": "head_injury", "start_s": "-03:00", "co2_ml_per_mmhg": 0.0,
            "volume_ml": [["06:00", 1], ["18:00", 5], ["25:00", 9], ["35:00", 14]],
        }
    ],
}  # fmt: skip

FEMUR_AND_SPLEEN: dict[str, object] = {
    "patient": {
        "age_years": 9, "weight_kg": 28, "bv0_ml": 2240, "hr0": 116, "hrmax": 180, "map0": 74,
        "pp0": 38, "rr0": 22, "rr_pain": 2, "hb_g_dl": 12.8,
    },
    "injury": [
        {
            "kind": "bleed", "site": "spleen", "flow_ml_min": 11, "pressure_mmhg": 10,
            "start_s": "-03:00",
        },
        {"kind": "bleed", "site": "femur", "flow_ml_min": 14, "start_s": "-03:00"},
    ],
}  # fmt: skip

SMOKE: dict[str, object] = {
    "patient": {
        "age_years": 38, "weight_kg": 75, "bv0_ml": 5250, "hr0": 106, "map0": 102, "pp0": 54,
        "rr_pain": 4, "shunt": 0.07,
    },
    "injury": [
        {"kind": "burn", "percent": 35},
        {"kind": "smoke", "cohb": 0.32, "cyanide": 1.0},
        {"kind": "bleed", "site": "femur", "flow_ml_min": 16, "pressure_mmhg": 20},
        {
            "kind": "airway_narrowing",
            "severity": [
                ["20:00", 0], ["30:00", 0.15], ["44:00", 0.45], ["52:00", 0.6], ["52:01", 1.0],
            ],
        },
    ],
    "script": {"fio2": {"steps": [["18:00", 0.8]]}},
}  # fmt: skip

ABRUPTION: dict[str, object] = {
    "patient": {
        "age_years": 31, "sex": "female", "weight_kg": 70, "bv0_ml": 7100, "hr0": 90, "map0": 83,
        "pp0": 50, "hb_g_dl": 11.5, "rr0": 17, "shunt": 0.04, "conditions": ["pregnant"],
    },
    "injury": [
        {
            "kind": "bleed", "site": "placenta", "pressure_mmhg": 10, "start_s": "-02:00",
            "flow_ml_min": {"steps": [["-02:00", 55], ["24:00", 135]]},
        },
        {"kind": "abruption"},
    ],
    "script": {"fio2": {"steps": [["11:00", 0.75]]}},
}  # fmt: skip

HAEMOPHILIA: dict[str, object] = {
    "patient": {
        "age_years": 19, "weight_kg": 75, "hr0": 78, "map0": 91, "pp0": 50, "bv0_ml": 5250,
    },
    "injury": [
        {
            "kind": "head_injury", "start_s": "-03:00", "co2_ml_per_mmhg": 0.0,
            "volume_ml": [
                ["00:00", 0], ["40:00", 4], ["70:00", 11.3], ["90:00", 15], ["100:00", 17],
            ],
        }
    ],
}  # fmt: skip

ADDISON: dict[str, object] = {
    "patient": {
        "age_years": 55, "weight_kg": 75, "bv0_ml": 5250, "hr0": 80, "map0": 88, "pp0": 44,
        "shunt": 0.05,
    },
    "injury": [
        {
            "kind": "bleed", "site": "fractures", "flow_ml_min": 8, "pressure_mmhg": 10,
            "start_s": "-08:00",
        },
        {
            "kind": "bleed", "site": "leg", "pressure_mmhg": 10, "start_s": "62:00",
            "flow_ml_min": {"steps": [["62:00", 30], ["66:00", 6]]},
        },
        {"kind": "adrenal_crisis", "severity": [["15:00", 0], ["60:00", 1]]},
    ],
}  # fmt: skip

DUCHENNE: dict[str, object] = {
    "patient": {
        "age_years": 14, "weight_kg": 45, "bv0_ml": 3150, "hr0": 114, "hr_slope": 167,
        "hrmax": 180, "map0": 73, "pp0": 38, "hb_g_dl": 13, "rr0": 18, "rr_pain": 4, "l50": 0.29,
        "shunt": 0.10, "conditions": ["myopathy", "hyperthermia_risk"],
    },
    "injury": [
        {
            "kind": "bleed", "site": "femur", "start_s": "-03:00",
            "flow_ml_min": {"steps": [["-03:00", 9], ["16:00", 3]]},
        }
    ],
    "script": {"fio2": {"steps": [["13:00", 0.75]]}},
}  # fmt: skip


def with_script(case: Mapping[str, object], **courses: object) -> dict[str, object]:
    """The same patient with more of his parameters scripted."""
    own = case.get("script", {})
    assert isinstance(own, dict)
    return {**case, "script": {**own, **courses}}


def follow(
    case: Mapping[str, object],
    actions: list[Action],
    table: Mapping[str, Row],
    tolerance: Mapping[str, float] | None = None,
) -> Body:
    """Run a body through what is done to it and compare it with the rows of a table."""
    allowed: dict[str, float] = {
        "hr": 5,
        "sbp": 5,
        "dbp": 5,
        "spo2": 3,
        "etco2": 3,
        "rr": 2,
        "gcs": 0,
        "lactate": 1,
    }
    allowed |= tolerance or {}
    body = body_from(case)
    todo = sorted(actions, key=lambda a: seconds(a[0]))
    for time, row in table.items():
        run_to(body, time, todo)
        now = body.signs()
        for name, expected in row.items():
            found = getattr(now, name)
            assert found == pytest.approx(expected, abs=allowed[name]), (time, name)
    return body


def run_to(body: Body, time: str, todo: list[Action]) -> Signs:
    """Do what is due until a time, in order."""
    while todo and seconds(todo[0][0]) <= seconds(time):
        when, treatment, details = todo.pop(0)
        body.advance(seconds(when))
        body.treat(treatment, **details)
    body.advance(seconds(time))
    return body.signs()


def arrest_time(body: Body, until: str = "120:00") -> float:
    """When the circulation stops, in seconds; infinity if it does not."""
    while body.time_s < seconds(until):
        body.step()
        if not body.signs().pulse:
            return body.time_s
    return float("inf")


def until(body: Body, condition: Callable[[Signs], bool], limit: str = "120:00") -> float:
    """When something is first true of the signs."""
    while body.time_s < seconds(limit):
        body.step()
        if condition(body.signs()):
            return body.time_s
    return float("inf")
