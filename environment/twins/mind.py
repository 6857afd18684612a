"""The mind of an agent, as a twin: what it decided, and why."""

from environment.model.members import Event, Property
from environment.model.twin import Twin


class Mind(Twin):
    """An agent's beliefs, intentions and reasons, published by the agent itself."""

    role = Property("word", "Which program the agent runs.")
    state = Property("word", "Whether the agent is there.", choices=("running", "stopped"))
    plans = Property("integer", "How many plans it has.")
    failures = Property("integer", "How many intentions have failed so far.")

    decided = Event(
        "A plan acted: its label, file, line, trigger, and the beliefs that made it fit.",
        fields=("act", "plan", "file", "line", "trigger", "beliefs", "stack"),
    )
    failed = Event(
        "An intention ended by a failure that no plan recovered.",
        fields=("plan", "file", "line", "error", "message"),
    )
    said = Event("Something the agent wrote into its log.", fields=("level", "text"))
    sent = Event("A message to another agent.", fields=("to", "performative", "content"))
    received = Event("A message from another agent.", fields=("sender", "performative", "content"))
