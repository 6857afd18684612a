"""One message between agents: what it says, how strongly, and how it looks on the wire.

Performatives are FIPA's; `ilf` carries the word that AgentSpeak programs use. A body is the text of
a term, parsed as data: nothing in it is ever evaluated.
"""

from dataclasses import dataclass

#: AgentSpeak's word -> FIPA performative, ontology.
PERFORMATIVES: dict[str, tuple[str, str]] = {
    "tell": ("inform", ""),
    "untell": ("disconfirm", ""),
    "achieve": ("request", ""),
    "unachieve": ("cancel", ""),
    "askOne": ("query-ref", ""),
    "askAll": ("query-ref", "all"),
    "tellHow": ("inform", "plans"),
    "untellHow": ("cancel", "plans"),
    "askHow": ("query-ref", "plans"),
    "signal": ("inform", "signal"),
}
_WORDS = {fipa: word for word, fipa in reversed(PERFORMATIVES.items())}

#: Longest body that is read (characters); a longer one is answered `not-understood`.
MAX_BODY = 65_536
#: Digits of the longest number that is read as a change's: journals are shorter.
MAX_DIGITS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMessage:
    """A message, decoded at once from whatever carried it."""

    sender: str  # the agent's name: the local part of an authenticated bare address
    performative: str  # AgentSpeak's word, or one of the agents' own
    content: str
    id: str = ""
    in_reply_to: str = ""

    def metadata(self) -> dict[str, str]:
        """What travels beside the body."""
        fipa, ontology = PERFORMATIVES.get(self.performative, (self.performative, ""))
        fields = {
            "performative": fipa,
            "ilf": self.performative,
            "language": "agentspeak",
            "ontology": ontology,
            "message_id": self.id,
            "in_reply_to": self.in_reply_to,
        }
        return {key: value for key, value in fields.items() if value}


def decode(sender: str, body: str, metadata: dict[str, str]) -> AgentMessage:
    """Read a message; `ilf` is preferred, without it FIPA's word is mapped back."""
    fipa, ontology = metadata.get("performative", "inform"), metadata.get("ontology", "")
    word = metadata.get("ilf") or _WORDS.get((fipa, ontology)) or _WORDS.get((fipa, "")) or fipa
    return AgentMessage(
        sender=sender,
        performative=word,
        content=body,
        id=metadata.get("message_id", ""),
        in_reply_to=metadata.get("in_reply_to", ""),
    )


def cause_in(metadata: dict[str, str]) -> int | None:
    """The number of the change that led to a message, as its sender tells; None for no number."""
    text = metadata.get("cause", "")
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(text) if is_number and int(text) > 0 else None
