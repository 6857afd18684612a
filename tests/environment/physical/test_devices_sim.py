"""Laboratory, imaging and ventilator: they tell the body's truth, after their time."""

import pytest

from environment.errors import InvocationFailedError
from environment.physical.body_sim import BodySim
from environment.physical.device_sim import DeviceSim
from environment.physical.physiology import Body, injury
from environment.physical.ventilator_sim import VentilatorSim

from .stage import Stage, bleeding_body, play


def test_a_blood_gas_tells_of_the_moment_of_sampling_three_minutes_later() -> None:
    body = Body(injuries=[injury("bleed", site="liver", flow_ml_min=150)])

    async def scene(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        await stage.put(
            "device", DeviceSim("blood_gas", "blood_gas", {"patient": body}), "blood_gas"
        )
        await stage.until(1080)
        truth = body.copy()
        truth.advance(1080)
        await stage.ask("blood_gas", "examine", diagnostic="blood_gas", patient="patient")
        await stage.until(1200)
        assert stage.value("patient", "lactate") is None
        await stage.until(1300)
        assert stage.value("patient", "lactate") == round(truth.signs().lactate, 1)

    stage = play(scene)
    reading = stage.history("patient", "lactate")[0]
    assert (reading.effective, reading.recorded) == (1080, 1260)
    (event,) = stage.events("patient", "diagnostic")
    assert event.value["diagnostic"] == "blood_gas"
    assert event.value["result"]["values"]["k"] == 4.0
    assert stage.events("blood_gas", "result")[0].value["patient"] == "patient"


def test_rotem_shows_a_diluted_patient_to_need_fibrinogen() -> None:
    body = bleeding_body()
    body.advance(600)
    body.treat("infuse", fluid="crystalloid", volume_ml=4000, over_s=600)

    async def scene(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        await stage.put("device", DeviceSim("rotem", "rotem", {"patient": body}), "rotem")
        await stage.until(1260)
        await stage.ask("rotem", "examine", diagnostic="rotem", patient="patient")
        await stage.until(2400)

    stage = play(scene)
    assert stage.value("patient", "fibtem_a5") < 10
    assert stage.value("patient", "hyperfibrinolysis") is False


def test_efast_sees_the_spleen_and_the_pleura_but_not_the_pelvis() -> None:
    body = bleeding_body(
        injury("bleed", site="spleen", flow_ml_min=60, pressure_mmhg=15),
        injury("pneumothorax", severity=0.5, side="right"),
    )

    async def scene(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        await stage.put("device", DeviceSim("us", "ultrasound", {"patient": body}), "us")
        await stage.until(30)
        await stage.ask("us", "examine", diagnostic="efast", patient="patient")
        assert stage.value("us", "status") == "in_use"
        await stage.until(600)
        await stage.ask("us", "examine", diagnostic="efast", patient="patient")
        await stage.until(900)

    stage = play(scene)
    early, late = (c.value["result"]["views"] for c in stage.events("patient", "diagnostic"))
    assert not early["luq"]
    assert late["luq"]
    assert not late["ruq"]
    assert not late["subxiphoid"]
    assert late["pleura_right"]
    assert not late["pleura_left"]
    assert stage.value("us", "status") == "available"


def test_a_stab_of_the_heart_shows_below_the_xiphoid() -> None:
    body = Body(injuries=[injury("tamponade", severity=0.6)])
    body.advance(60)

    async def scene(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        await stage.put("device", DeviceSim("us", "ultrasound", {"patient": body}), "us")
        await stage.ask("us", "examine", diagnostic="efast", patient="patient")
        await stage.until(300)

    stage = play(scene)
    assert stage.events("patient", "diagnostic")[0].value["result"]["views"]["subxiphoid"]


def test_x_ray_and_ct_name_what_there_is_and_a_ct_says_when_it_started() -> None:
    body = bleeding_body(
        injury("head_injury", volume_ml=12), injury("pneumothorax", severity=0.4, side="left")
    )

    async def scene(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        await stage.put("device", DeviceSim("x_ray", "x_ray", {"patient": body}), "x_ray")
        await stage.put("device", DeviceSim("ct", "ct", {"patient": body}), "ct")
        await stage.until(300)
        await stage.ask("x_ray", "examine", diagnostic="pelvis_xray", patient="patient")
        await stage.until(610)
        await stage.ask("x_ray", "examine", diagnostic="chest_xray", patient="patient")
        await stage.ask("ct", "examine", diagnostic="whole_body_ct", patient="patient")
        await stage.until(2400)

    stage = play(scene)
    results = stage.events("patient", "diagnostic")
    by_name = {c.value["diagnostic"]: c.value["result"] for c in results if c.value["result"]}
    assert by_name["pelvis_xray"]["findings"] == ["fracture_pelvis"]
    assert "pneumothorax_left" in by_name["chest_xray"]["findings"]
    assert by_name["whole_body_ct"]["findings"][:2] == [
        "intracranial_haematoma",
        "bleeding_pelvis",
    ]
    started = [c for c in results if c.value["result"] is None]
    assert [(c.value["diagnostic"], c.effective) for c in started] == [("whole_body_ct", 610)]


def test_a_scripted_result_goes_before_the_body() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        lab = DeviceSim("lab", "laboratory", {"patient": Body()}, blood_group="A+")
        lab.script("blood_count", fibrinogen=1.9)
        await stage.put("device", lab, "lab")
        await stage.ask("lab", "examine", diagnostic="blood_count", patient="patient")
        await stage.ask("lab", "examine", diagnostic="blood_group", patient="patient")
        await stage.until(3000)

    stage = play(scene)
    assert stage.value("patient", "fibrinogen") == 1.9
    assert stage.value("patient", "blood_group") == "A+"


def test_a_device_refuses_what_it_cannot_do() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.add("patient", "patient")
        await stage.put("device", DeviceSim("ct", "ct", {"patient": Body()}), "ct")
        with pytest.raises(InvocationFailedError, match="cannot do 'efast'"):
            await stage.ask("ct", "examine", diagnostic="efast", patient="patient")
        with pytest.raises(InvocationFailedError, match="Did you mean 'patient'"):
            await stage.ask("ct", "examine", diagnostic="head_neck_ct", patient="patiet")

    play(scene)
    with pytest.raises(InvocationFailedError, match="Did you mean 'rotem'"):
        DeviceSim("x", "rotm", {})


def test_the_ventilator_follows_intubation_reports_settings_and_feels_a_tension() -> None:
    body = Body(injuries=[injury("pneumothorax", severity=[[0, 0], [300, 0], [900, 0.8]])])

    async def scene(stage: Stage) -> None:
        await stage.put("patient", BodySim("patient", body))
        await stage.put("ventilator", VentilatorSim("ventilator", "patient", body))
        with pytest.raises(InvocationFailedError, match="no tube"):
            await stage.ask("ventilator", "set", rate=14.0, tidal_ml=480.0)
        await stage.ask("patient", "perform", procedure="orotracheal_intubation")
        await stage.until(60)
        assert stage.value("ventilator", "connected") is True
        low = stage.value("patient", "airway_pressure")
        await stage.ask(
            "ventilator", "set", rate=20.0, tidal_ml=480.0, peep=5.0, oxygen_fraction=0.6
        )
        await stage.until(900)
        assert stage.value("patient", "airway_pressure") > low + 10

    stage = play(scene)
    assert body.signs().rr == 20
    assert stage.value("ventilator", "oxygen_fraction") == 0.6
    assert stage.value("patient", "ventilation_changed_s") == 60
    assert body.signs().paco2 < 32
