"""A search as it was asked, taken apart: what must match, and how the answer is to look."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from environment.errors import did_you_mean
from environment.fhir.rules import is_resource, resource_types
from environment.fhir.server.outcomes import FhirError
from environment.fhir.server.parameters import OF_ALL, Parameter, parameters

#: Rows of a page when nobody says how many, and at most (engineering defaults).
PAGE, LARGEST_PAGE = 50, 1000
#: Chains longer than this are refused (engineering default).
DEEPEST = 4
MODIFIERS = {
    "token": ("not", "text", "missing"),
    "string": ("exact", "contains", "missing"),
    "reference": ("identifier", "missing"),
    "uri": ("below", "missing"),
    "date": ("missing",),
    "quantity": ("missing",),
    "composite": ("missing",),
}
SUMMARIES = ("count", "text", "data", "false")
#: Said by the caller about the answer, not about what must match.
RESULT = (
    "_sort", "_count", "_include", "_include:iterate", "_include:recurse", "_revinclude",
    "_revinclude:iterate", "_revinclude:recurse", "_summary", "_elements", "_total", "_format",
    "_pretty", "_page",
)  # fmt: skip

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One condition: one of the values must match; a chain asks of what is referred to."""

    name: str
    values: tuple[str, ...] = ()
    modifier: str = ""
    parameter: Parameter | None = None
    chain: "tuple[str, Clause] | None" = None  # (type referred to, what must hold there)
    has: "tuple[str, str, Clause] | None" = None  # (type that refers, its parameter, what holds)


@dataclass(frozen=True, slots=True)
class Include:
    """Resources to give beside the matches: `parameter` of `source`, pointing to `target`."""

    source: str
    parameter: str
    target: str
    iterate: bool


@dataclass(slots=True, kw_only=True)
class Query:
    """A whole search of one type."""

    type: str
    clauses: list[Clause] = field(default_factory=list)
    sort: list[tuple[str, bool]] = field(default_factory=list)  # (parameter, descending)
    count: int = PAGE
    includes: list[Include] = field(default_factory=list)
    revincludes: list[Include] = field(default_factory=list)
    summary: str = "false"
    elements: tuple[str, ...] = ()
    page: str = ""
    used: list[tuple[str, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def parse(type: str, pairs: Pairs, *, strict: bool = False) -> Query:
    """The query; raises `FhirError` 400 for what cannot be asked.

    A parameter that is not known is ignored, and named in the answer, unless `strict`.
    """
    query = Query(type=type)
    for name, value in pairs:
        if name in RESULT:
            _result(query, name, value)
        elif not value:
            continue  # R4: a parameter without a value is left out
        else:
            clause = _clause(type, name, value)
            if clause is None:
                if strict:
                    known = [*parameters(type), *OF_ALL, *RESULT]
                    hint = did_you_mean(name.partition(":")[0].partition(".")[0], known)
                    raise FhirError(400, f"{type} has no parameter '{name}'.{hint}")
                query.ignored.append(name)
                continue
            query.clauses.append(clause)
        if name not in ("_page", "_format", "_pretty"):
            query.used.append((name, value))
    return query


def split(text: str, by: str) -> list[str]:
    """Parts of a value; a backslash before the separator keeps it."""
    return [_plain(part) for part in re.split(rf"(?<!\\){re.escape(by)}", text)]


def _plain(text: str) -> str:
    return re.sub(r"\\([,|$\\])", r"\1", text)


# -- conditions ------------------------------------------------------------------------------------


def _clause(type: str, name: str, value: str, depth: int = 0) -> Clause | None:
    """A condition; None for a parameter that is not known."""
    if depth > DEEPEST:
        raise FhirError(400, f"'{name}': a chain of more than {DEEPEST} steps is not followed.")
    if name.startswith("_has:"):
        return _reverse(type, name, value, depth)
    head, dot, rest = name.partition(".")
    plain, _, modifier = head.partition(":")
    row = parameters(type).get(plain)
    if dot:
        if row is None or row.kind != "reference":
            return None
        return _chained(row, plain, modifier, rest, value, depth)
    if plain in OF_ALL:
        if modifier:
            raise FhirError(400, f"'{name}': {plain} takes no modifier.")
        return Clause(name=plain, values=tuple(split(value, ",")))
    if row is None:
        return None
    if modifier and row.kind == "reference" and is_resource(modifier):
        whole = tuple(v if "/" in v else f"{modifier}/{v}" for v in split(value, ","))
        return Clause(name=plain, values=whole, parameter=row)
    if modifier and modifier not in MODIFIERS[row.kind]:
        allowed = ", ".join(f":{m}" for m in MODIFIERS[row.kind])
        raise FhirError(400, f"'{name}': a {row.kind} takes {allowed}.", issue="not-supported")
    if modifier == "missing" and value not in ("true", "false"):
        raise FhirError(400, f"'{name}={value}': expected true or false.")
    # An escaped bar or dollar is taken apart later, by the kind of parameter.
    found = tuple(re.split(r"(?<!\\),", value)) if row.kind == "composite" else None
    return Clause(
        name=plain, values=found or tuple(split(value, ",")), modifier=modifier, parameter=row
    )


def _chained(
    row: Parameter, name: str, modifier: str, rest: str, value: str, depth: int
) -> Clause | None:
    targets = [modifier] if modifier else list(row.targets or resource_types())
    if modifier and not is_resource(modifier):
        raise FhirError(400, f"'{name}:{modifier}': no such type.")
    found = []
    for target in targets:
        inner = _clause(target, rest, value, depth + 1)
        if inner is not None:
            found.append((target, inner))
    if not found:
        return None
    if len(found) > 1 and not modifier:
        # R4 lets a server ask for the type where several could be meant.
        kinds = ", ".join(f"{name}:{target}.{rest}" for target, _ in found)
        raise FhirError(400, f"'{name}.{rest}' may mean any of {kinds}; say which.")
    return Clause(name=name, parameter=row, chain=found[0])


def _reverse(type: str, name: str, value: str, depth: int) -> Clause | None:
    parts = name.split(":", 3)
    if len(parts) < 4 or not is_resource(parts[1]):
        raise FhirError(400, f"'{name}': expected _has:Type:reference:parameter.")
    _, source, reference, rest = parts
    row = parameters(source).get(reference)
    if row is None or row.kind != "reference":
        known = [n for n, p in parameters(source).items() if p.kind == "reference"]
        hint = did_you_mean(reference, known)
        raise FhirError(400, f"'{name}': {source} has no reference '{reference}'.{hint}")
    inner = _clause(source, rest, value, depth + 1)
    if inner is None:
        raise FhirError(400, f"'{name}': {source} has no parameter '{rest}'.")
    return Clause(name="_has", has=(source, reference, inner))


# -- how the answer is to look ---------------------------------------------------------------------


def _result(query: Query, name: str, value: str) -> None:
    if name == "_count":
        if not value.isascii() or not value.isdigit():
            raise FhirError(400, f"_count={value}: expected a whole number.")
        query.count = min(int(value[:9]), LARGEST_PAGE)
        if query.count == 0:
            query.summary = "count"
    elif name == "_sort":
        query.sort = [_key(query.type, key) for key in value.split(",") if key]
    elif name == "_summary":
        if value not in SUMMARIES:
            raise FhirError(
                400,
                f"_summary={value}: one of {', '.join(SUMMARIES)}. Use _elements instead.",
                issue="not-supported",
            )
        query.summary = value
    elif name == "_elements":
        # A prefix of a type is allowed; only that of the type asked for matters.
        named = (e.strip().removeprefix(f"{query.type}.") for e in value.split(","))
        query.elements = tuple(e for e in named if e)
    elif name == "_total":
        if value not in ("none", "estimate", "accurate"):
            raise FhirError(400, f"_total={value}: expected none, estimate or accurate.")
    elif name == "_page":
        query.page = value
    elif name.startswith(("_include", "_revinclude")):
        _include(query, name, value)


def _key(type: str, key: str) -> tuple[str, bool]:
    name = key.removeprefix("-")
    row = parameters(type).get(name)
    if name not in OF_ALL and (row is None or row.kind == "composite"):
        known = [*(n for n, p in parameters(type).items() if p.kind != "composite"), *OF_ALL]
        raise FhirError(400, f"_sort={key}: {type} has no '{name}'.{did_you_mean(name, known)}")
    return name, key.startswith("-")


def _include(query: Query, name: str, value: str) -> None:
    iterate = name.endswith((":iterate", ":recurse"))
    is_reverse = name.startswith("_revinclude")
    parts = value.split(":")
    if value == "*" and not is_reverse:
        query.includes.append(Include("*", "*", "", iterate))
        return
    if not 2 <= len(parts) <= 3 or not is_resource(parts[0]):
        raise FhirError(400, f"{name}={value}: expected Type:parameter or Type:parameter:Target.")
    source, reference, target = (*parts, "")[:3]
    row = parameters(source).get(reference)
    if reference != "*" and (row is None or row.kind != "reference"):
        known = [n for n, p in parameters(source).items() if p.kind == "reference"]
        hint = did_you_mean(reference, known)
        raise FhirError(400, f"{name}={value}: {source} has no reference '{reference}'.{hint}")
    if target and not is_resource(target):
        raise FhirError(400, f"{name}={value}: no type '{target}'.")
    rows = query.revincludes if is_reverse else query.includes
    rows.append(Include(source, reference, target, iterate))


def without_page(query: Query) -> Query:
    """The same query from its beginning."""
    return replace(query, page="")
