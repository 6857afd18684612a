"""A whole case: 60 simulated minutes with all agents and twins, journal and report.

`python -m benchmarks.case` prints where the time goes, as medians of several rounds in processes of
their own. The target is 3 s for the case, 6 s with start-up (imports and plans).
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

MINUTES = 60.0


def once(name: str, seed: int) -> dict[str, float]:
    """One run in this process; seconds of each part."""
    began = time.perf_counter()
    import agents.body  # noqa: F401 - spade is most of the start
    from scenarios import session
    from scenarios.keeping import kept_in
    from scenarios.reading import load

    imported = time.perf_counter()
    scenario = load(name)
    scenario = scenario.model_copy(update={"ends_s": MINUTES * 60})
    session.load_programs(scenario, None)
    ready = time.perf_counter()
    with TemporaryDirectory() as folder:
        with kept_in(Path(folder), scenario, seed) as keep:
            played = session.run(scenario, seed=seed)
            simulated = time.perf_counter()
            keep(played)
        kept = time.perf_counter()
    return {
        "imports": imported - began,
        "plans": ready - imported,
        "case": simulated - ready,
        "kept": kept - simulated,
        "all": kept - began,
        "changes": float(len(played.journal)),
    }


def main() -> None:
    """Run the rounds and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="?", default="pelvis")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        print(json.dumps(once(options.scenario, options.seed)))
        return
    command = [sys.executable, "-m", "benchmarks.case", options.scenario, "--once"]
    rounds = []
    for _ in range(options.rounds):
        done = subprocess.run(
            [*command, "--seed", str(options.seed)], capture_output=True, text=True, check=True
        )
        rounds.append(json.loads(done.stdout.splitlines()[-1]))
    print(f"{options.scenario}, {MINUTES:g} simulated minutes, {options.rounds} rounds, seconds")
    words = {
        "imports": "imports (spade, pydantic, ...)",
        "plans": "scenario and plans read",
        "case": "the case: twins, agents, body",
        "kept": "journal and reports written",
        "all": "all of it",
    }
    for key, text in words.items():
        values = [row[key] for row in rounds]
        print(
            f"{text:34} {statistics.median(values):6.2f}   {min(values):.2f} to {max(values):.2f}"
        )
    case = statistics.median(row["case"] + row["kept"] for row in rounds)
    print(f"{'case, journal and report':34} {case:6.2f}   target 3")
    print(f"{'with start-up':34} {statistics.median(r['all'] for r in rounds):6.2f}   target 6")
    print(f"{rounds[0]['changes']:g} changes in the journal")


if __name__ == "__main__":
    main()
