"""Real devices in a scenario's file and on the command line: what fits, and what is said if not."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.devices import from_file
from scenarios.errors import ScenarioFileError
from scenarios.reading import parse
from tests.scenarios.stage import HEAD

MONITOR = """
[[device]]
id = "ambulance_monitor"
kind = "monitor"
"""


def said(extra: str) -> str:
    """What is wrong with a scenario that has these lines."""
    with pytest.raises(ScenarioFileError) as wrong:
        parse(HEAD + extra)
    return str(wrong.value)


def test_a_monitor_may_speak_hl7_at_a_port_under_a_name_and_patient_of_its_own() -> None:
    lines = 'source = "hl7"\nport = 2575\nsender = "MX800"\npatient_id = "MRN-1"\n'
    scenario = parse(HEAD + MONITOR + lines)
    device = next(d for d in scenario.devices if d.id == "ambulance_monitor")
    assert (device.port, device.sender, device.patient_id) == (2575, "MX800", "MRN-1")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('source = "hl7"\n', "needs the 'port'"),
        ('source = "mqtt"\nport = 2575\n', "are of source 'hl7'"),
        ('topic = "x"\n', "'topic' is of source 'mqtt'"),
        ('source = "fhir"\n', "hl7"),
        ('source = "hl7"\nport = 99999\n', "65535"),
    ],
)
def test_a_binding_that_cannot_be_is_said_with_its_way_out(lines: str, words: str) -> None:
    assert words in said(MONITOR + lines)


def test_only_monitors_speak_and_a_vehicle_needs_its_line() -> None:
    ventilator = '\n[[device]]\nid = "v"\nkind = "ventilator"\nsource = "hl7"\nport = 1\n'
    assert "monitors can" in said(ventilator)
    vehicle = '\n[[vehicle]]\nid = "ambulance"\nsource = "nmea"\n'
    assert "needs the 'port'" in said(vehicle)


def test_devices_that_could_not_be_told_apart_are_named() -> None:
    one = MONITOR + 'source = "hl7"\nport = 2575\nsender = "A"\n'
    two = one.replace("ambulance_monitor", "shock_room_monitor")
    told_apart = two.replace('"A"', '"B"')
    assert "port 2575, sender 'A' is already that of 'ambulance_monitor'" in said(one + two)
    assert parse(HEAD + one + told_apart).devices
    vehicle = '\n[[vehicle]]\nid = "ambulance"\nsource = "nmea"\nport = 2575\n'
    assert "port 2575 is already that of 'ambulance'" in said(one + vehicle)


def test_a_virtual_run_does_not_wait_for_a_real_device(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(HEAD + MONITOR + 'source = "hl7"\nport = 2575\n')
    assert CliRunner().invoke(app, ["check", str(path)]).exit_code == 0
    result = CliRunner().invoke(app, ["run", str(path), "--runs", str(tmp_path)])
    assert result.exit_code == 3
    assert "traumatwin serve" in result.output


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a device stream"),
        ('{"stream": "other"}\n', "not a device stream"),
        ('HEAD\n{"at_s": "x", "device": "ambulance_monitor", "message": "MSH"}', ":2: 'at_s'"),
        ('HEAD\n{"at_s": 1, "device": "pump", "message": "MSH"}', "neither a monitor"),
        ("HEAD\nMSH|^~", ":2: not JSON"),
        ("HEAD\n", "is empty"),
        (
            'HEAD\n{"at_s": 5, "device": "m", "message": ""}\n'
            '{"at_s": 4, "device": "m", "message": ""}',
            "comes after",
        ),
    ],
)
def test_a_recording_that_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, text: str, words: str
) -> None:
    head = '{"stream": "traumatwin devices", "version": 1, "scenario": "case", "start": null}'
    (tmp_path / "case.toml").write_text(HEAD)
    path = tmp_path / "stream.jsonl"
    path.write_text(text.replace("HEAD", head))
    call = ["run", str(tmp_path / "case.toml"), "--from", str(path), "--runs", str(tmp_path)]
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 3
    assert words in result.output


def test_a_recorded_vehicle_takes_the_place_of_the_simulated_one(tmp_path: Path) -> None:
    head = {"stream": "traumatwin devices", "version": 1, "scenario": "case", "start": None}
    fix = {"at": "2026-01-15T14:00:10Z", "lat": 44.155, "lon": 12.235}
    line = {"at_s": 10, "device": "ambulance", "format": "json", "message": json.dumps(fix)}
    path = tmp_path / "stream.jsonl"
    path.write_text(json.dumps(head) + "\n" + json.dumps(line) + "\n")
    assert set(from_file(path, parse(HEAD))) == {"ambulance"}


@pytest.mark.slow
def test_without_the_packages_of_devices_everything_else_works(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(HEAD)
    code = (
        "import sys\n"
        "for name in ('hl7', 'aiomqtt', 'pynmea2', 'paho'): sys.modules[name] = None\n"
        "import scenarios.serving, scenarios.session\n"
        "from scenarios.cli import app\n"
        "sys.argv[0] = 'traumatwin'\n"
        "app()\n"
    )
    run = [sys.executable, "-c", code, "run", "case.toml", "--runs", "runs", "-q"]
    root = str(Path(__file__).parents[2])
    plain = subprocess.run(run, cwd=tmp_path, env={"PYTHONPATH": root}, capture_output=True)
    assert plain.returncode == 0, plain.stderr.decode()
    needs = subprocess.run(
        [*run, "--from", "x.jsonl"], cwd=tmp_path, env={"PYTHONPATH": root}, capture_output=True
    )
    assert needs.returncode == 4
    assert b"traumatwin[devices]" in needs.stderr
