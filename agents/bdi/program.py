"""Programs: what a ``.asl`` file says, ready to be shared by any number of agents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.bdi.beliefs import SOURCE_SELF
from agents.bdi.directives import expand_pattern, in_namespace
from agents.bdi.formulas import Rule
from agents.bdi.order import sorted_annotations
from agents.bdi.plans import Plan
from agents.bdi.printing import term_text
from agents.bdi.syntax import Clause, parse_program
from agents.bdi.terms import DEFAULT_NS, Atom, Functor, Struct, Term, Var, literal_parts, make
from agents.bdi.unification import copy_term
from agents.errors import ProgramError, did_you_mean

if TYPE_CHECKING:
    from agents.bdi.actions import Actions
    from agents.bdi.lint import Problem
    from agents.bdi.lint_beliefs import World

Parts = tuple[Functor, tuple[Term, ...], tuple[Term, ...]]
_DIRECTIVES = ("include", "namespace", "register_function", "dg", "bdg", "ebdg", "bc")
_cache: dict[Path, tuple[tuple[int, int] | None, list[Clause]]] = {}
_programs: dict[tuple[Path, str], Program] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clause stands."""

    file: str
    line: int


class Program:
    """Initial beliefs, rules, goals and plans."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.initial: list[Parts | Rule] = []
        self.goals: list[Parts] = []
        self.plans: list[Plan] = []
        self.functions: dict[tuple[str, int], str] = {}
        self.places: dict[int, Place] = {}  # of initial beliefs, by their number
        self.texts: dict[str, str] = {}  # of the files read, for what lint is told to overlook
        self._stamps: dict[Path, tuple[int, int] | None] = {}  # of the files, as they were read
        self._labels: dict[str, Place] = {}
        self._invented = 0

    @classmethod
    def load(cls, path: str | Path, namespace: str = DEFAULT_NS) -> Program:
        """Reads a file and everything it includes; the same program while no file changes.

        A program never changes once it is read, so that all its agents, and all runs of one
        process, share it and what the compiler made of its plans.
        """
        path = Path(path)
        known = _programs.get((path.resolve(), namespace))
        if known is not None and all(_stamp(f) == s for f, s in known._stamps.items()):
            return known
        program = cls(path.name)
        program._read(path, path.name, namespace)
        _programs[path.resolve(), namespace] = program
        return program

    @classmethod
    def parse(cls, text: str, file: str = "program.asl") -> Program:
        """Reads a program from a text."""
        program = cls(file)
        program.texts[file] = text
        program._take(parse_program(text, file), file, Path(), DEFAULT_NS)
        return program

    @property
    def rules(self) -> dict[Functor, tuple[Rule, ...] | None]:
        """The rules of each predicate that has some, in order; None where beliefs mix in."""
        found: dict[Functor, list[Rule]] = {}
        for entry in self.initial:
            if isinstance(entry, Rule):
                found.setdefault(entry.functor, []).append(entry)
        mixed = {entry[0] for entry in self.initial if not isinstance(entry, Rule)}
        return {f: None if f in mixed else tuple(rules) for f, rules in found.items()}

    def check(self, actions: Actions | None = None, world: World | None = None) -> list[Problem]:
        """What looks wrong, without running anything; ``world`` is what a host adds."""
        from agents.bdi.lint import check_program

        return check_program(self, actions, world)

    # -- reading -----------------------------------------------------------------------------

    def _read(self, path: Path, shown: str, ns: str) -> None:
        self._stamps[path] = _stamp(path)
        clauses = _clauses_of(path, shown)
        self.texts[shown] = path.read_text(encoding="utf-8")
        self._take(clauses, shown, path.parent, ns)

    def _take(self, clauses: list[Clause], file: str, folder: Path, ns: str) -> None:
        for clause in clauses:
            try:
                if clause.kind == "directive":
                    self._directive(clause, file, folder, ns)
                elif clause.kind == "block":
                    self._block(clause, file, folder, ns)
                else:
                    self._clause(in_namespace(clause, ns) if ns != DEFAULT_NS else clause, file)
            except RecursionError:
                raise ProgramError(
                    f"this {clause.kind} is nested too deep. Split it into rules or sub-goals",
                    file=file,
                    line=clause.line,
                ) from None

    def _clause(self, clause: Clause, file: str) -> None:
        term = clause.term
        if clause.kind == "plan":
            self._plan(clause, file)
        elif clause.kind == "rule":
            self.initial.append(Rule(term, file, clause.line))
        else:
            parts = literal_parts(term)
            if parts is None:
                raise ProgramError(
                    f"a {clause.kind} cannot be the variable {term_text(term)}",
                    file=file,
                    line=clause.line,
                )
            if clause.kind == "goal":
                self.goals.append(parts)
            else:
                self.places[len(self.initial)] = Place(file, clause.line)
                self.initial.append(parts)

    def _plan(self, clause: Clause, file: str, outer: Plan | None = None) -> None:
        label_term = clause.term.args[0]
        parts = literal_parts(label_term)
        if parts is None:
            label = self._new_label()
            ann = _list_annotations(label_term)
            term = make(
                clause.term.functor, (make(Functor(label, 0), (), ann), *clause.term.args[1:])
            )
        else:
            label, term = parts[0].name, clause.term
            known = self._labels.get(label)
            if known is not None:
                raise ProgramError(
                    f"the label '{label}' is used twice; first in {known.file}:{known.line}",
                    file=file,
                    line=clause.line,
                )
        self._labels[label] = Place(file, clause.line)
        try:
            plan = Plan(
                term,
                file=file,
                line=clause.line,
                label=label,
                until=clause.goal_condition,
                sources=(SOURCE_SELF,),
                outer=outer,
            )
        except TypeError as error:
            raise ProgramError(str(error), file=file, line=clause.line) from None
        for inner in clause.inner:
            self._plan(inner, file, plan)
        if outer is None:
            self.plans.append(plan)
        else:
            outer.enclose(plan)

    def _new_label(self) -> str:
        while True:
            self._invented += 1
            label = f"p__{self._invented}"
            if label not in self._labels:
                return label

    def _directive(self, clause: Clause, file: str, folder: Path, ns: str) -> None:
        parts = literal_parts(clause.term)
        assert parts is not None
        name, args = parts[0].name, parts[1]
        if name == "include" and args and isinstance(args[0], str):
            if len(args) > 1 and isinstance(args[1], Atom):
                ns = args[1].name
            path = folder / args[0]
            if not path.is_file():
                near = did_you_mean(
                    path.name,
                    [p.name for p in path.parent.glob("*.asl")] if path.parent.is_dir() else (),
                )
                raise ProgramError(
                    f"no file '{args[0]}' to include.{near}", file=file, line=clause.line
                )
            self._read(path, args[0], ns)
        elif name == "register_function" and [a.__class__ for a in args] == [str, float, str]:
            self.functions[args[0], int(args[1])] = args[2]
        elif name == "namespace" and args:
            return
        else:
            raise ProgramError(
                f"unknown directive '{name}'.{did_you_mean(name, _DIRECTIVES)} "
                f"Known: {', '.join(_DIRECTIVES)}.",
                file=file,
                line=clause.line,
            )

    def _block(self, clause: Clause, file: str, folder: Path, ns: str) -> None:
        parts = literal_parts(clause.term)
        assert parts is not None
        name, args = parts[0].name, parts[1]
        if name == "namespace" and args and isinstance(args[0], Atom):
            inner = args[0].name
            if len(args) > 1 and args[1] is Atom("local"):
                inner = f"{Path(file).stem}__{inner}"
            self._take(clause.inner, file, folder, inner)
            return
        expanded = expand_pattern(name, args, clause.inner, clause.line)
        if expanded is None:
            raise ProgramError(
                f"unknown directive '{name}'.{did_you_mean(name, _DIRECTIVES)} "
                f"Known: {', '.join(_DIRECTIVES)}.",
                file=file,
                line=clause.line,
            )
        self._take(expanded, file, folder, ns)


def _list_annotations(label: Term) -> tuple[Term, ...]:
    if label.__class__ is Var:
        return ()
    items: list[Any] = []
    while hasattr(label, "head"):
        items.append(label.head)
        label = label.tail
    return sorted_annotations(items)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


def _clauses_of(path: Path, shown: str) -> list[Clause]:
    """The clauses of a file; read once while the file stays the same."""
    stamp = _stamp(path)
    known = _cache.get(path.resolve())
    if known is not None and known[0] == stamp:
        return known[1]
    clauses = parse_program(path.read_text(encoding="utf-8"), shown)
    _cache[path.resolve()] = (stamp, clauses)
    return clauses


__all__ = ["Program", "Struct", "copy_term"]
