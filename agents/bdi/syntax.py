"""AgentSpeak text to clauses and terms, with line and column in every complaint. The only lark.

Long because each form of the grammar has one method of the builder here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from agents.bdi.complaints import complaint
from agents.bdi.order import sorted_annotations
from agents.bdi.terms import (
    BODY,
    BRACED,
    DEFAULT_NS,
    EMPTY,
    EVENT,
    FALSE,
    NIL_BODY,
    PLAN,
    RULE,
    TRUE,
    Atom,
    Functor,
    OpenNamespace,
    Place,
    Struct,
    Tail,
    Term,
    Var,
    VarLiteral,
    make,
    make_list,
    register_function_name,
    source_of,
    struct,
)
from agents.errors import PlanSyntaxError

MAX_MESSAGE_CHARS = 64 * 1024
MAX_MESSAGE_DEPTH = 100


@dataclass(slots=True)
class Clause:
    """One item of a program: belief, rule, goal, plan, or a directive with its clauses."""

    kind: str
    term: Term
    line: int
    goal_condition: Term = None
    inner: list[Clause] = field(default_factory=list)


class _MistakeError(Exception):
    """Found while building terms; becomes a PlanSyntaxError with the place."""

    def __init__(self, what: str, line: int = 0, column: int = 0) -> None:
        super().__init__(what)
        self.line = line
        self.column = column


def _string(token: str) -> str:
    body = token[1:-1]
    if "\\" not in body:
        return body

    def escape(match: re.Match[str]) -> str:
        char = match.group(1)
        if char == "n":
            return "\n"
        if char == '"':
            return '"'
        if char in "t\\rbf'01234567":
            return match.group(0)
        raise _MistakeError(f"unknown escape '\\{char}' in a string. Known: \\n \\\" \\\\ \\t")

    return re.sub(r"\\(.)", escape, body)


@v_args(inline=True)
class _Builder(Transformer[Any, Any]):
    """Builds terms while the parser reads. One object per text, for its variables."""

    def __init__(self) -> None:
        super().__init__(visit_tokens=False)
        self.scope: dict[str, Var] = {}

    # -- clauses ---------------------------------------------------------------------------

    def program(self, *clauses: Clause) -> list[Clause]:
        return list(clauses)

    @v_args(meta=True, inline=True)
    def belief(self, meta: Any, literal: Term) -> Clause:
        self.scope = {}
        return Clause("belief", literal, meta.line)

    @v_args(meta=True, inline=True)
    def rule(self, meta: Any, head: Term, formula: Term) -> Clause:
        self.scope = {}
        if head.__class__ is Var:
            raise _MistakeError("the head of a rule cannot be a variable", meta.line, meta.column)
        return Clause("rule", make(RULE, (head, formula)), meta.line)

    @v_args(meta=True, inline=True)
    def goal(self, meta: Any, literal: Term) -> Clause:
        self.scope = {}
        return Clause("goal", literal, meta.line)

    @v_args(meta=True, inline=True)
    def plan(
        self,
        meta: Any,
        label: Term,
        event: Term,
        context: Term,
        until: Term,
        body: Term,
        inner: list[Clause] | None,
    ) -> Clause:
        self.scope = {}
        term = make(
            PLAN,
            (
                Var("_") if label is None else label,
                event,
                TRUE if context is None else context,
                NIL_BODY if body is None else _plan_body(body),
            ),
        )
        return Clause("plan", term, meta.line, until, inner or [])

    def subplans(self, *plans: Clause) -> list[Clause]:
        return list(plans)

    def label(self, term: Term) -> Term:
        return term

    def trigger(self, sign: str, goal: str | None, literal: Term) -> Term:
        return make(EVENT, (Atom(str(sign) + (str(goal) if goal else "")), literal))

    @v_args(meta=True, inline=True)
    def block(self, meta: Any, name: str, args: tuple[Term, ...] | None, *inner: Clause) -> Clause:
        return Clause(
            "block",
            make(Functor(str(name), len(args or ())), args or ()),
            meta.line,
            None,
            list(inner),
        )

    @v_args(meta=True, inline=True)
    def single(self, meta: Any, name: str, args: tuple[Term, ...]) -> Clause:
        self.scope = {}
        if name == "register_function" and args[0].__class__ is str:
            register_function_name(args[0])  # before the clauses that use it are built
        return Clause("directive", make(Functor(str(name), len(args)), args), meta.line)

    # -- bodies ----------------------------------------------------------------------------

    def body(self, *steps: tuple[str, Term, int]) -> Term:
        result: Term = NIL_BODY
        for kind, term, line in reversed(steps):
            result = make(BODY, (Atom(kind), term, result, Place(line)))
        return result

    @v_args(meta=True, inline=True)
    def plain_step(self, meta: Any, term: Term) -> tuple[str, Term, int]:
        line = meta.line
        if term.__class__ is Struct:
            f = term.functor
            if f.arity == 1 and f.name in ("+", "-"):
                what = term.args[0]
                if what.__class__ is Struct and what.functor is PLAN:
                    return ("act", _plan_operation(f.name, what), line)
                return (f.name, self._goal(meta, what), line)
            if f.name in ("&", "|") and f.arity == 2:
                raise _MistakeError(
                    f"a formula with '{f.name}' is no step. Did you mean '?({_short(term)})'?",
                    meta.line,
                    meta.column,
                )
        elif term.__class__ in (float, str) or term is EMPTY:
            raise _MistakeError("a number, a string or a list is no step", meta.line, meta.column)
        return ("act", term, line)

    @v_args(meta=True, inline=True)
    def achieve_step(self, meta: Any, term: Term) -> tuple[str, Term, int]:
        return ("!", self._goal(meta, term), meta.line)

    @v_args(meta=True, inline=True)
    def spawn_step(self, meta: Any, term: Term) -> tuple[str, Term, int]:
        return ("!!", self._goal(meta, term), meta.line)

    @v_args(meta=True, inline=True)
    def trigger_step(self, meta: Any, sign: str, goal: str, term: Term) -> tuple[str, Term, int]:
        return (f"{sign}{goal}", term, meta.line)

    @v_args(meta=True, inline=True)
    def op_step(self, meta: Any, operator: str, term: Term) -> tuple[str, Term, int]:
        if operator == "+>" and term.__class__ is Struct and term.functor is PLAN:
            return ("act", struct(".add_plan", term, Atom("self"), Atom("end")), meta.line)
        return (str(operator), self._goal(meta, term), meta.line)

    @v_args(meta=True, inline=True)
    def test_step(self, meta: Any, term: Term) -> tuple[str, Term, int]:
        if term.__class__ in (Atom, Struct) and _is_internal(term):
            raise _MistakeError(
                f"'?' before an internal action. Did you mean '{_short(term)}'?",
                meta.line,
                meta.column,
            )
        return ("?", term, meta.line)

    @v_args(meta=True, inline=True)
    def body_step(self, meta: Any, body: Term) -> tuple[str, Term, int]:
        return ("act", make(BRACED, (body,)), meta.line)

    @v_args(meta=True, inline=True)
    def any_fork(self, meta: Any, *branches: tuple[str, Term, int]) -> tuple[str, Term, int]:
        return ("act", _fork("or", branches), meta.line)

    @v_args(meta=True, inline=True)
    def all_fork(self, meta: Any, *branches: tuple[str, Term, int]) -> tuple[str, Term, int]:
        return ("act", _fork("and", branches), meta.line)

    @v_args(meta=True, inline=True)
    def if_step(
        self, meta: Any, test: Term, then: Term, elifs: list[tuple[Term, Term]], other: Term
    ) -> tuple[str, Term, int]:
        for condition, body in reversed(elifs):
            term = _if_term(condition, body, other)
            other = make(BODY, (Atom("act"), term, NIL_BODY, Place(meta.line)))
        return ("act", _if_term(test, then, other), meta.line)

    def elifs(self, *parts: Term) -> list[tuple[Term, Term]]:
        return list(zip(parts[::2], parts[1::2], strict=True))

    def else_part(self, body: Term) -> Term:
        return body

    def block_body(self, body: Term) -> Term:
        return NIL_BODY if body is None else body

    @v_args(meta=True, inline=True)
    def while_step(self, meta: Any, test: Term, body: Term) -> tuple[str, Term, int]:
        return ("act", struct(".loop", test, make(BRACED, (body,))), meta.line)

    @v_args(meta=True, inline=True)
    def for_step(self, meta: Any, test: Term, body: Term) -> tuple[str, Term, int]:
        return ("act", struct(".foreach", test, make(BRACED, (body,))), meta.line)

    def _goal(self, meta: Any, term: Term) -> Term:
        if term.__class__ in (Atom, Struct) and _is_internal(term):
            raise _MistakeError(
                f"'{_short(term)}' is an internal action and cannot be a goal or belief",
                meta.line,
                meta.column,
            )
        return term

    # -- formulas --------------------------------------------------------------------------

    def either(self, a: Term, b: Term) -> Term:
        return struct("|", a, b)

    def both(self, a: Term, b: Term) -> Term:
        return struct("&", a, b)

    def negation(self, a: Term) -> Term:
        return struct("not", a)

    def compare(self, a: Term, relation: str, b: Term) -> Term:
        return struct(str(relation), a, b)

    def operation(self, a: Term, operator: str, b: Term) -> Term:
        if operator == "^":
            raise _MistakeError("'^' is no operator. Did you mean '**'?")
        return struct(str(operator), a, b)

    def raised(self, a: Term, b: Term) -> Term:
        return struct("**", a, b)

    def sign(self, operator: str, a: Term) -> Term:
        if operator == "^":
            raise _MistakeError("'^' is no operator. Did you mean '**'?")
        if a.__class__ is float:
            return -a if operator == "-" else a
        return struct(str(operator), a)

    def number(self, token: str) -> Term:
        return float(token)

    def string(self, token: str) -> Term:
        return _string(token)

    def yes(self) -> Term:
        return TRUE

    def no(self) -> Term:
        return FALSE

    # -- literals and lists ----------------------------------------------------------------

    def named(
        self, negated: str | None, name: str, args: tuple[Term, ...] | None, ann: Term
    ) -> Term:
        text = str(name)
        if args is None and ann is None and negated is None:
            return make(Functor(text, 0), ())  # mostly an atom, but math.pi is an expression
        args = args or ()
        annotations = () if ann is None else _annotations(ann)
        if (annotations or negated) and text.startswith("."):
            raise _MistakeError(f"the internal action '{text}' takes neither annotations nor '~'")
        if text == "source" and not annotations and len(args) == 1 and args[0].__class__ is Atom:
            return source_of(args[0])
        return make(Functor(text, len(args), DEFAULT_NS, negated is not None), args, annotations)

    def variable(self, negated: str | None, token: str, ann: Term) -> Term:
        name = str(token)
        if name[0] == "_" and not name[1:2].isdigit():
            var = Var(name)
        else:
            known = self.scope.get(name)
            var = known if known is not None else self.scope.setdefault(name, Var(name))
        if ann is None and negated is None:
            return var
        return VarLiteral(var, () if ann is None else _annotations(ann), negated is not None)

    def qualified(self, ns: str, literal: Term) -> Term:
        name = str(ns)
        if name == "this_ns":
            return literal
        if literal.__class__ is Var:
            return VarLiteral(literal, (), False, name)
        if literal.__class__ is VarLiteral:
            return VarLiteral(literal.var, literal.ann, literal.negated, name)
        if literal.__class__ is Atom:
            return make(Functor(literal.name, 0, name), ())
        f = literal.functor
        return make(Functor(f.name, f.arity, name, f.negated), literal.args, literal.ann)

    def open_qualified(self, ns: str, literal: Term) -> Term:
        return OpenNamespace(self.variable(None, ns, None), literal)

    def here(self, literal: Term) -> Term:
        return literal

    def terms(self, *args: Term) -> tuple[Term, ...]:
        return args

    def list(self, items: Any = None, tail: Term = None) -> Term:
        return EMPTY if items is None else make_list(items, EMPTY if tail is None else tail)

    def only_tail(self, tail: Term) -> Term:
        return tail if tail.__class__ is not Var else ("|", tail)

    def items(self, *items: Term) -> tuple[Term, ...]:
        return items

    def tail(self, term: Term) -> Term:
        return term

    def tail_var(self, token: str) -> Term:
        return self.variable(None, token, None)

    # -- terms in braces -------------------------------------------------------------------

    def empty_braces(self) -> Term:
        return make(BRACED, (NIL_BODY,))

    def body_braces(self, body: Term) -> Term:
        kind, term, rest = body.args[0].name, body.args[1], body.args[2]
        if rest is NIL_BODY and kind in _EVENT_KINDS:
            return make(EVENT, (body.args[0], term))
        return make(BRACED, (_plan_body(body),))

    def plan_braces(self, step: Any, context: Term, body: Term) -> Term:
        return self.labelled_plan_braces(Var("_"), step, context, body)

    def labelled_plan_braces(self, label: Term, step: Any, context: Term, body: Term) -> Term:
        kind, term, _line = step
        if kind not in _EVENT_KINDS:
            raise _MistakeError("a plan term starts with its trigger, as in {+!g : c <- b}")
        steps = NIL_BODY if body is None else _plan_body(body)
        return make(PLAN, (label, make(EVENT, (Atom(kind), term)), context, steps))

    def short_plan_braces(self, step: Any, body: Term) -> Term:
        return self.labelled_plan_braces(Var("_"), step, TRUE, body)

    def labelled_short_plan_braces(self, label: Term, step: Any, body: Term) -> Term:
        return self.labelled_plan_braces(label, step, TRUE, body)

    def labelled_event_braces(self, label: Term, step: Any) -> Term:
        return self.labelled_plan_braces(label, step, TRUE, None)

    def rule_braces(self, step: Any, formula: Term) -> Term:
        return make(RULE, (step[1], formula))

    def term_alone(self, term: Term) -> Term:
        self.scope = {}
        return term

    def plan_alone(self, plan: Clause) -> Clause:
        return plan


_EVENT_KINDS = {"+", "-", "+!", "-!", "^!", "+?", "-?", "^?"}


def _annotations(ann: Term) -> tuple[Term, ...]:
    if ann.__class__ is tuple:  # [|R]
        return (Tail(ann[1]),)
    items = []
    while ann is not EMPTY and ann.__class__ is not Var:
        items.append(ann.head)
        ann = ann.tail
    if ann.__class__ is Var:
        return (*sorted_annotations(items), Tail(ann))
    return sorted_annotations(items)


def _is_internal(term: Term) -> bool:
    name: str = term.name
    return name.startswith(".") or ("." in name and not name.startswith("'"))


def _short(term: Term) -> str:
    from agents.bdi.printing import term_text

    text = term_text(term)
    return text[1:-1] if text.startswith("(") else text


def _if_term(test: Term, then: Term, other: Term) -> Term:
    if other is None:
        return struct(".if_then_else", test, make(BRACED, (then,)))
    return struct(".if_then_else", test, make(BRACED, (then,)), make(BRACED, (other,)))


def _fork(kind: str, branches: tuple[tuple[str, Term, int], ...]) -> Term:
    bodies = []
    for step_kind, term, line in branches:
        if term.__class__ is Struct and term.functor is BRACED and step_kind == "act":
            bodies.append(term)
        else:
            one = make(BODY, (Atom(step_kind), term, NIL_BODY, Place(line)))
            bodies.append(make(BRACED, (one,)))
    return struct(".fork", Atom(kind), *bodies)


def _plan_operation(sign: str, plan: Term) -> Term:
    if sign == "+":
        return struct(".add_plan", plan, Atom("self"), Atom("begin"))
    return struct(".remove_plan", plan)


def _plan_body(body: Term) -> Term:
    """Checks the steps; a body that is one bare variable is that variable."""
    step = body
    while step is not NIL_BODY:
        kind = step.args[0].name
        if len(kind) == 2 and kind in _EVENT_KINDS:
            raise _MistakeError(
                f"'{kind}' is a trigger, not a step. Did you mean '!'?", step.args[3].line, 1
            )
        step = step.args[2]
    if body is not NIL_BODY and body.args[2] is NIL_BODY:
        only = body.args[1]
        if body.args[0].name == "act" and only.__class__ is Var:
            return only
    return body


@cache
def _parser() -> Lark:
    text = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    return Lark(
        text,
        parser="lalr",
        start=["program", "term_alone", "plan_alone"],
        propagate_positions=True,
    )


def _parse(text: str, start: str, file: str) -> Any:
    try:
        tree = _parser().parse(text, start=start)
        return _Builder().transform(tree)
    except UnexpectedInput as error:
        raise complaint(
            text,
            file,
            line=error.line,
            column=error.column,
            position=error.pos_in_stream or 0,
            token=_found(error),
            expected=_expected(error),
            spelled=_spelled,
        ) from None
    except RecursionError:
        raise _too_deep(file) from None
    except VisitError as error:
        mistake = error.orig_exc
        if isinstance(mistake, RecursionError):
            raise _too_deep(file) from None
        if not isinstance(mistake, _MistakeError):
            raise
        meta = getattr(error.obj, "meta", None)
        line = mistake.line or getattr(meta, "line", 1)
        column = mistake.column or getattr(meta, "column", 1)
        raise PlanSyntaxError(str(mistake), file=file, line=line, column=column) from None


def _too_deep(file: str) -> PlanSyntaxError:
    what = "terms, formulas or blocks are nested too deep. Split them into rules or sub-goals"
    return PlanSyntaxError(what, file=file, line=1, column=1)


def _found(error: UnexpectedInput) -> str | None:
    if not isinstance(error, UnexpectedToken):
        return None
    return "" if error.token.type == "$END" else str(error.token)


def _expected(error: UnexpectedInput) -> set[str]:
    if isinstance(error, UnexpectedToken):
        return set(error.expected or error.accepts or ())
    return set(error.allowed or ()) if isinstance(error, UnexpectedCharacters) else set()


def _spelled(name: str) -> str:
    try:
        return f"'{_parser().get_terminal(name).pattern.value}'"
    except KeyError:
        return name


def parse_program(text: str, file: str) -> list[Clause]:
    """The clauses of a program text, in file order."""
    clauses: list[Clause] = _parse(text, "program", file)
    return clauses


def parse_term(text: str, file: str = "<term>") -> Term:
    """One term or formula."""
    return _parse(text, "term_alone", file)


def parse_plan(text: str, file: str = "<plan>") -> Clause:
    """One plan, with its final dot."""
    clause: Clause = _parse(text, "plan_alone", file)
    return clause


# The usual contents, a name with names, numbers and strings, are read without the grammar.
_FLAT_ARGUMENT = r'-?\d+(?:\.\d+)?|[a-z][A-Za-z0-9_]*|"[^"\\\n]*"'
_FLAT = re.compile(
    rf"([a-z][A-Za-z0-9_]*)\(((?:{_FLAT_ARGUMENT})(?:,(?:{_FLAT_ARGUMENT}))*)\)", re.ASCII
)
_ARGUMENTS = re.compile(_FLAT_ARGUMENT, re.ASCII)
_NO_NAMES = {"not", "div", "mod", "if", "elif", "else", "for", "while", "true", "false", "source"}


def _flat_term(text: str) -> Term:
    """The term of a flat text, None for any other."""
    found = _FLAT.fullmatch(text)
    if found is None or found[1] in _NO_NAMES:
        return None
    args: list[Term] = []
    for part in _ARGUMENTS.findall(found[2]):
        if part[0] == '"':
            args.append(part[1:-1])
        elif part[0].isalpha():
            if part in _NO_NAMES:
                return None
            args.append(Atom(part))
        else:
            args.append(float(part))
    return make(Functor(found[1], len(args)), tuple(args))


def parse_content(text: str) -> Term:
    """The content of a message: a term, within limits on length and depth."""
    if len(text) < 1000:
        flat = _flat_term(text)
        if flat is not None:
            return flat
    if len(text) > MAX_MESSAGE_CHARS:
        raise PlanSyntaxError(
            f"the content has {len(text)} characters, at most {MAX_MESSAGE_CHARS} are read",
            file="<message>",
            line=1,
            column=1,
        )
    depth = deepest = 0
    for char in text:
        if char in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in ")]}":
            depth -= 1
    if deepest > MAX_MESSAGE_DEPTH:
        raise PlanSyntaxError(
            f"the content is nested {deepest} deep, at most {MAX_MESSAGE_DEPTH}",
            file="<message>",
            line=1,
            column=1,
        )
    return parse_term(text, "<message>")
