"""What can be seen and measured of the body at one moment, without noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from . import head, metabolism
from .breathing import is_apnoeic
from .holding import held
from .state import State

Skin = Literal["warm", "cool", "mottled"]
Breath = Literal["normal", "reduced", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """One moment of a body. Pressures in mmHg, rates per minute, temperatures in Celsius."""

    time_s: float
    hr: float
    sbp: float
    dbp: float
    map: float
    rr: float
    spo2: float  # percent, as a finger sensor shows it: carbon monoxide counts as oxygen
    spo2_poor: bool  # too little pulse for the sensor
    sao2: float  # percent, true
    etco2: float
    temp_c: float
    gcs: int
    gcs_eye: int
    gcs_verbal: int
    gcs_motor: int
    pupil_left_mm: float
    pupil_right_mm: float
    pupil_left_reacts: bool
    pupil_right_reacts: bool
    rhythm: str  # sinus, wide_qrs, pea, asystole
    pulse: bool
    sedated: bool
    airway: str
    ventilated: bool
    fio2: float
    crt_s: float
    skin: Skin
    urine_ml_h: float
    breath_left: Breath
    breath_right: Breath
    icp: float
    cpp: float
    co_fraction: float
    sv_fraction: float
    bv_ml: float
    loss: float  # fraction of blood volume
    bled_ml: float
    hb_g_dl: float
    hb_g: float
    lactate: float
    be: float
    ph: float
    paco2: float
    pao2: float
    cohb: float  # percent
    fibrinogen: float  # g/L
    inr: float
    platelets: float  # x10^9/L
    potassium: float
    calcium: float  # ionised, mmol/L
    sodium: float
    glucose: float
    tension: float  # severity of the worst tension pneumothorax
    tamponade: float
    findings: Mapping[str, float]  # other scripted findings by name

    @property
    def shock_index(self) -> float:
        """Heart rate over systolic pressure."""
        return self.hr / self.sbp if self.sbp > 0.0 else 0.0


def read(s: State) -> Signs:
    """Look at the body."""
    arrested = s.arrested_s is not None
    dbp = s.map - s.pp / 3.0
    sbp = dbp + s.pp
    coma = round(held(s, "gcs", head.gcs(s)))
    eye, verbal, motor = head.COMPONENTS[coma]
    left, right, reacts_left, reacts_right = head.pupils(s)
    loss = 1.0 - s.bv_ml / s.base.bv0_ml
    litres = s.bv_ml / 1000.0
    temp_c = held(s, "temp", s.findings.get("temp_c", s.temp_c))
    return Signs(
        time_s=s.t_s, hr=s.hr, sbp=sbp, dbp=dbp, map=s.map, rr=s.rr,
        spo2=100.0 * ((1.0 - s.cohb) * s.sao2 + s.cohb),
        spo2_poor=arrested or sbp < 70.0 or temp_c < 34.0,
        sao2=100.0 * s.sao2, etco2=held(s, "etco2", _end_tidal(s)), temp_c=temp_c,
        gcs=coma, gcs_eye=eye, gcs_verbal=verbal, gcs_motor=motor,
        pupil_left_mm=left, pupil_right_mm=right,
        pupil_left_reacts=reacts_left, pupil_right_reacts=reacts_right,
        rhythm=s.rhythm, pulse=not arrested, sedated=s.sedated,
        airway=s.airway, ventilated=s.ventilated, fio2=s.fio2,
        crt_s=1.5 + 8.0 * s.l_r, skin=_skin(s.deficit),
        urine_ml_h=s.p.weight_kg * min(1.0, max(0.0, (s.map - 50.0) / 40.0)),
        breath_left=_breath(s, "left"), breath_right=_breath(s, "right"),
        icp=s.icp, cpp=s.map - s.icp, co_fraction=s.co,
        sv_fraction=s.co * s.hr0 / s.hr if s.hr > 0.0 else 0.0,
        bv_ml=s.bv_ml, loss=loss, bled_ml=s.bled_ml,
        hb_g_dl=s.hb_g / s.bv_ml * 100.0, hb_g=s.hb_g,
        lactate=s.lactate, be=metabolism.base_excess(s), ph=metabolism.ph(s),
        paco2=s.paco2, pao2=s.pao2, cohb=100.0 * s.cohb,
        fibrinogen=s.fibrinogen_g / litres, inr=metabolism.inr(s),
        platelets=s.platelets_e9 / litres, potassium=s.potassium, calcium=s.calcium,
        sodium=s.sodium, glucose=s.glucose,
        tension=s.tension, tamponade=s.tamponade_severity,
        findings=MappingProxyType(dict(s.findings)),
    )  # fmt: skip


def _end_tidal(s: State) -> float:
    if is_apnoeic(s) or (s.arrested_s is not None and not s.cpr):
        return 0.0
    # dead space grows as the output falls (engineering default)
    return s.paco2 * (1.0 - 0.05 - 0.45 * (1.0 - min(1.0, s.co)))


def _skin(deficit: float) -> Skin:
    return "mottled" if deficit > 0.35 else "cool" if deficit > 0.15 else "warm"


def _breath(s: State, side: str) -> Breath:
    worst = max((x.severity for x in s.pleurae if x.injury.side == side), default=0.0)
    return "absent" if worst > 0.5 else "reduced" if worst > 0.15 else "normal"
