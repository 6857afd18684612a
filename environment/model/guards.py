"""Named conditions that operations of several twins need.

A guard whose text begins with "Argument" looks at what is asked for and cannot be judged before.
"""

from environment.model.members import Finding, Guard, Invocation
from environment.model.twin import Twin

#: Who may treat a patient. Agents advise; they never treat.
CARERS = ("rescuer", "trauma_leader", "team_member", "instructor")
#: Who may move a process on: carers, and the assistants that document for them.
STAFF = (*CARERS, "operator", "agent")


def _step(twin: Twin, call: Invocation) -> Finding | None:
    to, now = str(call.arguments["to"]), str(twin.phase)
    assert twin.machine is not None  # only processes use this guard
    twin.machine.check(to, twin.id)
    if twin.machine.allows(now, to):
        return None
    allowed = ", ".join(twin.machine.steps[now]) or "none"
    return Finding(f"a phase that may follow '{now}' ({allowed})", f"'{to}'", _since(twin))


def _since(twin: Twin) -> float:
    return twin.ledger.phase_since


def _reason(twin: Twin, call: Invocation) -> Finding | None:
    return None if str(call.arguments.get("reason", "")).strip() else Finding("a reason", "none")


STEP_IS_ALLOWED = Guard("step_is_allowed", "Argument `to` may follow the present phase.", _step)
HAS_REASON = Guard("has_reason", "Argument `reason` says why.", _reason)


def phase_is(*phases: str) -> Guard:
    """The process is in one of these phases."""

    def check(twin: Twin, call: Invocation) -> Finding | None:
        if twin.phase in phases:
            return None
        return Finding(f"phase {' or '.join(phases)}", f"phase {twin.phase}", _since(twin))

    return Guard("phase_allows", f"The phase is {' or '.join(phases)}.", check)


def is_one_of(argument: str, known: "dict[str, object] | tuple[str, ...]", what: str) -> Guard:
    """An argument names something of a catalogue."""
    from environment.errors import did_you_mean

    def check(twin: Twin, call: Invocation) -> Finding | None:
        name = str(call.arguments[argument])
        if name in known:
            return None
        return Finding(f"a known {what}", f"'{name}'.{did_you_mean(name, known)}".rstrip("."))

    return Guard(f"{what.replace(' ', '_')}_is_known", f"Argument `{argument}` is known.", check)


def has_key(name: str, argument: str, *, present: bool = True) -> Guard:
    """The key that an argument names is (or is not) in a map of the twin."""

    def check(twin: Twin, call: Invocation) -> Finding | None:
        key = call.arguments[argument]
        if (key in (twin.value(name) or {})) == present:
            return None
        return Finding(f"{name} {'with' if present else 'without'} '{key}'", "the opposite")

    word = "present" if present else "absent"
    return Guard(f"{name}_is_{word}", f"Argument `{argument}` is {word} in {name}.", check)


def value_is(name: str, *wanted: object) -> Guard:
    """A property has one of these values now."""

    def check(twin: Twin, call: Invocation) -> Finding | None:
        found = twin.value(name)
        if found in wanted:
            return None
        reading = twin.ledger.readings.get(name)
        return Finding(
            f"{name} {' or '.join(map(str, wanted))}",
            f"{name} {'unknown' if found is None else found}",
            reading.effective if reading else None,
        )

    return Guard(f"{name}_fits", f"{name} is {' or '.join(map(str, wanted))}.", check)


def _life(twin: Twin, call: Invocation) -> Finding | None:
    if twin.life in ("lost", "declared"):
        return Finding("a twin whose asset is there", f"life {twin.life}")
    return None


ASSET_IS_THERE = Guard("asset_is_there", "The asset behind the twin is coupled.", _life)
