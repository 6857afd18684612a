"""A monitor at 1 Hz for an hour, with faults of each kind: every message is accounted for."""

import asyncio
from collections import Counter
from random import Random

import pytest

from environment.physical.devices.faults import KINDS, with_faults
from environment.physical.devices.recorded import ReplayedMonitor
from environment.runtime.clock import VirtualLoop
from tests.environment.physical.devices.stage import PATIENT, START, Bedside, good_hour

SHARE = 0.05


@pytest.mark.slow
def test_every_message_of_an_hour_with_faults_is_accounted_for() -> None:
    sent = with_faults(good_hour(), SHARE, Random("faults"))
    faults = Counter(s.fault for s in sent)
    assert set(faults) == {"", "late", *KINDS}
    assert all(130 <= n <= 230 for fault, n in faults.items() if fault)

    async def run() -> Bedside:
        stage = Bedside()
        stage.world.add("patient", "patient")
        stage.monitor = monitor = ReplayedMonitor(
            "monitor", [s.line for s in sent], patients=(PATIENT,), start=START
        )
        await stage.put("monitor", monitor)
        await stage.ask("monitor", "attach", patient="patient")
        await stage.until(3660)
        await stage.world.close()
        stage.clock.close()
        return stage

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        stage = runner.run(run())
    account = stage.monitor.intake.account
    # Every message was received, and became what its fault makes of it.
    expected = Counter({fault or "accepted": n for fault, n in faults.items()})
    assert account.counts == expected
    assert account.received == len(sent)
    # Whatever was not taken is in the journal, with its text; what was taken is a reading.
    refused = stage.events("monitor", "message_refused")
    assert Counter(c.value["reason"] for c in refused) == Counter(
        {k: n for k, n in faults.items() if k in {c.value["reason"] for c in refused}}
    )
    assert account.received == account.taken + len(refused)
    assert all(c.value["raw"].startswith("MSH|") for c in refused)
    # Of each second whose message could be taken at all, the journal knows the value.
    lost = {"wrong_patient", "no_patient", "wrong_unit", "malformed", "oversized", "unsupported"}
    known = {round(c.effective) for c in stage.history("monitor", "hr")}
    assert len(known) == len(good_hour()) - sum(faults[kind] for kind in lost)
    stage.world.journal.verify()
