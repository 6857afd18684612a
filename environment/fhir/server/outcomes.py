"""What went wrong at /fhir, as a status of HTTP and an OperationOutcome.

One tree for the edge: whoever finds something wrong raises `FhirError` with the element's path, or
lets an error of the environment through; `outcome_of` translates both.
"""

import re
from collections.abc import Sequence

from environment.errors import (
    BadValueError,
    InvocationFailedError,
    RefusedError,
    SourceLostError,
    TwinError,
    UnknownMemberError,
    UnknownTwinError,
)
from environment.fhir.checks import InvalidResourceError, Problem
from environment.fhir.elements import Resource
from environment.fhir.server.texts import NotJsonError
from environment.runtime.access import TokenError

#: Kind of error -> (status of HTTP, issue type of R4).
_STATUS: tuple[tuple[type[TwinError], int, str], ...] = (
    (NotJsonError, 400, "structure"),
    (InvalidResourceError, 422, "invalid"),
    (TokenError, 401, "login"),
    (UnknownTwinError, 404, "not-found"),
    (UnknownMemberError, 404, "not-found"),
    (BadValueError, 422, "value"),
    (SourceLostError, 503, "transient"),
    (InvocationFailedError, 502, "processing"),
)
#: Guards that are about who asks, not about the twin.
ABOUT_CALLER = ("role_is_allowed", "within_rights")
#: Status of HTTP -> issue type of R4, for errors that name none.
ISSUE_TYPE = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    410: "deleted",
    412: "conflict",
    413: "too-long",
    415: "not-supported",
    421: "forbidden",
    422: "processing",
    429: "throttled",
    503: "transient",
}


class FhirError(TwinError):
    """A refusal: status of HTTP, and every problem with the path of its element."""

    code = "fhir_refused"

    def __init__(
        self,
        status: int,
        text: str,
        *,
        issue: str = "",
        path: str = "",
        headers: dict[str, str] | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(text)
        self.status, self.headers = status, headers or {}
        kind = issue or ISSUE_TYPE.get(status, "exception")
        self.problems = list(problems) or [Problem(path, kind, text)]


#: What no string of FHIR may hold, and halves of surrogate pairs.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def _shown(text: str) -> str:
    """Words of a caller as they can be told back to him."""
    return _UNWRITABLE.sub("\ufffd", text)[:2000] or "nothing"


def outcome(problems: Sequence[Problem], *, severity: str = "error") -> Resource:
    """An OperationOutcome; a problem without a path is about the request as a whole."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": severity,
                "code": p.code,
                "diagnostics": _shown(str(p) if p.path else p.text),
                **({"expression": [_shown(p.path)]} if p.path else {}),
            }
            for p in problems
        ],
    }


def said(text: str, *, issue: str = "informational") -> Resource:
    """An OperationOutcome that only tells something."""
    return outcome([Problem("", issue, text)], severity="information")


def outcome_of(error: TwinError) -> tuple[int, Resource, dict[str, str]]:
    """Status, OperationOutcome and headers of an error of the environment."""
    if isinstance(error, FhirError):
        return error.status, outcome(error.problems), error.headers
    if isinstance(error, InvalidResourceError):
        return 422, outcome(error.problems), {}
    if isinstance(error, RefusedError):
        status = 403 if error.guard in ABOUT_CALLER else 409
        kind = "forbidden" if status == 403 else "business-rule"
        return status, outcome([Problem("", kind, str(error))]), {}
    for kind_of_error, status, kind in _STATUS:
        if isinstance(error, kind_of_error):
            headers = {"Retry-After": "1"} if status == 503 else {}
            return status, outcome([Problem("", kind, str(error))]), headers
    return 500, outcome([Problem("", "exception", str(error))]), {}
