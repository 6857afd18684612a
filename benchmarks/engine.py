"""The AgentSpeak engine against its targets, peers beside it: python -m benchmarks.engine --peers.

Each figure is the median over rounds of processor time, with and without explanations (what a
frame remembers of beliefs and causes); take it as +-50 % on a machine that does other work too.
A row is met when the explained figure is within its target.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from agents.bdi import Actions, Agent, Message, Program, Trace, TracedAgent, action
from agents.bdi.syntax import parse_program
from benchmarks import peers

Measure = Callable[[bool], float]
COUNT = "+!count(N,L) : N < L <- !count(N+1,L). +!count(N,N)."


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
    a = agent(COUNT, explain)
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


def json_record(explain: bool) -> float:
    """Microseconds for one record of the JSON trace, on the counting loop."""
    rounds, lines = 20_000, [0]

    def count(text: str) -> None:
        lines[0] += text.count("\n")

    trace = Trace(count)
    plain = agent(COUNT, explain)
    traced = TracedAgent(
        "a",
        Program.parse(COUNT),
        now=lambda: 0.0,
        random=random.Random(0),
        explain=explain,
        trace=trace,
    )
    for a in (plain, traced):
        a.achieve(f"count(0,{rounds})")
    without = timed(plain)
    return (timed(traced) - without) / lines[0] * 1e6


def _resident_mb() -> float:
    """Memory of this process now; its highest where the system does not tell."""
    told = Path("/proc/self/statm")
    if told.exists():
        return int(told.read_text().split()[1]) * resource.getpagesize() / 2**20
    highest: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest / (2**20 if sys.platform == "darwin" else 2**10)


def tail_goals(explain: bool) -> float:
    """MB by which the process grew at most during 1,000,000 tail-recursive goals."""
    a = agent(COUNT, explain)
    a.achieve("count(0,1000)")
    timed(a)
    before = most = _resident_mb()
    a.achieve("count(0,1000000)")
    while not a.idle:
        a.run(50_000)
        most = max(most, _resident_mb())
    return most - before


def first_action(percent: int) -> Measure:
    """Milliseconds from a percept to the first action, through one wake-up of the loop."""

    def measure(explain: bool) -> float:
        return asyncio.run(_first_actions(explain, percent))

    return measure


async def _first_actions(explain: bool, percent: int) -> float:
    began, taken = [0.0], [0.0]

    @action(".act")
    def act(call: Any, value: float) -> None:
        taken[0] = time.perf_counter() - began[0]

    text = "hr(120). " + "".join(
        f"@p{i} +sbp(V)[source(percept)] : V < {59 if i < 19 else 90} & hr(H) & H > V <- .act(V). "
        for i in range(20)
    )
    a = Agent(
        "a",
        Program.parse(text),
        now=lambda: 0.0,
        random=random.Random(0),
        actions=Actions.standard().add(act),
        explain=explain,
    )
    a.run()
    loop = asyncio.get_running_loop()

    def wake() -> None:
        loop.call_soon(a.run)

    a.wake = wake
    found = []
    for i in range(3_000):
        began[0] = time.perf_counter()
        a.percept("sbp", ("sbp", (60 + i % 7,), ()), i)
        await asyncio.sleep(0)  # a turn of the loop, no waiting
        await asyncio.sleep(0)
        if i > 200:
            found.append(taken[0] * 1e3)
    return quantiles(found, n=100)[percent - 1]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    measure: Measure
    unit: str
    most: float | None = None  # the target
    aim: str = ""
    than: tuple[str, float] | None = None  # another row, and how many times it at most
    once: bool = False  # one round is enough


ROWS = [
    Row("count loop, per goal", count_loop, "us", 2.0, "aim 1"),
    Row("query among 100", belief_loop("?b(I,X)", 100), "us"),
    Row(
        "query among 10,000",
        belief_loop("?b(I,X)", 10_000),
        "us",
        2.0,
        than=("query among 100", 1.5),
    ),
    Row("add of a known one among 100", belief_loop("+c(I,I)", 100), "us"),
    Row("add of a known one among 10,000", belief_loop("+c(I,I)", 10_000), "us", 2.0),
    Row("add to 10,000", belief_loop("+d(I,I)", 10_000), "us", 2.0),
    Row("remove from 10,000", belief_loop("-c(I,I)", 10_000), "us", 2.0),
    Row("two goals, 1 plan", one_plan_of(1), "us"),
    Row(
        "two goals, the last of 1,000 plans",
        one_plan_of(1000),
        "us",
        2.5,
        than=("two goals, 1 plan", 1.3),
    ),
    Row("percept replaced, 2 plans", percepts(2, True), "us"),
    Row("percept replaced, 20 plans", percepts(20, True), "us", 15.0, "aim 8"),
    Row("percept replaced, 20 plans, none fires", percepts(20, False), "us", 15.0, "aim 8"),
    Row("message with its goal", messages, "us", 4.0),
    Row("list element with out-parameter", out_parameter, "us", 5.0),
    Row("failed goal recovered, with annotation", recovery, "us", 10.0),
    Row("percept to first action, p50", first_action(50), "ms", 0.05),
    Row("percept to first action, p99", first_action(99), "ms", 0.5),
    Row("1,000,000 tail goals, memory", tail_goals, "MB", 1.0, once=True),
    Row("one JSON record of the trace", json_record, "us", 2.0),
    Row("parse 1,500 lines", parsing, "s", 0.5),
]


def machine() -> str:
    """Where and when the figures were taken."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        named = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = named[0].split(":")[1].strip() if named else model
    load = " ".join(f"{x:.2f}" for x in os.getloadavg())
    return (
        f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} "
        f"{platform.release()}, {model}, {os.cpu_count()} cores, load {load}"
    )


def _peers(wanted: bool) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for name, measure in peers.PEERS.items() if wanted else ():
        try:
            found[name] = measure()
        except peers.PeerMissingError as missing:
            print(f"{name}: {missing}", file=sys.stderr)
    return found


def main() -> None:
    """Prints one line per figure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="part of a row's name")
    parser.add_argument("--peers", action="store_true", help="measure other engines beside it")
    options = parser.parse_args()
    others = _peers(options.peers)
    rounds = max(1, options.rounds)
    print(f"{machine()}; medians of {rounds} rounds")
    beside = "".join(f"{name:>19}" for name in others)
    print(f"{'':40}{'explained':>12}{'bare':>9}{'ratio':>7}  {'target':18}{'met':5}{beside}")
    known: dict[str, float] = {}
    for row in ROWS:
        if options.only not in row.name:
            continue
        times = 1 if row.once else rounds
        explained = median(row.measure(True) for _ in range(times))
        bare = median(row.measure(False) for _ in range(times))
        known[row.name] = explained
        ratio = f"{explained / bare:.2f}" if bare > 0 else ""
        wanted, met = [], True
        if row.most is not None:
            wanted.append(f"{row.most:g}")
            met = explained <= row.most
        if row.than is not None and row.than[0] in known:
            wanted.append(f"{row.than[1]:g} x")
            met = met and explained <= row.than[1] * known[row.than[0]]
        if row.aim:
            wanted.append(row.aim)
        said = ("yes" if met else "NO") if row.most is not None else ""
        figures = "".join(
            f"{f'{f[row.name]:.1f} ({f[row.name] / explained:.0f} x)':>19}"
            if row.name in f
            else " " * 19
            for f in others.values()
        )
        print(
            f"{row.name:40}{explained:9.3f} {row.unit}{bare:9.3f}{ratio:>7}  "
            f"{', '.join(wanted):18}{said:5}{figures}".rstrip()
        )


if __name__ == "__main__":
    main()
