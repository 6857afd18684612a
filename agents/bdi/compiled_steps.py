"""The simple steps of a body as generated functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.bdi.compiled_parts import Cannot, Writer
from agents.bdi.formulas import FORMULA_ARGS, RELATIONS, is_action_name
from agents.bdi.plans import MAX_USED, VARS, Plan
from agents.bdi.terms import (
    Atom,
    Functor,
    Slot,
    Struct,
    Tail,
    Term,
    all_ground,
)

if TYPE_CHECKING:
    pass

from agents.bdi.compiled_goals import COMPARISONS, slots_of


def write_step(w: Writer, plan: Plan, name: str, kind: str, term: Term, known: set[int]) -> None:
    """Writes the maker of one step: it gets the successor, its answer, and the reference step."""
    w.line(f"def {name}(N, R, GENERIC_STEP):")
    w.indent()
    w.line("def step(ag, it, fr):")
    w.indent()
    if kind in ("!", "!!"):
        _write_goal_step(w, plan, kind, term, known)
    elif kind in ("+", "-"):
        _write_belief_step(w, kind, term, known)
    elif kind == "?":
        _write_test_step(w, term, known)
    elif kind == "act" and term.__class__ is Struct and term.functor.name in RELATIONS:
        _write_constraint(w, term, known)
    elif kind == "act" and term.__class__ in (Struct, Atom) and is_action_name(term.name):
        _write_action(w, plan, term, known)
    else:
        raise Cannot
    w.dedent()
    w.line("return step")
    w.dedent()


def _plain_literal(term: Term) -> tuple[Functor, tuple[Term, ...], tuple[Term, ...]]:
    if term.__class__ is Atom:
        return Functor(term.name, 0), (), ()
    if term.__class__ is not Struct or term.functor.name.startswith("{"):
        raise Cannot
    if not all_ground(term.ann) or any(a.__class__ is Tail for a in term.ann):
        raise Cannot
    return term.functor, term.args, term.ann


def _value(w: Writer, t: Term, known: set[int], names: list[str]) -> str:
    """A name or constant for a built argument of a step."""
    cls = t.__class__
    if cls is Slot:
        name = f"V{t.index}"
        if name in w.loaded:
            return name
        w.loaded.add(name)
        w.line(f"{name} = fr[{t.index}]")
        other = ""
        if t.index not in known:
            w.line(f"if {name} is None: {name} = fr[{t.index}] = Var({names[t.index - VARS]!r})")
            other = "el"
        w.line(f"{other}if {name}.__class__ in LOOSE: {name} = settle({name})")
        return name
    if cls in (float, str, Atom):
        return w.constant(t)
    if cls is Struct and t.functor.arithmetic:
        if t.functor.arity != 2 or t.functor.name not in ("+", "-", "*", "/", "div", "mod", "**"):
            return _built(w, t)
        a, b = _value(w, t.args[0], known, names), _value(w, t.args[1], known, names)
        name = w.name("n")
        op = t.functor.name
        if op in ("+", "-", "*"):
            tests = [
                f"{x}.__class__ is float"
                for x, part in ((a, t.args[0]), (b, t.args[1]))
                if part.__class__ is not float
            ]
            test = " and ".join(tests) or "True"
            w.line(f"{name} = {a} {op} {b} if {test} else arith({op!r}, {a}, {b})")
        else:
            w.line(f"{name} = arith({op!r}, {a}, {b})")
        return name
    if all_ground((t,)):
        return w.constant(t)
    if cls is Struct and not t.ann and not t.functor.name.startswith("{"):
        return _structure(w, t, known, names)
    return _built(w, t)


def _structure(w: Writer, t: Struct, known: set[int], names: list[str]) -> str:
    parts = [_value(w, a, known, names) for a in t.args]
    name = w.name("b")
    w.line(f"{name} = make({w.constant(t.functor)}, ({''.join(f'{p}, ' for p in parts)}))")
    return name


def _built(w: Writer, t: Term) -> str:
    name = w.name("b")
    w.line(f"{name} = build({w.constant_of(t)}, fr)")
    return name


def _tuple(w: Writer, args: tuple[Term, ...], known: set[int], names: list[str]) -> str:
    if args and all_ground(args):
        return w.constant_of(args)
    values = [_value(w, t, known, names) for t in args]
    return "(" + "".join(f"{v}, " for v in values) + ")"


def _write_goal_step(w: Writer, plan: Plan, kind: str, term: Term, known: set[int]) -> None:
    from agents.bdi.beliefs import with_source

    functor, args, ann = _plain_literal(term)
    if kind == "!!":
        built = _tuple(w, args, known, plan.names)
        w.line(
            f"ag.spawn_goal({w.constant(functor)}, {built}, "
            f"{w.constant_of(with_source(ann)) if ann else 'SELF'}, fr[5])"
        )
        w.line("fr[0] = N")
        w.line("return R")
        return
    trigger = w.trigger("+!", functor)
    built = _tuple(w, args, known, plan.names)
    w.line(f"args = {built}")
    w.line("fr[0] = N")
    if functor is plan.functor and plan.op in ("+!", "-!"):
        w.line("if N is None:")
        w.line("    if (fr[3] is None and fr[2][2] is SELF and it.fork is None")
        w.line("            and ag.atomic is None and not LIBRARY.has_meta")
        w.line("            and it.stack[-1] is fr):")
        w.line("        it.stack.pop()")
        w.line("    else:")
        w.line("        it.drop_finished(ag, fr)")
    if ann:
        w.line(
            f"ag.post_goal(it, '+!', {w.constant(functor)}, args, "
            f"{w.constant_of(with_source(ann))}, fr[5])"
        )
    else:
        w.line(f"if {trigger}.fail.plans or WAITS or LIBRARY.has_meta:")
        w.line(f"    ag.post_goal(it, '+!', {w.constant(functor)}, args, SELF, fr[5])")
        w.line("else:")
        w.line(f"    EVENTS.append(({trigger}, args, SELF, it, None, fr[5]))")
    w.line("return 1")


def _write_belief_step(w: Writer, kind: str, term: Term, known: set[int]) -> None:
    from agents.bdi.beliefs import with_source

    functor, args, ann = _plain_literal(term)
    pred, trigger = w.predicate(functor), w.trigger(kind, functor)
    built = _tuple(w, args, known, w.plan.names)
    w.line(f"args = {built}")
    w.line("fr[0] = N")
    source = w.constant_of(with_source(ann)) if ann else "SELF"
    call = "believe_at" if kind == "+" else "forget_at"
    w.line(f"return ag.{call}(it, {pred}, {trigger}, args, {source}, fr[5]) or R")


def _write_test_step(w: Writer, term: Term, known: set[int]) -> None:
    functor, args, ann = _plain_literal(term)
    if ann:
        raise Cannot
    pred = w.predicate(functor)
    w.line(f"if {pred}.odd: return GENERIC_STEP(ag, it, fr)")
    pattern: list[str] = []
    free: list[tuple[int, int]] = []
    for i, t in enumerate(args):
        if t.__class__ is Slot:
            name = f"V{t.index}"
            if any(index == t.index for index, _ in free):
                raise Cannot
            if name not in w.loaded:
                w.loaded.add(name)
                w.line(f"{name} = fr[{t.index}]")
                w.line(f"if {name}.__class__ is Var: {name} = deref({name})")
            open_too = "" if t.index in known else f"{name} is not None and "
            w.line(f"if {open_too}{name}.__class__ not in FLAT: return GENERIC_STEP(ag, it, fr)")
            pattern.append(name)
            if t.index not in known:
                free.append((t.index, i))
        elif t.__class__ in (Atom, float, str):
            pattern.append(w.constant(t))
        elif t.__class__ is Struct and t.functor.arithmetic:
            if any(i not in known for i in slots_of(t)):
                raise Cannot
            value = _value(w, t, known, w.plan.names)
            w.line(f"if {value}.__class__ not in FLAT: return GENERIC_STEP(ag, it, fr)")
            pattern.append(value)
        else:
            raise Cannot
    key = "".join(f"{p}, " for p in pattern)
    if not free:
        w.line(f"r = {pred}.by_args.get(({key}))")
        w.line("if r is None: return GENERIC_STEP(ag, it, fr)")
    else:
        if pattern and all(i for _, i in free) and len(free) == len(args) - 1:
            unknown = " and ".join(f"V{index} is None" for index, _ in free)
            w.line(f"if {unknown}: r = row_by_first({pred}, {pattern[0]})")
            w.line(f"else: r = first_row({pred}, ({key}))")
        else:
            w.line(f"r = first_row({pred}, ({key}))")
        w.line("if r is None: return GENERIC_STEP(ag, it, fr)")
        for index, i in free:
            w.line(f"if V{index} is None: fr[{index}] = r.args[{i}]")
    if w.explain:
        w.line("u = fr[4]")
        w.line("if u is None: fr[4] = ((r, r.ann, r.cause),)")
        w.line(f"elif len(u) < {MAX_USED}: fr[4] = (*u, (r, r.ann, r.cause))")
        w.line("if r.cause is not None: fr[5] = merge_causes(fr[5], (r.cause,))")
    w.line("fr[0] = N")
    w.line("return R")


def _write_constraint(w: Writer, term: Term, known: set[int]) -> None:
    op, (left, right) = term.functor.name, term.args
    if op == "=":
        if left.__class__ is not Slot or left.index in slots_of(right):
            raise Cannot
        if left.index in known:
            a, b = (_value(w, t, known, w.plan.names) for t in (left, right))
            w.line(f"if {a}.__class__ is Var and {b}.__class__ in FLAT: {a}.ref = {b}")
            w.line(f"elif not unify({a}, {b}, []): return GENERIC_STEP(ag, it, fr)")
            w.line("fr[0] = N")
            w.line("return R")
            return
        w.line(f"if fr[{left.index}] is not None: return GENERIC_STEP(ag, it, fr)")
        w.line(f"fr[{left.index}] = {_value(w, right, known, w.plan.names)}")
    else:
        sign = COMPARISONS.get(op)
        if sign is None or any(i not in known for i in slots_of(term)):
            raise Cannot
        a, b = (_value(w, t, known, w.plan.names) for t in (left, right))
        w.line(
            f"if {a}.__class__ is not float or {b}.__class__ is not float "
            f"or not ({a} {sign} {b}): return GENERIC_STEP(ag, it, fr)"
        )
    w.line("fr[0] = N")
    w.line("return R")


def _write_action(w: Writer, plan: Plan, term: Term, known: set[int]) -> None:
    name = term.name
    args = term.args if term.__class__ is Struct else ()
    if name in FORMULA_ARGS or name in (".if_then_else", ".loop", ".foreach", ".fork", ".join"):
        raise Cannot
    built = _tuple(w, args, known, plan.names) if args else "()"
    action = w.name("A")
    w.late[action] = (name, len(args))
    w.line("trail = []")
    w.line(f"r = action_call(ACTIONS, {name!r}, {len(args)})(ag, {built}, trail)")
    w.line("if r is not True and r is not None:")
    w.line(f"    return after_action(fr, r, trail, N, R, {name!r}, step)")
    w.line("if fr[0] is step: fr[0] = N")
    w.line("return R")
