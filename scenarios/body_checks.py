"""What is wrong with a scenario's simulated body: its parameters, injuries and courses."""

from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import get_type_hints

from environment.errors import TwinError, did_you_mean
from environment.physical.physiology import Body
from environment.physical.physiology.course import Course, course
from environment.physical.physiology.errors import UnknownInjuryError, UnknownSiteError
from environment.physical.physiology.injuries import KINDS, injury_from
from environment.physical.physiology.parameters import baseline, parameters
from scenarios.export import ISS_GROUPS
from scenarios.schema import Injury, Scenario
from scenarios.source import Place

Problem = tuple[Place, str]


def body_problems(s: Scenario) -> Iterator[Problem]:
    """What the body would not understand."""
    table = s.body_table()
    try:
        parameters(table["patient"])
    except (TwinError, TypeError) as wrong:
        yield ("patient", "body"), lowered(str(wrong))
    for i, injury in enumerate(s.injuries):
        yield from (((("injury", i, *inside), what)) for inside, what in _injury(injury))
    body = Body()
    for i, given in enumerate(s.courses):
        try:
            body.script(given.parameter, course(table["script"][given.parameter]))
        except TwinError as wrong:
            yield ("course", i), lowered(str(wrong))


def _injury(injury: Injury) -> Iterator[Problem]:
    """What is wrong with an injury, at its own key where one is to blame."""
    make = KINDS.get(injury.kind)
    if make is None:
        yield ("kind",), f"no injury of kind '{injury.kind}'.{did_you_mean(injury.kind, KINDS)}"
        return
    if injury.region and injury.region not in ISS_GROUPS:
        hint = did_you_mean(injury.region, ISS_GROUPS)
        yield ("region",), f"no region '{injury.region}' of the Injury Severity Score.{hint}"
    hints, given = get_type_hints(make), injury.model_extra or {}
    known = {name for name in hints if name != "start_s"}  # the entry's own `at`
    bad = False
    for name, value in given.items():
        try:
            if name not in known:
                hint = did_you_mean(name, known)
                raise UnknownInjuryError(f"a {injury.kind} has no '{name}'.{hint}")
            if hints[name] is Course:
                course(value)
        except TwinError as wrong:
            bad = True
            yield (name,), lowered(str(wrong))
    for row in fields(make):  # type: ignore[arg-type]  # all are dataclasses
        if row.default is MISSING and row.name not in given:
            bad = True
            yield (row.name,), f"a {injury.kind} needs '{row.name}'."
    try:
        if not bad:
            injury_from(injury.body_table())
    except (TwinError, TypeError) as wrong:
        yield ("site",) if isinstance(wrong, UnknownSiteError) else (), lowered(str(wrong))


def body_remarks(s: Scenario) -> Iterator[Problem]:
    """What no body does or needs: bleeding above the heart's output, a limb tied off in vain."""
    output = baseline(parameters(s.body_table()["patient"])).co0_l_min * 1000.0
    for i, injury in enumerate(s.injuries):
        given = injury.body_table().get("flow_ml_min")
        most = 0.0 if given is None else max(course(given).values)
        if most > output:
            what = f"the wound is doubtful: {most:g} mL/min; the whole heart puts out {output:g}."
            yield ("injury", i, "flow_ml_min"), what
    bleeding = {str(injury.body_table().get("site", "")) for injury in s.injuries}
    for key, acts in (("event", s.events), ("respond", s.responses), ("trigger", s.triggers)):
        for i, act in enumerate(acts):
            limb = str(act.arguments.get("limb", ""))
            if act.operation == "apply_tourniquet" and limb and limb not in bleeding:
                yield (
                    (key, i, "with"),
                    f"nothing bleeds at the {limb.replace('_', ' ')}: is it still meant so?",
                )


def lowered(text: str) -> str:
    """A sentence that goes on after a colon."""
    return text[:1].lower() + text[1:]
