"""Real devices of a case: recordings that drive it, and a run told as a device's messages.

What speaks HL7 v2, MQTT or NMEA is an extra of the distribution, imported where it is needed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from environment.errors import did_you_mean
from environment.physical.adapter import Adapter
from environment.runtime.journal import Journal
from scenarios.errors import DeviceError, SurroundingsError
from scenarios.schema import Device, Scenario, Vehicle
from scenarios.story import Story


def monitors(scenario: Scenario) -> list[str]:
    """The monitors of a scenario."""
    return [d.id for d in scenario.devices if d.kind == "monitor"]


def identifiers(scenario: Scenario, device: str) -> tuple[str, ...]:
    """What a device may call the patient; without a word in the file, the twin's own name."""
    found = next((d for d in scenario.devices if d.id == device), None)
    given = found.patient_id if found is not None else ""
    return (given,) if given else (scenario.patient.id,)


def real_devices(scenario: Scenario) -> list[Device | Vehicle]:
    """What a scenario expects to be real."""
    rows: list[Device | Vehicle] = [*scenario.devices, *scenario.vehicles]
    return [row for row in rows if row.source != "simulated"]


def simulated_only(scenario: Scenario, assets: Mapping[str, Adapter]) -> None:
    """A run on the virtual clock cannot wait for a real device: say which one is real."""
    real = [row.id for row in real_devices(scenario) if row.id not in assets]
    if real:
        raise DeviceError(
            f"{scenario.name}: {', '.join(real)} is a real device. `traumatwin serve` waits for "
            "it; `traumatwin run --from FILE` takes a recording of it."
        )


@contextmanager
def installed() -> Iterator[None]:
    """What imports a device's language stands in here: it is an extra of the distribution."""
    try:
        yield
    except ModuleNotFoundError as wrong:
        raise SurroundingsError(
            f"Devices need the package {wrong.name}, which is an extra: "
            "uv pip install 'traumatwin[devices]'."
        ) from wrong


def write_hl7(journal: Journal, scenario: Scenario, path: Path) -> int:
    """A run as the HL7 v2 stream of its monitors; returns the number of messages."""
    with installed():
        from environment.physical.devices import recorded
        from environment.physical.devices.transcript import transcribed

    # Those of the journal: an imported case has monitors of its own.
    names = {name: identifiers(scenario, name)[0] for name in Story(journal).of_kind("monitor")}
    lines = transcribed(journal, names, scenario.start)
    return recorded.write(path, scenario.name, lines, start=scenario.start)


def from_file(path: Path, scenario: Scenario) -> Mapping[str, Adapter]:
    """The recorded devices of a stream, to stand in place of the simulated ones."""
    with installed():
        from environment.physical.devices import recorded

    stream = recorded.read(path)
    known = monitors(scenario)
    vehicles = {vehicle.id: vehicle for vehicle in scenario.vehicles}
    assets: dict[str, Adapter] = {}
    for device in stream.devices():
        if device in vehicles:
            vehicle = vehicles[device]
            assets[device] = recorded.ReplayedVehicle(
                device,
                stream.of(device),
                vehicle.where,
                at=vehicle.place,
                crew=tuple(vehicle.crew),
                start=stream.start,
            )
        elif device in known:
            assets[device] = recorded.ReplayedMonitor(
                device,
                stream.of(device),
                patients=identifiers(scenario, device),
                start=stream.start,
            )
        else:
            raise DeviceError(
                f"{path}: '{device}' is neither a monitor nor a vehicle of {scenario.name}."
                f"{did_you_mean(device, [*known, *vehicles])}"
            )
    if not assets:
        raise DeviceError(f"{path}: the stream is empty; nothing would drive {scenario.name}.")
    return assets
