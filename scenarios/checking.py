"""Every scenario in all its branches, every plan file and every kind of twin, without running."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agents import actions
from agents.bdi import Program
from agents.bdi import World as BdiWorld
from agents.errors import AgentError
from agents.host import GIVEN
from environment.errors import TwinError
from environment.twins import kinds
from scenarios.errors import Problem, ScenarioError, ScenarioFileError
from scenarios.reading import load, names, parse, path_of, shown, text_of
from scenarios.script import DEFAULT_BRANCH

ROLES = Path(__file__).parents[1] / "agents" / "roles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was checked, and what is wrong with it."""

    kind: str
    name: str
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()  # odd, but right where it is meant so


def check_all(only: list[str]) -> list[Result]:
    """Check what is named (scenarios, files of scenarios or plans), or everything."""
    if only:
        return [_plan(Path(n)) if n.endswith(".asl") else _scenario(n) for n in only]
    plans = sorted(ROLES.rglob("*.asl"))
    return [
        *map(_scenario, names()),
        *map(_plan, plans),
        *(_twin(name) for name in kinds()),
    ]


def problems_in(text: str, path: str) -> list[Problem]:
    """All that is wrong with a scenario's text, as written and in each of its branches."""
    problems: dict[str, Problem] = {}
    branches = [DEFAULT_BRANCH]
    for branch in branches:
        try:
            scenario = parse(text, path=path, branch=branch)
        except ScenarioFileError as wrong:
            for problem in wrong.problems:
                if problem not in problems:
                    problems[problem] = _in_branch(problem, branch)
        else:
            if branch == DEFAULT_BRANCH:
                branches.extend(b.name for b in scenario.branches)
    return list(problems.values())


def remarks_in(text: str, path: str) -> list[Problem]:
    """What is odd in a text with which nothing is wrong."""
    try:
        return list(parse(text, path=path, branch=DEFAULT_BRANCH).origin.remarks)
    except ScenarioFileError:
        return []


def _in_branch(problem: Problem, branch: str) -> Problem:
    """A problem that only a branch has says so, where its place does not."""
    if branch == DEFAULT_BRANCH or problem.place[:1] == ("branch",):
        return problem
    return Problem(f"{problem} So it is in branch '{branch}'.", problem.place, problem.line)


def _scenario(name: str) -> Result:
    try:
        path = path_of(name)
        found = problems_in(text_of(path), shown(path))
    except ScenarioError as wrong:
        return Result(kind="scenario", name=name, problems=(str(wrong),))
    remarks = () if found else load(name).origin.remarks
    return Result(kind="scenario", name=name, problems=tuple(found), remarks=remarks)


def _plan(path: Path) -> Result:
    """A plan file: its form, and, where it is a role's own file, what it calls."""
    name = shown(path)
    try:
        program = Program.load(path)
    except (AgentError, OSError) as wrong:
        return Result(kind="plan", name=name, problems=(str(wrong),))
    if ROLES in path.resolve().parents and path.resolve().parent != ROLES:
        return Result(kind="plan", name=name)  # a part that roles include: checked with them
    found = tuple(
        f"{shown(_file(path, p.file))}:{p.line}: {p.message} [{p.code}]"
        for p in program.check(actions.registry(), world_of_twins())
    )
    return Result(kind="plan", name=name, problems=found)


def _file(role: Path, name: str) -> Path:
    """The file that a role's plan stands in: its own, or one that it includes."""
    beside = role.parent / name
    return beside if beside.is_file() else next(role.parent.rglob(name), beside)


@cache
def world_of_twins() -> BdiWorld:
    """What plans may perceive of twins and ask of them."""
    beliefs = set(GIVEN)
    operations: dict[str, set[int]] = {}
    for kind in kinds().values():
        described = kind.describe()
        beliefs.update(described["properties"], described["events"])
        for name, row in described["operations"].items():
            needed = sum(bool(field["required"]) for field in row["input"])
            operations.setdefault(name, set()).update(range(needed, len(row["input"]) + 1))
    return BdiWorld(beliefs, operations, {".invoke": 1})


def _twin(name: str) -> Result:
    twin = kinds()[name]
    problems = []
    try:
        described = twin.describe()
        if not described["doc"]:
            problems.append(f"twin {name}: the class has no docstring.")
        for what in ("properties", "events", "operations", "links"):
            for member, row in described[what].items():
                if not row["doc"]:
                    problems.append(f"twin {name}: {what[:-1]} '{member}' does not say what it is.")
    except TwinError as wrong:
        problems.append(f"twin {name}: {wrong}")
    return Result(kind="twin", name=name, problems=tuple(problems))
