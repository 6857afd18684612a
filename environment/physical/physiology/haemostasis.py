"""Treatments of bleeding and of lost volume."""

from __future__ import annotations

from environment.errors import did_you_mean

from .errors import PhysiologyError, UnknownSiteError, UnknownTreatmentError
from .injuries import Region
from .state import Infusion, State, Wound
from .treatment import treatment
from .volumes import FLUIDS


def _wounds(s: State, site: str | None, what: str, fits: tuple[Region, ...] | None) -> list[Wound]:
    sites = [w.injury.site for w in s.wounds]
    if site is not None and site not in sites:
        raise UnknownSiteError(f"No bleeding at {site!r} to treat.{did_you_mean(site, sites)}")
    chosen = [w for w in s.wounds if site in (None, w.injury.site)]
    if fits is None:
        return chosen
    fitting = [w for w in chosen if w.injury.region in fits]
    if site is not None and not fitting:
        raise UnknownSiteError(f"A {what} does not fit the {site}; it fits: {', '.join(fits)}.")
    return fitting


def _hold(wounds: list[Wound], name: str, factor: float) -> None:
    for wound in wounds:
        wound.factors[name] = factor


@treatment
def tourniquet(s: State, *, site: str | None = None, on: bool = True) -> None:
    """Put a tourniquet on a limb, or take it off: no flow while it is on."""
    for wound in _wounds(s, site, "tourniquet", ("limb",)):
        if on:
            wound.factors["tourniquet"] = 0.0
        else:
            wound.factors.pop("tourniquet", None)


@treatment
def packing(s: State, *, site: str, factor: float = 0.3) -> None:
    """Pack or press a wound: 20 to 40 % of the flow is left."""
    _hold(_wounds(s, site, "packing", None), "packing", factor)


@treatment
def binder(s: State, *, on: bool = True) -> None:
    """Close the pelvic ring with a binder: 40 % of the flow is left."""
    for wound in _wounds(s, None, "binder", ("pelvis",)):
        if on:
            wound.factors["binder"] = 0.4
        else:
            wound.factors.pop("binder", None)


@treatment
def splint(s: State, *, site: str, factor: float = 0.4) -> None:
    """Set and splint a fracture: 30 to 40 % of its flow is left."""
    _hold(_wounds(s, site, "splint", ("limb",)), "splint", factor)


@treatment
def suture(s: State, *, site: str) -> None:
    """Sew a wound: 5 % of the flow is left, after 3 min."""
    for wound in _wounds(s, site, "suture", None):
        wound.later.append((s.t_s + 180.0, "suture", 0.05))
        wound.later.sort()


@treatment
def angiography(s: State, *, site: str, factor: float = 0.05) -> None:
    """Close the bleeding artery from inside."""
    _hold(
        _wounds(s, site, "coil", ("pelvis", "abdomen", "chest", "junction")), "angiography", factor
    )


@treatment
def surgery(s: State, *, site: str, factor: float = 0.05) -> None:
    """Control a bleed by operation."""
    _hold(_wounds(s, site, "operation", None), "surgery", factor)


@treatment
def reboa(s: State, *, zone: str = "1", inflated: bool = True) -> None:
    """Inflate or deflate a balloon in the aorta: no flow below it; deflation washes out acid."""
    if zone not in ("1", "3"):
        raise PhysiologyError(f"REBOA zone {zone!r} is neither '1' nor '3'.")
    if inflated:
        s.balloon, s.balloon_start_s = zone, s.t_s
    elif s.balloon:
        minutes = (s.t_s - s.balloon_start_s) / 60.0
        # the body below was without flow: what it made is washed out
        s.lactate += (0.10 if s.balloon == "1" else 0.05) * minutes
        s.balloon = ""


@treatment
def txa(s: State) -> None:
    """Tranexamic acid: flow x0.75 over 10 min if within 3 h of injury (CRASH-2 2010), else none."""
    if s.txa_start_s is None and s.t_s - s.injured_s < 3 * 3600.0:
        s.txa_start_s = s.t_s


@treatment
def reversal(s: State) -> None:
    """Reverse anticoagulation (prothrombin complex, andexanet, idarucizumab)."""
    s.reversed = True
    s.factors_ml = max(s.factors_ml, 0.8 * s.bv_ml)  # concentrate restores most factors


@treatment
def infuse(
    s: State,
    *,
    fluid: str,
    volume_ml: float | None = None,
    over_s: float = 300.0,
    rate_ml_min: float | None = None,
    temp_c: float | None = None,
) -> None:
    """Infuse a fluid or blood product; without a volume one unit, without a rate over 5 min."""
    row = FLUIDS.get(fluid)
    if row is None:
        raise UnknownTreatmentError(f"No fluid {fluid!r}.{did_you_mean(fluid, FLUIDS)}")
    volume = row.unit_ml if volume_ml is None else volume_ml
    per_s = rate_ml_min / 60.0 if rate_ml_min is not None else volume / over_s
    if volume <= 0.0 or per_s <= 0.0:
        raise PhysiologyError(f"Infusion of {fluid}: volume and rate must be above 0.")
    s.infusions.append(Infusion(fluid, per_s, volume, row.temp_c if temp_c is None else temp_c))


@treatment
def stop_infusion(s: State, *, fluid: str | None = None) -> None:
    """Stop what is running, or only one fluid."""
    s.infusions = [i for i in s.infusions if fluid is not None and i.fluid != fluid]


@treatment
def fibrinogen(s: State, *, grams: float = 3.0) -> None:
    """Fibrinogen concentrate."""
    s.fibrinogen_g += grams


@treatment
def calcium(s: State, *, chloride_ml: float = 10.0) -> None:
    """Calcium chloride 10 %: raises ionised calcium and protects the heart from potassium."""
    s.calcium += 0.015 * chloride_ml
    s.calcium_until_s = s.t_s + 30 * 60.0


@treatment
def insulin_dextrose(s: State) -> None:
    """Insulin with glucose: potassium falls by about 1 mmol/L."""
    s.potassium -= 1.0


@treatment
def dextrose(s: State, *, grams: float = 25.0) -> None:
    """Glucose: 25 g raises blood glucose by about 5 mmol/L in an adult."""
    s.glucose += 5.0 * grams / 25.0 * 75.0 / s.p.weight_kg
