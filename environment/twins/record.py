"""The record: what other systems brought that is no fact of a twin, as it came in."""

from environment.model.members import Event
from environment.model.twin import Twin

#: What a stored row says: `rows` hold type, id, version, text (JSON; none: deleted) and method.
_STORED = ("rows", "role")


class Record(Twin):
    """Resources of other health-record systems, kept word for word beside the twins."""

    stored = Event("Resources were stored, changed or deleted, all at once.", fields=_STORED)
    person_stored = Event(
        "The same, where one of them says who somebody is.",
        fields=_STORED,
    )
    received = Event(
        "What was done to a patient was told; a request of the patient's twin follows.",
        fields=("type", "id", "role"),
    )
    notified = Event(
        "A subscriber was told of a resource, or could not be reached.",
        fields=("subscription", "resource", "result", "attempts"),
    )
