"""The simulated body as it really is, in numbers that fit for an instructor's eyes."""

from environment.model.change import JSON
from environment.physical.physiology import Body

#: What is told of the signs, with its decimals.
ROUNDED = {
    "hr": 0, "sbp": 0, "dbp": 0, "map": 0, "rr": 0, "spo2": 0, "sao2": 0, "etco2": 0,
    "temp_c": 1, "gcs": 0, "pupil_left_mm": 0, "pupil_right_mm": 0, "icp": 0, "cpp": 0,
    "bv_ml": 0, "bled_ml": 0, "urine_ml_h": 0, "hb_g_dl": 1, "lactate": 1, "be": 1, "ph": 2,
    "paco2": 0, "pao2": 0, "fibrinogen": 1, "inr": 1, "platelets": 0, "potassium": 1, "calcium": 2,
    "tension": 2, "tamponade": 2,
}  # fmt: skip


def told_of(body: Body) -> dict[str, JSON]:
    """Signs, blood lost (percent), bleeding by site (mL/min), rhythm, airway, what is held."""
    signs = body.signs()
    told: dict[str, JSON] = {
        name: round(float(getattr(signs, name)), places) for name, places in ROUNDED.items()
    }
    told["loss_percent"] = round(100.0 * signs.loss)
    told["output_percent"] = round(100.0 * signs.co_fraction)
    told["rhythm"], told["pulse"], told["airway"] = signs.rhythm, signs.pulse, signs.airway
    told["bleeding"] = {w.site: round(w.flow_ml_min) for w in body.bleeding}
    told["held"] = [h.name for h in body.held if not h.is_released]
    return told
