"""The patient twin with a simulated body behind it: what is done happens, and is reported."""

import pytest

from environment.errors import InvocationFailedError
from environment.model.catalogue import BLOOD, DRUGS, INFUSIONS, PROCEDURES
from environment.physical.body_sim import BodySim
from environment.physical.physiology import Body, injury

from .stage import Stage, bleeding_body, play


def test_a_tourniquet_stops_the_bleeding_and_stands_among_the_devices() -> None:
    body = bleeding_body()

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", body))
        await stage.until(300)
        await stage.ask("patient", "apply_tourniquet", limb="left_thigh")
        assert stage.clock.now() == 305
        await stage.until(320)

    stage = play(scene)
    assert body.bleeding[0].flow_ml_min == 0
    assert body.bleeding[1].flow_ml_min > 30
    devices = stage.value("patient", "device")
    assert devices == {
        "tourniquet_left_thigh": {"kind": "tourniquet", "site": "left_thigh", "at_s": 305}
    }
    (event,) = stage.events("patient", "procedure")
    assert event.value["change"] == "start"
    assert event.by == "team"
    operations = [c.value["status"] for c in stage.world.journal if c.kind == "operation"]
    assert operations[-1] == "confirmed"


def test_a_tourniquet_on_the_other_leg_does_not_help() -> None:
    body = bleeding_body()

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", body))
        await stage.until(300)
        await stage.ask("patient", "apply_tourniquet", limb="right_thigh")
        await stage.until(310)
        assert body.bleeding[0].flow_ml_min > 40
        await stage.ask("patient", "apply_tourniquet", limb="left_leg")
        await stage.until(320)
        assert body.bleeding[0].flow_ml_min == 0
        await stage.ask("patient", "release_tourniquet", limb="left_leg")
        await stage.until(330)
        assert body.bleeding[0].flow_ml_min > 40

    stage = play(scene)
    assert set(stage.value("patient", "device")) == {"tourniquet_right_thigh"}


def test_drugs_are_summed_and_act() -> None:
    body = bleeding_body()

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", body))
        await stage.until(60)
        for amount in (50.0, 100.0):
            await stage.ask("patient", "give_drug", drug="fentanyl", amount=amount, unit="ug")
        await stage.ask("patient", "give_drug", drug="tranexamic_acid", amount=1.0, unit="g")
        await stage.ask("patient", "give_drug", drug="calcium_chloride", amount=10.0, unit="mL")

    stage = play(scene)
    drug = stage.value("patient", "drug")
    assert drug["fentanyl"] == {"total": 150.0, "unit": "ug", "doses": 2, "last_s": 60}
    assert body.had_tranexamic_acid
    assert body.signs().calcium == pytest.approx(1.35, abs=0.02)
    last = stage.events("patient", "drug_given")[1]
    assert last.value["total"] == 150.0
    assert stage.value("patient", "products_since_calcium") == 0


def test_blood_is_counted_when_hung_and_the_response_is_judged_when_it_is_in() -> None:
    body = bleeding_body()

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", body))
        await stage.until(600)
        before = body.signs().bv_ml
        await stage.ask("patient", "give_blood", product="red_cells", units=2, over_min=6.0)
        await stage.ask("patient", "give_blood", product="plasma", units=2, over_min=6.0)
        assert stage.value("patient", "red_cells") == 2
        assert stage.value("patient", "plasma") == 2
        assert stage.value("patient", "products_since_calcium") == 4
        assert stage.value("patient", "volume_or_products_s") is None
        await stage.until(970)
        assert body.signs().bv_ml > before + 500

    stage = play(scene)
    assert stage.value("patient", "blood_products") == 4
    assert stage.value("patient", "volume_or_products_s") == 960
    assert body.s.infused_ml == pytest.approx(1200)


def test_half_a_litre_of_crystalloid_is_a_total_and_a_response_time() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", bleeding_body()))
        await stage.ask(
            "patient", "give_drug", drug="crystalloid", amount=500.0, unit="mL", over_min=10.0
        )
        await stage.until(700)

    stage = play(scene)
    assert stage.value("patient", "crystalloid_ml") == 500
    assert stage.value("patient", "volume_or_products_s") == 600


def test_an_infusion_starts_varies_and_stops_with_its_effect() -> None:
    body = bleeding_body()

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", body))
        rate = {"drug": "noradrenaline", "unit": "ug/kg/min"}
        await stage.ask("patient", "start_infusion", rate=0.1, **rate)
        await stage.until(300)
        assert body.s.drug_svr == pytest.approx(0.25, abs=0.01)
        await stage.ask("patient", "change_infusion", rate=0.2, **rate)
        await stage.until(600)
        assert stage.value("patient", "infusion")["noradrenaline"]["since_s"] == 0
        await stage.ask("patient", "stop_infusion", drug="noradrenaline")
        await stage.until(1200)

    stage = play(scene)
    assert body.s.drug_svr == pytest.approx(0.0, abs=0.01)
    changes = [c.value["change"] for c in stage.events("patient", "infusion_changed")]
    assert changes == ["start", "variation", "stop"]
    assert stage.value("patient", "infusion") == {}


def test_a_finger_thoracostomy_relieves_and_the_ear_hears_it() -> None:
    body = Body(injuries=[injury("pneumothorax", severity=0.9, side="right")])

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", body))
        await stage.until(60)
        await stage.ask("patient", "examine", what="breath_sounds")
        assert stage.value("patient", "breath_sounds_right") == "absent"
        assert stage.value("patient", "breath_sounds_left") == "normal"
        await stage.ask("patient", "perform", procedure="pleural_decompression", site="right")
        await stage.until(180)
        await stage.ask("patient", "examine", what="breath_sounds")

    stage = play(scene)
    assert stage.value("patient", "breath_sounds_right") == "normal"
    assert stage.value("patient", "performed")["pleural_decompression"]["site"] == "right"


def test_coma_is_scored_by_its_parts_and_a_tube_leaves_the_verbal_score_untested() -> None:
    body = Body(
        injuries=[injury("head_injury", volume_ml=0)],
        scripts={"gcs": 8},
    )

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", body))
        await stage.until(10)
        await stage.ask("patient", "examine", what="gcs")
        assert stage.value("patient", "gcs") == 8
        assert stage.value("patient", "gcs_motor") == 4
        await stage.ask("patient", "perform", procedure="orotracheal_intubation")
        await stage.until(60)
        verbal = len(stage.history("patient", "gcs_verbal"))
        await stage.ask("patient", "examine", what="gcs")
        assert len(stage.history("patient", "gcs_verbal")) == verbal

    stage = play(scene)
    assert stage.value("patient", "intubated") is True
    assert stage.value("patient", "ventilated") is True
    assert stage.value("patient", "sedated") is True


def test_temperature_pupils_skin_and_pulse_are_found_by_hand() -> None:
    body = bleeding_body(injury("head_injury", volume_ml=16))

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", body))
        await stage.until(600)
        for what in ("temperature", "pupils", "skin", "pulse", "voice"):
            await stage.ask("patient", "examine", what=what)

    stage = play(scene)
    assert stage.value("patient", "temp") == 36.5
    assert stage.value("patient", "pupil_left") == 6
    assert stage.value("patient", "pupil_left_reacts") is False
    assert stage.value("patient", "crt") > 2
    assert stage.value("patient", "pulse") is True
    assert stage.value("patient", "voice") == "normal"
    assert [c.value["name"] for c in stage.events("patient", "finding")] == [
        "temperature", "pupils", "skin", "pulse", "voice",
    ]  # fmt: skip


def test_a_lost_pulse_is_noticed_within_seconds_without_being_asked() -> None:
    body = Body(injuries=[injury("bleed", site="liver", flow_ml_min=600)])

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", body))
        while stage.value("patient", "pulse"):
            await stage.until(stage.clock.now() + 1)

    stage = play(scene)
    assert stage.value("patient", "rhythm") == "pea"
    noticed = stage.history("patient", "pulse")[-1].effective
    assert 5 <= noticed - (body.s.arrested_s or 0) <= 7


def test_position_findings_and_injuries_are_written_down() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", bleeding_body()))
        await stage.ask("patient", "place_in", position="left_tilt")
        await stage.ask("patient", "record_finding", member="smoke", value=True)
        await stage.ask(
            "patient", "record_injury", injury="pelvis", region="pelvis", kind="fracture"
        )

    stage = play(scene)
    assert stage.value("patient", "position") == "left_tilt"
    assert stage.value("patient", "smoke") is True
    assert stage.value("patient", "injury")["pelvis"]["kind"] == "fracture"


def test_the_passport_speaks_only_when_it_is_read() -> None:
    passport = {"anticoagulant": "apixaban", "condition": {"98878": {"label": "haemophilia A"}}}

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", bleeding_body(), passport=passport))
        assert stage.value("patient", "anticoagulant") is None
        await stage.until(100)
        await stage.ask("patient", "identify", name="A. Patient", passport=True)

    stage = play(scene)
    assert stage.value("patient", "passport") == "read"
    assert stage.value("patient", "passport_read_s") == 100
    assert stage.value("patient", "anticoagulant") == "apixaban"
    assert "98878" in stage.value("patient", "condition")


def test_a_person_without_a_passport_is_identified_all_the_same() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", bleeding_body(), facts={"age": 34}))
        await stage.ask("patient", "identify", name="A. Patient", passport=True)

    stage = play(scene)
    assert stage.value("patient", "passport") == "none"
    assert stage.value("patient", "identified") is True
    assert stage.value("patient", "age") == 34


def test_what_cannot_be_done_fails_with_the_reason_and_leaves_the_body_as_it_is() -> None:
    body = bleeding_body()

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", body))
        with pytest.raises(InvocationFailedError, match="Nobody knows a procedure 'dance'"):
            await stage.ask("patient", "perform", procedure="dance")
        with pytest.raises(InvocationFailedError, match="neither 'left' nor 'right'"):
            await stage.ask("patient", "perform", procedure="chest_tube", site="middle")
        with pytest.raises(InvocationFailedError, match="is a mass"):
            await stage.ask("patient", "give_drug", drug="crystalloid", amount=1.0, unit="g")

    stage = play(scene)
    assert stage.value("patient", "drug") is None
    assert stage.events("patient", "procedure") == []


def test_with_pace_zero_procedures_act_at_once() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", bleeding_body(), pace=0))
        await stage.until(10)
        await stage.ask("patient", "perform", procedure="pelvic_binder")
        assert stage.clock.now() == 10

    play(scene)


def test_a_chest_drain_is_read_when_placed_and_every_five_minutes() -> None:
    body = Body(
        injuries=[
            injury("bleed", site="right_lung", flow_ml_min=60, pressure_mmhg=10),
            injury("pneumothorax", severity=0.3, side="right"),
        ]
    )

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", body, pace=0))
        await stage.until(600)
        await stage.ask("patient", "perform", procedure="chest_tube", site="right")
        first = stage.value("patient", "drain")["right"]
        assert first["first_ml"] == pytest.approx(590, abs=40)
        assert first["ml_h"] == 0
        await stage.until(1210)

    stage = play(scene)
    later = stage.value("patient", "drain")["right"]
    assert later["ml"] > later["first_ml"] + 300
    assert later["ml_h"] > 1500


SITES = {"tourniquet": "left_leg", "reboa": "zone_1", "splint": "left_leg"}


@pytest.mark.parametrize("procedure", sorted(PROCEDURES))
def test_every_procedure_of_the_catalogue_can_be_carried_out(procedure: str) -> None:
    body = bleeding_body(injury("pneumothorax", severity=0.4, side="left"))
    row = PROCEDURES[procedure]
    site = SITES.get(procedure, row.sites[0] if row.sites else "")

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", body))
        await stage.until(60)
        if row.time_dependent:
            await stage.ask("patient", "start_procedure", procedure=procedure, site=site)
            await stage.ask("patient", "stop_procedure", procedure=procedure, site=site)
        else:
            await stage.ask("patient", "perform", procedure=procedure, site=site)

    stage = play(scene)
    done = stage.value("patient", "performed")[procedure]
    assert (done["site"], done["times"]) == (site, 1)
    changes = [c.value["change"] for c in stage.events("patient", "procedure")]
    assert changes == (["start", "stop"] if row.time_dependent else ["done"])


def test_every_drug_infusion_and_blood_product_of_the_catalogue_can_be_given() -> None:
    body = bleeding_body()

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", body))
        await stage.ask("patient", "perform", procedure="orotracheal_intubation")
        for drug in DRUGS.values():
            amount = drug.default or 1.0
            await stage.ask(
                "patient", "give_drug", drug=drug.id, amount=amount, unit=drug.unit, route="iv"
            )
        for infusion in INFUSIONS.values():
            await stage.ask(
                "patient",
                "start_infusion",
                drug=infusion.drug,
                rate=infusion.default,
                unit=infusion.unit,
            )
        for product in BLOOD:
            await stage.ask("patient", "give_blood", product=product, units=1)
        await stage.until(600)

    stage = play(scene)
    assert set(stage.value("patient", "drug")) == set(DRUGS)
    assert set(stage.value("patient", "infusion")) == set(INFUSIONS)
    assert stage.value("patient", "blood_products") == len(BLOOD)
    assert body.signs().pulse
