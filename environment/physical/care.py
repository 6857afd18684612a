"""How the catalogue's procedures, drugs and blood products act on a simulated body.

Durations are engineering defaults: what a practised team needs from the decision to the effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from environment.model.catalogue import convert
from environment.model.change import JSON
from environment.physical.physiology import Body, PhysiologyError

Act = Callable[[Body, str, Mapping[str, JSON]], None]
ARM = frozenset({"arm", "forearm", "hand", "humerus", "axilla"})
LEG = frozenset({"leg", "thigh", "femur", "tibia", "foot", "fractures"})


@dataclass(frozen=True, slots=True)
class Care:
    """One procedure: seconds until its effect, the effect, the end of it, and what stays."""

    takes_s: float
    act: Act | None = None
    end: Act | None = None
    stays: bool = False  # a device is in place afterwards


def wounds_at(body: Body, site: str) -> list[str]:
    """The wounds of a body that a treatment at a site reaches: `left_leg` reaches a `thigh`."""
    side, _, rest = site.rpartition("_")
    limb = ARM if {"arm", "hand"} & set(site.split("_")) or rest in ARM else LEG
    found = []
    for wound in body.bleeding:
        parts = wound.site.split("_")
        same_side = side.split("_")[0] not in ("left", "right") or parts[0] not in (
            "left",
            "right",
        )
        same_side = same_side or parts[0] == side.split("_")[0]
        same_place = parts[-1] == rest or (rest in ARM | LEG and parts[-1] in limb)
        if wound.site == site or (same_side and same_place):
            found.append(wound.site)
    return found


def _at_wounds(treatment: str, **details: object) -> Act:
    def act(body: Body, site: str, given: Mapping[str, JSON]) -> None:
        for wound in wounds_at(body, site):
            body.treat(treatment, site=wound, **details)

    return act


def _everywhere(treatment: str, regions: tuple[str, ...], factor: float) -> Act:
    def act(body: Body, site: str, given: Mapping[str, JSON]) -> None:
        for wound in body.bleeding:
            if wound.region in regions and (not site or wound.site == site):
                body.treat(treatment, site=wound.site, factor=float(given.get("factor", factor)))

    return act


def _simple(treatment: str, **details: object) -> Act:
    def act(body: Body, site: str, given: Mapping[str, JSON]) -> None:
        body.treat(treatment, **details)

    return act


def _side(treatment: str) -> Act:
    def act(body: Body, site: str, given: Mapping[str, JSON]) -> None:
        if treatment == "needle":
            body.treat("needle", side=site, works=bool(given.get("works", True)))
        else:
            body.treat(treatment, side=site)

    return act


def _reboa(inflated: bool) -> Act:
    def act(body: Body, site: str, given: Mapping[str, JSON]) -> None:
        body.treat("reboa", zone="3" if site.endswith("3") else "1", inflated=inflated)

    return act


def _tube(device: str) -> Act:
    names = ("rr", "vt_ml", "peep", "fio2")

    def act(body: Body, site: str, given: Mapping[str, JSON]) -> None:
        settings = {name: float(given[name]) for name in names if name in given}
        body.treat("intubation", device=device, **settings)

    return act


def _oxygen(body: Body, site: str, given: Mapping[str, JSON]) -> None:
    if "fio2" in given:
        body.treat("oxygen", fio2=float(given["fio2"]))
    else:
        body.treat("oxygen", flow_l_min=float(given.get("flow_l_min", 15.0)))


def _caesarean(body: Body, site: str, given: Mapping[str, JSON]) -> None:
    body.treat("position", supine=False)
    _everywhere("surgery", ("abdomen",), 0.15)(body, "placenta", given)


PROCEDURES: dict[str, Care] = {
    "tourniquet": Care(5, _at_wounds("tourniquet"), _at_wounds("tourniquet", on=False), True),
    "wound_packing": Care(30, _at_wounds("packing")),
    "direct_pressure": Care(5, _at_wounds("packing", factor=0.4)),
    "haemostasis": Care(60, _at_wounds("packing")),
    "wound_suture": Care(60, _at_wounds("suture")),
    "pelvic_binder": Care(10, _simple("binder"), _simple("binder", on=False), True),
    "external_fixator": Care(300, _simple("binder"), None, True),
    "splint": Care(10, _at_wounds("splint"), None, True),
    "reboa": Care(120, _reboa(True), _reboa(False), True),
    "angioembolisation": Care(0, _everywhere("angiography", ("pelvis", "abdomen"), 0.05)),
    "preperitoneal_packing": Care(0, _everywhere("surgery", ("pelvis",), 0.1)),
    "damage_control_laparotomy": Care(0, _everywhere("surgery", ("abdomen",), 0.05)),
    "damage_control_thoracotomy": Care(0, _everywhere("surgery", ("chest",), 0.05)),
    "vascular_control": Care(0, _everywhere("surgery", ("limb", "junction"), 0.05)),
    "resuscitative_thoracotomy": Care(0, _simple("thoracotomy")),
    "pericardial_window": Care(0, _simple("pericardial_window")),
    "needle_decompression": Care(10, _side("needle")),
    "pleural_decompression": Care(10, _side("finger")),
    "chest_tube": Care(60, _side("chest_tube"), None, True),
    "drainage": Care(60, _side("chest_tube"), None, True),
    "orotracheal_intubation": Care(30, _tube("tube"), _simple("airway", device="own"), True),
    "cricothyrotomy": Care(40, _tube("surgical"), None, True),
    "tracheostomy": Care(300, _tube("surgical"), None, True),
    "supraglottic_airway": Care(15, _tube("supraglottic"), _simple("airway", device="own"), True),
    "bag_mask_ventilation": Care(
        5, _simple("ventilator", on=True), _simple("ventilator", on=False)
    ),
    "mechanical_ventilation": Care(
        5, _simple("ventilator", on=True), _simple("ventilator", on=False)
    ),
    "oxygen": Care(0, _oxygen, _simple("oxygen", flow_l_min=0.0)),
    "warming": Care(5, _simple("warming"), _simple("warming", on=False), True),
    "left_tilt": Care(5, _simple("position", supine=False), _simple("position", supine=True)),
    "perimortem_caesarean": Care(0, _caesarean),
    "als": Care(0, _simple("cpr"), _simple("cpr", on=False)),
    **dict.fromkeys(
        ("arterial_catheter", "central_line", "intraosseous_access", "peripheral_access",
         "bladder_catheter", "gastric_tube", "intracranial_pressure_monitor", "chest_seal",
         "nibp_cuff", "spinal_motion_restriction"),
        Care(20, None, None, True),
    ),
}  # fmt: skip
NOTHING = Care(10)  # procedures of the catalogue that leave this body as it is

_FLUIDS = ("crystalloid", "saline", "ringer_lactate")
_SIMPLE_DRUGS = {
    "tranexamic_acid": "txa", "prothrombin_complex": "reversal", "andexanet": "reversal",
    "idarucizumab": "reversal", "factor_viii": "clotting_factor", "factor_ix": "clotting_factor",
    "vwf_concentrate": "clotting_factor", "factor_viia": "clotting_factor",
    "hydrocortisone": "steroid", "dexamethasone": "steroid", "methylprednisolone": "steroid",
    "prednisolone": "steroid", "dantrolene": "dantrolene", "hydroxocobalamin": "hydroxocobalamin",
    "mannitol": "osmotherapy", "insulin": "insulin_dextrose",
}  # fmt: skip
_PHYSIOLOGY_UNITS = {
    "ketamine": "mg", "esketamine": "mg", "propofol": "mg", "thiopental": "mg",
    "etomidate": "mg", "midazolam": "mg", "fentanyl": "ug", "morphine": "mg", "rocuronium": "mg",
    "suxamethonium": "mg", "adrenaline": "mg", "noradrenaline": "mg", "atropine": "mg",
    "methoxyflurane": "mL",
}  # fmt: skip
VOLATILES = ("sevoflurane", "isoflurane", "desflurane")
BLOOD_FLUIDS = {
    "o_negative_blood": "red_cells", "o_negative_red_cells": "red_cells", "red_cells": "red_cells",
    "fresh_frozen_plasma": "plasma", "plasma": "plasma", "platelets": "platelets",
    "cryoprecipitate": "cryoprecipitate", "whole_blood": "whole_blood",
}  # fmt: skip


def give(body: Body, drug: str, amount: float, unit: str, over_s: float) -> None:
    """Let one dose act; drugs without an effect in the model leave the body as it is."""
    if drug in _SIMPLE_DRUGS:
        body.treat(_SIMPLE_DRUGS[drug])
    elif drug in _FLUIDS or drug == "hypertonic_saline":
        ml = convert(amount, unit, "mL")
        fluid = "crystalloid" if drug in _FLUIDS else "hypertonic_saline"
        body.treat("infuse", fluid=fluid, volume_ml=ml, over_s=max(1.0, over_s or 300.0))
        if drug == "hypertonic_saline":
            body.treat("osmotherapy")
    elif drug in ("calcium_chloride", "calcium_gluconate"):
        ml = convert(amount, unit, "mL")
        # a third of the calcium is in the same volume of gluconate
        body.treat("calcium", chloride_ml=ml if drug == "calcium_chloride" else ml / 3.0)
    elif drug == "fibrinogen":
        body.treat("fibrinogen", grams=convert(amount, unit, "g"))
    elif drug == "dextrose":
        body.treat("dextrose", grams=convert(amount, unit, "g"))
    elif drug in VOLATILES:
        body.treat("drug", name="sevoflurane")
    elif drug in _PHYSIOLOGY_UNITS:
        body.treat("drug", name=drug, dose=convert(amount, unit, _PHYSIOLOGY_UNITS[drug]))


def drip(body: Body, drug: str, rate: float) -> None:
    """Let a continuous infusion run at a rate (0: stop); those without an effect do nothing."""
    try:
        body.treat("drip", name=drug, rate=rate)
    except PhysiologyError:
        # the catalogue knows infusions (antibiotics, relaxants) that this body does not answer to
        if drug in VOLATILES and rate > 0.0:
            body.treat("drug", name="sevoflurane")
