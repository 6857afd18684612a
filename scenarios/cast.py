"""The cast of every scenario: places, vehicles, rooms, people, devices; a file may override it.

Minutes of travel are engineering defaults.
"""

from typing import Any

# `Any`: these are the tables that a scenario file could hold itself.
STANDARD: dict[str, list[dict[str, Any]]] = {
    "place": [{"id": "accident_place"}],
    "vehicle": [{"id": "ambulance", "crew": ["rescuer", "driver"]}],
    "room": [
        {
            "id": "shock_room",
            "type": "shock_room",
            "display": "shock_room_display",
            "checklist": ["airway", "warmer", "ultrasound", "blood", "drugs"],
        },
        {"id": "ct_room", "type": "ct", "checklist": ["scanner"]},
        {"id": "angiography", "type": "angiography", "checklist": ["staff"]},
        {"id": "theatre", "type": "theatre", "checklist": ["staff", "instruments"]},
        {"id": "icu", "type": "icu", "checklist": ["bed"]},
    ],
    "person": [
        {"id": "operator", "role": "operator", "title": "Operator of the central unit"},
        {"id": "instructor", "role": "instructor", "title": "Instructor"},
        {
            "id": "rescuer",
            "role": "rescuer",
            "title": "Rescuer",
            "place": "ambulance",
            "reads": ["rescuer_tablet"],
        },
        {"id": "driver", "role": "rescuer", "title": "Driver", "place": "ambulance"},
        {
            "id": "trauma_leader",
            "role": "trauma_leader",
            "title": "Trauma leader",
            "team_role": "leader",
            "reads": ["shock_room_display", "leader_tablet"],
        },
        {
            "id": "nurse",
            "title": "Nurse",
            "team_role": "nurse",
            "reads": ["shock_room_display"],
        },
        {
            "id": "anaesthetist",
            "title": "Anaesthetist",
            "team_role": "airway",
            "reads": ["shock_room_display"],
        },
        {
            "id": "surgeon",
            "title": "Surgeon",
            "team_role": "surgeon",
            "reads": ["shock_room_display"],
        },
        {
            "id": "radiographer",
            "title": "Radiographer",
            "team_role": "radiographer",
            "reads": ["shock_room_display"],
        },
    ],
    "device": [
        {"id": "ambulance_monitor", "kind": "monitor"},
        {"id": "shock_room_monitor", "kind": "monitor", "room": "shock_room"},
        {"id": "ventilator", "kind": "ventilator", "room": "shock_room"},
        {"id": "ultrasound", "type": "ultrasound", "room": "shock_room"},
        {"id": "x_ray", "type": "x_ray", "room": "shock_room"},
        {"id": "ct", "type": "ct", "room": "ct_room"},
        {"id": "blood_gas", "type": "blood_gas", "room": "shock_room"},
        {"id": "rotem", "type": "rotem", "room": "shock_room"},
        {"id": "laboratory", "type": "laboratory"},
    ],
}
DISPLAYS = ("rescuer_tablet", "shock_room_display", "leader_tablet")


def with_standard_cast(data: dict[str, Any]) -> dict[str, Any]:
    """The data with the standard cast; an entry of the file with the same id goes before."""
    full = dict(data)
    for kind, rows in STANDARD.items():
        given = {row.get("id"): row for row in data.get(kind, []) if isinstance(row, dict)}
        known = {row["id"] for row in rows}
        merged = [{**row, **given.get(row["id"], {})} for row in rows]
        full[kind] = merged + [r for r in data.get(kind, []) if _id(r) not in known]
    full.setdefault("display", list(DISPLAYS))
    return full


def _id(row: object) -> object:
    return row.get("id") if isinstance(row, dict) else None
