"""A fixture-like world for agents: one clock, messages between them, printed lines."""

from __future__ import annotations

import random
import re
from typing import Any

from agents.bdi import Actions, Agent, Message, Program


class Stage:
    """Some agents that share a clock; it jumps to the next due time when all are idle."""

    def __init__(self, *, explain: bool = True, compile_after: int = 3) -> None:
        self.time = 0.0
        self.lines: list[str] = []
        self.agents: dict[str, Agent] = {}
        self.logs: list[tuple[str, str]] = []
        self.explain = explain
        self.compile_after = compile_after

    def add(self, name: str, text: str, **options: Any) -> Agent:
        prefix = "" if not self.agents else f"{name}: "
        agent = Agent(
            name,
            Program.parse(text, file=f"{name}.asl"),
            now=lambda: self.time,
            random=random.Random(7),
            printer=lambda line: self.lines.append(prefix + line),
            log=lambda level, text: self.logs.append((level, text)),
            explain=self.explain,
            compile_after=self.compile_after,
            **options,
        )
        self.agents[name] = agent
        agent.outbox = self._deliver
        agent.peers = lambda: tuple(self.agents)
        return agent

    def _deliver(self, receiver: str, message: Message) -> bool:
        if receiver not in self.agents:
            return False
        self.agents[receiver].receive(message)
        return True

    def settle(self, until: float = 5.0) -> list[str]:
        """Runs all agents until nothing happens before the given time; the printed lines."""
        for _ in range(10_000):
            due = [agent.run(500) for agent in self.agents.values()]
            if not all(agent.idle for agent in self.agents.values()):
                continue
            coming = [d for d in due if d is not None and d <= until]
            if not coming:
                break
            self.time = max(self.time, min(coming))
        return self.lines


def play(text: str, *, compile_after: int = 3, **options: Any) -> list[str]:
    """The lines that one program prints."""
    stage = Stage(compile_after=compile_after)
    stage.add("agt", text, **options)
    return stage.settle()


def with_goal(text: str) -> str:
    """The program, started by ``!s.`` on a line of its own if it has a plan for it."""
    return "!s.\n" + text if re.search(r"\+!s\b", text) else text


def registry(*functions: Any) -> Actions:
    """The standard actions and these."""
    actions = Actions.standard()
    for function in functions:
        actions.add(function)
    return actions
