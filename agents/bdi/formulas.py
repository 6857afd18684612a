"""Formulas: how contexts, tests and rules are solved.

A formula is prepared once as a node (a tuple that starts with its kind) and solved by a loop with
a stack of its own, so that a rule may recurse deeper than Python can. A solution leaves its
bindings in the frame and the trail, and names the beliefs and rules that it rests on.

Long because the solving loop is one function, for speed, and its parts share the forms of a node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from agents.bdi.order import compare
from agents.bdi.templates import Frame, SlotNumbers, build, lookups, match
from agents.bdi.terms import (
    DEFAULT_NS,
    EMPTY,
    FALSE,
    RULE,
    TRUE,
    Atom,
    Cons,
    Functor,
    OpenNamespace,
    Slot,
    Struct,
    Tail,
    Term,
    Var,
    VarLiteral,
    all_ground,
    deref,
    list_items,
    make,
    make_list,
)
from agents.bdi.unification import (
    Trail,
    in_namespace,
    merge_annotations,
    undo,
    unify,
)

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent

Node = tuple[Any, ...]

K_TRUE, K_FALSE, K_AND, K_OR, K_NOT, K_REL, K_LIT, K_ACT, K_VAR, K_CUT = range(10)
MAX_RULE_USES = 1_000_000  # for one question; engineering default: a rule that never ends
RELATIONS = {"<", "<=", ">", ">=", "==", "\\==", "=", "=.."}
# Internal actions that take a formula unsolved, and at which places.
FORMULA_ARGS: dict[str, tuple[int, ...]] = {
    ".findall": (1,),
    ".setof": (1,),
    ".count": (0,),
    ".eval": (1,),
    ".assert": (0,),
}


class Question:
    """A formula together with the frame it is asked in."""

    __slots__ = ("env", "node", "term")

    def __init__(self, node: Node, env: Frame, term: Term) -> None:
        self.node = node
        self.env = env
        self.term = term


class Rule:
    """A rule with its variables numbered; each use gets a frame of its own."""

    __slots__ = ("args", "body", "file", "functor", "line", "size", "term")

    def __init__(self, term: Term, file: str, line: int) -> None:
        slots = SlotNumbers(0)
        head, body = (slots.template(deref(a)) for a in term.args)
        self.functor = head.functor if head.__class__ is Struct else Functor(head.name, 0)
        self.args = head.args if head.__class__ is Struct else ()
        self.body = node_of(body)
        self.size = slots.size
        self.term = term
        self.file = file
        self.line = line


# -- preparing ---------------------------------------------------------------------------------


def node_of(term: Term) -> Node:
    """The node of a formula given as a term (with slots, or with variables)."""
    term = deref(term)
    cls = term.__class__
    if cls is Slot or cls is Var or cls is VarLiteral or cls is OpenNamespace:
        return (K_VAR, term)
    if term is TRUE:
        return (K_TRUE,)
    if term is FALSE:
        return (K_FALSE,)
    if cls is Atom:
        if is_action_name(term.name):
            return (K_ACT, term.name, (), term)
        return (K_LIT, Functor(term.name, 0), (), (), term)
    if cls is not Struct:
        raise TypeError(f"a number, a string or a list is no formula: {term!r}")
    f = term.functor
    if f.ns == DEFAULT_NS and not term.ann:
        if f.arity == 2:
            if f.name == "&":
                return (K_AND, node_of(term.args[0]), node_of(term.args[1]))
            if f.name == "|":
                return (K_OR, node_of(term.args[0]), node_of(term.args[1]))
            if f.name in RELATIONS:
                return (K_REL, f.name, term.args[0], term.args[1], term)
        if f.arity == 1 and f.name == "not":
            return (K_NOT, node_of(term.args[0]))
        if is_action_name(f.name):
            return (K_ACT, f.name, prepare_arguments(f.name, term.args), term)
    return (K_LIT, f, term.args, term.ann, term)


def is_action_name(name: str) -> bool:
    """Whether a name is that of an internal action: it has a dot."""
    return "." in name and name[0] != "'"


def prepare_arguments(name: str, args: tuple[Term, ...]) -> tuple[Term, ...]:
    """Arguments of an internal action; formulas that it takes unsolved become nodes."""
    places = FORMULA_ARGS.get(name)
    if places is None or (name == ".count" and len(args) == 0):
        return args
    return tuple([(node_of(a), a) if i in places else a for i, a in enumerate(args)])


def build_arguments(args: tuple[Term, ...], env: Frame) -> tuple[Term, ...]:
    """The arguments of an internal action, ready to be handed over."""
    return tuple(
        [Question(a[0], env, a[1]) if a.__class__ is tuple else build(a, env) for a in args]
    )


# -- relations ---------------------------------------------------------------------------------


def relation(op: str, left: Term, right: Term, env: Frame, trail: Trail) -> bool:
    """Whether ``left op right`` holds; ``=`` and ``=..`` bind."""
    if op == "=":
        if left.__class__ is Slot and env[left.index] is None:
            env[left.index] = build(right, env)
            trail.append((env, left.index))
            return True
        return unify(build(left, env), build(right, env), trail)
    if op == "=..":
        return decompose(build(left, env), build(right, env), trail)
    before = list(env)
    if not _ordered(op, build(left, env), build(right, env)):
        env[:] = before  # cells made for variables that are not bound yet are no part of a failure
        return False
    return True


def _ordered(op: str, a: Term, b: Term) -> bool:
    if a.__class__ is float and b.__class__ is float:
        return compare_numbers(op, a, b)
    order = compare(a, b)
    if op == "==":
        return order == 0
    if op == "\\==":
        return order != 0
    if op == "<":
        return order < 0
    if op == "<=":
        return order <= 0
    if op == ">":
        return order > 0
    return order >= 0


def compare_numbers(op: str, a: float, b: float) -> bool:
    """The relation between two numbers."""
    if op == "<":
        return a < b
    if op == "<=":
        return a <= b
    if op == ">":
        return a > b
    if op == ">=":
        return a >= b
    if op == "==":
        return a == b
    return a != b


def decompose(a: Term, b: Term, trail: Trail) -> bool:
    """``L =.. [Namespace, Functor, Args, Annots]``, in both directions."""
    a, b = deref(a), deref(b)
    if a.__class__ is Atom or (a.__class__ is Struct and not a.functor.name.startswith("{")):
        f = a.functor if a.__class__ is Struct else Functor(a.name, 0)
        args = a.args if a.__class__ is Struct else ()
        ann = a.ann if a.__class__ is Struct else ()
        name = Atom(("~" if f.negated else "") + f.name)
        parts = [Atom(f.ns), name, make_list(args), make_list(ann)]
        if len(list_items(b)) == 3 and b.__class__ is Cons:
            parts = parts[1:]
        return unify(make_list(parts), b, trail)
    items = list_items(b)
    if len(items) == 3:
        items = [Atom(DEFAULT_NS), *items]
    if len(items) != 4 or items[1].__class__ is not Atom:
        return False
    ns, functor_name, args_list, ann_list = items
    name_text = functor_name.name
    negated = name_text.startswith("~")
    args = tuple(list_items(args_list))
    target = a
    if a.__class__ is OpenNamespace:
        if not unify(a.ns, ns, trail):
            return False
        target = a.literal
    elif a.__class__ is VarLiteral and not a.ann:
        if isinstance(a.ns, str) and ns is not Atom(a.ns):
            return False
        target = a.var
    literal = make(
        Functor(
            name_text[1:] if negated else name_text,
            len(args),
            ns.name if ns.__class__ is Atom else DEFAULT_NS,
            negated,
        ),
        args,
        merge_annotations(tuple(list_items(ann_list))),
    )
    return unify(target, literal, trail)


# -- solving -----------------------------------------------------------------------------------

_C_ROWS, _C_OR, _C_NOT, _C_ITER, _C_ANN = range(5)


def solve(ag: Agent, node: Node, env: Frame, trail: Trail, snapshot: bool = False) -> Iterator[Any]:
    """Each solution in order: a chain (row, rest) of the beliefs and rules that it rests on."""
    goals: Any = (node, env, None)
    used: Any = None
    choices: list[Any] = []
    predicates = ag.beliefs_base.predicates
    patience = MAX_RULE_USES
    while True:
        # Forward: take the next goal; `break` means it failed.
        while goals is not None:
            node, env, rest = goals
            kind = node[0]
            if kind == K_AND:
                goals = (node[1], env, (node[2], env, rest))
            elif kind == K_REL:
                if not relation(node[1], node[2], node[3], env, trail):
                    break
                goals = rest
            elif kind == K_LIT:
                pred = predicates.get(node[1])
                if pred is None:
                    break
                rows = pred.rows(lookups(node[2], env))
                if snapshot:
                    rows = list(rows)
                choices.append((_C_ROWS, len(trail), iter(rows), node, env, rest, used))
                break
            elif kind == K_NOT:
                choices.append((_C_NOT, len(trail), None, None, None, rest, used))
                goals = (node[1], env, ((K_CUT, len(choices)), env, None))
            elif kind == K_CUT:
                del choices[node[1] - 1 :]
                break
            elif kind == K_OR:
                choices.append((_C_OR, len(trail), None, node[2], env, rest, used))
                goals = (node[1], env, rest)
            elif kind == K_TRUE:
                goals = rest
            elif kind == K_FALSE:
                break
            elif kind == K_ACT:
                result = ag.ask_action(node[1], build_arguments(node[2], env), trail)
                if ag.rested_on:
                    for row in ag.rested_on:
                        used = (row, used)
                    ag.rested_on.clear()
                if result is True or result is None:
                    goals = rest
                elif result is False:
                    break
                else:
                    choices.append((_C_ITER, len(trail), result, None, None, rest, used))
                    break
            else:
                term = build(node[1], env)
                if term.__class__ is Var:
                    raise ag.failure(
                        "body_var_without_value", f"the variable {term.name} holds no formula"
                    )
                if term.__class__ is OpenNamespace:
                    alternatives = open_namespace(ag, term, trail)
                    choices.append((_C_ITER, len(trail), alternatives, None, None, rest, used))
                    break
                goals = (node_of(term), env, rest)
        else:
            yield used
        # Backward: the newest choice that has another way.
        while True:
            if not choices:
                return
            kind, mark, ways, node, cenv, rest, used = choices[-1]
            if len(trail) > mark:
                undo(trail, mark)
            if kind == _C_ROWS:
                found = next_row(ways, node, cenv, trail, mark)
                if found is None:
                    choices.pop()
                    continue
                row, renv = found
                if renv is None:
                    used = (row, used)
                    if node[3]:
                        ways_ann = annotation_ways(node[3], row.ann, cenv, trail)
                        choices.append((_C_ANN, len(trail), ways_ann, None, None, rest, used))
                        continue
                    goals = rest
                else:
                    patience -= 1
                    if not patience:
                        raise ag.failure("internal_action", f"rule {node[1]} does not end")
                    used = (row, used)
                    goals = (row.rule.body, renv, rest)
                break
            if kind == _C_OR:
                choices.pop()
                goals = (node, cenv, rest)
                break
            if kind == _C_NOT:
                choices.pop()
                goals = rest
                break
            way = next(ways, None)
            if way is None:
                choices.pop()
                continue
            goals = rest
            break


def next_row(
    rows: Iterator[Any], node: Node, env: Frame, trail: Trail, mark: int
) -> tuple[Any, Frame | None] | None:
    """The next belief that matches (with None), or rule (with its frame)."""
    templates = node[2]
    for row in rows:
        rule = row.rule
        if rule is None:
            if row.pred.odd and not all_ground(row.args):
                if _match_open(row, templates, env, trail):
                    return row, None
                undo(trail, mark)
                continue
            for t, value in zip(templates, row.args, strict=True):
                if not match(t, env, value, trail):
                    break
            else:
                return row, None
        else:
            if node[3] and not covers(node[3], row.ann, env, trail):
                undo(trail, mark)
                continue
            renv: Frame = [None] * rule.size
            for t, template in zip(rule.args, templates, strict=True):
                if not match(t, renv, build(template, env), trail):
                    break
            else:
                return row, renv
        if len(trail) > mark:
            undo(trail, mark)
    return None


def _match_open(row: Any, templates: tuple[Term, ...], env: Frame, trail: Trail) -> bool:
    """A belief with variables: matched like the head of a rule, with variables of its own."""
    head = Rule(make(RULE, (row.term(), TRUE)), "", 0)
    renv: Frame = [None] * head.size
    return all(
        match(t, renv, build(template, env), trail)
        for t, template in zip(head.args, templates, strict=True)
    )


def covers(ann: tuple[Term, ...], own: tuple[Term, ...], env: Frame, trail: Trail) -> bool:
    """Whether the annotations of a row hold those that were asked for."""
    return next(annotation_ways(ann, own, env, trail), None) is not None


def annotation_ways(
    ann: tuple[Term, ...], own: tuple[Term, ...], env: Frame, trail: Trail
) -> Iterator[bool]:
    """Each way to find all wanted annotations among a belief's own, in their order."""
    if ann[-1].__class__ is Tail:
        from agents.bdi.unification import unify_annotations

        if unify_annotations(tuple([build(a, env) for a in ann]), own, trail):
            yield True
        return
    wanted = tuple([build(a, env) for a in ann])
    yield from _ways(wanted, 0, own, trail)


def _ways(wanted: tuple[Term, ...], i: int, own: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    if i == len(wanted):
        yield True
        return
    mark = len(trail)
    for a in own:
        if unify(wanted[i], a, trail):
            yield from _ways(wanted, i + 1, own, trail)
            undo(trail, mark)


def open_namespace(ag: Agent, term: OpenNamespace, trail: Trail) -> Iterator[bool]:
    """Solutions of ``N::p(X)`` over all namespaces that know the predicate."""
    literal = deref(term.literal)
    f = literal.functor if literal.__class__ is Struct else Functor(literal.name, 0)
    mark = len(trail)
    known = list(ag.beliefs_base.predicates.values())
    for pred in sorted(known, key=lambda p: p.functor.ns != DEFAULT_NS):
        g = pred.functor
        if (g.name, g.arity, g.negated) != (f.name, f.arity, f.negated):
            continue
        if pred.ring.next is pred.ring:
            continue
        if unify(term.ns, Atom(g.ns), trail):
            inner = node_of(in_namespace(Atom(g.ns), literal))
            for _ in solve(ag, inner, [], trail):
                yield True
        undo(trail, mark)


def first_solution(ag: Agent, node: Node, env: Frame, trail: Trail) -> Any:
    """The first solution's chain of beliefs, or False; its bindings stay."""
    for used in solve(ag, node, env, trail):
        return used
    return False


def ask(ag: Agent, question: Question, trail: Trail) -> Iterator[Any]:
    """Solutions of a formula handed to an internal action."""
    return solve(ag, question.node, question.env, trail)


ActionFunction = Callable[..., Any]
__all__ = ["EMPTY", "Question", "Rule", "SlotNumbers", "build", "match", "node_of", "solve"]
