"""Runs inside maspy's own environment; prints microseconds as JSON."""

import json
import time

from maspy import Admin, Agent, Any, Goal, gain, pl

ROUNDS = 3_000


class Counter(Agent):
    """Counts by goals."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.began_s = 0.0

    @pl(gain, Goal("count", Any))
    def count(self, src: object, number: int) -> None:
        """Posts the next goal until all are done."""
        if number == 0:
            self.began_s = time.process_time()
        if number < ROUNDS:
            self.add(Goal("count", number + 1))
            return
        spent = time.process_time() - self.began_s
        print(json.dumps({"count loop, per goal": spent / ROUNDS * 1e6}), flush=True)
        self.stop_cycle()


Counter("counter").add(Goal("count", 0))
Admin().start_system()
