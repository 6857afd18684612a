"""What a scenario expects, held against what happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from environment.model.change import JSON
from environment.runtime.journal import Journal
from scenarios.clinical_time import clock
from scenarios.language import ENGLISH, Tongue
from scenarios.schema import Scenario
from scenarios.script import Done, Expect
from scenarios.story import Action, Alert, Story
from scenarios.wording import asked, rule_titled


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One expectation and what became of it."""

    kind: str  # alert, action, outcome
    subject: str
    must: str  # always, never, may; required, optional, harmful
    priority: str
    window: str
    at_s: float | None  # when it happened, if it did
    text: str
    why: str
    earliest_s: float | None = None
    by_s: float | None = None
    #: Of an action: what it is of, and whether the instructor did it and not the team.
    given: Mapping[str, JSON] = field(default_factory=dict)
    is_by_instructor: bool = False
    #: What treated its cause in time, of one that did not apply: what, of what, and when.
    treated: tuple[str, Mapping[str, JSON], float] | None = None

    def as_json(self) -> dict[str, JSON]:
        """As `run --json` and the report write it."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "must": self.must,
            "priority": self.priority or None,
            "window": self.window,
            "at_s": self.at_s,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All expectations of a run, sorted."""

    met: tuple[Judgement, ...]
    missed: tuple[Judgement, ...]
    violated: tuple[Judgement, ...]
    void: tuple[Judgement, ...]  # did not apply: its cause was treated in time
    unexpected: tuple[Alert, ...]  # alerts that the scenario neither demands nor allows
    precision: float | None
    recall: float | None

    @property
    def holds(self) -> bool:
        """Whether nothing was missed and nothing forbidden happened."""
        return not self.missed and not self.violated

    def as_json(self) -> dict[str, JSON]:
        """As `run --json` writes it."""
        return {
            "met": [j.as_json() for j in self.met],
            "missed": [j.as_json() for j in self.missed],
            "violated": [j.as_json() for j in self.violated],
        }


def expectations(journal: Journal, scenario: Scenario) -> Verdict:
    """Judge every expectation that belongs to the run's branch."""
    return judge(Story(journal), scenario)


def judge(story: Story, scenario: Scenario, say: Tongue = ENGLISH) -> Verdict:
    """The same, for a journal that is read already; told in a language."""
    sorted_: dict[str, list[Judgement]] = {"met": [], "missed": [], "violated": [], "void": []}
    applying = [e for e in scenario.expectations if not e.branch or scenario.branch in e.branch]
    for expect in applying:
        verdict, at_s = _verdict(story, expect)
        if verdict:
            sorted_[verdict].append(_judgement(story, expect, verdict, at_s, say))
    allowed = {e.alert for e in applying if e.alert and e.must != "never"}
    forbidden = {e.alert for e in applying if e.alert and e.must == "never"}
    unexpected = [a for a in story.alerts if a.rule not in allowed]
    wrong = [j for j in sorted_["violated"] if j.kind == "alert"]
    false = {a.seq for a in unexpected} | {
        a.seq
        for a in story.alerts
        if a.rule in forbidden
        and any(j.subject == a.rule and j.at_s in a.reached(None) for j in wrong)
    }
    musts = [j for key in ("met", "missed") for j in sorted_[key] if j.must == "always"]
    raised = len(story.alerts)
    return Verdict(
        met=tuple(sorted_["met"]),
        missed=tuple(sorted_["missed"]),
        violated=tuple(sorted_["violated"]),
        void=tuple(sorted_["void"]),
        unexpected=tuple(unexpected),
        precision=round(1 - len(false) / raised, 3) if raised else None,
        recall=round(sum(j in sorted_["met"] for j in musts) / len(musts), 3) if musts else None,
    )


def _verdict(story: Story, expect: Expect) -> tuple[str, float | None]:
    """`met`, `missed`, `violated`, `void` or nothing, and when it happened."""
    times = sorted(_times(story, expect))
    inside = [t for t in times if _is_inside(t, expect)]
    first = inside[0] if inside else None
    forbidden = expect.must == "never" or (bool(expect.action) and expect.rated == "harmful")
    if forbidden:
        return ("violated", first) if inside else ("met", None)
    if expect.must == "may":
        return "", None
    if inside:
        return "met", first
    if expect.action and expect.rated == "optional":
        return "", None
    if _treated(story, expect) is not None:
        return "void", times[0] if times else None
    return "missed", times[0] if times else None


def _times(story: Story, expect: Expect) -> Iterator[float]:
    if expect.alert:
        for alert in story.alerts:
            if alert.rule == expect.alert:
                yield from alert.reached(expect.priority)
    elif expect.action:
        for action in story.done(expect.action, expect.arguments):
            if not _is_for_the_team(story, expect, action):
                yield action.at_s
    elif expect.outcome == "arrests":
        if story.arrest_s is not None:
            yield story.arrest_s
    elif story.is_alive:
        yield story.ends_s


def _is_for_the_team(story: Story, expect: Expect, action: Action) -> bool:
    """Whether the instructor did what the team was to do, and could have done."""
    return expect.rated != "harmful" and action.is_injected and story.could_have(action)


def _helped(story: Story, expect: Expect, at_s: float | None) -> Action | None:
    """The action of this time (the first if none came) that was the instructor's."""
    found = (a for a in story.done(expect.action, expect.arguments) if a.is_injected)
    return (
        next((a for a in found if at_s is None or a.at_s == at_s), None) if expect.action else None
    )


def _is_inside(at_s: float, expect: Expect) -> bool:
    early = expect.earliest_s is not None and at_s < expect.earliest_s
    late = expect.by_s is not None and at_s > expect.by_s
    return not early and not late


def _treated(story: Story, expect: Expect) -> tuple[float, Done] | None:
    """When the cause of what is expected was treated in time, and how; None if it was not."""
    for done in expect.unless:
        for action in story.done(done.do, done.arguments):
            ended = action.at_s if action.ended_s is None else action.ended_s
            if done.before_s is None or ended < done.before_s:
                return ended, done
    return None


def window_of(expect: Expect, say: Tongue = ENGLISH) -> str:
    """The window in words."""
    since, by = clock(expect.earliest_s), clock(expect.by_s)
    if expect.earliest_s is not None and expect.by_s is not None:
        return say.t("window.between", **{"from": since, "by": by})
    if expect.by_s is not None:
        return say.t("window.by", by=by)
    return say.t("window.any" if expect.earliest_s is None else "window.from", **{"from": since})


def _judgement(
    story: Story, expect: Expect, verdict: str, at_s: float | None, say: Tongue
) -> Judgement:
    kind = "alert" if expect.alert else "action" if expect.action else "outcome"
    told = _outcome if kind == "outcome" else _event
    helped = _helped(story, expect, at_s)
    treated = _treated(story, expect) if verdict == "void" else None
    return Judgement(
        kind=kind,
        subject=expect.subject,
        must=expect.rated if kind == "action" else expect.must,
        priority=expect.priority or "",
        window=window_of(expect, say),
        at_s=at_s if helped is None else helped.at_s,
        text=told(story, expect, verdict, at_s, say),
        why=expect.why,
        earliest_s=expect.earliest_s,
        by_s=expect.by_s,
        given=dict(expect.arguments),
        is_by_instructor=helped is not None,
        treated=treated and (treated[1].do, dict(treated[1].arguments), treated[0]),
    )


def _event(story: Story, expect: Expect, verdict: str, at_s: float | None, say: Tongue) -> str:
    """What became of an alert or an action, in words."""
    name = asked(expect.action, expect.arguments, say)
    if expect.alert:
        of = f" ({say.t(expect.priority)})" if expect.priority else ""
        name = rule_titled(expect.alert, say) + of
    return f"{name}: {_became(story, expect, verdict, at_s, say)}"


def _became(story: Story, expect: Expect, verdict: str, at_s: float | None, say: Tongue) -> str:
    helped = _helped(story, expect, at_s)
    filled = {"window": window_of(expect, say), "at": clock(at_s)}
    if helped is not None and verdict == "missed":
        return say.t("became.helped", **{**filled, "at": clock(helped.at_s)})
    if helped is not None and verdict == "met":
        return say.t("became.met_helped", **filled)
    if verdict == "met" and (expect.must == "never" or expect.rated == "harmful"):
        return say.t("became.not_raised" if expect.alert else "became.not_done")
    if verdict == "void":
        return _did_not_apply(story, expect, at_s, say)
    if verdict == "missed" and at_s is not None:
        verdict = "late"
    return say.t(f"became.{verdict}", **filled)


def _did_not_apply(story: Story, expect: Expect, at_s: float | None, say: Tongue) -> str:
    found = _treated(story, expect)
    if at_s is None or found is None:
        return say.t("void.treated")
    is_late = expect.by_s is not None and at_s > expect.by_s
    treated_s, done = found
    return say.t(
        "became.void_later" if is_late else "became.void_earlier",
        at=clock(at_s),
        window=window_of(expect, say),
        treated=asked(done.do, done.arguments, say),
        when=clock(treated_s),
    )


def _outcome(story: Story, expect: Expect, verdict: str, at_s: float | None, say: Tongue) -> str:
    """What became of the patient, in words."""
    filled = {"window": window_of(expect, say), "at": clock(at_s)}
    if expect.outcome == "arrests":
        key = f"outcome.{verdict}"
        if verdict == "met":
            key = "outcome.not" if expect.must == "never" else "became.met"
        elif verdict == "missed" and at_s is not None:
            key = "outcome.late"
        return f"{say.t('outcome.arrests')}: {say.t(key, **filled)}"
    key = "became.alive"
    if at_s is None:
        key = "outcome.died" if story.arrest_s is None else "outcome.no_pulse"
        filled["at"] = clock(story.arrest_s)
    return f"{say.t('outcome.lives')}: {say.t(key, **filled)}"
