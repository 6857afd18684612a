"""What travels between processes as JSON: changes, states, observations; there and back."""

from collections.abc import Mapping
from dataclasses import asdict

from environment.model.change import FIELDS, JSON, Cause, Change
from environment.model.frame import Absent, Reading, State

#: Our own description of a kind of twin, all that a client in another process needs.
OWN_TYPE = "application/vnd.traumatwin.model+json"


def change_out(change: Change) -> dict[str, JSON]:
    """A change as an object."""
    return dict(zip(FIELDS, change.row(), strict=True))


def change_in(data: Mapping[str, JSON]) -> Change:
    """The change that `change_out` was given."""
    cause: Cause | list[JSON] | None = data["cause"]
    fields = {name: data[name] for name in FIELDS}
    if isinstance(cause, list):
        fields["cause"] = (cause[0], cause[1])
    return Change(**fields)


def _reading_out(reading: Reading, at: float) -> dict[str, JSON]:
    return {**asdict(reading), "age_s": round(at - reading.effective, 3)}


def _reading_in(data: Mapping[str, JSON]) -> Reading:
    return Reading(**{k: v for k, v in data.items() if k != "age_s"})


def state_out(state: State) -> dict[str, JSON]:
    """A state as an object; each value says how old it is."""
    return {
        "twin": state.twin,
        "at": state.at,
        "frame": list(state.frame),
        "phase": state.phase,
        "life": state.life,
        "revision": state.revision,
        "values": {n: _reading_out(r, state.at) for n, r in state.values.items()},
        "absent": {
            name: {
                "reason": a.reason,
                "since": a.since,
                "last": None if a.last is None else _reading_out(a.last, state.at),
            }
            for name, a in state.absent.items()
        },
    }


def state_in(data: Mapping[str, JSON]) -> State:
    """The state that `state_out` was given."""
    absent = {
        name: Absent(a["reason"], a["since"], _reading_in(a["last"]) if a["last"] else None)
        for name, a in data["absent"].items()
    }
    return State(
        twin=data["twin"],
        at=data["at"],
        values={name: _reading_in(r) for name, r in data["values"].items()},
        absent=absent,
        frame=(data["frame"][0], data["frame"][1]),
        phase=data["phase"],
        life=data["life"],
        revision=data["revision"],
    )
