"""The way back for acts: what another system says was done, as an operation of the patient's twin.

A Procedure or MedicationAdministration becomes one invocation, which the twin's guards and the
asset then judge like anybody's. What the catalogue does not know, or what R4 leaves open and an
operation needs, is refused with the element's path.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from environment.errors import BadValueError, did_you_mean
from environment.fhir.care import procedure_concept, substance_concept
from environment.fhir.case import Case
from environment.fhir.checks import InvalidResourceError, Problem, problems
from environment.fhir.elements import Element, Resource
from environment.fhir.incoming import about_another
from environment.model import catalogue
from environment.model.change import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One invocation of the patient's twin."""

    twin: str
    operation: str
    arguments: Mapping[str, JSON]


def request_of(case: Case, resource: Resource) -> Asked:
    """The operation that a Procedure or MedicationAdministration stands for.

    Raises `InvalidResourceError` with the element's path.
    """
    found = list(problems(resource))
    if found:
        raise InvalidResourceError(found)
    return act_told(case, resource)


def act_told(case: Case, resource: Resource) -> Asked:
    """The same of a resource that has been checked already."""
    found = list(about_another(case, resource))
    if found:
        raise InvalidResourceError(found)
    readers = {"Procedure": _procedure, "MedicationAdministration": _administration}
    kind = resource["resourceType"]
    if kind not in readers:
        text = f"{kind} is no act; taken are {', '.join(readers)}"
        raise _refusal("resourceType", "not-supported", text)
    operation, arguments = readers[kind](resource)
    return Asked(twin=case.patient, operation=operation, arguments=arguments)


def _refusal(path: str, code: str, text: str) -> InvalidResourceError:
    return InvalidResourceError([Problem(path, code, text)])


def _procedure(resource: Resource) -> tuple[str, Mapping[str, JSON]]:
    if "code" not in resource:
        raise _refusal("Procedure.code", "required", "is missing: which procedure?")
    path = "Procedure.code"
    name = _known(path, resource["code"], catalogue.PROCEDURES, procedure_concept)
    sites = [site.get("text", "") for site in resource.get("bodySite", ())]
    given = {"procedure": name, "site": sites[0].replace(" ", "_") if sites else ""}
    status = resource["status"]
    if status == "completed":
        ended = "end" in resource.get("performedPeriod", {})
        lasts = catalogue.PROCEDURES[name].time_dependent
        return ("stop_procedure" if ended and lasts else "perform"), given
    if status == "in-progress":
        return "start_procedure", given
    if status == "stopped":
        return "stop_procedure", given
    text = f"'{status}' is nothing done; taken are in-progress, completed, stopped"
    raise _refusal("Procedure.status", "business-rule", text)


def _administration(resource: Resource) -> tuple[str, Mapping[str, JSON]]:
    where = "MedicationAdministration"
    status, dosage = resource["status"], resource.get("dosage", {})
    if status not in ("completed", "in-progress"):
        text = f"'{status}' is nothing given; taken are in-progress, completed"
        raise _refusal(f"{where}.status", "business-rule", text)
    medicine = resource.get("medicationCodeableConcept")
    if medicine is None:
        text = "is wanted as a concept, not as a reference"
        raise _refusal(f"{where}.medication[x]", "not-supported", text)
    known = {**catalogue.DRUGS, **catalogue.BLOOD}
    name = _known(f"{where}.medicationCodeableConcept", medicine, known, substance_concept)
    if "dose" in dosage:
        amount, unit = _amount(dosage["dose"], f"{where}.dosage.dose")
        if name in catalogue.BLOOD:
            return "give_blood", _blood(resource, name, amount, unit)
        return "give_drug", _dose(resource, name, amount, unit)
    if "rateQuantity" in dosage:
        if status != "in-progress":
            return "stop_infusion", {"drug": name}
        rate, unit = _amount(dosage["rateQuantity"], f"{where}.dosage.rateQuantity")
        return "start_infusion", {"drug": name, "rate": rate, "unit": unit}
    raise _refusal(f"{where}.dosage", "required", "needs a dose or a rate: how much was given?")


def _dose(resource: Resource, name: str, amount: float, unit: str) -> Mapping[str, JSON]:
    where = "MedicationAdministration.dosage"
    row = catalogue.DRUGS[name]
    try:
        catalogue.convert(amount, unit, row.unit)
    except BadValueError as wrong:
        raise _refusal(f"{where}.dose.code", "value", str(wrong)) from wrong
    route = resource["dosage"].get("route", {}).get("text", "iv")
    if route not in catalogue.ROUTES:
        hint = did_you_mean(route, catalogue.ROUTES)
        raise _refusal(f"{where}.route", "value", f"no route '{route}'.{hint}")
    given = {"drug": name, "amount": amount, "unit": unit, "route": route}
    return given | {"over_min": _minutes(resource)}


def _blood(resource: Resource, name: str, amount: float, unit: str) -> Mapping[str, JSON]:
    if unit != "{unit}" or not amount.is_integer() or amount < 1:
        text = f"blood is counted in whole bags ({{unit}}), not {amount:g} {unit}"
        raise _refusal("MedicationAdministration.dosage.dose", "value", text)
    minutes = _minutes(resource)
    given: dict[str, JSON] = {"product": name, "units": int(amount)}
    return given | ({"over_min": minutes} if minutes else {})


def _amount(value: Element, path: str) -> tuple[float, str]:
    unit = value.get("code") or value.get("unit", "")
    if "value" not in value or not unit:
        raise _refusal(path, "required", "needs a value and a unit (UCUM)")
    return float(value["value"]), unit


def _minutes(resource: Resource) -> float:
    """How long it took: 0 for a moment."""
    period = resource.get("effectivePeriod", {})
    if "start" not in period or "end" not in period:
        return 0.0
    start, end = (datetime.fromisoformat(period[key]) for key in ("start", "end"))
    return round((end - start).total_seconds() / 60.0, 3)


def _known(path: str, said: Element, rows: Iterable[str], write: JSON) -> str:
    """The id in the catalogue that has this text, or else the only one with one of these codes."""
    names = list(rows)
    wanted = {(c.get("system"), c.get("code")) for c in said.get("coding", ())}
    text = said.get("text", "")
    same_text = [name for name in names if text and write(name)["text"] == text]
    if same_text or catalogue.key_of(text) in names:
        return same_text[0] if same_text else catalogue.key_of(text)
    same_code = [
        name
        for name in names
        if wanted & {(c["system"], c["code"]) for c in write(name).get("coding", ())}
    ]
    if len(same_code) == 1:
        return same_code[0]
    if same_code:
        either = ", ".join(sorted(same_code))
        raise _refusal(path, "multiple-matches", f"may be any of {either}; say which in its text")
    shown = text or ", ".join(f"{system}|{code}" for system, code in sorted(map(_texts, wanted)))
    hint = did_you_mean(catalogue.key_of(shown), names)
    raise _refusal(path, "not-supported", f"the catalogue has no '{shown}'.{hint}")


def _texts(pair: tuple[JSON, JSON]) -> tuple[str, str]:
    return str(pair[0]), str(pair[1])
