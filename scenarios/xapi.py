"""A run as xAPI 1.0.3 statements for a learning record store: what people did, and how it went.

The list is a body for POST /statements. Ids follow from the journal, so that sending the same run
twice records it once. People are accounts by their id in the scenario; there are no names.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from environment.model.change import JSON
from scenarios.episodes import Alert
from scenarios.expectations import Judgement, Verdict
from scenarios.notes import Note
from scenarios.schema import Scenario
from scenarios.story import Action, Story

VERSION = "1.0.3"
#: An address that belongs to nobody (RFC 2606); it names things, there is no page.
HOME = "https://traumatwin.example"
_VERBS = "http://adlnet.gov/expapi/verbs"
_TYPES = "http://adlnet.gov/expapi/activities"


def statements(
    story: Story, scenario: Scenario, verdict: Verdict, notes: Sequence[Note] = ()
) -> list[dict[str, JSON]]:
    """The session's beginning, each act of a person, each expectation, each note, and its end."""
    writer = _Writer(story, scenario)
    rows = [writer.began()]
    rows += [writer.acted(a) for a in story.actions if a.by in writer.people]
    rows += [writer.answered(a) for a in story.alerts if a.acknowledged_by in writer.people]
    rows += [writer.judged(j, passed=True) for j in verdict.met if j.kind == "action"]
    failed = (*verdict.late, *verdict.missed, *verdict.violated)
    rows += [writer.judged(j, passed=False) for j in failed if j.kind == "action"]
    rows += [writer.noted(note) for note in notes]
    rows.sort(key=lambda row: row["timestamp"])
    return [*rows, writer.ended(verdict)]


class _Writer:
    def __init__(self, story: Story, scenario: Scenario) -> None:
        self.story, self.scenario = story, scenario
        self.people = {p.id: p.title or p.id for p in scenario.people if p.role != "instructor"}
        head = (story.journal.hashes() or ["empty"])[-1]
        self.registration = uuid5(NAMESPACE_URL, f"{HOME}/runs/{head}")

    def began(self) -> dict[str, JSON]:
        """The team began."""
        return self._statement("began", self._team(), "initialized", self._simulation(), 0.0)

    def ended(self, verdict: Verdict) -> dict[str, JSON]:
        """The team came to the end; the score is the share of the expectations that were met."""
        due = verdict.judged
        result: dict[str, JSON] = {
            "completion": True,
            "success": verdict.holds,
            "duration": f"PT{round(self.story.ends_s)}S",
        }
        if due:
            scaled = round(len(verdict.met) / due, 4)
            score = {"scaled": scaled, "raw": len(verdict.met), "min": 0, "max": due}
            result["score"] = score
        at_s = self.story.ends_s
        return self._statement("ended", self._team(), "completed", self._simulation(), at_s, result)

    def acted(self, action: Action) -> dict[str, JSON]:
        """Somebody asked a twin for something."""
        name = f"{action.twin}.{action.operation}"
        thing = self._activity(f"operations/{name}", "interaction", name.replace("_", " "))
        result: dict[str, JSON] = {
            "success": action.is_done,
            "extensions": {f"{HOME}/xapi/arguments": dict(action.arguments)},
        }
        if action.reason:
            result["response"] = action.reason
        return self._statement(
            f"{action.seq}", self._agent(action.by), "interacted", thing, action.at_s, result
        )

    def answered(self, alert: Alert) -> dict[str, JSON]:
        """Somebody acknowledged an alert, with his reason."""
        at_s = alert.acknowledged_s or alert.raised_s
        result: dict[str, JSON] = {
            "response": alert.acknowledged_how,
            "duration": f"PT{max(0, round(at_s - alert.raised_s))}S",
        }
        thing = self._activity(f"alerts/{alert.rule}", "interaction", alert.text)
        who = self._agent(alert.acknowledged_by)
        return self._statement(f"ack-{alert.seq}", who, "responded", thing, at_s, result)

    def judged(self, judgement: Judgement, *, passed: bool) -> dict[str, JSON]:
        """An action that was expected, or would have harmed."""
        wanted = f"{judgement.subject}/{judgement.must}/{judgement.window}"
        thing = self._activity(
            f"scenarios/{self.scenario.id}/expectations/{uuid5(NAMESPACE_URL, wanted)}",
            "objective",
            judgement.subject.replace("_", " "),
        )
        at_s = self.story.ends_s if judgement.at_s is None else judgement.at_s
        result = {"success": passed, "response": judgement.text}
        name = f"{wanted}/{judgement.text}"
        verb = "passed" if passed else "failed"
        return self._statement(name, self._team(), verb, thing, at_s, result)

    def noted(self, note: Note) -> dict[str, JSON]:
        """Somebody wrote something down about a moment."""
        account = {"homePage": HOME, "name": note.by}
        who = {"objectType": "Agent", "name": note.by, "account": account}
        name = f"note-{'added' if note.is_added else 'then'}-{note.number}-{note.text}"
        said = {"response": note.text}
        return self._statement(name, who, "commented", self._simulation(), note.at_s, said)

    # -- parts -----------------------------------------------------------------------------

    def _statement(
        self,
        name: str,
        actor: dict[str, JSON],
        verb: str,
        thing: dict[str, JSON],
        at_s: float,
        result: dict[str, JSON] | None = None,
    ) -> dict[str, JSON]:
        at = self.scenario.start + timedelta(seconds=at_s)
        context: dict[str, JSON] = {
            "registration": str(self.registration),
            "platform": "traumatwin",
            "language": "en-GB",
            "extensions": {f"{HOME}/xapi/scenario-seconds": at_s},
        }
        if thing["id"] != self._simulation()["id"]:
            context["contextActivities"] = {"parent": [self._simulation()]}
        if actor["objectType"] == "Agent":
            context["team"] = self._team()
        body: dict[str, JSON] = {
            "id": str(self._id(name)),
            "actor": actor,
            "verb": {"id": f"{_VERBS}/{verb}", "display": {"en-GB": verb}},
            "object": thing,
            "context": context,
            "timestamp": at.isoformat(timespec="milliseconds"),
            "version": VERSION,
        }
        return body if result is None else {**body, "result": result}

    def _id(self, name: str) -> UUID:
        return uuid5(self.registration, name)

    def _agent(self, person: str) -> dict[str, JSON]:
        account = {"homePage": HOME, "name": person}
        return {"objectType": "Agent", "name": self.people[person], "account": account}

    def _team(self) -> dict[str, JSON]:
        return {
            "objectType": "Group",
            "name": "Team",
            "account": {"homePage": HOME, "name": f"team-{self.registration}"},
            "member": [self._agent(person) for person in self.people],
        }

    def _simulation(self) -> dict[str, JSON]:
        return self._activity(f"scenarios/{self.scenario.id}", "simulation", self.scenario.title)

    def _activity(self, path: str, kind: str, name: str) -> dict[str, JSON]:
        return {
            "objectType": "Activity",
            "id": f"{HOME}/{path}",
            "definition": {"type": f"{_TYPES}/{kind}", "name": {"en-GB": name}},
        }
