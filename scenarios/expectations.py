"""What a scenario expects, held against what happened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agents.rules import RULES
from environment.model.change import JSON
from environment.runtime.journal import Journal
from scenarios.brought import CHANGES_PATIENT, CHANGES_SIGNS, Brought, brought_in
from scenarios.clinical_time import clock
from scenarios.episodes import Alert
from scenarios.language import ENGLISH, Tongue
from scenarios.schema import Scenario
from scenarios.script import Done, Expect
from scenarios.story import Action, Story
from scenarios.wording import asked, rule_titled

#: Groups of rules that are about what the team does, whatever the patient has.
OF_THE_TEAM = ("drug", "passport", "process", "infection")
#: What rules read of the patient; what else they read the team has done or told.
SIGNS = frozenset(
    ("pulse", "airway_event", "etco2", "gcs", "voice", "chest_injury", "spo2", "rr", "hr",
     "breath_sounds", "sbp", "head_injury", "pelvic_injury", "fast", "temp", "lactate", "be", "ph",
     "k", "glucose", "fibrinogen", "fibtem_a5", "ica", "triage_items")
)  # fmt: skip
#: What is done to a patient because of an injury that he has.
BY_HAND = ("perform", "start_procedure", "apply_tourniquet", "apply_pelvic_binder")


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
    #: What the instructor had changed, of one that is not judged from then on.
    changed: tuple[Brought, ...] = ()

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
    late: tuple[Judgement, ...]  # it came, but after its window
    missed: tuple[Judgement, ...]  # it never came, or before, or the instructor did it
    violated: tuple[Judgement, ...]
    void: tuple[Judgement, ...]  # treated in time, or changed by the instructor: did not apply
    unexpected: tuple[Alert, ...]  # alerts that the scenario neither demands nor allows
    precision: float | None
    recall: float | None

    @property
    def holds(self) -> bool:
        """Whether nothing was missed or late, and nothing forbidden happened."""
        return not self.late and not self.missed and not self.violated

    @property
    def judged(self) -> int:
        """How many expectations applied."""
        return sum(map(len, (self.met, self.late, self.missed, self.violated)))

    def as_json(self) -> dict[str, JSON]:
        """As `run --json` writes it."""
        return {
            "met": [j.as_json() for j in self.met],
            "late": [j.as_json() for j in self.late],
            "missed": [j.as_json() for j in self.missed],
            "violated": [j.as_json() for j in self.violated],
        }


def expectations(journal: Journal, scenario: Scenario) -> Verdict:
    """Judge every expectation that belongs to the run's branch."""
    return judge(Story(journal), scenario)


def judge(story: Story, scenario: Scenario, say: Tongue = ENGLISH) -> Verdict:
    """The same, for a journal that is read already; told in a language."""
    kinds = ("met", "late", "missed", "violated", "void")
    sorted_: dict[str, list[Judgement]] = {kind: [] for kind in kinds}
    applying = [e for e in scenario.expectations if not e.branch or scenario.branch in e.branch]
    brought = brought_in(story, say)
    for expect in applying:
        changed = _changed(brought, expect)
        verdict, at_s = _verdict(story, expect, changed[0].at_s if changed else None)
        if verdict:
            judgement = _judgement(story, expect, verdict, at_s, say, changed)
            sorted_["late" if _is_late(verdict, judgement) else verdict].append(judgement)
    allowed = {e.alert for e in applying if e.alert and e.must != "never"}
    forbidden = {e.alert for e in applying if e.alert and e.must == "never"}
    changed_s = next((b.at_s for b in brought if b.operation in CHANGES_SIGNS), float("inf"))
    alerts = [a for a in story.alerts if a.rule in allowed or a.raised_s < changed_s]
    unexpected = [a for a in alerts if a.rule not in allowed]
    wrong = [j for j in sorted_["violated"] if j.kind == "alert"]
    false = {a.seq for a in unexpected} | {
        a.seq
        for a in alerts
        if a.rule in forbidden
        and any(j.subject == a.rule and j.at_s in a.reached(None) for j in wrong)
    }
    musts = [j for key in ("met", "late", "missed") for j in sorted_[key] if j.must == "always"]
    return Verdict(
        met=tuple(sorted_["met"]),
        late=tuple(sorted_["late"]),
        missed=tuple(sorted_["missed"]),
        violated=tuple(sorted_["violated"]),
        void=tuple(sorted_["void"]),
        unexpected=tuple(unexpected),
        precision=round(1 - len(false) / len(alerts), 3) if alerts else None,
        recall=round(sum(j in sorted_["met"] for j in musts) / len(musts), 3) if musts else None,
    )


def _is_late(verdict: str, judgement: Judgement) -> bool:
    at_s, by_s = judgement.at_s, judgement.by_s
    came_after = at_s is not None and by_s is not None and at_s > by_s
    return verdict == "missed" and came_after and not judgement.is_by_instructor


def _is_forbidden(expect: Expect) -> bool:
    return expect.must == "never" or (bool(expect.action) and expect.rated == "harmful")


def _changed(brought: Sequence[Brought], expect: Expect) -> tuple[Brought, ...]:
    """What the instructor changed while something must not happen: it may, from then on.

    A device that he lets fail changes what is shown of the patient, and with it alerts. What is
    right or wrong in any patient stays so: alerts about what the team does, drugs, blood.
    """
    if not _is_forbidden(expect) or not _hangs_on_the_patient(expect):
        return ()
    counts = CHANGES_SIGNS if expect.alert else CHANGES_PATIENT
    until = float("inf") if expect.by_s is None else expect.by_s
    return tuple(b for b in brought if b.operation in counts and b.at_s < until)


def _hangs_on_the_patient(expect: Expect) -> bool:
    if expect.alert:
        rule = RULES.get(expect.alert)
        return rule is None or (rule.group not in OF_THE_TEAM and not SIGNS.isdisjoint(rule.needs))
    return not expect.action or expect.action.partition(".")[2] in BY_HAND


def _verdict(story: Story, expect: Expect, changed_s: float | None) -> tuple[str, float | None]:
    """`met`, `missed`, `violated`, `void` or nothing, and when it happened."""
    times = sorted(_times(story, expect))
    inside = [t for t in times if _is_inside(t, expect)]
    first = inside[0] if inside else None
    if _is_forbidden(expect):
        came_after = first is None or (changed_s is not None and first >= changed_s)
        if changed_s is not None and came_after and (first is not None or not expect.action):
            return "void", first
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
                yield action.done_s
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
        next((a for a in found if at_s is None or a.done_s == at_s), None)
        if expect.action
        else None
    )


def _is_inside(at_s: float, expect: Expect) -> bool:
    early = expect.earliest_s is not None and at_s < expect.earliest_s
    late = expect.by_s is not None and at_s > expect.by_s
    return not early and not late


def _treated(story: Story, expect: Expect) -> tuple[float, Done] | None:
    """When the cause of what is expected was treated in time, and how; None if it was not."""
    for done in expect.unless:
        for action in story.done(done.do, done.arguments):
            if done.before_s is None or action.done_s < done.before_s:
                return action.done_s, done
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
    story: Story,
    expect: Expect,
    verdict: str,
    at_s: float | None,
    say: Tongue,
    changed: Sequence[Brought],
) -> Judgement:
    kind = "alert" if expect.alert else "action" if expect.action else "outcome"
    helped = _helped(story, expect, at_s)
    by_hand = tuple(changed) if verdict == "void" else ()
    treated = _treated(story, expect) if verdict == "void" and not by_hand else None
    if by_hand:
        text = f"{_named(expect, say)}: {_not_judged(by_hand, at_s, say)}"
    else:
        text = (_outcome if kind == "outcome" else _event)(story, expect, verdict, at_s, say)
    return Judgement(
        kind=kind,
        subject=expect.subject,
        must=expect.rated if kind == "action" else expect.must,
        priority=expect.priority or "",
        window=window_of(expect, say),
        at_s=at_s if helped is None else helped.done_s,
        text=text,
        why=expect.why,
        earliest_s=expect.earliest_s,
        by_s=expect.by_s,
        given=dict(expect.arguments),
        is_by_instructor=helped is not None,
        treated=treated and (treated[1].do, dict(treated[1].arguments), treated[0]),
        changed=by_hand,
    )


def _named(expect: Expect, say: Tongue) -> str:
    """What is expected, in words."""
    if expect.alert:
        of = f" ({say.t(expect.priority)})" if expect.priority else ""
        return rule_titled(expect.alert, say) + of
    if expect.action:
        return asked(expect.action, expect.arguments, say)
    return say.t(f"outcome.{expect.outcome}")


def _not_judged(changed: Sequence[Brought], at_s: float | None, say: Tongue) -> str:
    """Since when the case is the instructor's, not the scenario's, and by what."""
    what = "; ".join(dict.fromkeys(b.what for b in changed))
    came = "became.changed" if at_s is None else "became.changed_came"
    return say.t(came, when=clock(changed[0].at_s), what=what, at=clock(at_s))


def _event(story: Story, expect: Expect, verdict: str, at_s: float | None, say: Tongue) -> str:
    """What became of an alert or an action, in words."""
    return f"{_named(expect, say)}: {_became(story, expect, verdict, at_s, say)}"


def _became(story: Story, expect: Expect, verdict: str, at_s: float | None, say: Tongue) -> str:
    helped = _helped(story, expect, at_s)
    filled = {"window": window_of(expect, say), "at": clock(at_s)}
    if helped is not None and verdict == "missed":
        return say.t("became.helped", **{**filled, "at": clock(helped.done_s)})
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
    assert found is not None  # that is what the verdict says
    is_late = at_s is not None and expect.by_s is not None and at_s > expect.by_s
    treated_s, done = found
    came = "became.void_later" if is_late else "became.void_earlier"
    return say.t(
        "became.void" if at_s is None else came,
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
        return f"{_named(expect, say)}: {say.t(key, **filled)}"
    key = "became.alive"
    if at_s is None:
        key = "outcome.died" if story.arrest_s is None else "outcome.no_pulse"
        filled["at"] = clock(story.arrest_s)
    return f"{_named(expect, say)}: {say.t(key, **filled)}"
