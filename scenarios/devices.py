"""Real devices of a case: recordings that drive it, and a run told as a device's messages."""

from collections.abc import Mapping
from pathlib import Path

from environment.errors import did_you_mean
from environment.physical.adapter import Adapter
from environment.physical.devices import recorded
from environment.physical.devices.transcript import transcribed
from environment.runtime.journal import Journal
from scenarios.errors import DeviceError
from scenarios.schema import Device, Scenario, Vehicle


def monitors(scenario: Scenario) -> list[str]:
    """The monitors of a scenario."""
    return [d.id for d in scenario.devices if d.kind == "monitor"]


def identifiers(scenario: Scenario, device: str) -> tuple[str, ...]:
    """What a device may call the patient; without a word in the file, the twin's own name."""
    found = next((d for d in scenario.devices if d.id == device), None)
    given = found.patient_id if found is not None else ""
    return (given,) if given else (scenario.patient.id,)


def write_hl7(journal: Journal, scenario: Scenario, path: Path) -> int:
    """A run as the HL7 v2 stream of its monitors; returns the number of messages."""
    given = identifiers(scenario, next(iter(monitors(scenario)), ""))[0]
    lines = transcribed(journal, monitors(scenario), scenario.start, given)
    return recorded.write(path, scenario.name, lines, start=scenario.start)


def from_file(path: Path, scenario: Scenario) -> Mapping[str, Adapter]:
    """The recorded devices of a stream, to stand in place of the simulated ones."""
    stream = recorded.read(path)
    known = monitors(scenario)
    assets: dict[str, Adapter] = {}
    for device in stream.devices():
        if device not in known:
            raise DeviceError(
                f"{path}: '{device}' is no monitor of {scenario.name}.{did_you_mean(device, known)}"
            )
        assets[device] = recorded.ReplayedMonitor(
            device,
            stream.of(device),
            patients=identifiers(scenario, device),
            start=stream.start,
        )
    if not assets:
        raise DeviceError(f"{path}: the stream is empty; nothing would drive {scenario.name}.")
    return assets


def simulated_only(scenario: Scenario, assets: Mapping[str, Adapter]) -> None:
    """A run on the virtual clock cannot wait for a real device: say which one is real."""
    rows: list[Device | Vehicle] = [*scenario.devices, *scenario.vehicles]
    real = [row.id for row in rows if row.source != "simulated" and row.id not in assets]
    if real:
        raise DeviceError(
            f"{scenario.name}: {', '.join(real)} is a real device. `traumatwin serve` waits for "
            "it; `traumatwin run --from FILE` takes a recording of it."
        )
