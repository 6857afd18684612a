"""What clients send, as pydantic models: checked before anything else sees it."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from environment.model.change import JSON

T = TypeVar("T", bound=BaseModel)

#: Seconds from the call that a request may name: some thirty years (engineering default).
MOST_SECONDS = 1_000_000_000
#: The runs that a debrief shows at once.
RUNS = 2


class Fact(BaseModel):
    """One observation of a source; the twin is in the path, the source is whoever sends it."""

    model_config = ConfigDict(extra="forbid")

    member: str = Field(max_length=100)
    value: JSON
    effective: float | None = Field(default=None, allow_inf_nan=False)  # None: now
    source_seq: int | None = Field(default=None, ge=0, le=2**53)
    unit: str = Field(default="", max_length=40)
    quality: str = Field(default="good", pattern=r"^[a-z][a-z0-9_]{0,39}$")
    cause: int | None = Field(default=None, ge=1, le=2**53)


class Reason(BaseModel):
    """Why an invocation is cancelled."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="cancelled by its caller", min_length=1, max_length=500)


class Emergency(BaseModel):
    """Why somebody must look at what he otherwise may not."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=3, max_length=500)


class Wording(BaseModel):
    """A note of a debrief: of which of the runs that are shown, about which moment."""

    model_config = ConfigDict(extra="forbid")

    run: int = Field(default=0, ge=0, lt=RUNS)
    at_s: float = Field(ge=-MOST_SECONDS, le=MOST_SECONDS)
    text: str = Field(min_length=1, max_length=2000, pattern=r"\S")
    by: str = Field(default="", max_length=80)  # empty: whoever came in
    about: int = Field(default=0, ge=0, le=2**53)


def checked(model: type[T], body: JSON) -> tuple[list[T], list[tuple[str, str]]]:
    """One body or a list of them as models, or what is wrong with which field."""
    rows = body if isinstance(body, list) else [body]
    if not rows:
        return [], [("", "expected at least one")]
    try:
        # A list of a type that is known at run time only; pydantic takes it, mypy cannot.
        return TypeAdapter(list[model]).validate_python(rows), []  # type: ignore[valid-type]
    except ValidationError as error:
        return [], [
            (".".join(str(part) for part in row["loc"]), row["msg"])
            for row in error.errors(include_url=False, include_input=False)
        ]
