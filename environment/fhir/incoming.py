"""The way back: a FHIR Observation from outside as facts for a twin, or refused with the element.

Only what a table knows comes in: vital signs, findings and laboratory values, by LOINC code, or by
their label where no code is verified. The wrong patient, unit, status or a time without a clock is
refused; shadowing then judges range and lateness, as for any device.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from environment.fhir.case import Case
from environment.fhir.checks import InvalidResourceError, Problem, problems
from environment.fhir.elements import Resource
from environment.model.change import JSON, Observation
from environment.model.codes import LOINC, UCUM
from environment.model.vitals import VITALS, Vital

#: Statuses whose value is one; the others say that there is none (yet, or any more).
TAKEN = ("final", "preliminary", "amended", "corrected")
BY_CODE = {row.loinc: row for row in VITALS.values() if row.loinc} | {"2708-6": VITALS["spo2"]}
BY_LABEL = {row.label: row for row in VITALS.values()}


def facts_of(case: Case, resource: Resource, *, source: str) -> list[Observation]:
    """The facts of a FHIR Observation; empty when it only says why a value is absent.

    `source` names the system that sent it. Raises `InvalidResourceError` with the element's path.
    """
    found = list(problems(resource))
    if not found and resource["resourceType"] != "Observation":
        name = resource["resourceType"]
        found = [Problem("resourceType", "not-supported", f"{name} is not an Observation")]
    if found:
        raise InvalidResourceError(found)
    return facts_told(case, resource, source=source)


def facts_told(case: Case, resource: Resource, *, source: str) -> list[Observation]:
    """The same of an Observation that has been checked already."""
    found = list(_refused(case, resource))
    if found:
        raise InvalidResourceError(found)
    effective = _seconds(case, resource)
    twin = _twin(case, resource)
    facts = []
    for path, part in _parts(resource):
        row = _row(part)
        if row is None:
            if path == "Observation" and "component" in resource and not _value_key(part):
                continue  # a panel: its components are the facts
            text = f"no known value has this code: {part['code'].get('text') or part['code']}"
            raise InvalidResourceError([Problem(f"{path}.code", "not-supported", text)])
        if _value_key(part):
            facts.append(
                Observation(
                    twin=twin if row.key in case.models[twin].properties else case.patient,
                    member=row.key,
                    value=_value(row, part, path),
                    effective=effective,
                    source=source,
                    quality="cuff" if _is_cuff(resource) else "good",
                )
            )
    return facts


def _refused(case: Case, resource: Resource) -> Iterator[Problem]:
    if resource["status"] not in TAKEN:
        text = f"'{resource['status']}' is no value; taken are {', '.join(TAKEN)}"
        yield Problem("Observation.status", "business-rule", text)
    yield from about_another(case, resource)
    at = _when(resource)
    if at is None or "T" not in at:
        text = "needs a date and time: a value holds from a moment on"
        yield Problem("Observation.effective[x]", "required", text)


def about_another(case: Case, resource: Resource) -> Iterator[Problem]:
    """Whether a resource is about somebody else than the patient of this case."""
    wanted = case.name_of(case.patient)
    literal = resource.get("subject", {}).get("reference", "")
    if literal != wanted and not literal.endswith(f"/{wanted}"):
        text = f"is about '{literal or 'nobody'}', and the patient of this case is '{wanted}'"
        yield Problem(f"{resource['resourceType']}.subject", "business-rule", text)


def _when(resource: Resource) -> str | None:
    """When it was true; of a period, its end."""
    period = resource.get("effectivePeriod", {})
    found = resource.get("effectiveDateTime") or resource.get("effectiveInstant")
    found = found or period.get("end") or period.get("start")
    return None if found is None else str(found)


def _seconds(case: Case, resource: Resource) -> float:
    """Scenario seconds of the effective time, to the millisecond."""
    at = datetime.fromisoformat(str(_when(resource)))
    return round((at - case.start).total_seconds(), 3)


def _twin(case: Case, resource: Resource) -> str:
    """The monitor whose metric it is, if it is one of this case; else the patient."""
    literal = resource.get("device", {}).get("reference", "")
    for monitor in case.of_kind("monitor"):
        names = [f"Device/{case.id(monitor)}"]
        names += [f"DeviceMetric/{case.id(monitor, key)}" for key in VITALS]
        if any(literal == name or literal.endswith(f"/{name}") for name in names):
            return monitor
    return case.patient


def _parts(resource: Resource) -> Iterator[tuple[str, Mapping[str, JSON]]]:
    yield "Observation", resource
    for index, part in enumerate(resource.get("component", ())):
        yield f"Observation.component[{index}]", part


def _row(part: Mapping[str, JSON]) -> Vital | None:
    for coding in part["code"].get("coding", ()):
        row = BY_CODE.get(coding.get("code", ""))
        if row is not None and coding.get("system") == LOINC:
            return row
    return BY_LABEL.get(part["code"].get("text", ""))


def _value_key(part: Mapping[str, JSON]) -> str:
    return next((key for key in part if key.startswith("value")), "")


def _value(row: Vital, part: Mapping[str, JSON], path: str) -> JSON:
    key = _value_key(part)
    value = part[key]
    if row.value_type == "boolean" and key == "valueBoolean":
        return value
    if row.value_type == "text" and key in ("valueCodeableConcept", "valueString"):
        text = value if isinstance(value, str) else value.get("text", "")
        if text:
            return text
    if row.value_type == "number" and key == "valueQuantity":
        return _number(row, value, f"{path}.valueQuantity")
    wanted = {"boolean": "valueBoolean", "text": "a text", "number": "valueQuantity"}
    text = f"{row.label} wants {wanted[row.value_type]}"
    raise InvalidResourceError([Problem(f"{path}.{key}", "value", text)])


def _number(row: Vital, value: Mapping[str, JSON], path: str) -> float:
    number, code = value.get("value"), value.get("code", "")
    if number is None or "comparator" in value:
        text = "needs a number that is one: no comparator"
        raise InvalidResourceError([Problem(path, "value", text)])
    if row.key == "temp" and code == "[degF]":
        return round((float(number) - 32.0) / 1.8, 2)
    if row.unit and (value.get("system") != UCUM or code != row.unit):
        text = f"the unit of {row.label} is {row.unit} (UCUM), not {code or 'nothing'!r}"
        raise InvalidResourceError([Problem(f"{path}.code", "value", text)])
    return float(number)


def _is_cuff(resource: Resource) -> bool:
    return bool(resource.get("method", {}).get("text") == "cuff")
