"""What devices call our vital signs and units: ISO/IEEE 11073-10101 (MDC) and LOINC; conversions.

Codes are context-free 32-bit codes of the 11073-10101 nomenclature (partition * 65536 + term), as
IHE's device profiles (DEC, PCD-01) put them into OBX-3 and OBX-6. `method` says how a quantity was
measured where its code tells: a cuff's pressure holds longer than an arterial line's and counts
less while a line measures. LOINC codes of vital signs stand in `vitals.py` and are read from there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from environment.model.vitals import VITALS

Method = Literal["", "cuff", "pleth"]


@dataclass(frozen=True, slots=True)
class Term:
    """One code of a device nomenclature, with the vital sign that it means."""

    code: str
    name: str  # the reference identifier, such as MDC_ECG_HEART_RATE
    vital: str  # a key of `VITALS`
    method: Method = ""


#: The first term of a vital sign and method is the one that we write.
_MDC: tuple[Term, ...] = (
    Term("147842", "MDC_ECG_HEART_RATE", "hr"),
    Term("149530", "MDC_PULS_OXIM_PULS_RATE", "hr", "pleth"),
    Term("149546", "MDC_PULS_RATE_NON_INV", "hr", "pleth"),
    Term("149522", "MDC_BLD_PULS_RATE_INV", "hr", "pleth"),
    Term("150456", "MDC_PULS_OXIM_SAT_O2", "spo2"),
    Term("150033", "MDC_PRESS_BLD_ART_SYS", "sbp"),
    Term("150034", "MDC_PRESS_BLD_ART_DIA", "dbp"),
    Term("150035", "MDC_PRESS_BLD_ART_MEAN", "map"),
    Term("150037", "MDC_PRESS_BLD_ART_ABP_SYS", "sbp"),
    Term("150038", "MDC_PRESS_BLD_ART_ABP_DIA", "dbp"),
    Term("150039", "MDC_PRESS_BLD_ART_ABP_MEAN", "map"),
    Term("150021", "MDC_PRESS_BLD_NONINV_SYS", "sbp", "cuff"),
    Term("150022", "MDC_PRESS_BLD_NONINV_DIA", "dbp", "cuff"),
    Term("150023", "MDC_PRESS_BLD_NONINV_MEAN", "map", "cuff"),
    Term("150301", "MDC_PRESS_CUFF_SYS", "sbp", "cuff"),
    Term("150302", "MDC_PRESS_CUFF_DIA", "dbp", "cuff"),
    Term("150303", "MDC_PRESS_CUFF_MEAN", "map", "cuff"),
    Term("151562", "MDC_RESP_RATE", "rr"),
    Term("151578", "MDC_TTHOR_RESP_RATE", "rr"),
    Term("151594", "MDC_CO2_RESP_RATE", "rr"),
    Term("151708", "MDC_AWAY_CO2_ET", "etco2"),
    Term("150344", "MDC_TEMP", "temp"),
    Term("150364", "MDC_TEMP_BODY", "temp"),
    Term("150368", "MDC_TEMP_CORE", "temp"),
)
#: The pulse oximetry profile of FHIR R4 asks for this code beside that of the table of vitals.
_LOINC_BESIDE = {"2708-6": "spo2"}

MDC_TERMS: Mapping[str, Term] = MappingProxyType(
    {term.code: term for term in _MDC} | {term.name: term for term in _MDC}
)
"""MDC terms by code and by reference identifier."""

LOINC_TERMS: Mapping[str, Term] = MappingProxyType(
    {
        row.loinc: Term(row.loinc, row.label, row.key)
        for row in VITALS.values()
        if row.loinc and row.kind == "monitor"
    }
    | {code: Term(code, VITALS[key].label, key) for code, key in _LOINC_BESIDE.items()}
)
"""The vital signs of a monitor by LOINC code."""

_SYSTEMS = {"MDC": MDC_TERMS, "11073": MDC_TERMS, "LN": LOINC_TERMS, "LOINC": LOINC_TERMS}


def term_of(code: str, system: str = "", name: str = "") -> Term | None:
    """The vital sign that a coded name means; None if it is none of a monitor's."""
    table = _SYSTEMS.get(system.upper())
    if table is None:
        return MDC_TERMS.get(code) or LOINC_TERMS.get(code) if not system else None
    return table.get(code) or table.get(name)


def mdc_of(vital: str, method: Method = "") -> Term | None:
    """The MDC term that we write for a vital sign."""
    return next((t for t in _MDC if (t.vital, t.method) == (vital, method)), None)


#: MDC unit code or name, and what devices write by hand -> UCUM.
_UNITS = {
    "264864": "/min", "MDC_DIM_BEAT_PER_MIN": "/min",
    "264896": "/min", "MDC_DIM_PULS_PER_MIN": "/min",
    "264928": "/min", "MDC_DIM_RESP_PER_MIN": "/min",
    "bpm": "/min", "{beats}/min": "/min", "{beat}/min": "/min", "{breaths}/min": "/min",
    "1/min": "/min", "rpm": "/min",
    "262688": "%", "MDC_DIM_PERCENT": "%",
    "266016": "mm[Hg]", "MDC_DIM_MMHG": "mm[Hg]", "mmHg": "mm[Hg]",
    "265987": "kPa", "MDC_DIM_KILO_PASCAL": "kPa",
    "268192": "Cel", "MDC_DIM_DEGC": "Cel", "degC": "Cel",
    "266560": "[degF]", "MDC_DIM_FAHR": "[degF]", "degF": "[degF]",
}  # fmt: skip

_MDC_UNITS = {
    "%": ("262688", "MDC_DIM_PERCENT"),
    "mm[Hg]": ("266016", "MDC_DIM_MMHG"),
    "Cel": ("268192", "MDC_DIM_DEGC"),
    "hr": ("264864", "MDC_DIM_BEAT_PER_MIN"),
    "rr": ("264928", "MDC_DIM_RESP_PER_MIN"),
}


def mdc_unit_of(vital: str) -> tuple[str, str] | None:
    """Code and name of the MDC unit that we write for a vital sign; None if it is not in MDC."""
    return _MDC_UNITS.get(vital) or _MDC_UNITS.get(VITALS[vital].unit)


#: Pascals in a millimetre of mercury (conventional, at 0 Cel and standard gravity).
PA_PER_MMHG = 133.322387415
_CONVERSIONS: Mapping[tuple[str, str], Callable[[float], float]] = MappingProxyType(
    {
        ("kPa", "mm[Hg]"): lambda v: v * 1000.0 / PA_PER_MMHG,
        ("[degF]", "Cel"): lambda v: (v - 32.0) / 1.8,
    }
)


def ucum_of(unit: str, name: str = "") -> str:
    """The UCUM code of a unit as a device names it; what is not known stays as it is."""
    return _UNITS.get(unit) or _UNITS.get(name) or unit


def converted(value: float, unit: str, vital: str) -> float | None:
    """A value in the unit of the table of vitals; None if there is no way from that unit.

    A converted value is rounded to two decimals: no sensor at the bedside knows more.
    """
    wanted = VITALS[vital].unit
    if unit == wanted:
        return value
    convert = _CONVERSIONS.get((unit, wanted))
    return None if convert is None else round(convert(value), 2)
