"""When the patients of the scenario library first cross the limits that alerts watch."""

from collections.abc import Callable, Mapping

import pytest

from environment.physical.physiology import Signs, body_from, seconds

from .bodies import (
    ABRUPTION,
    ADDISON,
    APIXABAN,
    CHEST,
    EPIDURAL,
    FEMUR_AND_SPLEEN,
    HAEMOPHILIA,
    LIVER,
    PELVIS,
    SMOKE,
    SPLEEN,
    TAMPONADE,
    TENSION,
    Action,
    run_to,
    until,
)

TOURNIQUET: list[Action] = [("11:20", "tourniquet", {"site": "thigh"})]
FINGER: list[Action] = [("30:30", "finger", {"side": "right"})]
FLAT: list[Action] = [("18:00", "position", {"supine": True})]
TILTED: list[Action] = [*FLAT, ("24:00", "position", {"supine": False})]

ONSETS: list[
    tuple[str, Mapping[str, object], list[Action], str, Callable[[Signs], bool], str]
] = [
    ("pelvis", PELVIS, [], "09:00", lambda s: s.shock_index >= 1.0, "09:35"),
    ("pelvis", PELVIS, TOURNIQUET, "11:30", lambda s: s.sbp < 90, "14:00"),
    ("pelvis", PELVIS, TOURNIQUET, "11:30", lambda s: s.sbp <= 90 and s.hr >= 120, "19:40"),
    ("pelvis", PELVIS, TOURNIQUET, "11:30", lambda s: s.rr > 29, "22:20"),
    ("tension", TENSION, [], "13:30", lambda s: s.shock_index >= 0.9, "16:40"),
    ("tension", TENSION, [], "13:30", lambda s: s.shock_index >= 1.0, "18:45"),
    ("tension", TENSION, [], "13:30", lambda s: s.rr > 29, "19:40"),
    ("tension", TENSION, [], "13:30", lambda s: s.hr > 120, "20:25"),
    ("tension", TENSION, [], "13:30", lambda s: s.rr > 30, "20:50"),
    ("tension", TENSION, [], "13:30", lambda s: s.spo2 < 90, "21:00"),
    ("tension", TENSION, [], "13:30", lambda s: s.sbp < 90, "26:20"),
    ("epidural", EPIDURAL, [], "10:00", lambda s: s.spo2 < 94, "25:50"),
    ("epidural", EPIDURAL, [], "10:00", lambda s: s.sbp >= 160 and s.hr <= 65, "27:10"),
    ("apixaban", APIXABAN, [], "15:00", lambda s: s.sbp < 110, "39:20"),
    ("spleen", SPLEEN, [], "12:00", lambda s: s.rr > 29, "14:50"),
    ("spleen", SPLEEN, [], "12:00", lambda s: s.sbp < 90, "31:10"),
    ("spleen", SPLEEN, [], "12:00", lambda s: s.sbp < 82, "33:40"),
    ("spleen", SPLEEN, [], "12:00", lambda s: s.gcs <= 13, "38:00"),
    ("spleen", SPLEEN, [], "12:00", lambda s: s.lactate >= 4, "46:10"),
    ("tamponade", TAMPONADE, [], "08:00", lambda s: s.rr > 29, "08:40"),
    ("tamponade", TAMPONADE, [], "08:00", lambda s: s.sbp < 90, "10:40"),
    ("tamponade", TAMPONADE, [], "08:00", lambda s: s.hr > 120 and s.rr > 30, "10:50"),
    ("liver", LIVER, [], "06:00", lambda s: s.gcs <= 13, "20:20"),
    ("chest", CHEST, [], "06:00", lambda s: not s.pulse, "22:15"),
    ("child", FEMUR_AND_SPLEEN, [("08:00", "splint", {"site": "femur", "factor": 0.3})], "08:30",
     lambda s: s.rr > 29, "10:00"),
    ("child", FEMUR_AND_SPLEEN, [("08:00", "splint", {"site": "femur", "factor": 0.3})], "08:30",
     lambda s: s.sbp < 90, "26:00"),
    ("child", FEMUR_AND_SPLEEN, [("08:00", "splint", {"site": "femur", "factor": 0.3})], "08:30",
     lambda s: s.sbp < 88, "27:10"),
    ("smoke", SMOKE, [], "17:00", lambda s: s.shock_index >= 0.9, "17:50"),
    ("smoke", SMOKE, [], "17:00", lambda s: s.shock_index >= 1.0, "29:00"),
    ("smoke", SMOKE, [], "17:00", lambda s: s.etco2 > 55, "41:30"),
    ("abruption", ABRUPTION, [], "10:00", lambda s: s.shock_index >= 1.0, "14:50"),
    ("abruption", ABRUPTION, FLAT, "18:02", lambda s: s.rr > 29, "18:50"),
    ("abruption", ABRUPTION, TILTED, "24:30", lambda s: s.sbp < 90, "27:30"),
    ("abruption", ABRUPTION, TILTED, "25:00", lambda s: s.rr > 29, "28:10"),
    ("haemophilia", HAEMOPHILIA, [], "10:00", lambda s: s.rr <= 9.5, "81:30"),
    ("addison", ADDISON, [], "15:00", lambda s: s.shock_index >= 0.9, "30:40"),
    ("addison", ADDISON, [], "15:00", lambda s: s.shock_index >= 1.0, "39:20"),
    ("addison", ADDISON, [], "15:00", lambda s: s.sbp < 90, "52:50"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "case", "actions", "after", "condition", "expected"),
    ONSETS,
    ids=[f"{row[0]}-{row[5]}" for row in ONSETS],
)
def test_a_limit_is_crossed_within_a_minute_of_its_time(
    name: str,
    case: Mapping[str, object],
    actions: list[Action],
    after: str,
    condition: Callable[[Signs], bool],
    expected: str,
) -> None:
    body = body_from(case)
    todo = list(actions)
    last = max([seconds(after), *(seconds(a[0]) for a in todo)])
    run_to(body, after, todo)
    while todo and body.time_s < last:
        run_to(body, todo[0][0], todo)
    found = until(body, condition)
    assert found == pytest.approx(seconds(expected), abs=45)
