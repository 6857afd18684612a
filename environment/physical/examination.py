"""What people and devices find when they examine a body. Pure functions of the body now.

Thresholds without a source are engineering defaults.
"""

from __future__ import annotations

from collections.abc import Callable

from environment.model.change import JSON
from environment.physical.physiology import Body, Signs

FAST_SEES_ML = 250.0  # free abdominal fluid that ultrasound finds: 200 to 600 mL in studies
PLEURA_SEES_ML = 150.0
VIEW_OF_SITE = {"liver": "ruq", "kidney": "ruq", "spleen": "luq", "bowel": "pelvis"}


def by_hand(body: Body, what: str) -> dict[str, JSON]:
    """What a person finds: properties of the patient twin."""
    return _BY_HAND[what](body, body.signs())


def _gcs(body: Body, now: Signs) -> dict[str, JSON]:
    if now.airway in ("tube", "surgical"):
        # verbal cannot be tested: never 1, and no total is formed (Teasdale 2014)
        return {"gcs_eye": now.gcs_eye, "gcs_motor": now.gcs_motor}
    return {
        "gcs_eye": now.gcs_eye,
        "gcs_verbal": now.gcs_verbal,
        "gcs_motor": now.gcs_motor,
        "gcs": now.gcs,
    }


def _pupils(body: Body, now: Signs) -> dict[str, JSON]:
    return {
        "pupil_left": now.pupil_left_mm,
        "pupil_right": now.pupil_right_mm,
        "pupil_left_reacts": now.pupil_left_reacts,
        "pupil_right_reacts": now.pupil_right_reacts,
    }


def _breath_sounds(body: Body, now: Signs) -> dict[str, JSON]:
    return {"breath_sounds_left": now.breath_left, "breath_sounds_right": now.breath_right}


def _temperature(body: Body, now: Signs) -> dict[str, JSON]:
    return {"temp": round(now.temp_c, 1)}


def _pulse(body: Body, now: Signs) -> dict[str, JSON]:
    return {"pulse": now.pulse}


def _skin(body: Body, now: Signs) -> dict[str, JSON]:
    return {"crt": round(now.crt_s, 1)}


def _voice(body: Body, now: Signs) -> dict[str, JSON]:
    narrow = body.airway_narrowing
    if now.gcs <= 8 or now.airway in ("tube", "surgical"):
        return {"voice": "absent"}
    if narrow >= 0.15:
        return {"voice": "stridor"}
    return {"voice": "hoarse" if narrow > 0.0 or body.inhaled_smoke else "normal"}


_BY_HAND: dict[str, Callable[[Body, Signs], dict[str, JSON]]] = {
    "gcs": _gcs,
    "pupils": _pupils,
    "breath_sounds": _breath_sounds,
    "temperature": _temperature,
    "pulse": _pulse,
    "skin": _skin,
    "voice": _voice,
}


def efast(body: Body) -> dict[str, JSON]:
    """The six views: whether each shows fluid, or air in the pleura."""
    views = dict.fromkeys(("ruq", "luq", "pelvis", "subxiphoid"), False)
    for wound in body.bleeding:
        site = wound.site.split("_")[-1]
        if wound.region == "abdomen" and site not in ("retroperitoneum", "placenta", "aorta"):
            if wound.lost_ml >= FAST_SEES_ML:
                views[VIEW_OF_SITE.get(site, "ruq")] = True
            if wound.lost_ml >= 3 * FAST_SEES_ML:
                views["pelvis"] = True  # it runs down
    views["subxiphoid"] = body.signs().tamponade > 0.1
    for side in ("left", "right"):
        air = body.pneumothorax(side) > 0.1
        views[f"pleura_{side}"] = air or pleural_blood(body, side) >= PLEURA_SEES_ML
    return {"views": views}


def pleural_blood(body: Body, side: str) -> float:
    """Blood in one pleural space, mL; a chest wound without a side counts as left."""
    other = "left" if side == "right" else "right"
    return sum(
        w.lost_ml
        for w in body.bleeding
        if w.site.split("_")[-1] in ("ribs", "lung", "haemothorax", "chest")
        and not w.site.startswith(other)
        and (w.site.startswith(side) or side == "left")  # without a side: left
    )


def film(body: Body, diagnostic: str) -> dict[str, JSON]:
    """What an X-ray shows."""
    found: list[str] = []
    if diagnostic == "chest_xray":
        for side in ("left", "right"):
            if body.pneumothorax(side) > 0.1:
                found.append(f"pneumothorax_{side}")
            if pleural_blood(body, side) >= 2 * PLEURA_SEES_ML:
                found.append(f"haemothorax_{side}")
    else:
        regions = ("pelvis",) if diagnostic == "pelvis_xray" else ("limb",)
        found += [f"fracture_{w.site}" for w in body.bleeding if w.region in regions]
    return {"findings": found}


def scan(body: Body, sites: tuple[str, ...]) -> dict[str, JSON]:
    """What computed tomography shows of the regions that it covers."""
    everything = "whole_body" in sites
    found: list[str] = []
    if everything or "head" in sites:
        volume = body.haematoma_ml
        if volume is not None:
            found.append("intracranial_haematoma")
    found += [
        f"bleeding_{wound.site}"
        for wound in body.bleeding
        if (everything or wound.region in sites) and wound.region != "limb" and wound.lost_ml > 50
    ]
    if everything or "chest" in sites:
        found += [f"pneumothorax_{s}" for s in ("left", "right") if body.pneumothorax(s) > 0.05]
        if body.signs().tamponade > 0.05:
            found.append("haemopericardium")
    return {"findings": found}


def laboratory(body: Body, keys: tuple[str, ...], blood_group: str) -> dict[str, JSON]:
    """The values that a blood sample taken now will give."""
    now = body.signs()
    fibtem = 1.5 + 4.5 * now.fibrinogen  # FIBTEM A5 of about 8 mm at 1.5 g/L
    extem = fibtem + 0.12 * now.platelets
    values: dict[str, JSON] = {
        "lactate": round(now.lactate, 1),
        "be": round(now.be, 1) + 0.0,  # not -0.0
        "ph": round(now.ph, 2),
        "pco2": float(round(now.paco2)),
        "po2": float(round(now.pao2)),
        "hb": round(now.hb_g_dl, 1),
        "hct": float(round(3.0 * now.hb_g_dl)),
        "glucose": round(now.glucose, 1),
        "k": round(now.potassium, 1),
        "na": float(round(now.sodium)),
        "ica": round(now.calcium, 2),
        "cohb": round(now.cohb, 1),
        "fibrinogen": round(now.fibrinogen, 1),
        "inr": round(now.inr, 1),
        "platelets": float(round(now.platelets)),
        "blood_group": blood_group,
        "extem_ct": float(round(60.0 + 60.0 * (now.inr - 1.0))),
        "extem_a5": float(round(extem)),
        "extem_a10": float(round(extem + 8.0)),
        "extem_alpha": float(round(min(78.0, 45.0 + 0.65 * extem))),
        "fibtem_a5": float(round(fibtem)),
        "fibtem_a10": float(round(fibtem + 1.5)),
        "hyperfibrinolysis": now.lactate > 8.0 and not body.had_tranexamic_acid,
    }
    return {key: values[key] for key in keys if key in values}
