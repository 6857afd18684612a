"""Terms as text, the way plans, messages and traces show them."""

from __future__ import annotations

from typing import Any

from agents.bdi.terms import (
    BODY,
    BRACED,
    EMPTY,
    EVENT,
    NIL_BODY,
    PLAN,
    RULE,
    TRUE,
    Atom,
    Cons,
    Functor,
    OpenNamespace,
    Place,
    Slot,
    Struct,
    Tail,
    Term,
    Var,
    VarLiteral,
    deref,
    is_ground,
    make,
)

_SPACED = {"<", "<=", ">", ">=", "==", "\\==", "=", "=..", "&", "|", "mod", "div"}
_TIGHT = {"+", "-", "*", "/", "**"}
_MAX_DEPTH = 200  # a cyclic term must end somewhere


def number_text(x: float) -> str:
    """A number as Jason prints it: ``3`` for 3.0, ``1.0E-4`` for 0.0001."""
    if x != x:
        return "NaN"
    if x in (float("inf"), float("-inf")):
        return "Infinity" if x > 0 else "-Infinity"
    if x.is_integer() and abs(x) < 2**63:
        return str(int(x))
    size = abs(x)
    digits = repr(size)
    mantissa, _, exponent = digits.partition("e")
    if 1e-3 <= size < 1e7:
        text = digits if not exponent else format(size, "f").rstrip("0")
    else:
        whole, _, part = mantissa.partition(".")
        power = int(exponent or 0)
        figures = whole + part
        stripped = figures.lstrip("0")
        power += len(whole) - 1 - (len(figures) - len(stripped))
        stripped = stripped.rstrip("0")
        text = f"{stripped[0]}.{stripped[1:] or '0'}E{power}"
    return ("-" if x < 0 else "") + text


_heads: dict[Functor, str] = {}
_tails: dict[tuple[Term, ...], str] = {}
_MOST_TAILS = 1000  # engineering default: sources repeat, times and seats do not


def literal_head(functor: Functor) -> str:
    """What the text of a literal begins with; empty where it is no name with arguments."""
    head = _heads.get(functor)
    if head is None:
        name = functor.name
        if name in _SPACED or name in _TIGHT or name == "not" or name[0] == "{":
            return ""
        space = "" if functor.ns == "default" else f"{functor.ns}::"
        head = _heads[functor] = f"{space}{'~' if functor.negated else ''}{name}"
    return head


def literal_text(functor: Functor, args: tuple[Term, ...], ann: tuple[Term, ...] = ()) -> str:
    """``term_text`` of a literal in parts; quick where its arguments are names and numbers."""
    head = _heads.get(functor) or literal_head(functor)
    if not head:
        return term_text(make(functor, args, ann))
    if args:
        parts = []
        for a in args:
            cls = a.__class__
            if cls is float and -1e15 < a < 1e15 and a.is_integer():
                parts.append(str(int(a)))
            elif cls is Atom and a is not NIL_BODY:
                parts.append(a.name)
            else:
                parts.append(term_text(a))
        head = f"{head}({','.join(parts)})"
    if not ann:
        return head
    tail = _tails.get(ann) if len(ann) == 1 else None
    if tail is None:
        out: list[str] = []
        _write_annotations(ann, out, 1)
        tail = "".join(out)
        if len(ann) == 1 and len(_tails) < _MOST_TAILS and is_ground(ann[0]):
            _tails[ann] = tail
    return head + tail


def string_text(s: str) -> str:
    """A string in quotes, as it would be written in a program."""
    return '"' + s.replace('"', '\\"').replace("\n", "\\n") + '"'


def term_text(term: Term) -> str:
    """The term as it stands inside another term: strings in quotes."""
    out: list[str] = []
    _write(term, out, 0)
    return "".join(out)


def plain_text(term: Term) -> str:
    """The term as ``.print`` shows it: a string without quotes, an unbound variable marked."""
    term = deref(term)
    if term.__class__ is str:
        text: str = term
        return text
    if term.__class__ is float:
        return number_text(term)
    if term.__class__ is Var or term.__class__ is Slot:
        return f"{term.name}<no-value>"
    return term_text(term)


def _write(term: Term, out: list[str], depth: int) -> None:
    term = deref(term)
    cls = term.__class__
    if depth > _MAX_DEPTH:
        out.append("...")
    elif cls is float:
        out.append(number_text(term))
    elif cls is str:
        out.append(string_text(term))
    elif cls is Atom:
        out.append("{ }" if term is NIL_BODY else term.name)
    elif cls is Struct:
        _write_struct(term, out, depth + 1)
    elif cls is Cons or term is EMPTY:
        _write_list(term, out, depth + 1)
    elif cls is Var or cls is Slot:
        out.append(term.name)
    elif cls is Tail:
        out.append("|")
        _write(term.var, out, depth)
    elif cls is VarLiteral:
        _write_var_literal(term, out, depth)
    elif cls is OpenNamespace:
        _write(term.ns, out, depth)
        out.append("::")
        _write(term.literal, out, depth)
    elif cls is Place:
        pass
    else:
        out.append(opaque_text(term))


def opaque_text(value: Any) -> str:
    """Any other Python object, by its own ``term_text`` or its type."""
    own = getattr(value, "term_text", None)
    return str(own()) if own is not None else f"<{type(value).__name__}>"


def _write_list(term: Term, out: list[str], depth: int) -> None:
    out.append("[")
    first = True
    count = 0
    while term.__class__ is Cons:
        count += 1
        if count > 1_000_000:
            out.append(",...")
            break
        if not first:
            out.append(",")
        first = False
        _write(term.head, out, depth)
        term = deref(term.tail)
    else:
        if term is not EMPTY:
            out.append("|")
            _write(term, out, depth)
    out.append("]")


def _write_annotations(ann: tuple[Term, ...], out: list[str], depth: int) -> None:
    out.append("[")
    for i, a in enumerate(ann):
        if i and a.__class__ is not Tail:
            out.append(",")
        _write(a, out, depth)
    out.append("]")


def _write_var_literal(term: VarLiteral, out: list[str], depth: int) -> None:
    if term.ns is not None:
        _write(Atom(term.ns) if isinstance(term.ns, str) else term.ns, out, depth)
        out.append("::")
    if term.negated:
        out.append("~")
    _write(term.var, out, depth)
    if term.ann:
        _write_annotations(term.ann, out, depth)


def _write_struct(s: Struct, out: list[str], depth: int) -> None:
    f: Functor = s.functor
    args = s.args
    head = _heads.get(f)
    if head is not None:
        _write_plain(s, head, out, depth)
        return
    if f.name.startswith("{"):
        _write_special(s, f, out, depth)
        return
    if len(args) == 2 and not s.ann and (f.name in _SPACED or f.name in _TIGHT):
        space = " " if f.name in _SPACED else ""
        out.append("(")
        _write(args[0], out, depth)
        out.append(f"{space}{f.name}{space}")
        _write(args[1], out, depth)
        out.append(")")
        return
    if f.name == "not" and len(args) == 1:
        out.append("not (")
        _write(args[0], out, depth)
        out.append(")")
        return
    if f.name in ("+", "-") and len(args) == 1:
        out.append(f"({f.name}")
        _write(args[0], out, depth)
        out.append(")")
        return
    space = "" if f.ns == "default" else f"{f.ns}::"
    head = f"{space}{'~' if f.negated else ''}{f.name}"
    if f.name not in _SPACED and f.name not in _TIGHT and f.name != "not":
        _heads[f] = head  # the next one of this functor needs none of these questions
    _write_plain(s, head, out, depth)


def _write_plain(s: Struct, head: str, out: list[str], depth: int) -> None:
    """A literal that is written as its name with arguments and annotations."""
    out.append(head)
    if s.args:
        sign = "("
        for arg in s.args:
            out.append(sign)
            sign = ","
            cls = arg.__class__
            if cls is float and -1e15 < arg < 1e15 and arg.is_integer():
                out.append(str(int(arg)))
            elif cls is Atom and arg is not NIL_BODY:
                out.append(arg.name)
            else:
                _write(arg, out, depth)
        out.append(")")
    if s.ann:
        _write_annotations(s.ann, out, depth)


def _write_special(s: Struct, f: Functor, out: list[str], depth: int) -> None:
    if f is PLAN:
        out.append("{ ")
        write_plan(s, out, depth)
        out.append(" }")
    elif f is EVENT:
        out.append("{ ")
        write_trigger(s, out, depth)
        out.append(" }")
    elif f is BRACED:
        inner = deref(s.args[0])
        if inner is NIL_BODY:
            out.append("{ }")
            return
        out.append("{ ")
        _write(inner, out, depth)
        out.append(" }")
    elif f is BODY:
        _write_body(s, out, depth)
    elif f is RULE:
        out.append("{ ")
        _write(s.args[0], out, depth)
        out.append(" :- ")
        _write(s.args[1], out, depth)
        out.append(" }")


def write_trigger(event: Term, out: list[str], depth: int = 0) -> None:
    """``+!g(X)``: the operator and the literal of an event term."""
    event = deref(event)
    if event.__class__ is Struct and event.functor is EVENT:
        out.append(event.args[0].name)
        _write(event.args[1], out, depth)
    else:
        _write(event, out, depth)


def write_plan(plan: Struct, out: list[str], depth: int = 0) -> None:
    """The plan term without its braces."""
    label, event, context, body = (deref(a) for a in plan.args)
    if label.__class__ is not Var or not label.name.startswith("_"):
        out.append("@")
        _write(label, out, depth)
        out.append(" ")
    write_trigger(event, out, depth)
    if context is not TRUE:
        out.append(" : ")
        _write(context, out, depth)
    if body is not NIL_BODY:
        out.append(" <- ")
        _write(body, out, depth)


def _write_body(s: Term, out: list[str], depth: int) -> None:
    first = True
    while True:
        s = deref(s)
        if s.__class__ is not Struct or s.functor is not BODY:
            if s is not NIL_BODY:
                out.append("" if first else "; ")
                _write(s, out, depth)
            return
        if not first:
            out.append("; ")
        first = False
        out.append(s.args[0].name if s.args[0].name != "act" else "")
        _write(s.args[1], out, depth)
        s = s.args[2]
