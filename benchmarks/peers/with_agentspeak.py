"""Runs inside python-agentspeak's own environment; prints microseconds as JSON."""

import json
import tempfile
import time
from pathlib import Path
from statistics import median

import agentspeak.runtime
import agentspeak.stdlib

ROUNDS = 3


def seconds(text: str) -> float:
    """Processor time until the agent is idle."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.asl"
        path.write_text(text, encoding="utf-8")
        environment = agentspeak.runtime.Environment()
        with path.open(encoding="utf-8") as source:
            environment.build_agent(source, agentspeak.stdlib.actions)
        start = time.process_time()
        environment.run()
        return time.process_time() - start


def count(rounds: int) -> float:
    """One goal of a counting loop."""
    text = f"!count(0,{rounds}).\n+!count(N,L) : N < L <- !count(N+1,L).\n+!count(N,L) : N >= L.\n"
    return seconds(text) / rounds * 1e6


def query(beliefs: int, rounds: int) -> float:
    """One bound test among so many beliefs, the goal that carries it taken off."""
    facts = "".join(f"b({i},{i}). " for i in range(beliefs))
    loop = "+!go(I,N) : I < N <- {}!go(I+1,N).\n+!go(I,N) : I >= N.\n"
    first = f"!go({beliefs - rounds},{beliefs}).\n"
    asked = seconds(facts + "\n" + first + loop.format("?b(I,X); "))
    return (asked - seconds(facts + "\n" + first + loop.format(""))) / rounds * 1e6


def plans(number: int, rounds: int) -> float:
    """Two goals, the second by the last of so many plans."""
    many = "".join(f"+!pick({i}).\n" for i in range(number))
    text = (
        f"!go(0,{rounds}).\n+!go(I,N) : I < N <- !pick({number - 1}); !go(I+1,N).\n"
        f"+!go(I,N) : I >= N.\n{many}"
    )
    return seconds(text) / rounds * 1e6


def sum_of(size: int) -> float:
    """One element of a list that is summed through an out-parameter."""
    items = ",".join(str(i) for i in range(size))
    text = (
        f"!go.\n+!go <- !sum([{items}],S).\n+!sum([],0).\n+!sum([H|T],R) <- !sum(T,Q); R = H+Q.\n"
    )
    return seconds(text) / size * 1e6


print(
    json.dumps(
        {
            "count loop, per goal": median(count(5_000) for _ in range(ROUNDS)),
            "query among 100": median(query(100, 100) for _ in range(ROUNDS)),
            "query among 10,000": query(10_000, 50),
            "two goals, 1 plan": median(plans(1, 2_000) for _ in range(ROUNDS)),
            "two goals, the last of 1,000 plans": plans(1_000, 200),
            "list element with out-parameter": median(sum_of(150) for _ in range(ROUNDS)),
        }
    )
)
