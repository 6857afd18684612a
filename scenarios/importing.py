"""A report of the original TraumaTracker as a run: a scenario without a body, and a journal.

The report is played into a world on the virtual clock, each fact at its time, by the same rules as
a device's or a person's; what the twins cannot hold stays in the event `imported` of the Trauma
twin, with every repair. Where the report is silent nothing is put in its place.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from environment.model import catalogue
from environment.model.change import JSON, Observation
from environment.runtime.clock import VirtualClock, VirtualLoop
from environment.runtime.journal import Journal
from environment.runtime.world import World
from environment.twins import kinds
from scenarios.export import FACTS, PLACES
from scenarios.reading import parse
from scenarios.schema import Scenario
from scenarios.tracker import Entry, TrackerReport

#: Events of one second keep their order by this much (engineering default).
APART_S = 0.001
#: The group of the injury severity score -> a region of ours.
REGIONS = {
    "head_neck": "head",
    "face": "face",
    "chest": "chest",
    "abdomen": "abdomen",
    "extremities": "extremity",
    "external": "external",
}
ROOMS = {place: room for room, place in PLACES.items()}
MEDIA = {"photo": "photo", "video": "video", "vocal-note": "vocal_note"}
Do = Callable[["_Stage"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a report became."""

    scenario: Scenario
    journal: Journal
    simulated_s: float


def import_report(report: TrackerReport) -> Imported:
    """The case of a report."""
    begin = _begin(report)
    scenario = parse(_toml(report, begin), path="scenario.toml", name="imported", checked=False)
    ends_s = (report.end - begin).total_seconds()

    async def play() -> Journal:
        stage = _Stage(report, scenario, begin)
        await stage.play(ends_s)
        return stage.world.journal

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return Imported(scenario=scenario, journal=runner.run(play()), simulated_s=ends_s)


def _begin(report: TrackerReport) -> datetime:
    """The case's second 0: before everything, and on a minute of the vital signs' stream."""
    times = [report.start, *(r.at for r in report.readings), *(e.at for e in report.events)]
    if report.injured is not None and report.start - report.injured <= timedelta(hours=24):
        times.append(report.injured)
    begin = min(times)
    if report.readings:
        begin -= timedelta(seconds=(begin - report.readings[0].at).total_seconds() % 60)
    return begin


class _Stage:
    """The world into which a report is played."""

    def __init__(self, report: TrackerReport, scenario: Scenario, begin: datetime) -> None:
        self.report, self.scenario, self.begin = report, scenario, begin
        self.clock = VirtualClock(scenario.start)
        self.world = World(self.clock, kinds(), Journal(scenario.name))
        self.by = report.head["leader"] or "trauma_leader"
        self.sources = list(dict.fromkeys(r.source for r in report.readings if r.source))

    def seconds(self, at: datetime) -> float:
        """Scenario seconds of an instant."""
        return (at - self.begin).total_seconds()

    async def play(self, ends_s: float) -> None:
        """Everything at its time; equal times in the order of the report."""
        steps = sorted(self._steps(ends_s), key=lambda step: step[0])
        for at_s, do in steps:
            if at_s > self.clock.now():
                await self.clock.sleep_until(at_s)
            do(self)
        await self.world.close()
        self.clock.close()

    def _steps(self, ends_s: float) -> Iterator[tuple[float, Do]]:
        yield 0.0, _Stage._people
        started = self.seconds(self.report.start)
        yield started, _Stage._activate
        for i, reading in enumerate(self.report.readings):
            at_s = self.seconds(reading.at)
            yield at_s, lambda stage, n=i: stage._reading(n)  # type: ignore[misc]
        same, before = 0, -1.0
        for entry in self.report.events:
            at_s = self.seconds(entry.at)
            same = same + 1 if at_s == before else 0
            before = at_s
            yield min(at_s + same * APART_S, ends_s), lambda s, e=entry: s._event(e)  # type: ignore[misc]
        yield ends_s, _Stage._end

    # -- what everybody knows ------------------------------------------------------------------

    def _people(self) -> None:
        head, patient = self.report.head, self.scenario.patient.id
        self.world.add("patient", patient, by=self.by)
        self.world.add("preh", "preh", by=self.by)
        self.world.link("preh", "hasPatient", patient, by=self.by)
        if head["vehicle"]:
            self.world.add("vehicle", head["vehicle"], by=self.by)
        for source in self.sources:
            self.world.add("monitor", source, by=self.by)
            self.world.link(patient, "monitoredBy", source, by=self.by)
        if head["gender"]:
            self._say(patient, "sex", {"M": "male", "F": "female"}[head["gender"]])
        if head["age"] is not None:
            self._say(patient, "age", head["age"])
        told = head["anamnesis"]
        if told:
            direct = told.get("nao")
            either = "doac" if direct else "vitamin_k_antagonist"
            taken = either if direct or told.get("anticoagulants") else "none"
            self._say(patient, "anticoagulant", taken)
            has = told.get("antiplatelets")
            self._say(patient, "antiplatelet", "unspecified" if has else "none")
        self._say("preh", "mechanism", "penetrating" if head["penetrating"] else "blunt")
        if self.report.injured is not None:
            self._say("preh", "injury_at_s", self.seconds(self.report.injured))
        if head["dispatch_code"]:
            self._say("preh", "dispatch_code", str(head["dispatch_code"]))
        for name, value in head["criteria"].items():
            self._say("preh", f"criterion_{name}", value)
        preh = self.report.source.get("preh")
        if isinstance(preh, dict):
            if preh.get("territorialArea"):
                self._say("preh", "territorial_area", str(preh["territorialArea"]))
            if preh.get("isCarAccident") is not None:
                self._say("preh", "is_car_accident", bool(preh["isCarAccident"]))

    def _activate(self) -> None:
        head = self.report.head
        self.world.add("trauma", "trauma", by=self.by)
        self.world.link("trauma", "continues", "preh", by=self.by)
        self.world.link("trauma", "hasPatient", self.scenario.patient.id, by=self.by)
        self.world.record("trauma", "phase", "phase", "activated", by=self.by)
        self._say("trauma", "activated_s", self.clock.now())
        self._say("trauma", "secondary_activation", head["late"])
        if head["leader"]:
            self._say("trauma", "leader", head["leader"])
        members = {
            f"member_{i}": {"person": person, "since_s": self.clock.now()}
            for i, person in enumerate(head["team"], 1)
        }
        if members:
            self._say("trauma", "team", members)
        source = self.report.source
        facts = {name: source[name] for name in FACTS if isinstance(source.get(name), dict)}
        told = {"report": source.get("_id"), "repairs": self.report.repairs, "facts": facts}
        self._say("trauma", "imported", told)

    def _end(self) -> None:
        head = self.report.head
        if head["destination"]:
            self._say("trauma", "final_destination", head["destination"])
        if head["deceased"]:
            self._say(self.scenario.patient.id, "pulse", False)
        self.world.record("trauma", "phase", "phase", "closed", by=self.by)

    # -- what happened -------------------------------------------------------------------------

    def _reading(self, number: int) -> None:
        reading = self.report.readings[number]
        twin = reading.source or self.scenario.patient.id
        self._say(twin, reading.vital, reading.value, source=reading.source or self.by)

    def _event(self, entry: Entry) -> None:
        patient, content = self.scenario.patient.id, dict(entry.content)
        if (
            entry.place == "Transport"
            and self.world.twin("preh").value("departure_onsite_s") is None
        ):
            self._say("preh", "departure_onsite_s", self.clock.now())
        if entry.type == "patient-accepted":
            self.world.record("trauma", "phase", "phase", "delivered", by=self.by)
            self._say("trauma", "arrived_s", self.clock.now())
        elif entry.type in ("room-in", "room-out"):
            place = str(content.get("place") or entry.place)
            name = entry.type.replace("-", "_")
            self._say("trauma", name, {"room": ROOMS.get(place, place)})
        elif entry.type == "trauma-leader":
            self._say("trauma", "leader_changed", content)
        elif entry.type in MEDIA:
            told = {"kind": MEDIA[entry.type], "reference": json.dumps(content, sort_keys=True)}
            self._say("trauma", "media", told)
        elif entry.type in ("clinical-variation", "vital-sign"):
            finding = {"name": content.get("name"), "value": content.get("value")}
            self._say(patient, "finding", finding)
        elif (medical := _medical(entry.type, content)) is not None:
            self._say(patient, *medical)
        elif entry.type == "text-note":
            self._say("trauma", "note", content)
        else:
            text = f"{entry.type}: {json.dumps(content, ensure_ascii=False, sort_keys=True)}"
            self._say("trauma", "note", {"text": text})

    def _say(self, twin: str, member: str, value: JSON, *, source: str = "") -> None:
        self.world.observe(
            Observation(
                twin=twin,
                member=member,
                value=value,
                effective=self.clock.now(),
                source=source or self.by,
                by=source or self.by,
            )
        )


def _medical(kind: str, content: dict[str, JSON]) -> tuple[str, JSON] | None:
    """What was done to the patient, as the patient's event: name and value."""
    if kind == "procedure":
        name = str(content.pop("procedureId", content.get("description", "")))
        content.pop("description", None)
        step = {"start": "start", "end": "stop"}.get(str(content.pop("event", "")), "done")
        site = str(content.pop("site", "") or "")
        return "procedure", {"procedure": name, "site": site, "change": step, "details": content}
    if kind == "drug" and content.get("administrationType") == "continuous-infusion":
        return "infusion_changed", {
            "drug": content.get("drugId"),
            "change": content.get("event"),
            "rate": content.get("qty") or 0.0,
            "unit": content.get("unit") or "",
        }
    if kind == "drug":
        return "drug_given", {
            "drug": content.get("drugId"),
            "amount": content.get("qty") or 0.0,
            "unit": content.get("unit") or "",
            "route": "",  # the report does not say
            "total": content.get("qty") or 0.0,
        }
    if kind == "blood-product":
        product = str(content.get("bloodProductId"))
        row = catalogue.BLOOD.get(catalogue.key_of(product))
        units = content.get("qty") or 0
        return "blood_given", {
            "product": product,
            "units": units,
            "ml": units * row.volume_ml if row else 0.0,
            "bag": content.get("bagCode") or "",
        }
    if kind == "diagnostic":
        name = str(content.pop("diagnosticId", ""))
        return "diagnostic", {"diagnostic": name, "result": content}
    return None


def _toml(report: TrackerReport, begin: datetime) -> str:
    """The scenario of a case that is not played again: who, when, and what was hurt."""
    head = report.head
    ends = int((report.end - begin).total_seconds())
    lines = [
        "# For training and research, not for the care of patients.",
        "# Imported from a report of TraumaTracker: it can be read, not run.",
        "",
        f"id = {_text(head['code'])}",
        f"title = {_text('Imported report ' + str(report.source.get('_id') or head['code']))}",
        f"start = {begin.isoformat().replace('+00:00', 'Z')}",
        f'ends = "{ends // 60:02d}:{ends % 60:02d}"',
        "agents = []",
        "",
        "[patient]",
        f"age = {head['age'] if head['age'] is not None else 0}",
        f'sex = "{"female" if head["gender"] == "F" else "male"}"',
        "weight_kg = 75 # not in the report",
    ]
    if head["vehicle"]:
        lines += ["", "[[vehicle]]", f"id = {_text(head['vehicle'])}"]
    if head["leader"]:
        lines += [
            "",
            "[[person]]",
            f"id = {_text(head['leader'])}",
            'role = "trauma_leader"',
            f"title = {_text(head['leader_title'])}",
        ]
    for group, text, ais in report.injuries:
        lines += [
            "",
            "[[injury]]",
            'at = "00:00"',
            'kind = "reported"',
            f'region = "{REGIONS[group]}"',
            f"label = {_text(text)}",
            f"ais = {ais}",
        ]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
