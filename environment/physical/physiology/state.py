"""Everything about a body that changes. One flat record, so that a copy is the whole body.

Units are in the names; pressures in mmHg, rates per minute, fractions 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .course import Course
from .injuries import Bleed, Pneumothorax
from .parameters import Baseline, BodyParameters


@dataclass(slots=True)
class Wound:
    """A bleed and what has been done about it."""

    injury: Bleed
    factors: dict[str, float] = field(default_factory=dict)  # treatment -> what is left of the flow
    later: list[tuple[float, str, float]] = field(default_factory=list)  # due, treatment, factor
    clot: float = 0.0
    flow_ml_min: float = 0.0
    lost_ml: float = 0.0


@dataclass(slots=True)
class Pleura:
    """A pneumothorax and what has been done about it."""

    injury: Pneumothorax
    relief: float = 1.0  # what is left of the severity
    relief_target: float = 1.0
    relief_per_s: float = 0.0
    growth: float = 0.0  # added by ventilation
    severity: float = 0.0
    drained_by: str = ""


@dataclass(slots=True)
class Infusion:
    """A fluid or blood product that is running."""

    fluid: str
    ml_s: float
    left_ml: float
    temp_c: float


@dataclass(slots=True)
class Dose:
    """A drug bolus in the body: `amount` in reference doses."""

    drug: str
    amount: float
    at_s: float


@dataclass(slots=True)
class Script:
    """A parameter that follows a course; it is written only when its course moves."""

    name: str
    course: Course
    written: float | None = None


@dataclass(slots=True)
class Hold:
    """A vital sign that is held from outside: its way there, and the way back once let go."""

    since_s: float
    start: float
    over_s: float
    to: float
    released_s: float | None = None
    release_over_s: float = 0.0


@dataclass(slots=True)
class State:
    """The body at one moment."""

    p: BodyParameters
    base: Baseline
    t_s: float
    # baseline values that scripts may move
    hr0: float
    map0: float
    pp0: float
    rr0: float
    co0_l_min: float
    hr_slope: float
    hrmax: float
    l50: float
    shunt0: float
    rr_pain: float
    # condition flags
    conditions: frozenset[str] = frozenset()
    # volumes
    bv_ml: float = 0.0
    hb_g: float = 0.0
    fibrinogen_g: float = 0.0
    factors_ml: float = 0.0  # clotting factors, as mL of the patient's own blood
    platelets_e9: float = 0.0
    water_ml: float = 0.0  # crystalloid in the vessels
    water_stays_ml: float = 0.0  # the part of it that will not leave
    bled_ml: float = 0.0
    infused_ml: float = 0.0
    refilled_ml: float = 0.0
    leaked_ml: float = 0.0
    wounds: list[Wound] = field(default_factory=list)
    pleurae: list[Pleura] = field(default_factory=list)
    infusions: list[Infusion] = field(default_factory=list)
    # courses of other injuries
    tamponade: Course | None = None
    tamponade_relief: float = 1.0
    narrowing: Course | None = None
    haematoma: Course | None = None
    co2_reactivity: float = 0.3  # mL of cerebral blood per mmHg of carbon dioxide
    contusions: list[Course] = field(default_factory=list)
    burn_percent: float = 0.0
    burn_start_s: float = 0.0
    cyanide: float = 0.0
    cyanide_start_s: float = 0.0
    cohb: float = 0.0
    adrenal: Course | None = None
    adrenal_k: float = 0.0
    abruption_start_s: float | None = None
    hyperthermia_m: float = 0.0
    triggered: bool = False  # malignant hyperthermia was triggered
    # obstruction, as equivalents of blood loss
    obstruction: float = 0.0
    tension: float = 0.0  # worst tension severity
    tamponade_severity: float = 0.0
    supine: bool = False  # a pregnant uterus on the great vein
    # reflexes and circulation
    deficit: float = 0.0  # l_f
    l_r: float = 0.0
    l_c: float = 0.0
    co: float = 1.0  # cardiac output, fraction
    hr: float = 72.0
    map: float = 95.0
    map_unaided: float = 95.0  # without vasopressor and balloon
    pp: float = 40.0
    d: float = 1.0  # decompensation, 1 is none
    low_s: float = 0.0  # how long the mean pressure has been too low
    dying_s: float = 0.0
    arrested_s: float | None = None  # when the circulation stopped
    arrest_cause: str = ""
    arrest_deficit: float = 0.0
    rhythm: str = "sinus"
    cpr: bool = False
    # drugs
    doses: list[Dose] = field(default_factory=list)
    drips: dict[str, float] = field(default_factory=dict)  # drug -> rate
    drip_effects: dict[str, float] = field(default_factory=dict)  # drug -> lagged rate
    drug_hr: float = 1.0
    drug_map: float = 1.0
    drug_svr: float = 0.0
    drug_breath: float = 1.0
    sedated: bool = False  # by an anaesthetist: coma is not a finding
    induction: float = 0.0  # deficit by induction in shock
    induction_until_s: float = float("-inf")
    paralysed_until_s: float = float("-inf")
    txa_start_s: float | None = None
    injured_s: float = 0.0
    reversed: bool = False  # anticoagulation
    steroid: bool = False
    dantrolene: bool = False
    hydroxocobalamin: bool = False
    osmotherapy_start_s: float | None = None
    balloon: str = ""  # REBOA zone
    balloon_start_s: float = 0.0
    calcium_until_s: float = float("-inf")
    # breathing
    fio2: float = 0.21
    airway: str = "own"  # own, supraglottic, tube, surgical
    ventilated: bool = False
    vent_rr: float = 14.0
    vent_vt_ml: float = 500.0
    vent_vd_ml: float = 150.0
    peep: float = 5.0
    rr: float = 14.0
    va: float = 4.3  # L/min, as for an adult
    apnoea_s: float = 0.0
    paco2: float = 40.0
    alveolar_o2: float = 100.0  # mmHg
    pao2: float = 95.0
    sao2: float = 0.975
    sao2_rest: float = 0.975
    shunt: float = 0.03
    # head
    icp: float = 10.0
    cushing: float = 0.0
    gcs_lost: float = 0.0
    cpp_low_s: float = 0.0
    # metabolism
    lactate: float = 1.0
    temp_c: float = 36.8
    potassium: float = 4.0
    sux_potassium: list[tuple[float, float]] = field(default_factory=list)  # start, rise in mmol/L
    calcium: float = 1.2
    glucose: float = 7.0
    sodium: float = 140.0
    exposed: bool = True
    warmed: bool = False
    # what a scenario says itself
    scripts: list[Script] = field(default_factory=list)
    findings: dict[str, float] = field(default_factory=dict)
    # what an instructor holds, by vital sign
    holds: dict[str, Hold] = field(default_factory=dict)


def fresh(p: BodyParameters, base: Baseline, start_s: float) -> State:
    """A healthy body of these parameters at a time."""
    s = State(
        p=p, base=base, t_s=start_s, hr0=base.hr0, map0=base.map0, pp0=base.pp0, rr0=base.rr0,
        co0_l_min=base.co0_l_min, hr_slope=base.hr_slope, hrmax=base.hrmax, l50=base.l50,
        shunt0=base.shunt, rr_pain=p.rr_pain, conditions=base.conditions, bv_ml=base.bv0_ml,
    )  # fmt: skip
    litres = base.bv0_ml / 1000.0
    s.hb_g = base.hb_g_dl * 10.0 * litres
    s.fibrinogen_g = base.fibrinogen_g_l * litres
    s.factors_ml = base.bv0_ml
    s.platelets_e9 = 250.0 * litres  # 250 x10^9/L: middle of the healthy range
    s.hr, s.map, s.map_unaided, s.pp, s.rr = base.hr0, base.map0, base.map0, base.pp0, base.rr0
    s.temp_c, s.potassium, s.glucose, s.sodium = p.temp_c, p.potassium, p.glucose, p.sodium
    return s
