"""An agent's mind as a twin: what it did and why, published as it happens.

Each act is one event `decided` on the twin `mind_<agent>`; it carries plan label, file, line, the
beliefs that made the plan fit, each with the change that it came from. The act's invocation has
that event as its cause, and the event has the newest of those changes: so *why* is a walk.
"""

from agents.bdi import Reason
from environment.client import TwinClient, because
from environment.model.change import JSON, Change

#: Beliefs listed per act; more would not be read (engineering default).
MOST_BELIEFS = 24


class MindTwin:
    """Publishes to the twin `mind_<agent>`; without one (no such twin) it says nothing."""

    def __init__(self, client: TwinClient, twin: str) -> None:
        self._client, self._twin = client, twin
        self.failures = 0

    def decided(self, act: str, reason: Reason) -> Change:
        """An act and its reason."""
        beliefs = _beliefs(reason)
        causes = [seq for seq in reason.causes() if isinstance(seq, int)]
        top = reason.frames[0] if reason.frames else None
        value = {
            "act": act,
            "plan": top.plan if top else "",
            "file": top.file if top else "",
            "line": top.line if top else 0,
            "trigger": top.trigger if top else "",
            "beliefs": beliefs,
            "stack": [
                {"plan": f.plan, "file": f.file, "line": f.line, "trigger": f.trigger}
                for f in reason.frames
            ],
        }
        with because(self._client.by, self._client.newest(causes)):
            return self._client.publish(self._twin, "decided", value)

    def failed(self, reason: Reason) -> None:
        """An intention ended by a failure that nothing recovered; the agent goes on."""
        self.failures += 1
        top = reason.frames[0] if reason.frames else None
        value = {
            "plan": top.plan if top else "",
            "file": top.file if top else "",
            "line": top.line if top else 0,
            "error": reason.error,
            "message": reason.message,
        }
        causes = [seq for seq in reason.causes() if isinstance(seq, int)]
        with because(self._client.by, self._client.newest(causes)):
            self._client.publish(self._twin, "failed", value)

    def said(self, level: str, text: str) -> None:
        """Something the program wrote into its log."""
        self._client.publish(self._twin, "said", {"level": level, "text": text})

    def sent(self, to: str, performative: str, content: str) -> Change:
        """A message went out; its change is the cause of what the receiver does with it."""
        value = {"to": to, "performative": performative, "content": content[:2000]}
        return self._client.publish(self._twin, "sent", value)

    def received(self, sender: str, performative: str, content: str, cause: int | None) -> Change:
        """A message came in."""
        value = {"sender": sender, "performative": performative, "content": content[:2000]}
        with because(self._client.by, cause):
            return self._client.publish(self._twin, "received", value)


def _beliefs(reason: Reason) -> list[JSON]:
    seen: dict[str, JSON] = {}
    for frame in reason.frames:
        for text, cause, rule in frame.beliefs:
            seq = cause if isinstance(cause, int) else None
            seen.setdefault(text, {"belief": text, "seq": seq, "rule": rule})
    return list(seen.values())[:MOST_BELIEFS]
