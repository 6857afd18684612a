"""The rows of the tables: which facts, for how long, and what is to be seen on the display."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from environment.model.change import JSON
from tests.agents.rules.case import TEAM, Case

Kind = Literal["fires", "holds_back", "escalates", "clears"]
Start = Literal["road", "hospital"]
Facts = dict[str, JSON]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody does through an operation: a method of `Case` and its arguments."""

    method: str
    args: tuple[JSON, ...]
    wait_s: float = 0.0

    async def do(self, case: Case) -> None:
        """Do it, then let time pass."""
        await getattr(case, self.method)(*self.args)
        if self.wait_s:
            await case.advance(self.wait_s)


def order(drug: str, amount: float, unit: str, route: str = "iv") -> Act:
    """A drug is ordered."""
    return Act("order_drug", (drug, amount, unit, route))


def give(drug: str, amount: float, unit: str, route: str = "iv", *, wait_s: float = 0.0) -> Act:
    """A drug is given."""
    return Act("give", (drug, amount, unit, route), wait_s)


def perform(procedure: str, site: str = "") -> Act:
    """A procedure is carried out."""
    return Act("perform", (procedure, site))


def ask(by: str, twin: str, operation: str, *args: JSON) -> Act:
    """Somebody asks for another operation."""
    return Act("ask", (by, twin, operation, *args))


def acknowledge(rule: str, reason: str) -> Act:
    """Somebody says that the alert is seen to."""
    return Act("acknowledge", (rule, reason))


def silence(*names: str) -> Act:
    """These values come no more."""
    return Act("quiet", names)


def observe(twin: str, member: str, value: JSON) -> Act:
    """A source states one value."""
    return Act("see", (twin, member, value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Facts, what people do then, how long it lasts, and how the alert stands at the end."""

    facts: Facts = field(default_factory=dict)
    do: Sequence[Act] = ()
    lasts_s: float = 1.0
    stands: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table."""

    rule: str
    kind: Kind
    why: str
    steps: tuple[Step, ...]
    start: Start = "road"
    without: tuple[str, ...] = ()  # vital signs that nobody has measured
    roles: tuple[str, ...] = TEAM
    leader: str = "trauma_leader"
    says: str = ""  # words that the alert holds in the end
    never: bool = False  # the rule may not speak at all
    times: tuple[str, ...] = ()  # what the history of the rule is, when it matters

    @property
    def id(self) -> str:
        """The name of the test."""
        return f"{self.rule} {self.kind.replace('_', ' ')}: {self.why}"


LATE_S = 3.0  # two seconds between looks at the clock, and the screen's tenth of a second


def fires(
    rule: str,
    priority: str,
    why: str,
    *,
    hold: float = 0.0,
    before: Facts | None = None,
    facts: Facts | None = None,
    do: Sequence[Act] = (),
    says: str = "",
    lower: str | None = None,
    start: Start = "road",
    without: tuple[str, ...] = (),
    roles: tuple[str, ...] = TEAM,
    leader: str = "trauma_leader",
) -> Row:
    """Not before the hold is over, and then within three seconds."""
    steps = [Step(facts=before, lasts_s=2.0)] if before else []
    if hold > 2 * LATE_S:
        steps.append(Step(facts=facts or {}, do=do, lasts_s=hold - LATE_S, stands=lower))
        steps.append(Step(lasts_s=2 * LATE_S, stands=priority))
    else:
        steps.append(Step(facts=facts or {}, do=do, lasts_s=hold + LATE_S, stands=priority))
    return Row(
        rule=rule,
        kind="fires",
        why=f"{priority}, {why}",
        steps=tuple(steps),
        start=start,
        without=without,
        says=says,
        roles=roles,
        leader=leader,
    )


def holds_back(
    rule: str,
    why: str,
    *,
    seconds: float = 3.0,
    before: Facts | None = None,
    facts: Facts | None = None,
    do: Sequence[Act] = (),
    then: Facts | None = None,
    then_s: float = 60.0,
    start: Start = "road",
    without: tuple[str, ...] = (),
) -> Row:
    """Silent all the time; with `then`, the facts last only so many seconds."""
    steps = [Step(facts=before, lasts_s=2.0)] if before else []
    steps.append(Step(facts=facts or {}, do=do, lasts_s=seconds))
    if then is not None:
        steps.append(Step(facts=then, lasts_s=then_s))
    return Row(
        rule=rule,
        kind="holds_back",
        why=why,
        steps=tuple(steps),
        start=start,
        without=without,
        never=True,
    )


def escalates(
    rule: str,
    why: str,
    *,
    first: str,
    facts: Facts,
    then: Facts | None = None,
    to: str,
    hold: float = 0.0,
    then_s: float | None = None,
    do: Sequence[Act] = (),
    start: Start = "road",
) -> Row:
    """The same alert at a higher priority: raised once, changed once."""
    after = hold if then_s is None else then_s
    return Row(
        rule=rule,
        kind="escalates",
        why=why,
        steps=(
            Step(facts=facts, lasts_s=hold + LATE_S, stands=first),
            Step(facts=then or {}, do=do, lasts_s=after + LATE_S, stands=to),
            Step(lasts_s=20.0, stands=to),
        ),
        start=start,
        times=("raised", "changed"),
    )


def clears(
    rule: str,
    why: str,
    *,
    priority: str,
    facts: Facts | None = None,
    before: Facts | None = None,
    do: Sequence[Act] = (),
    hold: float = 0.0,
    band: Facts | None = None,
    better: Facts | None = None,
    done: Sequence[Act] = (),
    clear: float = 0.0,
    start: Start = "road",
) -> Row:
    """It stays within the band and until the hold for clearing is over; then it goes."""
    steps = [Step(facts=before, lasts_s=2.0)] if before else []
    steps.append(Step(facts=facts or {}, do=do, lasts_s=hold + LATE_S, stands=priority))
    if band is not None:
        steps.append(Step(facts=band, lasts_s=clear + 15.0, stands=priority))
    if clear > 2 * LATE_S:
        steps.append(Step(facts=better or {}, do=done, lasts_s=clear - LATE_S, stands=priority))
        steps.append(Step(lasts_s=2 * LATE_S))
    else:
        steps.append(Step(facts=better or {}, do=done, lasts_s=clear + LATE_S))
    return Row(rule=rule, kind="clears", why=why, steps=tuple(steps), start=start)
