"""The script of a scenario as models: events, what people answer, triggers, what is expected.

Unknown keys are refused. Times are `mm:ss` from the call in the file and seconds inside.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from scenarios.clinical_time import seconds

Time = Annotated[float, BeforeValidator(seconds)]
Priority = Literal["high", "medium", "low"]
#: Any JSON value; `Any` because the twins' own models check it.
Value = Any

#: What agents may suggest on a display; people answer these names.
SUGGESTIONS = (
    "give_tranexamic_acid",
    "apply_pelvic_binder",
    "start_mtp",
    "give_blood",
    "give_calcium",
    "decompress_right",
    "decompress_left",
    "give_oxygen",
    "intubate",
    "give_reversal",
    "order_head_ct",
    "warm_patient",
    "give_antibiotic",
    "pre_alert",
)
#: The run as written, without a branch.
DEFAULT_BRANCH = "default"


def _listed(value: object) -> object:
    return [value] if isinstance(value, (str, dict)) else value


class Part(BaseModel):
    """A table of a scenario file: nothing unknown in it, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class Named(Part):
    """Something that a branch may change or remove by its name."""

    name: str = ""


class Condition(Part):
    """A test of one property (or `phase`, `life`) of a twin; an absent twin has no value."""

    twin: str
    property: str
    is_: Value = Field(default=None, alias="is")
    is_not: Value = None
    above: float | None = None
    below: float | None = None
    has: str | None = None
    lacks: str | None = None
    known: bool | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> "Condition":
        if self.model_fields_set <= {"twin", "property"}:
            raise ValueError("needs one of is, is_not, above, below, has, lacks, known")
        return self

    def told(self) -> dict[str, Value]:
        """What is tested (`for`), and the tests by their name in a scenario's file (`test`)."""
        given = self.model_dump(by_alias=True, exclude_unset=True)
        test = {name: value for name, value in given.items() if name not in ("twin", "property")}
        return {"for": f"{self.twin}.{self.property}", "test": test}

    def holds(self, value: Value) -> bool:
        """Whether a value (None: absent) passes every test that is given."""
        given = self.model_fields_set
        held = value if isinstance(value, (Mapping, list, tuple)) else ()
        return not (
            ("is_" in given and value != self.is_)
            or ("is_not" in given and value == self.is_not)
            or (self.above is not None and (value is None or not value > self.above))
            or (self.below is not None and (value is None or not value < self.below))
            or (self.has is not None and self.has not in held)
            or (self.lacks is not None and self.lacks in held)
            or (self.known is not None and self.known == (value is None))
        )


class Act(Named):
    """A person asks a twin for an operation."""

    by: str
    do: str = ""
    arguments: dict[str, Value] = Field(default={}, alias="with")
    only_if: Condition | None = None

    @property
    def twin(self) -> str:
        """The twin that is asked."""
        return self.do.partition(".")[0]

    @property
    def operation(self) -> str:
        """The operation that is asked for."""
        return self.do.partition(".")[2]


class Event(Act):
    """One line of the script."""

    at_s: Time = Field(alias="at")
    do: str


class Respond(Act):
    """What a simulated person does on advice: an alert's rule, a suggestion, or a question.

    `to` names one or several; whichever comes first is answered. With `answer` it is a question;
    without `do` the person only sees to the alert and `says` how. With `when` he waits until that
    has come about, and reacts from then on; an alert that has gone by then is not forgotten.
    `after_s` is the shortest and longest reaction time and `compliance` the probability of acting
    at all: engineering defaults, no literature claim.
    """

    to: Annotated[list[str], BeforeValidator(_listed)]
    priority: Priority | None = None
    answer: str = ""
    says: str = ""  # the reason given when an alert is acknowledged
    after_s: tuple[float, float] = (20.0, 60.0)
    compliance: float = Field(default=0.95, ge=0, le=1)
    once: bool = True
    earliest_s: Time | None = Field(default=None, alias="earliest")  # cannot be done before
    when: Condition | None = None  # cannot be done before this has come about

    @field_validator("after_s")
    @classmethod
    def _shortest_first(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not 0 <= value[0] <= value[1]:
            raise ValueError("write [shortest, longest] in seconds")
        return value


class Trigger(Act):
    """An event that waits: for a condition that holds `for_s`, or for an operation (`on`)."""

    when: Condition | None = None
    on: str = ""
    on_with: dict[str, Value] = {}
    for_s: float = Field(default=0, ge=0)
    after_s: float = Field(default=0, ge=0)
    do: str

    @model_validator(mode="after")
    def _waits_for_one_thing(self) -> "Trigger":
        if (self.when is None) == (not self.on):
            raise ValueError("needs either 'when' or 'on'")
        return self


class Done(Part):
    """An operation that was completed before a time: what makes an expectation void."""

    do: str
    arguments: dict[str, Value] = Field(default={}, alias="with")
    before_s: Time | None = Field(default=None, alias="before")


class Expect(Named):
    """What must, may or must never happen in a window.

    Exactly one of `alert` (a rule), `action` (an operation) and `outcome`.
    """

    alert: str = ""
    priority: Priority | None = None
    must: Literal["always", "never", "may"] = "always"
    action: str = ""
    arguments: dict[str, Value] = Field(default={}, alias="with")
    rated: Literal["required", "optional", "harmful"] = "required"
    outcome: Literal["", "lives", "arrests"] = ""
    earliest_s: Time | None = Field(default=None, alias="earliest")
    by_s: Time | None = Field(default=None, alias="by")
    unless: Annotated[list[Done], BeforeValidator(_listed)] = []  # one of these is enough
    branch: list[str] = []  # only in these runs; `default` is the run without a branch
    why: str = ""

    @model_validator(mode="after")
    def _expects_one_thing(self) -> "Expect":
        if sum(map(bool, (self.alert, self.action, self.outcome))) != 1:
            raise ValueError("needs exactly one of 'alert', 'action' and 'outcome'")
        if self.earliest_s is not None and self.by_s is not None and self.earliest_s > self.by_s:
            raise ValueError("'earliest' lies after 'by'")
        return self

    @property
    def subject(self) -> str:
        """What is expected, in one word."""
        return self.alert or self.action or self.outcome


class Branch(Part):
    """A named variant: what it removes, changes (by name) and adds."""

    name: str
    text: str = ""
    remove: list[str] = []
    change: dict[str, dict[str, Value]] = {}
    compliance: float | None = Field(default=None, ge=0, le=1)
    injury: list[dict[str, Value]] = []
    course: list[dict[str, Value]] = []
    finding: list[dict[str, Value]] = []
    event: list[dict[str, Value]] = []
    respond: list[dict[str, Value]] = []
    trigger: list[dict[str, Value]] = []
    expect: list[dict[str, Value]] = []
