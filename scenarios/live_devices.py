"""The real devices of a live session: their doors, their broker, and the recording of it all."""

from collections.abc import Mapping
from pathlib import Path

from environment.errors import BadValueError
from environment.model.change import Change
from environment.physical.adapter import Adapter, Clock
from environment.physical.devices.account import Account
from environment.physical.devices.locator import VehicleLocator
from environment.physical.devices.mllp import Door
from environment.physical.devices.monitor import Kept, RealMonitor
from environment.physical.devices.mqtt import Device as OnBroker
from environment.physical.devices.mqtt import Feeder, broker_of
from environment.physical.devices.nmea_door import NmeaDoor
from environment.physical.devices.recorded import Line, Recorder
from environment.physical.devices.transcript import Transcript
from scenarios.devices import identifiers, monitors, real_devices
from scenarios.errors import DeviceError
from scenarios.schema import Device, Scenario, Vehicle


class LiveDevices:
    """Real devices in place of simulated ones, as the scenario or the command line asks.

    `hl7_port` makes every monitor one that speaks HL7 v2 at that port, told apart by MSH-3.
    `mqtt` is the broker of those devices that the scenario has on MQTT; if it has none there, of
    all its monitors. With `record` everything that devices say is written down as it comes, and
    what simulated monitors show as the HL7 v2 messages that they would send.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        hl7_port: int | None = None,
        mqtt: str = "",
        record: Path | None = None,
    ) -> None:
        self._scenario = scenario
        self._broker = broker_of(mqtt) if mqtt else None
        self.assets: dict[str, Adapter] = {}
        self._ports: dict[int, dict[str, RealMonitor]] = {}
        self._on_broker: dict[str, OnBroker] = {}
        self._sentences: list[tuple[VehicleLocator, int]] = []
        self._doors: list[Door | NmeaDoor] = []
        self._feeder: Feeder | None = None
        self._clock: Clock | None = None
        none_declared = all(row.source != "mqtt" for row in real_devices(scenario))
        for device in scenario.devices:
            if device.kind == "monitor":
                self._monitor(device, hl7_port, all_on_broker=bool(mqtt) and none_declared)
        for vehicle in scenario.vehicles:
            self._vehicle(vehicle)
        if self._on_broker and self._broker is None:
            names = ", ".join(sorted(self._on_broker))
            raise DeviceError(
                f"{scenario.name}: {names} is to come over MQTT: say which broker with "
                "--mqtt mqtt://HOST:PORT."
            )
        self._recorder: Recorder | None = None
        self._transcript: Transcript | None = None
        if record is not None:
            self._record(record)

    def _record(self, path: Path) -> None:
        told_by_device = bool(self.assets)
        start = None if told_by_device else self._scenario.start
        try:
            self._recorder = Recorder(path, self._scenario.name, start=start)
        except BadValueError as wrong:
            raise DeviceError(f"{wrong} Choose another file with --record.") from wrong
        simulated = {
            name: identifiers(self._scenario, name)[0]
            for name in monitors(self._scenario)
            if name not in self.assets
        }
        self._transcript = Transcript(simulated, self._scenario.start, self._recorder.add)

    # -- which is what -------------------------------------------------------------------------

    def _monitor(self, device: Device, hl7_port: int | None, *, all_on_broker: bool) -> None:
        source, port = device.source, device.port
        if source == "simulated" and hl7_port is not None:
            source, port = "hl7", hl7_port
        elif source == "simulated" and all_on_broker:
            source = "mqtt"
        if source == "simulated":
            return
        monitor = RealMonitor(
            device.id,
            patients=identifiers(self._scenario, device.id),
            keep=self._keeps(device.id),
        )
        self.assets[device.id] = monitor
        if source == "mqtt":
            self._on_broker[device.topic or f"traumatwin/{device.id}"] = monitor
        else:
            self._ports.setdefault(port, {})[device.sender or device.id] = monitor

    def _vehicle(self, vehicle: Vehicle) -> None:
        if vehicle.source == "simulated":
            return
        locator = VehicleLocator(
            vehicle.id,
            vehicle.where,
            at=vehicle.place,
            crew=tuple(vehicle.crew),
            keep=self._keeps(vehicle.id),
        )
        self.assets[vehicle.id] = locator
        if vehicle.source == "mqtt":
            self._on_broker[vehicle.topic or f"traumatwin/{vehicle.id}"] = locator
        else:
            self._sentences.append((locator, vehicle.port))

    # -- while it runs -------------------------------------------------------------------------

    async def open(self, clock: Clock, host: str) -> Mapping[str, str]:
        """Begin to listen; returns where each device delivers."""
        self._clock = clock
        where: dict[str, str] = {}
        for port, by_sender in self._ports.items():
            door = Door(by_sender)
            opened = await door.open(host, port)
            self._doors.append(door)
            for sender, monitor in by_sender.items():
                where[monitor.twin] = f"HL7 v2 over MLLP at {host}:{opened}, MSH-3 {sender}"
        for locator, port in self._sentences:
            nmea_door = NmeaDoor(locator)
            opened = await nmea_door.open(host, port)
            self._doors.append(nmea_door)
            where[locator.twin] = f"NMEA 0183 at {host}:{opened}"
        if self._broker is not None and self._on_broker:
            self._feeder = Feeder(self._broker, self._on_broker, clock)
            await self._feeder.open(f"traumatwin-{self._scenario.id}")
            at = f"{self._broker.host}:{self._broker.port}"
            names = {id(asset): name for name, asset in self.assets.items()}
            for prefix, device in self._on_broker.items():
                where[names[id(device)]] = f"MQTT at {at}, {prefix}/..."
        return where

    def follow(self, change: Change) -> None:
        """What simulated monitors show goes into the recording too."""
        if self._transcript is not None:
            self._transcript.add(change)

    def _keeps(self, device: str) -> Kept:
        def keep(form: str, text: str) -> None:
            if self._recorder is not None and self._clock is not None:
                self._recorder.add(Line(round(self._clock.now(), 4), device, form, text))

        return keep

    async def close(self) -> None:
        """End all lines, and the recording."""
        if self._feeder is not None:
            await self._feeder.close()
        for door in self._doors:
            await door.close()

    def accounts(self) -> dict[str, Account]:
        """What became of each real device's messages."""
        found: dict[str, Account] = {}
        for name, asset in self.assets.items():
            if isinstance(asset, RealMonitor):
                found[name] = asset.intake.account
            elif isinstance(asset, VehicleLocator):
                found[name] = asset.account
        return found

    def end_recording(self) -> None:
        """Nothing is written down after this."""
        if self._transcript is not None:
            self._transcript.end()
        if self._recorder is not None:
            self._recorder.close()
