"""The one place that knows `fhir.resources`: R4B models, which agree with R4 for our types.

Used at the edge only, where data comes in from outside and in tests: a model takes a hundred times
as long as a dict, and its import half a second, so it is imported when it is first asked for.
"""

import json
import re
from functools import cache
from typing import Any

from environment.errors import did_you_mean
from environment.fhir.checks import InvalidResourceError, Problem
from environment.fhir.elements import Resource
from environment.fhir.rules import is_resource, resource_types

_MICROSECONDS = re.compile(r"(:\d\d\.\d{3})000(Z|[+-]\d\d:\d\d)")


@cache
def _model(name: str) -> Any:  # a class that the library makes at run time
    from fhir.resources.R4B import get_fhir_model_class

    return get_fhir_model_class(name)


def parse(resource: Resource) -> Any:  # the library's own model
    """The model of a resource, or `InvalidResourceError` with the path of what is wrong."""
    from pydantic import ValidationError

    name = resource.get("resourceType")
    if not isinstance(name, str) or not is_resource(name):
        hint = did_you_mean(str(name), resource_types())
        raise InvalidResourceError(
            [Problem("resourceType", "structure", f"no type {name!r}.{hint}")]
        )
    try:
        return _model(name).model_validate(resource)
    except ValidationError as wrong:
        found = [
            Problem(".".join((name, *map(str, e["loc"]))), "structure", e["msg"])
            for e in wrong.errors()
        ]
        raise InvalidResourceError(found) from wrong
    except KeyError as wrong:  # the library's answer to an unknown type inside a Bundle
        text = f"holds a type that is not known: {wrong}"
        raise InvalidResourceError([Problem(name, "structure", text)]) from wrong


def round_trip(resource: Resource) -> Resource:
    """A resource through its model and back, as a dict; times to the millisecond, as we write them.

    The library writes a fraction of a second with six digits, whatever it had before.
    """
    text = parse(resource).model_dump_json(exclude_none=True)
    found: Resource = json.loads(_MICROSECONDS.sub(r"\1\2", text))
    return found
