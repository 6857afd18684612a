"""The table of vital signs, findings and laboratory values: one row each, read by everyone else.

Twin properties, FHIR, Thing Descriptions, alarm limits, monitor tiles and belief names are read off
these rows. Units are UCUM. Horizons and plausible ranges are engineering defaults, set per site;
adult alarm limits follow common monitor presets (also an engineering default unless a rule of
`limits.py` says otherwise). A LOINC code with `loinc_checked=False` was not read in a standards
body's publication and wants a check before clinical use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from environment.errors import BadValueError, did_you_mean

Kind = Literal["monitor", "finding", "laboratory"]
ValueType = Literal["number", "boolean", "text"]

MONITOR_HORIZON_S = 30.0  # engineering default
RESPIRATORY_HORIZON_S = 60.0  # engineering default: counted, so slower
CUFF_HORIZON_S = 300.0  # engineering default: a cuff every two minutes, one may fail
FINDING_HORIZON_S = 900.0  # engineering default
LABORATORY_HORIZON_S = 3600.0  # engineering default


@dataclass(frozen=True, slots=True, kw_only=True)
class Vital:
    """One observable quantity of the patient."""

    key: str
    label: str
    unit: str  # UCUM; empty for text and booleans
    kind: Kind
    horizon_s: float | None  # None: holds without end
    loinc: str | None = None
    loinc_checked: bool = False
    cuff_horizon_s: float | None = None  # horizon when the source is a cuff
    lowest: float | None = None  # below: not a plausible reading
    highest: float | None = None  # above: not a plausible reading
    low_alarm: float | None = None  # adult limit shown beside the number
    high_alarm: float | None = None
    colour: str = "white"  # customary on monitors, not part of a standard
    decimals: int = 0
    value_type: ValueType = "number"
    shown_unit: str = ""  # what people read beside the number

    def is_plausible(self, value: float) -> bool:
        """Whether a reading lies in the range that a living body and a working sensor can give."""
        return (self.lowest is None or value >= self.lowest) and (
            self.highest is None or value <= self.highest
        )

    def horizon(self, *, cuff: bool = False) -> float | None:
        """Seconds that a value stays true; cuff pressures last longer than continuous ones."""
        return self.cuff_horizon_s if cuff and self.cuff_horizon_s else self.horizon_s

    def text(self, value: float | bool | str) -> str:
        """Write a value as the wall shows it, without unit."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, str):
            return value
        return f"{round(value, self.decimals) + 0.0:.{self.decimals}f}"  # not "-0.0"


def _monitor(
    key: str,
    label: str,
    unit: str,
    loinc: str,
    plausible: tuple[float, float],
    alarm: tuple[float | None, float | None],
    colour: str,
    shown_unit: str,
    *,
    horizon_s: float = MONITOR_HORIZON_S,
    cuff_horizon_s: float | None = None,
    decimals: int = 0,
) -> Vital:
    return Vital(
        key=key,
        label=label,
        unit=unit,
        kind="monitor",
        horizon_s=horizon_s,
        loinc=loinc,
        loinc_checked=True,
        cuff_horizon_s=cuff_horizon_s,
        lowest=plausible[0],
        highest=plausible[1],
        low_alarm=alarm[0],
        high_alarm=alarm[1],
        colour=colour,
        decimals=decimals,
        shown_unit=shown_unit,
    )


def _finding(
    key: str,
    label: str,
    unit: str,
    loinc: str | None,
    plausible: tuple[float, float] | None,
    *,
    value_type: ValueType = "number",
    shown_unit: str = "",
    low_alarm: float | None = None,
) -> Vital:
    return Vital(
        key=key,
        label=label,
        unit=unit,
        kind="finding",
        horizon_s=FINDING_HORIZON_S,
        loinc=loinc,
        loinc_checked=loinc is not None,
        lowest=plausible[0] if plausible else None,
        highest=plausible[1] if plausible else None,
        low_alarm=low_alarm,
        value_type=value_type,
        shown_unit=shown_unit,
    )


def _laboratory(
    key: str,
    label: str,
    unit: str,
    loinc: str | None,
    plausible: tuple[float, float] | None,
    alarm: tuple[float | None, float | None] = (None, None),
    *,
    decimals: int = 1,
    checked: bool = False,
    value_type: ValueType = "number",
    horizon_s: float | None = LABORATORY_HORIZON_S,
    shown_unit: str | None = None,
) -> Vital:
    return Vital(
        key=key,
        label=label,
        unit=unit,
        kind="laboratory",
        horizon_s=horizon_s,
        loinc=loinc,
        loinc_checked=checked,
        lowest=plausible[0] if plausible else None,
        highest=plausible[1] if plausible else None,
        low_alarm=alarm[0],
        high_alarm=alarm[1],
        decimals=decimals,
        value_type=value_type,
        shown_unit=unit if shown_unit is None else shown_unit,
    )


_ROWS: tuple[Vital, ...] = (
    # --- monitor values --------------------------------------------------------------------------
    _monitor("hr", "Heart rate", "/min", "8867-4", (0, 300), (50, 120), "green", "bpm"),
    _monitor(
        "sbp", "Systolic pressure", "mm[Hg]", "8480-6", (0, 300), (90, 160), "red", "mmHg",
        cuff_horizon_s=CUFF_HORIZON_S,
    ),
    _monitor(
        "dbp", "Diastolic pressure", "mm[Hg]", "8462-4", (0, 200), (50, 110), "red", "mmHg",
        cuff_horizon_s=CUFF_HORIZON_S,
    ),
    _monitor(
        "map", "Mean pressure", "mm[Hg]", "8478-0", (0, 240), (65, 110), "red", "mmHg",
        cuff_horizon_s=CUFF_HORIZON_S,
    ),
    _monitor(
        "rr", "Respiratory rate", "/min", "9279-1", (0, 90), (8, 30), "yellow", "/min",
        horizon_s=RESPIRATORY_HORIZON_S,
    ),
    _monitor("spo2", "Oxygen saturation", "%", "59408-5", (30, 100), (90, None), "cyan", "%"),
    _monitor("etco2", "End-tidal CO2", "mm[Hg]", "19891-1", (0, 150), (30, 50), "white", "mmHg"),
    _monitor(
        "temp", "Temperature", "Cel", "8310-5", (15, 45), (36, 38), "magenta", "°C",
        horizon_s=FINDING_HORIZON_S, decimals=1,
    ),
    # --- findings --------------------------------------------------------------------------------
    _finding("gcs_eye", "GCS eye", "{score}", "9267-6", (1, 4)),
    _finding("gcs_verbal", "GCS verbal", "{score}", "9270-0", (1, 5)),
    _finding("gcs_motor", "GCS motor", "{score}", "9268-4", (1, 6)),
    _finding("gcs", "Glasgow Coma Scale", "{score}", "9269-2", (3, 15), low_alarm=9),
    _finding("pupil_left", "Left pupil", "mm", None, (0.5, 10), shown_unit="mm"),
    _finding("pupil_right", "Right pupil", "mm", None, (0.5, 10), shown_unit="mm"),
    _finding("pupil_left_reacts", "Left pupil reacts", "", None, None, value_type="boolean"),
    _finding("pupil_right_reacts", "Right pupil reacts", "", None, None, value_type="boolean"),
    _finding("avpu", "AVPU", "", "11454-6", None, value_type="text"),
    _finding("pain", "Pain", "{score}", "72514-3", (0, 10)),
    _finding("crt", "Capillary refill", "s", None, (0, 15), shown_unit="s"),
    # --- laboratory ------------------------------------------------------------------------------
    _laboratory("lactate", "Lactate", "mmol/L", "32693-4", (0, 40), (None, 4)),
    _laboratory("be", "Base excess", "mmol/L", "11555-0", (-40, 30), (-6, None), checked=True),
    _laboratory(
        "ph", "pH", "[pH]", "11558-4", (6.4, 7.9), (7.2, None), decimals=2, shown_unit=""
    ),
    _laboratory("pco2", "pCO2", "mm[Hg]", "11557-6", (5, 200), shown_unit="mmHg", decimals=0),
    _laboratory("po2", "pO2", "mm[Hg]", "11556-8", (10, 700), shown_unit="mmHg", decimals=0),
    _laboratory("cohb", "Carboxyhaemoglobin", "%", "20563-3", (0, 100), (None, 10)),
    _laboratory("hb", "Haemoglobin", "g/dL", "718-7", (1, 25), (7, None), checked=True),
    _laboratory("hct", "Haematocrit", "%", "4544-3", (3, 75), decimals=0),
    _laboratory("glucose", "Glucose", "mmol/L", "15074-8", (0.3, 60), (4, 12)),
    _laboratory("k", "Potassium", "mmol/L", "6298-4", (1, 12), (None, 6.0)),
    _laboratory("na", "Sodium", "mmol/L", "2947-0", (90, 200), (130, 155), decimals=0),
    _laboratory("ica", "Ionised calcium", "mmol/L", "1994-3", (0.3, 3), (1.1, None), decimals=2),
    _laboratory("fibrinogen", "Fibrinogen", "g/L", "3255-7", (0.1, 12), (1.5, None)),
    _laboratory("inr", "INR", "{INR}", "6301-6", (0.7, 20), (None, 1.5), shown_unit=""),
    _laboratory(
        "platelets", "Platelets", "10*9/L", "777-3", (0, 2000), (50, None), decimals=0,
        shown_unit="×10⁹/L",
    ),
    _laboratory("extem_ct", "EXTEM CT", "s", None, (10, 3600), (None, 80), decimals=0),
    _laboratory("extem_a5", "EXTEM A5", "mm", None, (0, 100), (35, None), decimals=0),
    _laboratory("extem_a10", "EXTEM A10", "mm", None, (0, 100), decimals=0),
    _laboratory("extem_alpha", "EXTEM alpha", "deg", None, (0, 90), decimals=0, shown_unit="°"),
    _laboratory("fibtem_a5", "FIBTEM A5", "mm", None, (0, 100), (9, None), decimals=0),
    _laboratory("fibtem_a10", "FIBTEM A10", "mm", None, (0, 100), (10, None), decimals=0),
    _laboratory("hyperfibrinolysis", "Hyperfibrinolysis", "", None, None, value_type="boolean"),
    _laboratory("ammonia", "Ammonia", "umol/L", None, (0, 2000), (None, 100), decimals=0,
                shown_unit="µmol/L"),
    _laboratory("factors", "Clotting factors", "%", None, (0, 250), decimals=0),
    _laboratory(
        "blood_group", "Blood group", "", "882-1", None, value_type="text", horizon_s=None
    ),
)  # fmt: skip

VITALS: Mapping[str, Vital] = MappingProxyType({row.key: row for row in _ROWS})
"""Every row, by key, in the order in which a monitor lists them."""


def vital(key: str) -> Vital:
    """The row of one vital sign; says which names are near when the key is unknown."""
    row = VITALS.get(key)
    if row is None:
        raise BadValueError(f"No vital sign '{key}'.{did_you_mean(key, VITALS)}")
    return row


def of_kind(kind: Kind) -> tuple[Vital, ...]:
    """The rows of one kind, in table order."""
    return tuple(row for row in _ROWS if row.kind == kind)
