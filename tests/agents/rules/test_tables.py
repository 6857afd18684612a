import pytest

from agents.rules import PRIORITIES, RULES
from tests.agents.rules.case import Case
from tests.agents.rules.row import Row
from tests.agents.rules.tables.airway import AIRWAY
from tests.agents.rules.tables.breathing import BREATHING
from tests.agents.rules.tables.drugs import DRUGS
from tests.agents.rules.tables.haemorrhage import HAEMORRHAGE
from tests.agents.rules.tables.metabolic import METABOLIC
from tests.agents.rules.tables.neurology import NEUROLOGY
from tests.agents.rules.tables.passport import PASSPORT
from tests.agents.rules.tables.process import PROCESS

TABLES = (
    *HAEMORRHAGE,
    *BREATHING,
    *AIRWAY,
    *NEUROLOGY,
    *DRUGS,
    *METABOLIC,
    *PASSPORT,
    *PROCESS,
)


def of(kind: str) -> pytest.MarkDecorator:
    """The rows of one kind, by name."""
    rows = [row for row in TABLES if row.kind == kind]
    return pytest.mark.parametrize("row", rows, ids=lambda row: row.id)


async def play(row: Row) -> None:
    """Go through a row's steps; the alert stands as each says."""
    agent = "rescuer_assistant" if row.start == "road" else "leader_assistant"
    case = Case(agent)
    try:
        await case.begin(without=row.without)
        if row.start == "hospital":
            await case.bring_in(roles=row.roles, leader=row.leader)
        for number, step in enumerate(row.steps, start=1):
            case.note(**step.facts)
            for act in step.do:
                await act.do(case)
            await case.advance(step.lasts_s)
            stands = case.alert(row.rule)
            assert stands == step.stands, f"step {number}: {case.history()} {case.failures()}"
        if row.says:
            assert row.says in case.text(row.rule)
        if row.never:
            assert case.history(row.rule) == []
        if row.times:
            assert tuple(said.what for said in case.history(row.rule)) == row.times
        assert case.failures() == []
    finally:
        await case.end()


@of("fires")
async def test_a_rule_fires_within_its_hold(row: Row) -> None:
    await play(row)


@of("holds_back")
async def test_a_rule_holds_back(row: Row) -> None:
    await play(row)


@of("escalates")
async def test_a_rule_escalates_once(row: Row) -> None:
    await play(row)


@of("clears")
async def test_a_rule_clears(row: Row) -> None:
    await play(row)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_its_rows(rule: str) -> None:
    kinds = {row.kind for row in TABLES if row.rule == rule}
    wanted = {"fires", "holds_back", "clears"}
    if len(RULES[rule].priorities) > 1 and rule not in NEVER_ESCALATE:
        wanted.add("escalates")
    assert wanted <= kinds
    fired = {row.steps[-1].stands for row in TABLES if row.rule == rule and row.kind == "fires"}
    assert set(RULES[rule].priorities) <= fired


#: Their priorities answer different orders, each an alert of its own.
NEVER_ESCALATE = {"DRG-01"}


def test_rows_have_names_of_their_own() -> None:
    names = [row.id for row in TABLES]
    assert len(set(names)) == len(names)
    assert {row.rule for row in TABLES} == set(RULES)
    assert all(step.stands in (*PRIORITIES, None) for row in TABLES for step in row.steps)
