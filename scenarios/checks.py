"""What can be known to be wrong with a scenario without running it.

Operations, their arguments, who may ask for them, and every id of a catalogue are compared with the
vocabulary of the twins; injuries and courses with what the simulated body understands.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from agents.rules import RULES
from environment.errors import TwinError
from environment.model.life import Life
from environment.model.members import Operation
from environment.model.twin import Twin
from scenarios.body_checks import body_problems, body_remarks, lowered
from scenarios.clinical_time import clock
from scenarios.doses import doubtful
from scenarios.meetable import beyond_the_end, unscripted
from scenarios.naming import kinds_of_twins, misnamed, near
from scenarios.schema import Scenario
from scenarios.script import (
    DEFAULT_BRANCH,
    SUGGESTIONS,
    Act,
    Condition,
    Respond,
    Trigger,
    Value,
)
from scenarios.source import Place
from scenarios.translating import misnamed_languages, orphaned

Problem = tuple[Place, str]
RULE = re.compile(r"[A-Z]{3}-\d{2}")
ROLES = Path(__file__).parents[1] / "agents" / "roles"
#: Properties that every twin has beside its own.
ALWAYS = ("phase", "life")


def problems_of(scenario: Scenario) -> list[Problem]:
    """Everything that is wrong, in the order of the file."""
    checks: tuple[Callable[[Scenario], Iterator[Problem]], ...] = (
        _ids,
        _lines,
        body_problems,
        _agents,
        _events,
        _responses,
        _triggers,
        _expectations,
        beyond_the_end,
        misnamed_languages,
    )
    return [problem for check in checks for problem in check(scenario)]


def remarks_on(scenario: Scenario) -> list[Problem]:
    """What is no mistake where it is meant so: a doubtful dose, what only people can meet."""
    met_by_people = [
        (place, what) for place, what in unscripted(scenario) if not _by_agents(scenario, place)
    ]
    return [*doubtful(scenario), *body_remarks(scenario), *met_by_people, *orphaned(scenario)]


def _by_agents(s: Scenario, place: Place) -> bool:
    """Whether agents may do by themselves what is expected there."""
    twin, _, name = s.expectations[int(place[1])].action.partition(".")
    kind = _kind(s, twin)
    operation = kind.operations.get(name) if kind is not None else None
    return bool(s.agents) and operation is not None and "agent" in (operation.roles or ("agent",))


def _ids(s: Scenario) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    ids = {
        "place": [row.id for row in s.places],
        "vehicle": [row.id for row in s.vehicles],
        "room": [row.id for row in s.rooms],
        "person": [row.id for row in s.people],
        "device": [row.id for row in s.devices],
    }
    for key, rows in ids.items():
        for i, name in enumerate(rows):
            if name in seen:
                yield (key, i, "id"), f"the id '{name}' is already that of a {seen[name]}."
            seen[name] = key
    for i, person in enumerate(s.people):
        for display in person.reads:
            if display not in s.displays:
                hint = near(display, s.displays)
                yield ("person", i, "reads"), f"no display '{display}'.{hint}"
    named: set[str] = set()
    for key, entries in (
        ("injury", s.injuries),
        ("course", s.courses),
        ("finding", s.findings),
        ("event", s.events),
        ("respond", s.responses),
        ("trigger", s.triggers),
        ("expect", s.expectations),
    ):
        for i, entry in enumerate(entries):
            if entry.name and entry.name in named:
                what = f"the name '{entry.name}' is used twice: branches could not tell which."
                yield (key, i, "name"), what
            named.add(entry.name)
    branches: set[str] = {DEFAULT_BRANCH}
    for i, branch in enumerate(s.branches):
        if branch.name in branches:
            what = "is what the run without a branch is called"
            told = what if branch.name == DEFAULT_BRANCH else "is used twice"
            yield ("branch", i, "name"), f"the name '{branch.name}' {told}. Take another."
        branches.add(branch.name)


def _lines(s: Scenario) -> Iterator[Problem]:
    """Real devices that could not be told apart: one port and name, or one topic, for two."""
    taken: dict[str, str] = {}
    for i, vehicle in enumerate(s.vehicles):
        line = vehicle.topic or f"traumatwin/{vehicle.id}" if vehicle.source == "mqtt" else ""
        line = f"port {vehicle.port}" if vehicle.source == "nmea" else line
        if line in taken:
            yield ("vehicle", i), f"{line} is already that of '{taken[line]}'."
        if line:
            taken[line] = vehicle.id
    ports = {f"port {v.port}": v.id for v in s.vehicles if v.source == "nmea"}
    for i, device in enumerate(s.devices):
        line = device.topic or f"traumatwin/{device.id}" if device.source == "mqtt" else ""
        if device.source == "hl7":
            line = f"port {device.port}, sender '{device.sender or device.id}'"
            if f"port {device.port}" in ports:
                other = ports[f"port {device.port}"]
                yield ("device", i, "port"), f"port {device.port} is already that of '{other}'."
        if line in taken:
            yield ("device", i), f"{line} is already that of '{taken[line]}'."
        if line:
            taken[line] = device.id


def _agents(s: Scenario) -> Iterator[Problem]:
    known = sorted(path.stem for path in ROLES.glob("*.asl"))
    for i, role in enumerate(s.agents):
        if known and role not in known:
            yield ("agents", i), f"no role '{role}'.{near(role, known)}"


def _events(s: Scenario) -> Iterator[Problem]:
    for i, event in enumerate(s.events):
        yield from _act(s, event, ("event", i))
        if event.at_s > s.ends_s:
            yield ("event", i, "at"), f"it lies after the end ({clock(s.ends_s)})."


def _responses(s: Scenario) -> Iterator[Problem]:
    for i, response in enumerate(s.responses):
        place: Place = ("respond", i)
        if response.do:
            yield from _act(s, response, place)
        else:
            yield from _author(s, response, place)
            if not response.answer and not response.says:
                yield place, "needs 'do' (an operation), 'answer' (to a question) or 'says'."
        if response.when is not None:
            yield from _condition(s, response.when, (*place, "when"))
        for to in response.to:
            if RULE.fullmatch(to):
                yield from _rule(to, (*place, "to"))
            elif not response.answer and to not in SUGGESTIONS:
                hint = near(to, SUGGESTIONS)
                yield (*place, "to"), f"'{to}' is neither an alert rule nor a suggestion.{hint}"
        if not _reads(s, response):
            yield (*place, "by"), f"'{response.by}' watches no display: nothing can be answered."


def _reads(s: Scenario, response: Respond) -> bool:
    return any(p.reads for p in s.people if p.id == response.by) or all(
        p.id != response.by for p in s.people
    )


def _triggers(s: Scenario) -> Iterator[Problem]:
    for i, trigger in enumerate(s.triggers):
        place: Place = ("trigger", i)
        yield from _act(s, trigger, place)
        if trigger.when is not None:
            yield from _condition(s, trigger.when, (*place, "when"))
        if trigger.on:
            yield from _operation(s, trigger.on, trigger.on_with, (*place, "on"), all_given=False)


def _expectations(s: Scenario) -> Iterator[Problem]:
    branches = {"default", *(b.name for b in s.branches)}
    for i, e in enumerate(s.expectations):
        place: Place = ("expect", i)
        if e.alert:
            if not RULE.fullmatch(e.alert):
                yield (*place, "alert"), f"'{e.alert}' is no rule; rules look like HAE-01."
            else:
                yield from _rule(e.alert, (*place, "alert"))
        if e.action:
            yield from _operation(s, e.action, e.arguments, (*place, "action"), all_given=False)
        for done in e.unless:
            where = (*place, "unless")
            yield from _operation(s, done.do, done.arguments, where, all_given=False)
        for branch in e.branch:
            if branch not in branches:
                yield (*place, "branch"), f"no branch '{branch}'.{near(branch, branches)}"


def _rule(rule: str, place: Place) -> Iterator[Problem]:

    if rule not in RULES:
        yield place, f"no rule '{rule}'.{near(rule, RULES)}"


# -- operations ------------------------------------------------------------------------------------


def _act(s: Scenario, act: Act, place: Place) -> Iterator[Problem]:
    yield from _author(s, act, place)
    by = s.roles.get(act.by, "")
    yield from _operation(s, act.do, act.arguments, (*place, "do"), by=by)
    if act.only_if is not None:
        yield from _condition(s, act.only_if, (*place, "only_if"))


def _author(s: Scenario, act: Act | Respond | Trigger, place: Place) -> Iterator[Problem]:
    people = [p.id for p in s.people]
    if act.by not in people:
        yield (*place, "by"), f"no person '{act.by}'.{near(act.by, people)}"


def _condition(s: Scenario, condition: Condition, place: Place) -> Iterator[Problem]:
    twin = _kind(s, condition.twin)
    if twin is None:
        yield place, f"no twin '{condition.twin}'.{near(condition.twin, s.twins)}"
        return
    known = [*twin.properties, *ALWAYS]
    if condition.property not in known:
        hint = near(condition.property, known)
        what = f"unknown property '{condition.twin}.{condition.property}'.{hint}"
        yield (*place, "property"), what
        return
    for key, value in (("is", condition.is_), ("is_not", condition.is_not)):
        what = _never(twin, condition.property, value)
        if value is not None and what:
            yield (*place, key), what


def _never(twin: type[Twin], name: str, value: Value) -> str:
    """Why a property can never have a value; nothing when it can."""
    if name in ALWAYS:
        words = always(twin, name)
        hint = near(str(value), words)
        return "" if value in words else f"no {name} '{value}' of a {twin.kind}.{hint}"
    try:
        twin.properties[name].check(value, f"{twin.kind}.{name}")
    except TwinError as wrong:
        return lowered(str(wrong))
    return ""


def always(twin: type[Twin], name: str) -> list[str]:
    """What `phase` or `life` of a kind of twin can be."""
    if name == "life":
        return [str(life) for life in Life]
    return list(twin.machine.phases) if twin.machine else []


def _kind(s: Scenario, twin: str) -> type[Twin] | None:
    return kinds_of_twins().get(s.twins.get(twin, ""))


def _operation(
    s: Scenario,
    do: str,
    given: Mapping[str, Value],
    place: Place,
    *,
    by: str = "",
    all_given: bool = True,
) -> Iterator[Problem]:
    twin_id, _, name = do.partition(".")
    twin = _kind(s, twin_id)
    if twin is None:
        yield place, f"no twin '{twin_id}' in '{do}'.{near(twin_id, s.twins)}"
        return
    operation = twin.operations.get(name)
    if operation is None:
        yield place, f"unknown operation '{do}'.{near(name, twin.operations)}"
        return
    if by and operation.roles and by not in operation.roles:
        allowed = ", ".join(operation.roles)
        yield place, f"the role '{by}' may not ask for '{do}'; it is for: {allowed}."
    where = (*place[:-1], "on_with" if place[-1] == "on" else "with")
    for key, what in _arguments(operation, do, given, all_given):
        yield (*where, key), what
    bad = {key for key, _ in _arguments(operation, do, given, all_given)}
    for key, value in given.items():
        if key not in bad:
            problem = misnamed(s, twin, name, key, value, given)
            if problem:
                yield (*where, key), f"{do}: argument '{key}': {problem}"


def _arguments(
    operation: Operation, do: str, given: Mapping[str, Value], all_given: bool
) -> Iterator[tuple[str, str]]:
    names = [p.name for p in operation.parameters]
    for key in given:
        if key not in names:
            yield key, f"{do}: no argument '{key}'.{near(key, names)}"
    for parameter in operation.parameters:
        if parameter.name not in given:
            if parameter.required and all_given:
                yield parameter.name, f"{do}: argument '{parameter.name}' is missing."
            continue
        alone = replace(operation, parameters=(parameter,))
        try:
            alone.bind(do, (), {parameter.name: given[parameter.name]})
        except TwinError as wrong:
            yield parameter.name, str(wrong)
