"""A run in the report schema of the original TraumaTracker, with its field names, and as lines.

What this run does not know is left out or null; nothing is invented. Times of day follow from the
scenario's start.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from environment.model import catalogue
from environment.model.change import FIELDS, JSON, Change
from environment.model.vitals import VITALS
from environment.runtime.journal import Journal
from scenarios.schema import Scenario
from scenarios.story import Story

#: Body regions of an injury -> the six groups of the ISS.
ISS_GROUPS = {
    "head": "head_neck",
    "neck": "head_neck",
    "spine": "head_neck",
    "face": "face",
    "chest": "chest",
    "abdomen": "abdomen",
    "pelvis": "extremities",
    "extremity": "extremities",
    "external": "external",
}
PLACES = {"shock_room": "Shock-Room", "ct_room": "TAC", "theatre": "Sala Operatoria"}
#: Vital signs of the stream: our key -> the report's name.
STREAM = {
    "temp": "Temp",
    "hr": "HR",
    "dbp": "DIA",
    "sbp": "SYS",
    "spo2": "SpO2",
    "etco2": "EtCO2",
    "rr": "RR",
}
STREAM_EVERY_S = 60.0
#: Parts of a report that somebody filled in as a whole, without times: of an imported case they are
#: told as they came, where the twins cannot say it.
FACTS = ("traumaInfo", "preh", "patientInitialCondition")
#: Kinds of media of the Trauma twin -> types of event.
MEDIA = {"photo": "photo", "video": "video", "vocal_note": "vocal-note"}


def lines(journal: Journal) -> Iterator[str]:
    """The journal, one JSON object per change, for notebooks."""
    for change in journal:
        row = dict(zip(FIELDS, change.row(), strict=True))
        yield json.dumps(row, ensure_ascii=False, sort_keys=False)


def tracker_report(story: Story, scenario: Scenario) -> dict[str, JSON]:
    """The report as the original system stored it."""
    return _Report(story, scenario).report()


class _Report:
    def __init__(self, story: Story, scenario: Scenario) -> None:
        self.story, self.scenario = story, scenario
        self.patient, self.preh = story.one("patient"), story.one("preh")
        self.trauma = story.one("trauma")

    def report(self) -> dict[str, JSON]:
        start, end = self._at(self._start_s()), self._at(self.story.ends_s)
        leader = self.story.last(self.trauma, "leader") or ""
        imported = self.story.first(self.trauma, "imported", "event")
        told = imported.value["facts"] if imported is not None else {}
        team = self.story.last(self.trauma, "team") or {}
        report = {
            "_id": start.strftime("rep-%Y%m%d-%H%M%S"),
            "startOperatorId": leader,
            "startOperatorDescription": self._title(leader),
            "traumaTeamMembers": sorted({row["person"] for row in team.values()}),
            "secondaryActivation": bool(self.story.last(self.trauma, "secondary_activation")),
            "startDate": start.strftime("%Y-%m-%d"),
            "startTime": start.strftime("%H:%M:%S"),
            "endDate": end.strftime("%Y-%m-%d"),
            "endTime": end.strftime("%H:%M:%S"),
            "finalDestination": self.story.last(self.trauma, "final_destination"),
            "traumaInfo": self._trauma_info(),
            "majorTraumaCriteria": {
                name: bool(self.story.last(self.preh, f"criterion_{name}"))
                for name in ("dynamic", "physiological", "anatomical")
            },
            "anamnesi": self._anamnesis(),
            "preh": self._preh(),
            "patientInitialCondition": self._initial(),
            "iss": self._iss(),
            "vitalSignsObservations": self._stream(),
            "events": self._events(),
        }
        return report | {name: _over(report[name], told[name]) for name in FACTS if name in told}

    # -- parts -----------------------------------------------------------------------------

    def _start_s(self) -> float:
        return self.story.time("trauma", "activated_s") or 0.0

    def _at(self, at_s: float) -> datetime:
        return self.scenario.start + timedelta(seconds=at_s)

    def _title(self, person: str) -> str:
        return next((p.title for p in self.scenario.people if p.id == person), "")

    def _trauma_info(self) -> dict[str, JSON]:
        injured = self._at(self.story.time("preh", "injury_at_s") or self.scenario.injury_at_s)
        mechanism = self.story.last(self.preh, "mechanism")
        return {
            "code": self.scenario.id,
            "sdo": None,
            "admissionCode": self.story.last(self.preh, "dispatch_code"),
            "erDeceased": not self.story.is_alive,
            "name": "",
            "surname": "",
            "gender": {"male": "M", "female": "F"}.get(self.scenario.patient.sex),
            "dob": None,
            "age": self.scenario.patient.age,
            "accidentDate": injured.strftime("%Y-%m-%d"),
            "accidentTime": injured.strftime("%H:%M:%S"),
            "accidentType": "penetrating" if mechanism == "penetrating" else "closed",
            "vehicle": next((v.id for v in self.scenario.vehicles), ""),
            "fromOtherEmergency": False,
        }

    def _anamnesis(self) -> dict[str, JSON]:
        taken = self.story.last(self.patient, "anticoagulant")
        direct = taken in ("apixaban", "rivaroxaban", "edoxaban", "dabigatran", "doac")
        return {
            "antiplatelets": self.story.last(self.patient, "antiplatelet") not in (None, "none"),
            "anticoagulants": taken not in (None, "none") and not direct,
            "nao": direct,
        }

    def _preh(self) -> dict[str, JSON]:
        arrived = self.story.time("trauma", "arrived_s") or self.story.ends_s
        pupils = [self._before("pupil_left", arrived), self._before("pupil_right", arrived)]
        wide = [p for p in pupils if isinstance(p, (int, float)) and p >= 5]
        return {
            "territorialArea": self.story.last(self.preh, "territorial_area"),
            "isCarAccident": bool(self.story.last(self.preh, "is_car_accident")),
            "bPleuralDecompression": self._done_before("pleural_decompression", arrived)
            or self._done_before("needle_decompression", arrived),
            "cBloodProtocol": any(
                c.effective < arrived for c in self.story.events(self.patient, "blood_given")
            ),
            "cTpod": self._done_before("pelvic_binder", arrived),
            "dGcsTotal": self._before("gcs", arrived),
            "dAnisocoria": None not in pupils and abs(pupils[0] - pupils[1]) >= 1,
            "dMidriasi": bool(wide),
            "eMotility": None,
            "worstBloodPressure": self._worst("sbp", arrived, min),
            "worstRespiratoryRate": self._worst("rr", arrived, max),
        }

    def _done_before(self, procedure: str, before_s: float) -> bool:
        return any(
            c.value["procedure"] == procedure and c.effective < before_s
            for c in self.story.events(self.patient, "procedure")
        )

    def _before(self, name: str, before_s: float) -> JSON:
        values = [v for t, v in self.story.curve(name) if v is not None and t < before_s]
        return values[-1] if values else None

    def _worst(self, name: str, before_s: float, choose: JSON) -> JSON:
        values = [v for t, v in self.story.curve(name) if v is not None and t < before_s]
        return choose(values) if values else None

    def _initial(self) -> dict[str, JSON]:
        arrived = self.story.time("trauma", "arrived_s") or 0.0

        def first(name: str) -> JSON:
            rows = self.story.curve(name)
            return next((v for t, v in rows if v is not None and t >= arrived), None)

        injuries = (self.story.last(self.patient, "injury") or {}).values()
        limbs = [i for i in injuries if i["region"] == "extremity" and i["kind"] == "fracture"]
        return {
            "vitalSigns": {
                "temp": first("temp"),
                "hr": first("hr"),
                "bp": first("sbp"),
                "spo2": first("spo2"),
                "etco2": first("etco2"),
            },
            "clinicalPicture": {
                "gcsTotal": first("gcs"),
                "gcsMotor": first("gcs_motor"),
                "gcsVerbal": first("gcs_verbal"),
                "gcsEyes": first("gcs_eye"),
                "sedated": bool(self.story.last(self.patient, "sedated")),
                "pupils": [first("pupil_left"), first("pupil_right")],
                "airway": "tube" if self.story.last(self.patient, "intubated") else "own",
                "positiveInhalation": bool(self.story.last(self.patient, "smoke")),
                "intubationFailed": False,
                "chestTube": self._done_before("chest_tube", arrived),
                "oxygenPercentage": self._percent("oxygen_fraction"),
                "hemorrhage": any(i["kind"] == "wound" for i in injuries),
                "limbsFracture": bool(limbs),
                "fractureExposition": any(i["open"] for i in limbs),
                "burn": any(i["kind"] == "burn" for i in injuries),
            },
        }

    def _percent(self, name: str) -> JSON:
        value = self.story.last(self.patient, name)
        return None if value is None else round(100 * value)

    def _iss(self) -> dict[str, JSON]:
        groups: dict[str, list[dict[str, JSON]]] = {
            name: [] for name in dict.fromkeys(ISS_GROUPS.values())
        }
        worst: dict[str, int] = {}
        for injury in self.scenario.injuries:
            if injury.ais is None:
                continue
            group = ISS_GROUPS.get(injury.region, "external")
            groups[group].append({"injury": injury.label or injury.kind, "ais": injury.ais})
            worst[group] = max(worst.get(group, 0), injury.ais)
        three = sorted(worst.values(), reverse=True)[:3]
        total = 75 if 6 in three else sum(a * a for a in three)
        return {"total": total, **groups}

    def _stream(self) -> list[dict[str, JSON]]:
        """One reading a minute; `timestamp` as the original wrote it."""
        rows: dict[float, list[dict[str, JSON]]] = {}
        for key, name in STREAM.items():
            due = float("-inf")
            for at_s, value in self.story.curve(key):
                if value is not None and at_s >= due:
                    minute = at_s - at_s % STREAM_EVERY_S
                    rows.setdefault(minute, []).append(
                        {"type": name, "value": value, "uom": _unit(key)}
                    )
                    due = minute + STREAM_EVERY_S
        return [
            {
                "timestamp": self._at(at_s).strftime("%Y%m%d%H%M%S"),
                "source": self._source(at_s),
                "vitalsigns": values,
            }
            for at_s, values in sorted(rows.items())
        ]

    def _source(self, at_s: float) -> str:
        arrived = self.story.time("trauma", "arrived_s")
        monitors = self.story.carriers.get(self.patient, ["", ""])[1:]
        if not monitors:
            return ""
        return monitors[-1] if arrived is not None and at_s >= arrived else monitors[0]

    # -- events ----------------------------------------------------------------------------

    def _events(self) -> list[dict[str, JSON]]:
        found: list[tuple[Change, str, dict[str, JSON]]] = [
            (c, *_event(c)) for c in self.story.medical_events()
        ]
        found += [
            (c, "clinical-variation", {"name": c.value["name"], "value": c.value["value"]})
            for c in self.story.events(self.patient, "finding")
        ]
        for name, kind in (
            ("room_in", "room-in"),
            ("room_out", "room-out"),
            ("leader_changed", "trauma-leader"),
            ("note", "text-note"),
        ):
            for c in self.story.events(self.trauma, name):
                content = (
                    {"place": PLACES.get(c.value["room"], c.value["room"])}
                    if "room" in c.value
                    else dict(c.value)
                )
                found.append((c, kind, content))
        for c in self.story.events(self.trauma, "media"):
            content = _reference(c.value["reference"])
            found.append((c, MEDIA.get(c.value["kind"], "photo"), content))
        arrived = next((c for c in self.story.phases if c.value == "delivered"), None)
        if arrived is not None:
            found.append((arrived, "patient-accepted", {"place": "Shock-Room"}))
        found.sort(key=lambda row: (row[0].effective, row[0].seq))
        return [self._row(i, c, kind, content) for i, (c, kind, content) in enumerate(found)]

    def _row(
        self, number: int, change: Change, kind: str, content: dict[str, JSON]
    ) -> dict[str, JSON]:
        at = self._at(change.effective)
        return {
            "eventId": number,
            "date": at.strftime("%Y-%m-%d"),
            "time": at.strftime("%H:%M:%S"),
            # Who leaves a room is still there, whatever comes in the same second.
            "place": content["place"] if kind == "room-out" else self._place(change.effective),
            "type": kind,
            "content": content,
        }

    def _place(self, at_s: float) -> str:
        for stay in reversed(self.story.stays):
            if stay.in_s <= at_s:
                return PLACES.get(stay.room, stay.room)
        moving = self.story.time("preh", "departure_onsite_s")
        return "Transport" if moving is not None and at_s >= moving else "PRE-H"


def _over(known: dict[str, JSON], told: dict[str, JSON]) -> dict[str, JSON]:
    """What was told, in the order in which we tell it."""
    both = {key: told.get(key, value) for key, value in known.items()} | told
    return {
        key: _over(known[key], value)
        if isinstance(value, dict) and isinstance(known.get(key), dict)
        else value
        for key, value in both.items()
    }


def _reference(text: str) -> dict[str, JSON]:
    """What points to a picture, a film or a sound; a report's own words where it was imported."""
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {"reference": text}


def _event(change: Change) -> tuple[str, dict[str, JSON]]:
    """Type and content of a medical event."""
    value = change.value
    if change.name == "procedure":
        row = catalogue.PROCEDURES.get(catalogue.key_of(value["procedure"]))
        content = {
            "procedureId": value["procedure"],
            "description": row.label if row else value["procedure"],
            "site": value["site"],
            **value["details"],
        }
        if row is not None and row.time_dependent:
            content["event"] = "end" if value["change"] == "stop" else "start"
        return "procedure", content
    if change.name == "drug_given":
        return "drug", {
            "drugId": value["drug"],
            "administrationType": "one-shot",
            "qty": value["amount"],
            "unit": value["unit"],
        }
    if change.name == "infusion_changed":
        return "drug", {
            "drugId": value["drug"],
            "administrationType": "continuous-infusion",
            "event": value["change"],
            "qty": value["rate"],
            "unit": value["unit"],
        }
    if change.name == "blood_given":
        return "blood-product", {
            "bloodProductId": value["product"],
            "qty": value["units"],
            "unit": "unit",
            "bagCode": value["bag"],
        }
    return "diagnostic", {"diagnosticId": value["diagnostic"], **(value["result"] or {})}


def _unit(key: str) -> str:
    return VITALS[key].unit
