"""What went wrong, as problem details (RFC 9457): the one place where errors meet HTTP."""

from collections.abc import Sequence

from aiohttp import web

from environment.errors import (
    BadValueError,
    InvocationFailedError,
    RefusedError,
    SourceLostError,
    TwinError,
    UnknownMemberError,
    UnknownTwinError,
)
from environment.model.change import JSON, canonical
from environment.runtime.access import TokenError

#: Seconds after which a client may ask again when an asset or a change is not there yet.
RETRY_S = 1

_STATUS: tuple[tuple[type[TwinError], int, str], ...] = (
    (TokenError, 401, "Not known who you are"),
    (UnknownTwinError, 404, "No such twin"),
    (UnknownMemberError, 404, "No such member"),
    (BadValueError, 422, "A value that does not fit"),
    (SourceLostError, 503, "The asset cannot be reached"),
    (InvocationFailedError, 502, "The asset could not do it"),
)


class ProblemError(Exception):
    """A refusal of the edge itself: what of the request cannot be served, and the way out."""

    def __init__(
        self, status: int, code: str, detail: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.headers = status, code, headers


_TITLES = {
    400: "Bad request",
    401: "Not known who you are",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "No such representation",
    408: "Too slow",
    409: "Refused",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Wrong type of body",
    421: "Not a name of this server",
    422: "A value that does not fit",
    429: "Too many requests",
    503: "Not now",
}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    title: str = "",
    headers: dict[str, str] | None = None,
    **more: JSON,
) -> web.Response:
    """One problem document."""
    body = {
        "type": f"urn:traumatwin:problem:{code}",
        "title": title or _TITLES.get(status, "It did not work"),
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    return web.Response(
        status=status,
        text=canonical(body),
        content_type="application/problem+json",
        headers=headers,
    )


def of_error(error: TwinError) -> web.Response:
    """The problem document of an error of the environment."""
    if isinstance(error, RefusedError):
        return refusal(error)
    for kind, status, title in _STATUS:
        if isinstance(error, kind):
            headers = {}
            more: dict[str, JSON] = {}
            if status == 401:
                headers["WWW-Authenticate"] = 'Bearer realm="traumatwin"'
            elif status == 503:
                headers["Retry-After"] = str(RETRY_S)
            elif status == 422:
                more["validationErrors"] = [{"field": "", "description": str(error)}]
            return problem(status, error.code, str(error), title=title, headers=headers, **more)
    return problem(500, error.code, str(error), title="It did not work")


def refusal(error: RefusedError) -> web.Response:
    """A guard's no: 403 when it is about who asks, 409 when it is about the twin."""
    about_caller = error.guard in ("role_is_allowed", "within_rights")
    return problem(
        403 if about_caller else 409,
        error.code,
        str(error),
        operation=error.operation,
        guard=error.guard,
        expected=error.expected,
        found=error.found,
        since=error.since,
        invocation=error.invocation,
    )


def invalid(errors: Sequence[tuple[str, str]]) -> web.Response:
    """A body that does not fit: (field, what is wrong with it)."""
    rows = [{"field": field, "description": text} for field, text in errors]
    detail = "; ".join(f"{field or 'body'}: {text}" for field, text in errors)
    return problem(422, "bad_value", detail, validationErrors=rows)
