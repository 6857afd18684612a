"""The plan author's manual: each action's signature and docstring, from the registry."""

from __future__ import annotations

import inspect
import types
import typing
from dataclasses import dataclass
from typing import Any

from agents.bdi.actions import MANY, ActionDefinition, Actions, argument_types
from agents.bdi.terms import Atom, Struct

_WORDS = {
    str: "name or string",
    Atom: "name",
    Struct: "structure",
    float: "number",
    int: "whole number",
    bool: "true or false",
    list: "list",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One action as a plan author sees it."""

    name: str
    signature: str
    doc: str
    waits: bool  # only as a step: it waits, sends, or changes the agent
    standard: bool  # of the language, not of our agents

    def text(self) -> str:
        """The signature, and the docstring below it."""
        lines = self.doc.splitlines() or [""]
        note = "  (a step only, never in a context)" if self.waits else ""
        return "\n".join([self.signature + note, *[f"    {line}".rstrip() for line in lines]])


def manual(actions: Actions) -> list[Entry]:
    """Every action, by name."""
    standard = Actions.standard()
    return [
        Entry(
            name,
            signature(definition),
            definition.doc,
            definition.body_only,
            definition in standard.by_name.get(name, ()),
        )
        for name in actions.names()
        for definition in actions.by_name[name]
    ]


def signature(definition: ActionDefinition) -> str:
    """``.find_linked(kind: name, rel: name[, Result])``; of the standard library the arities."""
    function = definition.function
    types_of = None if function is None else argument_types(function)
    if function is None or types_of is None:
        fewest, most = definition.fewest, definition.most
        if fewest == most:
            return f"{definition.name}/{fewest}"
        return f"{definition.name}/{fewest}.." + ("" if most >= MANY else str(most))
    parts = []
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        shown = parameter.name
        word = _word(types_of.get(parameter.name, Any))
        if word:
            shown += f": {word}"
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            shown += ", .."
        elif parameter.default is not inspect.Parameter.empty:
            shown = f"[{shown}]"
        parts.append(shown)
    if types_of.get("return", Any) not in (None, bool, type(None)):
        parts.append("[Result]")
    return f"{definition.name}({', '.join(parts)})"


def _word(hint: Any) -> str:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        inner = [a for a in typing.get_args(hint) if a is not type(None)]
        return f"{_word(inner[0])} or unbound" if len(inner) == 1 else ""
    if typing.get_origin(hint) is list:
        return "list"
    return _WORDS.get(hint, "")
