"""Our own checks of FHIR R4 resources, for what the models let pass.

Unknown elements and types, cardinality, formats, required bindings, targets of references, dangling
references, ids, and the invariants that matter (`invariants.py`). Each problem names the element's
path, what is wrong, and what would be right.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from environment.errors import BadValueError, did_you_mean
from environment.fhir.elements import ID, Resource, references
from environment.fhir.invariants import broken
from environment.fhir.rules import (
    PRIMITIVES,
    Rule,
    children,
    choices_of,
    is_resource,
    needed,
    resource_types,
    rules,
)
from environment.model.change import JSON

#: Where `$this` of a nested element is an object of its own with the elements below it.
NESTED = ("BackboneElement", "Element")


LOWEST = {"positiveInt": 1, "unsignedInt": 0}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, which kind (R4 `issue-type`), and what."""

    path: str
    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


class InvalidResourceError(BadValueError):
    """A resource that is not valid R4; `problems` names every element that is wrong."""

    code = "invalid_resource"

    def __init__(self, problems: list[Problem]) -> None:
        shown = "\n".join(str(p) for p in problems[:20])
        more = f"\n... and {len(problems) - 20} more" if len(problems) > 20 else ""
        super().__init__(shown + more)
        self.problems = problems


def check(resource: JSON, *, inside: bool = True) -> None:
    """Refuse a resource with problems; of a Bundle, `inside` checks that no reference dangles."""
    found = list(problems(resource))
    if not found and inside and isinstance(resource, dict) and resource["resourceType"] == "Bundle":
        found = list(dangling(resource))
    if found:
        raise InvalidResourceError(found)


def problems(resource: JSON, path: str = "") -> Iterator[Problem]:
    """Everything that is wrong with a resource, in the order of its elements."""
    if not isinstance(resource, Mapping):
        yield Problem(path or "$this", "structure", "expected a resource, a JSON object")
        return
    name = resource.get("resourceType")
    if not isinstance(name, str) or not is_resource(name):
        hint = did_you_mean(str(name), resource_types())
        yield Problem(f"{path or '$this'}.resourceType", "structure", f"no type {name!r}.{hint}")
        return
    where = path or name
    identity = resource.get("id")
    if isinstance(identity, str) and not ID.fullmatch(identity):
        text = f"{identity!r} is no id: 1 to 64 letters, digits, '-' or '.'"
        yield Problem(f"{where}.id", "value", text)
    yield from _object(name, "", {k: v for k, v in resource.items() if k != "resourceType"}, where)
    for element, text in broken(name, resource):
        yield Problem(f"{where}.{element}" if element else where, "invariant", text)


def _object(type: str, prefix: str, value: Mapping[str, JSON], path: str) -> Iterator[Problem]:
    known = children(type, prefix)
    if not value:
        yield Problem(path, "structure", "an element must have a value or members (ele-1)")
    for name, options in needed(type, prefix):
        if not any(o in value or f"_{o}" in value for o in options):
            yield Problem(f"{path}.{name}", "required", "is missing and must be there")
    choices: dict[str, str] = {}
    of_choice = choices_of(type, prefix)
    for name, inner in value.items():
        where = f"{path}.{name}"
        if name.startswith("_"):
            if name[1:] not in known:
                yield Problem(where, "structure", f"unknown element.{did_you_mean(name, known)}")
            continue
        rule = known.get(name)
        if rule is None:
            yield Problem(where, "structure", f"unknown element.{did_you_mean(name, known)}")
            continue
        choice = of_choice.get(name, "")
        if choice and choice in choices:
            text = f"{choice} has one value, and '{choices[choice]}' is there already"
            yield Problem(where, "structure", text)
        choices[choice or name] = name
        yield from _element(type, f"{prefix}.{name}" if prefix else name, rule, inner, where)


def _element(type: str, at: str, rule: Rule, value: JSON, path: str) -> Iterator[Problem]:
    if not rule.many:
        if isinstance(value, list):
            yield Problem(path, "structure", "does not repeat: expected one value, not a list")
        else:
            yield from _value(type, at, rule, value, path)
        return
    if not isinstance(value, list) or not value:
        yield Problem(path, "structure", "repeats: expected a list with at least one value")
        return
    for index, inner in enumerate(value):
        yield from _value(type, at, rule, inner, f"{path}[{index}]")


def _value(type: str, at: str, rule: Rule, value: JSON, path: str) -> Iterator[Problem]:
    kind = rule.types[0] if rule.types else ""
    if kind in PRIMITIVES:
        yield from _primitive(kind, rule, value, path)
        return
    if not isinstance(value, Mapping):
        yield Problem(path, "structure", f"expected {kind or 'an object'}, got {value!r}")
    elif kind == "Resource" or is_resource(kind):
        yield from problems(value, path)
    elif rule.like or kind in NESTED:
        yield from _object(type, rule.like or at, value, path)
    elif kind in rules():
        yield from _object(kind, "", value, path)
        if kind == "Reference":
            yield from _target(rule, value, path)
        elif kind in ("Coding", "CodeableConcept") and rule.codes:
            yield from _bound(rule, value, path)


def _primitive(kind: str, rule: Rule, value: JSON, path: str) -> Iterator[Problem]:
    holds, form = PRIMITIVES[kind]
    is_number = kind not in ("boolean",) and isinstance(value, bool)
    if not isinstance(value, holds) or is_number:
        yield Problem(path, "value", f"expected {kind}, got {value!r}")
    elif form is not None and isinstance(value, str) and not form.fullmatch(value):
        yield Problem(path, "value", f"{value!r} is no {kind}")
    elif isinstance(value, int) and value < LOWEST.get(kind, value):
        yield Problem(path, "value", f"{value} is no {kind}")
    elif rule.codes:
        allowed = sorted(set().union(*rule.codes.values()))
        if value not in allowed:
            text = f"{value!r} is not one of its codes.{did_you_mean(str(value), allowed)}"
            yield Problem(path, "code-invalid", text)


def _bound(rule: Rule, value: Mapping[str, JSON], path: str) -> Iterator[Problem]:
    codings = value.get("coding", []) if "coding" in value or "text" in value else [value]
    if not isinstance(codings, list) or not all(isinstance(row, Mapping) for row in codings):
        return  # said already
    if any(str(r.get("code")) in rule.codes.get(str(r.get("system")), ()) for r in codings):
        return
    allowed = sorted(f"{s}|{c}" for s, codes in rule.codes.items() for c in codes)
    shown = ", ".join(allowed[:12]) + (", ..." if len(allowed) > 12 else "")
    found = ", ".join(f"{r.get('system')}|{r.get('code')}" for r in codings) or "no code"
    yield Problem(path, "code-invalid", f"{found} is not in the required value set: {shown}")


def _target(rule: Rule, value: Mapping[str, JSON], path: str) -> Iterator[Problem]:
    literal = value.get("reference")
    if not isinstance(literal, str) or not rule.targets:
        return
    name = _type_of(literal) or value.get("type", "")
    if name and name not in rule.targets:
        allowed = ", ".join(rule.targets)
        yield Problem(path, "value", f"refers to a {name}; it may refer to {allowed}")


def _type_of(literal: str) -> str:
    """The type that a literal reference names; empty for `#...` and `urn:uuid:...`."""
    parts = literal.split("/_history/")[0].rsplit("/", 2)
    return parts[-2] if len(parts) > 1 and is_resource(parts[-2]) else ""


# -- references ------------------------------------------------------------------------------------


def dangling(bundle: Resource) -> Iterator[Problem]:
    """References of a Bundle's entries that no entry answers."""
    entries = [e for e in bundle.get("entry", ()) if "resource" in e]
    known = {e.get("fullUrl", "") for e in entries}
    known |= {f"{e['resource']['resourceType']}/{e['resource'].get('id')}" for e in entries}
    for index, entry in enumerate(entries):
        resource = entry["resource"]
        yield from unresolved(resource, known, f"Bundle.entry[{index}].resource")


def unresolved(resource: Resource, known: Iterable[str], path: str = "") -> Iterator[Problem]:
    """References of a resource that are neither known nor contained."""
    names = known if isinstance(known, (set, frozenset)) else set(known)
    contained = {f"#{r.get('id')}" for r in resource.get("contained", ())}
    for at, literal in references(resource):
        if literal not in names and literal not in contained:
            where = f"{path or resource['resourceType']}.{at}"
            yield Problem(where, "not-found", f"nothing here answers to '{literal}'")


def operation_outcome(found: Iterable[Problem]) -> Resource:
    """Problems as the resource in which FHIR reports them."""
    issues = [
        {
            "severity": "error",
            "code": problem.code,
            "diagnostics": str(problem),
            "expression": [problem.path],
        }
        for problem in found
    ]
    if not issues:
        issues = [
            {"severity": "information", "code": "informational", "diagnostics": "All is well"}
        ]
    return {"resourceType": "OperationOutcome", "issue": issues}
