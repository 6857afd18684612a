"""The AgentSpeak engine against its targets: python -m benchmarks.engine [--rounds 5].

Each figure is the median over rounds of processor time, with and without explanations; take it as
+-50 % on a machine that does other work too.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from agents.bdi import Actions, Agent, Message, Program
from agents.bdi.syntax import parse_program

Measure = Callable[[bool], float]


def agent(text: str, explain: bool, name: str = "a") -> Agent:
    """An agent with a program and a clock that stands still."""
    return Agent(
        name,
        Program.parse(text),
        now=lambda: 0.0,
        random=random.Random(0),
        actions=Actions.standard(),
        explain=explain,
    )


def timed(a: Agent) -> float:
    """Seconds until the agent is idle."""
    start = time.process_time()
    while not a.idle:
        a.run(1_000_000)
    return time.process_time() - start


def count_loop(explain: bool) -> float:
    """Microseconds per goal of a counting loop."""
    rounds = 200_000
    a = agent("+!count(N,L) : N < L <- !count(N+1,L). +!count(N,N).", explain)
    a.achieve(f"count(0,{rounds})")
    return timed(a) / rounds * 1e6


def belief_loop(step: str, size: int) -> Measure:
    """Microseconds of one step on beliefs, the goal that carries it taken off."""

    def measure(explain: bool) -> float:
        rounds = min(size, 10_000)
        text = (
            f"+!fill <- for (.range(I,0,{size - 1})) {{ +>b(I,I); +>c(I,I) }}."
            f" +!go(I,N) : I < N <- {step}; !go(I+1,N). +!go(N,N)."
        )
        repeats = max(1, 10_000 // rounds)
        with_step = empty = 0.0
        a = agent(text, explain)
        a.achieve("fill")
        timed(a)
        bare = agent("+!go(I,N) : I < N <- !go(I+1,N). +!go(N,N).", explain)
        for i in range(repeats):
            start = i * rounds if step.startswith("+d") else 0
            if step.startswith("-") and i:
                break
            a.achieve(f"go({start},{start + rounds})")
            with_step += timed(a)
            bare.achieve(f"go({start},{start + rounds})")
            empty += timed(bare)
        done = rounds * (1 if step.startswith("-") else repeats)
        return (with_step - empty) / done * 1e6

    return measure


def one_plan_of(count: int) -> Measure:
    """Microseconds per two goals, the second by the last of so many plans."""

    def measure(explain: bool) -> float:
        rounds = 50_000
        plans = "".join(f"+!pick({i}). " for i in range(count))
        text = f"+!go(I,N) : I < N <- !pick({count - 1}); !go(I+1,N). +!go(N,N). {plans}"
        a = agent(text, explain)
        a.achieve(f"go(0,{rounds})")
        return timed(a) / rounds * 1e6

    return measure


def percepts(plans: int, fires: bool) -> Measure:
    """Microseconds for a percept replaced, with so many plans interested."""

    def measure(explain: bool) -> float:
        rounds = 20_000
        limit = 90 if fires else 0
        text = "hr(120). " + "".join(
            f"@p{i} +sbp(V)[source(percept)] : V < {limit - i} & not told({i}) & hr(H) & H > V"
            f" <- +told({i}); -told({i}). "
            for i in range(plans)
        )
        a = agent(text, explain)
        a.run()
        start = time.process_time()
        for i in range(rounds):
            a.percept("sbp", ("sbp", (60 + i % 7,), ()), i)
            a.run()
        return (time.process_time() - start) / rounds * 1e6

    return measure


def messages(explain: bool) -> float:
    """Microseconds per message between two agents, with its goal."""
    rounds = 50_000
    text = "+!ping(N) : N > 0 <- .send({}, achieve, ping(N-1)). +!ping(0)."
    pair = {n: agent(text.format(o), explain, n) for n, o in (("a", "b"), ("b", "a"))}

    def deliver(receiver: str, message: Message) -> bool:
        pair[receiver].receive(message)
        return True

    for a in pair.values():
        a.outbox = deliver
    pair["a"].achieve(f"ping({rounds})")
    start = time.process_time()
    while not all(a.idle for a in pair.values()):
        for a in pair.values():
            a.run()
    return (time.process_time() - start) / rounds * 1e6


def out_parameter(explain: bool) -> float:
    """Microseconds per element of a list that is summed through an out-parameter."""
    size = 20_000
    a = agent(
        "+!sum([],0). +!sum([H|T],R) <- !sum(T,Q); R = H+Q."
        f" +!go <- .findall(X,.range(X,1,{size}),L); !sum(L,S); .print(S).",
        explain,
    )
    a.achieve("go")
    return timed(a) / size * 1e6


def recovery(explain: bool) -> float:
    """Microseconds per failing goal with its recovery and error annotation."""
    rounds = 20_000
    a = agent("+!go(N,N). +!go(I,N) <- !bad; !go(I+1,N). +!bad <- .fail. -!bad[error(_)].", explain)
    a.achieve(f"go(0,{rounds})")
    return timed(a) / rounds * 1e6


def parsing(explain: bool) -> float:
    """Seconds to parse 1,500 lines of the agents' own plans (repeated), without the grammar."""
    folder = Path(__file__).parents[1] / "agents" / "roles"
    texts = [p.read_text(encoding="utf-8") for p in sorted(folder.rglob("*.asl"))]
    if not texts:
        texts = ["@a\n+!g(X) : p(X) & not q(X)\n  <- +r(X);\n     !h(X).\n"]
    parse_program("", "warm.asl")
    done, spent = 0, 0.0
    while done < 1500:
        for text in texts:
            start = time.process_time()
            parse_program(text, "bench.asl")
            spent += time.process_time() - start
            done += text.count("\n") + 1
    return spent / done * 1500


ROWS: list[tuple[str, Measure, str, str]] = [
    ("count loop, per goal", count_loop, "us", "2.0, aim 1.0"),
    ("query among 100", belief_loop("?b(I,X)", 100), "us", ""),
    ("query among 10,000", belief_loop("?b(I,X)", 10_000), "us", "2.0, 1.5 x of 100"),
    ("add of a known one among 100", belief_loop("+c(I,I)", 100), "us", ""),
    ("add of a known one among 10,000", belief_loop("+c(I,I)", 10_000), "us", "2.0"),
    ("add among 10,000", belief_loop("+d(I,I)", 10_000), "us", "2.0"),
    ("remove among 100", belief_loop("-c(I,I)", 100), "us", ""),
    ("remove among 10,000", belief_loop("-c(I,I)", 10_000), "us", "2.0"),
    ("two goals, 1 plan", one_plan_of(1), "us", ""),
    ("two goals, the last of 1,000 plans", one_plan_of(1000), "us", "2.5, 1.3 x of one"),
    ("percept replaced, 2 plans", percepts(2, True), "us", ""),
    ("percept replaced, 20 plans", percepts(20, True), "us", "15, aim 8"),
    ("percept replaced, 20 plans, none fires", percepts(20, False), "us", "15, aim 8"),
    ("message with its goal", messages, "us", "4.0"),
    ("list element with out-parameter", out_parameter, "us", "5.0"),
    ("failed goal recovered, with annotation", recovery, "us", "10"),
    ("parse 1,500 lines", parsing, "s", "0.5"),
]


def main() -> None:
    """Prints one line per figure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="part of a row's name")
    options = parser.parse_args()
    print(f"{'':42}{'explained':>11}{'bare':>9}{'ratio':>7}  target")
    for name, measure, unit, target in ROWS:
        if options.only not in name:
            continue
        rounds = max(1, options.rounds)
        explained = median(measure(True) for _ in range(rounds))
        bare = median(measure(False) for _ in range(rounds))
        ratio = explained / bare if bare > 0 else float("nan")
        print(f"{name:42}{explained:9.2f} {unit}{bare:7.2f} {ratio:6.2f}  {target}")


if __name__ == "__main__":
    main()
