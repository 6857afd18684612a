"""Rights: who may read, observe, invoke and feed what, in which phase. One table, deny by default.

A right that no row of `GRANTS` gives does not exist. One function judges every way out (state,
stream, history, description), so that no way leaks what another hides. Identity is a set of
members apart from clinical state: a row reaches it only when it says so.

Long because the table stands beside the tokens that say who somebody is: one place to audit.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from environment.errors import TwinError
from environment.model.change import JSON, Change
from environment.model.frame import Absent, State
from environment.model.twin import Twin

Verb = Literal["read", "observe", "invoke", "feed", "break_glass"]
VERBS: tuple[Verb, ...] = ("read", "observe", "invoke", "feed", "break_glass")

ROLES = (
    "instructor",
    "trauma_leader",
    "team_member",
    "rescuer",
    "operator",
    "display",
    "device",
    "researcher",
    "agent",
    "patient",
    "system",
)

#: What says who somebody is, by kind of twin: members that only rows with `identity` reach.
IDENTITY: Mapping[str, frozenset[str]] = {
    "patient": frozenset({"name", "identify"}),
    "person": frozenset({"title"}),
    "place": frozenset({"address", "position"}),
    "central_unit": frozenset({"take_call"}),
    "record": frozenset({"person_stored"}),
}

#: Kinds of which everything but these members is the instructor's alone: the rest of them says how
#: the patient really is and what will happen. Only rows with `secret` reach it.
OPEN: Mapping[str, frozenset[str]] = {
    "session": frozenset(
        {
            "running",
            "speed",
            "title",
            "ends_s",
            "people",
            "take_over",
            "rewound",
            "created",
            "life",
            "fidelity",
        }
    ),
}

#: Seconds of scenario time for which broken glass lets somebody look (engineering default).
GLASS_S = 900.0
#: Seconds for which a link can be followed, and who came by it stays (engineering default: a day).
LINK_S = 86_400.0
#: Seconds for which a ticket opens a stream (engineering default).
TICKET_S = 60.0

_LOOK: tuple[Verb, ...] = ("read", "observe")
_USE: tuple[Verb, ...] = ("read", "observe", "invoke")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One row: these roles may do this with these members of these kinds, in these phases.

    An empty tuple means all. `own` reaches only the twins that mirror the caller.
    """

    roles: tuple[str, ...]
    verbs: tuple[Verb, ...]
    kinds: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    identity: bool = False
    own: bool = False
    secret: bool = False


_BEDSIDE = ("monitor", "device", "ventilator", "room", "display", "blood_bank", "vehicle", "person")
_ON_THE_ROAD = (
    "called",
    "dispatched",
    "en_route",
    "on_scene",
    "assessed",
    "transporting",
    "handed_over",
)
_BEFORE_HANDOVER = ("pre_alerted", "activated", "delivered")

GRANTS: tuple[Grant, ...] = (
    Grant(roles=("instructor",), verbs=VERBS, identity=True, secret=True),
    # Everybody in a session may know whether it goes on, and who is simulated.
    Grant(
        roles=("trauma_leader", "team_member", "rescuer", "operator", "display"),
        verbs=_LOOK,
        kinds=("session",),
    ),
    # Whoever comes in takes over from the one who is simulated in his place.
    Grant(
        roles=("trauma_leader", "team_member", "rescuer", "operator"),
        verbs=("invoke",),
        kinds=("session",),
        members=("take_over",),
    ),
    # In hospital: all of the case, and the pre-hospital process to read.
    Grant(
        roles=("trauma_leader", "team_member"),
        verbs=_USE,
        kinds=("patient", "trauma", *_BEDSIDE),
        identity=True,
    ),
    Grant(roles=("trauma_leader", "team_member"), verbs=_LOOK, kinds=("preh", "place", "mind")),
    # On the road: all of the pre-hospital process while it runs; of the trauma process what
    # concerns the handover, and to look at.
    Grant(
        roles=("rescuer",),
        verbs=_USE,
        kinds=("patient", "place", "monitor", "ventilator", "vehicle", "display", "person"),
        identity=True,
    ),
    Grant(roles=("rescuer",), verbs=_USE, kinds=("preh",), phases=_ON_THE_ROAD, identity=True),
    Grant(roles=("rescuer",), verbs=_LOOK, kinds=("preh", "room", "central_unit")),
    Grant(roles=("rescuer",), verbs=_LOOK, kinds=("trauma",), phases=_BEFORE_HANDOVER),
    # The central unit takes calls, sends vehicles and never sees who the patient is.
    Grant(
        roles=("operator",),
        verbs=_USE,
        kinds=("central_unit", "vehicle", "preh", "place"),
        identity=True,
    ),
    # Walls and tablets show clinical state without identity, and say what is on their glass.
    Grant(roles=("display",), verbs=_LOOK, kinds=("patient", "preh", "trauma", *_BEDSIDE)),
    Grant(roles=("display",), verbs=("feed",), kinds=("display",), own=True),
    # The screen of a monitor is its front: whoever stands there silences it and sets its limits.
    Grant(
        roles=("display",),
        verbs=("invoke",),
        kinds=("monitor",),
        members=("set_limit", "silence"),
    ),
    Grant(roles=("device",), verbs=(*_LOOK, "feed"), own=True),
    # A researcher reads everything but identity, and changes nothing.
    Grant(roles=("researcher",), verbs=_LOOK),
    # An agent perceives everything; what it may ask for, the operations say (never a treatment).
    Grant(roles=("agent",), verbs=_LOOK, identity=True),
    Grant(
        roles=("agent",),
        verbs=("invoke",),
        kinds=("preh", "trauma", "central_unit", "place", *_BEDSIDE),
    ),
    Grant(roles=("agent",), verbs=("feed",), kinds=("mind",), own=True),
    # In an emergency those who treat may look at what else they may not; it is recorded.
    Grant(
        roles=("trauma_leader", "team_member", "rescuer", "operator"),
        verbs=("break_glass",),
        kinds=("patient", "preh", "trauma"),
    ),
    # Those who treat keep the record that other systems of the hospital read and write.
    Grant(
        roles=("trauma_leader", "team_member", "rescuer"),
        verbs=(*_LOOK, "feed"),
        kinds=("record",),
        identity=True,
    ),
    # Another health-record system (a laboratory's, a ward's) reads the case and tells of it.
    Grant(
        roles=("system",),
        verbs=(*_LOOK, "feed"),
        kinds=("patient", "preh", "trauma", "record", "place", *_BEDSIDE),
        identity=True,
    ),
    # A patient sees his or her own twin.
    Grant(roles=("patient",), verbs=_LOOK, kinds=("patient",), identity=True, own=True),
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has shown who he is; `own` are the twins that mirror him."""

    name: str
    role: str
    own: tuple[str, ...] = ()


class Rights:
    """Judges by the table; `now` is the run's clock, which broken glass follows."""

    def __init__(
        self, grants: Sequence[Grant] = GRANTS, now: Callable[[], float] = lambda: 0.0
    ) -> None:
        self._now = now
        self._glass: dict[tuple[str, str], float] = {}  # (name, twin) -> until
        self._by_role: dict[tuple[str, Verb], list[Grant]] = {}
        for grant in grants:
            for role in grant.roles:
                for verb in grant.verbs:
                    self._by_role.setdefault((role, verb), []).append(grant)

    def allows(self, who: Caller, verb: Verb, twin: Twin, member: str = "") -> bool:
        """Whether the caller may do this with a member; without one, with any of it at all."""
        if verb in _LOOK and self.is_broken(who, twin.id):
            return True
        hidden = member in IDENTITY.get(twin.kind, ())
        secret = bool(member) and member not in OPEN.get(twin.kind, (member,))
        return any(
            (not row.kinds or twin.kind in row.kinds)
            and (not member or not row.members or member in row.members)
            and (not row.phases or twin.phase in row.phases)
            and (row.identity or not hidden)
            and (row.secret or not secret)
            and (not row.own or twin.id in who.own)
            for row in self._by_role.get((who.role, verb), ())
        )

    def break_glass(self, who: Caller, twin: Twin) -> float:
        """Let somebody look at all of a twin for a while; returns until when.

        The caller of this records it: who, why, until when.
        """
        until = self._now() + GLASS_S
        self._glass[(who.name, twin.id)] = until
        return until

    def is_broken(self, who: Caller, twin: str) -> bool:
        """Whether somebody looks at a twin through broken glass now."""
        return self._glass.get((who.name, twin), float("-inf")) > self._now()

    def alike(self, who: Caller) -> tuple[str, ...]:
        """What those who see the same have in common."""
        broken = sorted(t for n, t in self._glass if n == who.name and self.is_broken(who, t))
        return (who.role, *who.own, "", *broken)

    def shows(self, who: Caller, verb: Verb, twin: Twin, change: Change) -> bool:
        """Whether the caller may see a change, as one of `twin`."""
        if change.name == "reading_refused" and isinstance(change.value, Mapping):
            return self.allows(who, verb, twin, str(change.value.get("member", "")))
        return self.allows(who, verb, twin, change.name)

    def veiled(self, who: Caller, twin: Twin, state: State) -> State:
        """The state as this caller may see it: what is hidden is absent and says so."""
        hidden = [
            name
            for name in (*state.values, *state.absent)
            if not self.allows(who, "read", twin, name)
        ]
        if not hidden:
            return state
        return replace(
            state,
            values={n: r for n, r in state.values.items() if n not in hidden},
            absent={
                **{n: a for n, a in state.absent.items() if n not in hidden},
                **{n: Absent("not_permitted") for n in hidden},
            },
        )


class TokenError(TwinError):
    """A token that is unknown, expired or revoked; never says which token."""

    code = "not_authenticated"


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token: never the token itself."""

    digest: str  # SHA-256, hexadecimal
    name: str
    role: str
    own: tuple[str, ...] = ()
    speaks_for: tuple[str, ...] = ()  # names that may stand in for it: agents of one process
    expires_at: float | None = None  # seconds of the clock that the tokens are given
    revoked: bool = False


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that lets somebody in once: as whom, and to which page."""

    name: str
    role: str
    page: str
    own: tuple[str, ...]
    until: float


@dataclass(slots=True)
class Tokens:
    """Tokens at rest as hashes, with expiry and revocation.

    `now` is the clock that expiry follows, `draw` gives a new secret (256 bits of chance).
    """

    now: Callable[[], float]
    draw: Callable[[], str]
    #: Called when there is something new to keep on disk.
    changed: Callable[[], None] = lambda: None
    _kept: dict[str, Token] = field(default_factory=dict)
    _tickets: dict[str, tuple[Caller, str, float]] = field(default_factory=dict)
    _invitations: dict[str, Invitation] = field(default_factory=dict)

    def __len__(self) -> int:
        """By how many tokens and links somebody could come in."""
        return len(self._kept) + len(self._invitations)

    def issue(
        self,
        name: str,
        role: str,
        *,
        own: Sequence[str] = (),
        speaks_for: Sequence[str] = (),
        lasts_s: float | None = None,
    ) -> str:
        """A new token for somebody; this is the only time that it can be read."""
        if role not in ROLES:
            raise TokenError(f"There is no role '{role}'. Known: {', '.join(ROLES)}.")
        secret = self.draw()
        until = None if lasts_s is None else self.now() + lasts_s
        row = Token(_digest(secret), name, role, tuple(own), tuple(speaks_for), until)
        self._kept[row.digest] = row
        self.changed()
        return secret

    def revoke(self, name: str) -> int:
        """Make every token of somebody worthless; returns how many there were."""
        rows = [t for t in self._kept.values() if t.name == name and not t.revoked]
        for row in rows:
            self._kept[row.digest] = replace(row, revoked=True)
        self._tickets = {k: t for k, t in self._tickets.items() if t[0].name != name}
        self.changed()
        return len(rows)

    def caller(self, secret: str, speaks_as: str = "") -> Caller:
        """Who shows this token, or stands in for its owner; `TokenError` for one not valid."""
        row = self._kept.get(_digest(secret))
        if row is None or row.revoked:
            raise TokenError("The token is not known here. Ask the instructor for one.")
        if row.expires_at is not None and self.now() >= row.expires_at:
            raise TokenError("The token has expired. Ask the instructor for a new one.")
        if not speaks_as or speaks_as == row.name:
            return Caller(row.name, row.role, row.own)
        if speaks_as not in row.speaks_for and "*" not in row.speaks_for:
            raise TokenError(f"This token does not speak for '{speaks_as}'.")
        return Caller(speaks_as, row.role, (f"mind_{speaks_as}",))

    def ticket(self, who: Caller, twin: str) -> str:
        """A short-lived secret that opens streams of one twin, for clients without headers."""
        now = self.now()
        self._tickets = {k: t for k, t in self._tickets.items() if t[2] > now}
        secret = self.draw()
        self._tickets[_digest(secret)] = (who, twin, now + TICKET_S)
        return secret

    def holder(self, ticket: str, twin: str) -> Caller:
        """Who got this ticket for this twin, or `TokenError`."""
        who, bound_to, until = self._tickets.get(_digest(ticket), (None, "", 0.0))
        if who is None or bound_to != twin or self.now() >= until:
            raise TokenError(
                "The ticket is not valid (it opens a stream of one twin within "
                f"{TICKET_S:g} s). Read the Thing Description again for a new one."
            )
        return who

    def invite(
        self, name: str, role: str, page: str, *, own: Sequence[str] = (), lasts_s: float = LINK_S
    ) -> str:
        """The code of a link that lets somebody in once, within `lasts_s` seconds."""
        if role not in ROLES:
            raise TokenError(f"There is no role '{role}'. Known: {', '.join(ROLES)}.")
        code = self.draw()
        until = self.now() + lasts_s
        self._invitations[_digest(code)] = Invitation(name, role, page, tuple(own), until)
        return code

    def redeem(self, code: str) -> tuple[str, str]:
        """The token and the page of whoever follows a link; the link is worth nothing after."""
        invited = self._invitations.pop(_digest(code), None)
        if invited is None or self.now() >= invited.until:
            raise TokenError(
                "This link was used already, or it is too old. Ask the instructor for a new one."
            )
        left_s = invited.until - self.now()
        secret = self.issue(invited.name, invited.role, own=invited.own, lasts_s=left_s)
        return secret, invited.page

    def rows(self) -> list[JSON]:
        """What to keep on disk: hashes, never tokens."""
        return [asdict(token) for token in self._kept.values()]

    def restore(self, rows: Sequence[Mapping[str, JSON]]) -> None:
        """Take tokens back from what `rows` gave."""
        for row in rows:
            token = Token(
                **{**row, "own": tuple(row["own"]), "speaks_for": tuple(row["speaks_for"])}
            )
            self._kept[token.digest] = token
