"""What our plans may do beside the standard library: typed functions, found by their decorator.

Their signatures and docstrings are the plan author's manual, which is why they stand in one file.
`call.host` is the agent's body.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

from agents.attention import Attention
from agents.bdi import ActionFailed, Atom, Call, Struct, action, to_python
from agents.handover import atmist
from agents.perception import Focus, as_term
from agents.rules import PRIORITIES, Priority, message
from environment.client import TwinClient, because
from environment.errors import BadValueError, InvocationFailedError, RefusedError, TwinError
from environment.model.catalogue import DIAGNOSTICS, DRUGS, key_of
from environment.model.change import JSON, Change
from environment.model.frame import State
from environment.model.hazards import RareDisease, conflicts, hazards_for
from environment.model.limits import Limits, hold
from environment.model.prescribing import (
    Finding,
    Given,
    check_dose,
    circumstances,
    contraindicated,
    dose_text,
    questions,
)
from environment.model.reversal import clock_text, reversal
from environment.model.triage import assess

# A term of the engine: number, string, Atom, Struct, list. It has no common base class.
Term = Any

TBI_GCS = 12  # NICE NG232: head injury that matters
JUST_NOW_S = 0.5  # s: between a dose's entry in the record and its check; engineering default
LIMITING = ("k", "na", "sbp", "glucose")  # values of which a limit can forbid a drug
ADULT = 40.0  # years: the age of somebody whose age nobody knows; engineering default
TRIAGE_SIGNS = ("gcs_motor", "rr", "spo2", "sbp", "hr")  # field triage guideline 2021


class Host(Protocol):
    """The body of the agent that calls an action."""

    client: TwinClient
    focus: Focus
    attention: Attention
    started: datetime
    first_signs: dict[str, JSON]

    def decided(self, act: str, call: Call) -> Change:
        """Publish an act and its reason on the mind twin."""

    def tick(self, period_s: float) -> None:
        """Perceive the time, `clock(T)`, at each period."""

    def remind(self, at_s: float, name: str) -> None:
        """Signal `reminder(name)` to the agent at a scenario time."""


def _plain(value: Term) -> JSON:
    """A term as JSON: atoms become texts, `none` nothing, lists lists."""
    value = to_python(value)
    if isinstance(value, Atom):
        name = str(value)
        return {"true": True, "false": False, "none": None}.get(name, name)
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value


@action(".now")
def now(call: Call) -> float:
    """`.now(T)`: scenario seconds since the emergency call."""
    return call.now()


@action(".find")
def find(call: Call, kind: Atom) -> Iterator[Term]:
    """`.find(kind, T)`: a twin of this kind, the oldest first; fails if there is none."""
    host: Host = call.host
    for name in host.client.find(str(kind)):
        yield Atom(name)


@action(".find_linked")
def find_linked(call: Call, kind: Atom, rel: Atom, target: Atom) -> Iterator[Term]:
    """`.find_linked(kind, rel, target, T)`: a twin of this kind that has this link."""
    host: Host = call.host
    for name in host.client.find(str(kind), str(rel), str(target)):
        yield Atom(name)


@action(".find_all")
def find_all(call: Call, kind: Atom) -> Term:
    """`.find_all(kind, L)`: all twins of a kind, oldest first."""
    host: Host = call.host
    return [Atom(name) for name in host.client.find(str(kind))]


@action(".focus")
def focus(call: Call, twin: Atom) -> None:
    """`.focus(Twin)`: perceive a twin, with the values that it takes from others."""
    _focus(call.host, str(twin), own_only=False)


@action(".focus_own")
def focus_own(call: Call, twin: Atom) -> None:
    """`.focus_own(Twin)`: perceive a twin, without values that it takes from others."""
    _focus(call.host, str(twin), own_only=True)


def _focus(host: Host, twin: str, *, own_only: bool) -> None:
    try:
        host.focus.on(twin, own_only=own_only)
    except TwinError as error:
        raise ActionFailed(error.code, message=str(error)) from error


@action(".unfocus")
def unfocus(call: Call, twin: Atom) -> None:
    """`.unfocus(Twin)`: stop perceiving a twin."""
    host: Host = call.host
    host.focus.off(str(twin))


@action(".invoke")
async def invoke(call: Call, twin: Atom, operation: Term) -> Term:
    """`.invoke(Twin, op(Args..)[, Result])`: ask a twin; the intention waits until it is done.

    A refusal fails with `error(action_failed), reason(refused), guard(G), expected(E), found(F)`;
    an asset that cannot, with `reason(R)` and the message.
    """
    name, args = _operation(operation)
    return as_term(await _ask(call, str(twin), name, args))


def _operation(operation: Term) -> tuple[str, list[JSON]]:
    if isinstance(operation, Atom):
        return str(operation), []
    if isinstance(operation, Struct):
        return str(operation.name), [_plain(a) for a in operation.args]
    raise ActionFailed(
        "bad_operation", message=f"an operation is a name or a structure: {operation}"
    )


async def _ask(call: Call, twin: str, name: str, args: list[JSON]) -> JSON:
    host: Host = call.host
    shown = ", ".join(str(a) for a in args)
    decision = host.decided(f"{twin}.{name}({shown})", call)
    try:
        with because(host.client.by, decision):
            return await host.client.invoke(twin, name, *args)
    except RefusedError as error:
        raise ActionFailed(
            "refused",
            message=str(error),
            guard=Atom(error.guard),
            expected=error.expected,
            found=error.found,
        ) from error
    except InvocationFailedError as error:
        raise ActionFailed(error.reason, message=str(error)) from error
    except TwinError as error:
        raise ActionFailed(error.code, message=str(error)) from error


@action(".tick")
def tick(call: Call, period_s: float) -> None:
    """`.tick(Seconds)`: perceive the time as `clock(T)` from now on, at this period."""
    host: Host = call.host
    host.tick(period_s)


@action(".remind")
def remind(call: Call, in_s: float, name: Term) -> None:
    """`.remind(Seconds, name)`: the signal `reminder(name)` comes after so many seconds."""
    host: Host = call.host
    host.remind(call.now() + in_s, str(to_python(name)))


@action(".limits")
def limits(call: Call, patient: Atom, entrapped: Atom) -> Term:
    """`.limits(Patient, Entrapped, L)`: the thresholds for this patient, as `limit(Name,Value)`.

    They depend on age, weight, pregnancy and what the passport says.
    """
    host: Host = call.host
    state = host.client.read(str(patient))
    found = Limits.for_patient(
        state.get("age"),
        state.get("weight_kg"),
        state.get("pregnancy_weeks"),
        hazards_for(state.get("condition") or {}),
        None,
        entrapped=str(entrapped) == "true",
    )
    values = ((name, getattr(found, name)) for name in Limits.__dataclass_fields__)
    return [
        Struct("limit", [Atom(name), value])
        for name, value in values
        if isinstance(value, (int, float))
    ]


@action(".hold_times")
def hold_times(call: Call, rule: str) -> Term:
    """`.hold_times(Rule, Raise, Clear)`: seconds that a condition holds, and is gone."""
    found = hold(rule)
    return (found.raise_s, found.clear_s)


@action(".triage")
def triage(call: Call, patient: Atom, items: list[Term]) -> Term:
    """`.triage(Patient, Observed, T)`: field triage 2021, `triage(Red,Yellow,Severity)`."""
    host: Host = call.host
    known = host.client.values(str(patient), *TRIAGE_SIGNS, "age", "on_oxygen")
    age = known["age"]
    found = assess(
        [str(to_python(i)) for i in items],
        {name: known[name] for name in TRIAGE_SIGNS},
        ADULT if age is None else age,
        on_oxygen=bool(known["on_oxygen"]),
    )
    red = [Atom(i.id) for i in found.red]
    return Struct("triage", [red, [Atom(i.id) for i in found.yellow], Atom(found.severity)])


@action(".say")
def say(call: Call, rule: str, priority: Atom, variant: Atom, facts: list[Term]) -> str:
    """`.say(Rule, Priority, Variant, Facts, Text)`: the words of an alert.

    `Variant` is `none` or one of the rule's special cases; `Facts` are `name(Value)`.
    """
    values = {f.name: _plain(f.args[0]) for f in facts if isinstance(f, Struct) and f.args}
    shown = {name: _shown(value) for name, value in values.items() if value not in ([], None)}
    if "passport" in shown:
        shown["passport"] = "; ".join(shown["passport"])
    special = "" if str(variant) == "none" else str(variant)
    return message(rule, _priority(priority), shown, special)


def _shown(value: JSON) -> JSON:
    """Words for people: underscores are an identifier's."""
    if isinstance(value, list):
        return [_shown(v) for v in value]
    return value.replace("_", " ") if isinstance(value, str) else value


def _priority(priority: Atom) -> Priority:
    for known in PRIORITIES:
        if known == str(priority):
            return known
    raise ActionFailed("bad_priority", message=f"no priority '{priority}': high, medium or low")


@action(".clock_text")
def clock_text_of(call: Call, at_s: float) -> str:
    """`.clock_text(Seconds, Text)`: a scenario time as the time of day, `hh:mm`."""
    host: Host = call.host
    return (host.started + timedelta(seconds=at_s)).strftime("%H:%M")


@action(".due")
def due(call: Call, names: list[Term]) -> Term:
    """`.due(Names, L)`: what to judge now that these facts changed: `review(Rule, Priority)`."""
    host: Host = call.host
    found = host.attention.due([str(to_python(n)) for n in names], call.agent)
    return [Struct("review", [rule, Atom(priority)]) for rule, priority in found]


@action(".misses")
def misses(call: Call, rule: str, priority: Atom) -> bool:
    """`.misses(Rule, Priority)`: true if a fact that the rule reads is stale now."""
    host: Host = call.host
    return host.attention.misses((rule, str(priority)), host.focus.stale)


@action(".fell")
def fell(call: Call, name: Atom, within_s: float) -> float:
    """`.fell(Name, Seconds, By)`: how far a vital sign lies below its highest in that time."""
    host: Host = call.host
    return host.focus.fall(str(name), call.now() - within_s)


@action(".drug_class")
def drug_class(call: Call, name: Atom, group: Atom) -> bool:
    """`.drug_class(Drug, Class)`: true if the catalogue puts the drug into that class."""
    row = DRUGS.get(str(name))
    return row is not None and str(group) in row.classes


@action(".is_ct")
def is_ct(call: Call, diagnostic: Atom) -> bool:
    """`.is_ct(Diagnostic)`: true if the diagnostic takes place in the scanner."""
    row = DIAGNOSTICS.get(str(diagnostic))
    return row is not None and row.id.endswith("_ct")


@action(".check_drug")
def check_drug(
    call: Call, patient: Atom, drug: Term, amount: float, unit: Term, route: Term
) -> Term:
    """`.check_drug(Patient, Drug, Amount, Unit, Route, L)`: what speaks against a drug.

    `L` holds `finding(Rule, Priority, Facts)`: contraindications (DRG-02), interval and maximum
    (DRG-01), dose by weight (DRG-03). A dose that is in the record already is not held against
    itself.
    """
    host: Host = call.host
    state = host.client.read(str(patient))
    name, now_s = str(to_python(drug)), call.now()
    before = _before_this_dose(host, state, name, now_s)
    hazards = hazards_for(state.get("condition") or {})
    case = _circumstances(state, now_s)
    try:
        found = contraindicated(
            name,
            _allergies(state),
            hazards,
            {n: state.get(n) for n in LIMITING if state.get(n) is not None},
            case,
            route=str(to_python(route)),
        )
        if key_of(name) in DRUGS:
            found += check_dose(
                name,
                amount,
                str(to_python(unit)),
                state.get("weight_kg"),
                state.get("age"),
                before,
                at_s=now_s,
                hazards=hazards,
                conditions=case,
            )
    except BadValueError as error:
        raise ActionFailed("bad_order", message=str(error)) from error
    return [Struct("finding", [f.rule, Atom(f.priority), _facts(f)]) for f in found]


def _facts(finding: Finding) -> list[Term]:
    row = DRUGS.get(finding.drug)
    facts = {
        "drug": row.label if row is not None else finding.drug.replace("_", " "),
        "reason": finding.reason,
        "usual": finding.alternative,
        "alternative": finding.alternative,
    }
    return [Struct(key, [value]) for key, value in facts.items() if value]


def _before_this_dose(host: Host, state: State, name: str, now_s: float) -> list[Given]:
    """What was given before; a dose that is in the record already is not held against itself."""
    last = (state.get("drug") or {}).get(key_of(name))
    if last is not None and now_s - last["last_s"] < JUST_NOW_S:
        state = host.client.read(state.twin, at=last["last_s"] - JUST_NOW_S)
    return [
        Given(drug=key, amount=row["total"], unit=row["unit"], at_s=row["last_s"])
        for key, row in (state.get("drug") or {}).items()
    ]


def _circumstances(state: State, at_s: float) -> frozenset[str]:
    """The words of the case that the reasons against a drug look at."""
    sbp, gcs = state.get("sbp"), state.get("gcs")
    in_shock = sbp is not None and sbp < Limits.for_patient(state.get("age")).sbp_low
    words = circumstances(
        age=state.get("age"),
        injuries=(state.get("injury") or {}).values(),
        now_s=at_s,
        burned_at_s=state.get("burned_at_s"),
        in_shock=in_shock,
        bleeding=in_shock,
        others=["seizure"] if state.get("seizure") else [],
    )
    # A head injury matters to drugs when it is one of the brain.
    return words - {"tbi"} if gcs is not None and gcs > TBI_GCS else words


@action(".reversal")
def reversal_of(call: Call, patient: Atom) -> str:
    """`.reversal(Patient, Text)`: how to reverse the patient's anticoagulant, with the dose."""
    host: Host = call.host
    state = host.client.read(str(patient))
    return reversal(str(state.get("anticoagulant")), state.get("inr"), state.get("weight_kg")).text


@action(".hazards")
def hazards(call: Call, patient: Atom) -> Term:
    """`.hazards(Patient, L)`: what the passport warns of.

    `L` holds `hazard(Label, Card, Clock, Words, Questions)`: `Clock` is `none` or
    `clock(Kind, MediumMin, HighMin, Drugs, Dose)` with kind `steroid`, `glucose` or `factor`;
    `Words` are `word(Rule, Text)`, added to what that rule says; `Questions` are
    `question(Drug, Text)`: a senior decides on that drug.
    """
    host: Host = call.host
    state = host.client.read(str(patient))
    return [
        Struct(
            "hazard",
            [
                row.label,
                _card_text(row),
                _short_clock(row, state),
                [Struct("word", [rule, text]) for rule, text in row.rules.items()],
                [
                    Struct("question", [Atom(drug), text])
                    for drug in row.senior_decision
                    for text in questions(drug, [row])
                ],
            ],
        )
        for row in hazards_for(state.get("condition") or {})
    ]


@action(".conflicts")
def conflicts_of(call: Call, patient: Atom) -> list[str]:
    """`.conflicts(Patient, L)`: where the passport's conditions, or the case, pull both ways."""
    host: Host = call.host
    state = host.client.read(str(patient))
    hazards = hazards_for(state.get("condition") or {})
    case = _circumstances(state, call.now())
    return [f"CONFLICT: {found.text}" for found in conflicts(hazards, case)]


def _card_text(row: RareDisease) -> str:
    """The card in one line; its title is said before it."""
    parts = [row.hazard, f"DO {'; '.join(row.do)}"]
    if row.avoid:
        parts.append(f"AVOID {'; '.join(row.avoid)}")
    if row.must_continue:
        parts.append(f"CONTINUE {'; '.join(entry.text for entry in row.must_continue)}")
    return ". ".join(parts)


def _short_clock(row: RareDisease, state: State) -> Term:
    clock = row.clock
    if clock is None:
        return Atom("none")
    drugs = [Atom(name) for name in clock.drugs]
    dose = clock_text(row, state.get("weight_kg"), state.get("age"))
    return Struct("clock", [Atom(clock.kind), clock.medium_min, clock.high_min or 0, drugs, dose])


@action(".dose")
def dose(call: Call, patient: Atom, drug: Atom) -> str:
    """`.dose(Patient, Drug, Text)`: the usual dose for this patient, such as "112.5 mg"."""
    host: Host = call.host
    known = host.client.values(str(patient), "weight_kg", "age")
    return dose_text(str(drug), known["weight_kg"], known["age"])


@action(".safe_dose")
def safe_dose(call: Call, patient: Atom, drugs: list[Term]) -> str:
    """`.safe_dose(Patient, Drugs, Text)`: the first drug that nothing forbids, with its dose."""
    host: Host = call.host
    state = host.client.read(str(patient))
    allergies, hazards = _allergies(state), hazards_for(state.get("condition") or {})
    for name in (str(to_python(drug)) for drug in drugs):
        if not contraindicated(name, allergies, hazards, {}, _circumstances(state, call.now())):
            usual = dose_text(name, state.get("weight_kg"), state.get("age"))
            return f"{DRUGS[name].label} {usual}".rstrip()
    raise ActionFailed("none_is_safe", message="every one of these drugs is forbidden here")


def _allergies(state: State) -> list[dict[str, JSON]]:
    return [{"substance": k, **row} for k, row in (state.get("allergy") or {}).items()]


@action(".pre_alert")
async def pre_alert(call: Call, preh: Atom, patient: Atom) -> Term:
    """`.pre_alert(PreH, Patient)`: pre-alert the trauma team with the ATMIST card."""
    card_now = _card(call.host, str(preh), str(patient))
    return as_term(await _ask(call, str(preh), "send_pre_alert", [card_now]))


@action(".hand_over")
async def hand_over(call: Call, preh: Atom, patient: Atom, to: Atom) -> Term:
    """`.hand_over(PreH, Patient, To)`: hand the patient over with the ATMIST card."""
    card_now = _card(call.host, str(preh), str(patient))
    return as_term(await _ask(call, str(preh), "hand_over", [card_now, str(to)]))


def _card(host: Host, preh: str, patient: str) -> JSON:
    return atmist(host.client.read(preh), host.client.read(patient), host.first_signs)
