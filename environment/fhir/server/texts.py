"""JSON as it came in and as it goes out: a decimal keeps every digit that it was written with.

R4 asks that "1.10" stays "1.10". A float keeps the value and forgets the digits, so a number whose
digits a float would change remembers its text (`Lexical`).
"""

import json

from environment.errors import BadValueError
from environment.model.change import JSON

#: The text of a value of our own, whose numbers are floats and nothing else.
plain = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


class NotJsonError(BadValueError):
    """A body that is not JSON, or not JSON that can be kept."""

    code = "not_json"


class Lexical(float):
    """A number that knows how it was written."""

    __slots__ = ("text",)
    text: str

    @classmethod
    def of(cls, text: str) -> "float | Lexical":
        """A float, which knows its text where it would else lose it."""
        value = float(text)
        if value in (float("inf"), float("-inf")):
            raise NotJsonError(f"{text[:40]} is larger than any number that can be kept.")
        if float.__repr__(value) == text:
            return value
        found = cls(value)
        found.text = text
        return found


def _no_constant(name: str) -> JSON:
    raise NotJsonError(f"{name} is no JSON.")


def read(data: bytes) -> JSON:
    """JSON from bytes in UTF-8, numbers with their digits; raises `NotJsonError`."""
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text, parse_float=Lexical.of, parse_constant=_no_constant)
        if "\\ud" in text or "\\uD" in text:
            write(value).encode()  # half of a surrogate pair is no character
    except NotJsonError:
        raise
    except UnicodeError as wrong:
        raise NotJsonError(f"The body is not UTF-8: {wrong}.") from None
    except RecursionError:
        raise NotJsonError("The body is nested too deeply.") from None
    except ValueError as wrong:  # also of a number with thousands of digits
        raise NotJsonError(f"The body is not JSON: {wrong}.") from None
    return value


def write(value: JSON) -> str:
    """The one text of a value, without blanks; numbers as they came in."""
    return _written(value) if _has_digits(value) else plain(value)


def _has_digits(value: JSON) -> bool:
    if isinstance(value, dict):
        return any(map(_has_digits, value.values()))
    if isinstance(value, list):
        return any(map(_has_digits, value))
    return value.__class__ is Lexical


def _written(value: JSON) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{plain(k)}:{_written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return value.text if isinstance(value, Lexical) else plain(value)
