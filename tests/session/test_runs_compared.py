"""Whole runs, compared: the same seed, no plans, plans that are followed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from agents.bdi import Trace
from environment.runtime.journal import Journal
from scenarios.reading import load
from scenarios.session import run

HEAD = """
import hashlib, sys
from agents.bdi import Trace
from scenarios.reading import load
from scenarios.session import run
scenario = load("pelvis")
scenario = scenario.model_copy(update={"ends_s": 780.0})
written = hashlib.sha256()
trace = Trace(lambda text: written.update(text.encode()))
journal = run(scenario, seed=int(sys.argv[1]), trace=trace).journal
print(journal.hashes()[-1], written.hexdigest(), trace.count)
"""


def pulse_lost_s(journal: Journal) -> float | None:
    """When the patient's pulse was first found gone."""
    for change in journal.read(twin="patient", name="pulse"):
        if change.value is False:
            return change.effective
    return None


def ends_of(seed: int, hash_seed: str) -> tuple[str, str]:
    """The last hash of the journal, and the hash of the trace of all agents."""
    done = subprocess.run(
        [sys.executable, "-c", HEAD, str(seed)],
        env={"PYTHONHASHSEED": hash_seed, "PATH": ""},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    journal, trace, lines = done.stdout.split()
    assert int(lines) > 10_000
    return journal, trace


@pytest.mark.slow
def test_the_same_seed_gives_the_same_journal_and_trace_whatever_the_hash_seed() -> None:
    ends = {ends_of(7, hash_seed) for hash_seed in ("0", "1", "4242")}
    assert len(ends) == 1
    ((journal, trace),) = ends
    other_journal, other_trace = ends_of(8, "0")
    assert journal != other_journal
    assert trace != other_trace


def test_a_traced_run_has_the_same_journal_as_one_that_is_not() -> None:
    scenario = load("pelvis").model_copy(update={"ends_s": 600.0})
    texts: list[str] = []
    traced = run(scenario, seed=7, trace=Trace(texts.append))
    assert traced.journal.hashes() == run(scenario, seed=7).journal.hashes()
    rows = [json.loads(line) for line in "".join(texts).splitlines()]
    assert {row["agent"] for row in rows} >= {"rescuer_assistant", "dispatcher"}
    assert any("decide_severity" in row["step"] for row in rows if row["kind"] == "action")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:There is no current event loop:DeprecationWarning")
def test_without_plans_the_patient_arrests_and_with_the_advice_followed_he_lives(
    tmp_path: Path,
) -> None:
    scenario = load("pelvis")
    silent = run(scenario, seed=7, plans=tmp_path)
    advised = run(scenario, seed=7)
    lost = pulse_lost_s(silent.journal)
    assert lost is not None
    assert lost == pytest.approx(45.25 * 60, abs=60)  # 45:15, within a minute
    assert pulse_lost_s(advised.journal) is None
    assert advised.journal.last("trauma", "final_destination") is not None
