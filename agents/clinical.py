"""What plans may ask of clinical knowledge: limits, triage, drugs, passport hazards.

Typed functions, found by their decorator; the knowledge itself is `environment.model`.
"""

from agents.bdi import ActionFailed, Atom, Call, Struct, action, to_python
from agents.host import Host, Term
from environment.errors import BadValueError
from environment.model.catalogue import DIAGNOSTICS, DRUGS, key_of
from environment.model.change import JSON
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

TBI_GCS = 12  # NICE NG232: head injury that matters
JUST_NOW_S = 0.5  # s: between a dose's entry in the record and its check; engineering default
LIMITING = ("k", "na", "sbp", "glucose")  # values of which a limit can forbid a drug
ADULT = 40.0  # years: the age of somebody whose age nobody knows; engineering default
TRIAGE_SIGNS = ("gcs_motor", "rr", "spo2", "sbp", "hr")  # field triage guideline 2021


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
