"""Whole runs, compared: the same seed, no plans, plans that are followed."""

import subprocess
import sys
from pathlib import Path

import pytest

from environment.runtime.journal import Journal
from scenarios.reading import load
from scenarios.session import run

HEAD = """
import sys
from scenarios.reading import load
from scenarios.session import run
scenario = load("pelvis")
scenario = scenario.model_copy(update={"ends_s": 780.0})
print(run(scenario, seed=int(sys.argv[1])).journal.hashes()[-1])
"""


def pulse_lost_s(journal: Journal) -> float | None:
    """When the patient's pulse was first found gone."""
    for change in journal.read(twin="patient", name="pulse"):
        if change.value is False:
            return change.effective
    return None


def journal_end(seed: int, hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", HEAD, str(seed)],
        env={"PYTHONHASHSEED": hash_seed, "PATH": ""},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_journal_whatever_the_hash_seed() -> None:
    ends = {journal_end(7, hash_seed) for hash_seed in ("0", "1", "4242")}
    assert len(ends) == 1
    assert journal_end(8, "0") not in ends


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
