"""From the journal to versions: whenever and however often it is asked, the same comes out."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from environment.fhir.server.fold import Fold
from environment.fhir.server.texts import read
from environment.model.change import Observation
from environment.runtime.clock import VirtualLoop
from tests.environment.fhir.server.ward import Ward, open_ward, patient, vital

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["reading", "late", "told", "brought", "deleted", "error", "phase", "asked", "room"]
        ),
        st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.5]),
    ),
    min_size=3,
    max_size=14,
)
PHASES = ["dispatched", "en_route", "on_scene", "assessed", "transporting", "handed_over"]


def versions(fold: Fold) -> list[tuple[str, int, str, bytes]]:
    return [(v.reference, v.number, v.method, v.text) for v in fold.shelves.log]


async def step(ward: Ward, kind: str, number: int) -> None:
    if kind == "reading":
        ward.world.readings("monitor_1", {"hr": 60.0 + number}, ward.clock.now(), "monitor_1")
    elif kind == "late":
        at = ward.clock.now() - 5.0
        ward.world.readings("monitor_1", {"sbp": 100.0 + number, "dbp": 60.0}, at, "monitor_1")
    elif kind == "told":
        await ward.post(vital("8867-4", 80 + number, "/min", ward.now()), by="system")
    elif kind == "brought":
        await ward.put(patient("p1", f"Name{number}"))
    elif kind == "deleted":
        await ward.ask("DELETE", "Patient/p1")
    elif kind == "error":
        for version in [v for v in ward.server.fold.shelves["Observation"] if v.is_given][-1:]:
            wrong = {**read(version.text), "status": "entered-in-error"}
            await ward.put(wrong, by="system")
        change = ward.world.journal.last("monitor_1", "hr")
        if change is not None:
            said = Observation(
                twin="monitor_1",
                member="hr",
                value=None,
                effective=change.effective,
                source="monitor_1",
                quality="withdrawn",
            )
            ward.world.observe(said)
    elif kind == "phase":
        done = [c for c in ward.world.journal if c.kind == "phase" and c.value in PHASES]
        if len(done) < len(PHASES):
            await ward.operations.invoke("preh", "advance", [PHASES[len(done)]], by="instructor")
    elif kind == "room":
        ward.world.add("room", f"room_{number}", by="test")
    else:
        await ward.get("Patient")


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_versions_do_not_depend_on_when_the_server_was_asked(
    steps: list[tuple[str, float]],
) -> None:
    async def work() -> None:
        async with open_ward() as ward:
            often = Fold(ward.world.journal, ward.clock.start)
            for number, (kind, wait_s) in enumerate(steps):
                await step(ward, kind, number)
                often.follow(ward.clock.now())
                await ward.clock.sleep(wait_s)
            await ward.clock.sleep(2.0)
            once = Fold(ward.world.journal, ward.clock.start)
            for fold in (often, once, ward.server.fold):
                fold.follow(ward.clock.now())
            assert versions(often) == versions(once) == versions(ward.server.fold)

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(work())


async def test_a_server_that_nobody_asks_folds_nothing_and_the_first_who_asks_finds_all() -> None:
    async with open_ward() as asked, open_ward() as silent:
        await asked.ask("GET", "Patient")
        for number in range(30):
            for ward in (asked, silent):
                ward.world.readings("monitor_1", {"hr": 60.0 + number}, ward.clock.now(), "m")
            await asked.clock.sleep(1.0)
        assert not silent.server.fold.shelves.log
        both = await asyncio.gather(*(silent.ask("GET", "Observation") for _ in range(3)))
        assert {len(told.json["entry"]) for told in both} == {30}
        assert versions(silent.server.fold) == versions(asked.server.fold)
        silent.world.readings("monitor_1", {"hr": 95.0}, silent.clock.now(), "m")
        await silent.clock.sleep(2.0)
        assert len(silent.server.fold.shelves["Observation"].current) == 31
