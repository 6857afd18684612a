"""Random AgentSpeak programs: small, terminating, and full of corners."""

from __future__ import annotations

import random

PREDICATES = {"p": 1, "q": 2, "r": 1, "f": 0, "w": 2, "u": 1, "v": 2}
BASE = {"p": 1, "q": 2, "r": 1, "f": 0}  # what rules may ask
GOALS = {"g0": 1, "g1": 2, "g2": 1, "g3": 0}
CONSTANTS = ["1", "2", "3", "a", "b", '"s"', "f(1)", "[1,2]"]
VARIABLES = ["X", "Y", "Z"]
ANNOTATIONS = ["k", "t(1)", "t(2)"]


class Maker:
    """Draws one program."""

    def __init__(self, seed: int) -> None:
        self.rnd = random.Random(seed)
        self.known = list(PREDICATES)  # the predicates that may be asked here

    def pick(self, items: list[str]) -> str:
        return self.rnd.choice(items)

    def term(self, variables: list[str], depth: int = 0) -> str:
        roll = self.rnd.random()
        if roll < 0.45:
            return self.pick(variables)
        if roll < 0.85:
            return self.pick(CONSTANTS)
        if roll < 0.92:
            return f"{self.pick(variables)}+1"
        if roll < 0.97 and depth < 2:
            return f"f({self.term(variables, depth + 1)})"
        return "_"

    def literal(self, name: str, arity: int, variables: list[str]) -> str:
        if not arity:
            return name
        return f"{name}({','.join(self.term(variables) for _ in range(arity))})"

    def belief(self, variables: list[str]) -> str:
        name = self.pick(self.known)
        text = self.literal(name, PREDICATES[name], variables)
        if self.rnd.random() < 0.15:
            text += f"[{self.pick([*ANNOTATIONS, 't(X)', 't(W)'])}]"
        return text

    def conjunct(self, depth: int = 0) -> str:
        roll = self.rnd.random()
        if roll < 0.4:
            return self.belief(VARIABLES)
        if roll < 0.55:
            return f"not {self.belief(VARIABLES)}"
        if roll < 0.75:
            op = self.pick(["<", ">", "==", "\\==", "=", "<=", ">="])
            return f"{self.term(VARIABLES)} {op} {self.term(VARIABLES)}"
        if roll < 0.85:
            return f".member({self.pick(VARIABLES)},[1,2,a])"
        if roll < 0.95 and depth < 2:
            join = self.pick(["&", "|"])
            inner = f"({self.conjunct(depth + 1)} {join} {self.conjunct(depth + 1)})"
            return inner if self.rnd.random() < 0.7 else f"not {inner}"
        return "true"

    def context(self) -> str:
        count = self.rnd.choice([0, 1, 1, 2, 2, 3])
        return " & ".join(self.conjunct() for _ in range(count))

    def goal(self, level: int) -> str:
        """A goal of a higher level than its caller's, so that programs end."""
        names = [n for n in GOALS if int(n[1]) > level] or ["g3"]
        name = self.pick(names)
        return self.literal(name, GOALS[name], VARIABLES)

    def step(self, level: int, depth: int = 0) -> str:
        roll = self.rnd.random()
        if roll < 0.22:
            return f".print({self.pick(VARIABLES)},{self.pick(VARIABLES)})"
        if roll < 0.37 and level < 3:
            return ("!" if self.rnd.random() < 0.8 else "!!") + self.goal(level)
        if roll < 0.5:
            return self.pick(["+", "-", "-+", "+>"]) + self.belief(VARIABLES)
        if roll < 0.62:
            return f"?{self.belief(VARIABLES)}"
        if roll < 0.74:
            op = self.pick(["=", "<", ">", "\\=="])
            return f"{self.pick(VARIABLES)} {op} {self.term(VARIABLES)}"
        if roll < 0.8 and depth < 2:
            steps = "; ".join(self.step(level, depth + 1) for _ in range(2))
            return f"if ({self.conjunct()}) {{{steps}}} else {{{self.step(level, depth + 1)}}}"
        if roll < 0.86 and depth < 1:
            return f"for (.member(Z,[1,2])) {{{self.step(level, 2)}}}"
        if roll < 0.9:
            return ".wait(5)"
        if roll < 0.93:
            return ".fail(low(X))"
        if roll < 0.96:
            return f".findall({self.pick(VARIABLES)},{self.belief(VARIABLES)},Y)"
        return ".concat([1],[X],Z)"

    def plan(self, trigger: str, level: int, mark: str) -> str:
        context = self.context()
        steps = [f'.print("{mark}",X)']
        steps += [self.step(level) for _ in range(self.rnd.choice([0, 1, 2, 3, 4]))]
        return f"{trigger}{' : ' + context if context else ''} <- {'; '.join(steps)}."

    def program(self) -> str:
        lines = ["!start."]
        for _ in range(self.rnd.randint(2, 6)):
            name = self.pick(list(PREDICATES if self.rnd.random() < 0.2 else BASE))
            args = ",".join(self.pick(CONSTANTS) for _ in range(PREDICATES[name]))
            note = f"[{self.pick(ANNOTATIONS)}]" if self.rnd.random() < 0.3 else ""
            lines.append(f"{name}({args}){note}." if args else f"{name}.")
        self.known = list(BASE)
        for head in ("w(X,Y)", "u(X)", "v(X,Y)", "v(a,Z)"):
            if self.rnd.random() < 0.5:
                parts = [self.conjunct() for _ in range(self.rnd.choice([1, 1, 2, 3]))]
                lines.append(f"{head} :- {' & '.join(parts)}.")
                if head[0] not in self.known and head[0] != "v":
                    self.known.append(head[0])
        self.known = list(PREDICATES)
        starts = "; ".join("!!" + self.goal(-1) for _ in range(6))
        lines.append(f"+!start <- {starts}; .wait(50); !again.")
        lines.append(f"+!again <- {starts}.")
        number = 0
        for goal, arity in GOALS.items():
            for _ in range(self.rnd.randint(1, 3)):
                number += 1
                trigger = "+!" + self.literal(goal, arity, VARIABLES)
                lines.append(self.plan(trigger, int(goal[1]), f"m{number} "))
            if self.rnd.random() < 0.4:
                number += 1
                trigger = "-!" + self.literal(goal, arity, VARIABLES)
                if self.rnd.random() < 0.5:
                    trigger += self.pick(["[error(X)]", "[low(X)]", "[|Y]"])
                lines.append(self.plan(trigger, 3, f"m{number} "))
        for name, arity in PREDICATES.items():
            if self.rnd.random() < 0.3:
                number += 1
                trigger = self.pick(["+", "-"]) + self.literal(name, arity, VARIABLES)
                if self.rnd.random() < 0.3:
                    trigger += self.pick(["[t(Y)]", "[k]", "[source(Z)]", "[|Z]"])
                mark = f"m{number} "
                body = f'.print("{mark}",X)'
                context = self.context()
                lines.append(f"{trigger}{' : ' + context if context else ''} <- {body}.")
        return "\n".join(lines)


def program(seed: int) -> str:
    """The program of a seed."""
    return Maker(seed).program()
