"""The editor's page: what it asks for, done with a draft; served on this machine alone."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from environment.model.change import JSON
from environment.web.desk import Deed, serve_desk
from environment.web.problems import ProblemError
from environment.web.screens import Screen
from scenarios.authoring.draft import Draft, StaleError
from scenarios.authoring.edits import Edit
from scenarios.authoring.preview import Simulator, StoppedError
from scenarios.authoring.vocabulary import vocabulary
from scenarios.cast import STANDARD
from scenarios.errors import AuthoringError, Problem
from scenarios.reading import shown
from scenarios.script import DEFAULT_BRANCH

PAGE = Screen(path="/", name="author", title="Author")


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Edits(_Asked):
    """Changes that the form makes, as one step."""

    revision: int
    edits: list[Edit] = Field(max_length=50)


class Text(_Asked):
    """The whole text."""

    revision: int
    text: str


class Step(_Asked):
    """To and fro."""

    revision: int


class Save(_Asked):
    """Write the file; under another name; or over what somebody else has written."""

    revision: int
    name: str = ""
    over: bool = False


class Wanted(_Asked):
    """What is to be simulated."""

    minutes: float = Field(gt=0, le=24 * 60)
    team: bool = True
    agents: bool = True
    branch: str = DEFAULT_BRANCH


class Author:
    """Answers the page of one draft."""

    def __init__(self, draft: Draft, simulator: Simulator) -> None:
        self.draft, self.simulator = draft, simulator

    def deeds(self) -> list[Deed]:
        """The addresses of the page."""
        table: tuple[tuple[str, str, Callable[[dict[str, JSON]], Awaitable[JSON]]], ...] = (
            ("GET", "/draft", self.state),
            ("GET", "/vocabulary", self.words),
            ("POST", "/edits", self.edit),
            ("POST", "/text", self.write),
            ("POST", "/undo", self.undo),
            ("POST", "/redo", self.redo),
            ("POST", "/save", self.save),
            ("POST", "/reload", self.reload),
            ("POST", "/preview", self.preview),
            ("DELETE", "/preview", self.stop),
        )
        return [Deed(method=m, path=p, do=_told(do)) for m, p, do in table]

    async def state(self, asked: dict[str, JSON]) -> JSON:
        """The draft as it is now: text, data, problems, parts as text, the file behind it."""
        draft = self.draft
        data = draft.data()
        problems = [_told_of(problem) for problem in draft.problems()]
        parts, unwritable = {}, ""
        if data is not None:
            try:
                parts = draft.parts(tuple(STANDARD))
            except AuthoringError as wrong:
                unwritable = str(wrong)
        return {
            "revision": draft.revision,
            "file": shown(draft.file),
            "is_library": draft.is_library,
            "is_changed": draft.is_changed,
            "disk": draft.on_disk(),
            "can_undo": draft.can_undo,
            "can_redo": draft.can_redo,
            "text": draft.text,
            "data": _plain(data),
            "parts": parts,
            "unwritable": unwritable,
            "problems": problems,
            "remarks": [] if problems else [_told_of(remark) for remark in draft.remarks()],
            "words": _key_of(vocabulary(data)),
        }

    async def words(self, asked: dict[str, JSON]) -> JSON:
        """Fields and words for this draft."""
        found = vocabulary(self.draft.data())
        return {**found, "key": _key_of(found)}

    async def edit(self, asked: dict[str, JSON]) -> JSON:
        """Changes of the form."""
        wanted = Edits.model_validate(asked)
        self.draft.check_revision(wanted.revision)
        self.draft.edit(wanted.edits)
        return await self.state({})

    async def write(self, asked: dict[str, JSON]) -> JSON:
        """Another text, whatever stands in it."""
        wanted = Text.model_validate(asked)
        self.draft.check_revision(wanted.revision)
        self.draft.write(wanted.text)
        return await self.state({})

    async def undo(self, asked: dict[str, JSON]) -> JSON:
        """One step back."""
        self.draft.check_revision(Step.model_validate(asked).revision)
        self.draft.undo()
        return await self.state({})

    async def redo(self, asked: dict[str, JSON]) -> JSON:
        """One step on again."""
        self.draft.check_revision(Step.model_validate(asked).revision)
        self.draft.redo()
        return await self.state({})

    async def save(self, asked: dict[str, JSON]) -> JSON:
        """Write the file, with whatever is wrong with it."""
        wanted = Save.model_validate(asked)
        self.draft.check_revision(wanted.revision)
        self.draft.save(name=wanted.name, over=wanted.over)
        return await self.state({})

    async def reload(self, asked: dict[str, JSON]) -> JSON:
        """The file's text in place of the draft's."""
        self.draft.check_revision(Step.model_validate(asked).revision)
        self.draft.reload()
        return await self.state({})

    async def preview(self, asked: dict[str, JSON]) -> JSON:
        """Curves of the draft, if nothing is wrong with it."""
        wanted = Wanted.model_validate(asked)
        problems = self.draft.problems()
        if problems:
            raise AuthoringError(
                f"It cannot be simulated while something is wrong with it: {_short(problems[0])}"
            )
        revision = self.draft.revision
        found = await self.simulator.ask({**wanted.model_dump(), "text": self.draft.text})
        return {**found, "revision": revision}

    async def stop(self, asked: dict[str, JSON]) -> JSON:
        """Stop the simulation that is under way."""
        await self.simulator.stop()
        return {"stopped": True}


async def author(
    draft: Draft,
    *,
    port: int,
    ready: Callable[[str], None],
    until: asyncio.Event | None = None,
) -> None:
    """Serve the page of a draft until it is to end."""
    simulator = Simulator()
    desk = await serve_desk(PAGE, Author(draft, simulator).deeds(), port=port)
    try:
        ready(desk.url)
        await simulator.start()
        await (until or asyncio.Event()).wait()
    finally:
        await desk.stop()
        await simulator.close()


def _told(
    do: Callable[[dict[str, JSON]], Awaitable[JSON]],
) -> Callable[[dict[str, JSON]], Awaitable[JSON]]:
    """The same, with refusals as HTTP has them."""

    async def told(asked: dict[str, JSON]) -> JSON:
        try:
            return await do(asked)
        except (StaleError, StoppedError) as wrong:
            status = 412 if isinstance(wrong, StaleError) else 409
            raise ProblemError(status, wrong.code, str(wrong)) from None
        except AuthoringError as wrong:
            raise ProblemError(422, wrong.code, str(wrong)) from None
        except ValidationError as wrong:
            first = wrong.errors()[0]
            where = ".".join(str(p) for p in first["loc"])
            raise ProblemError(422, "bad_value", f"{where}: {first['msg']}.") from None

    return told


def _told_of(problem: Problem) -> JSON:
    return {"text": _short(problem), "place": list(problem.place), "line": problem.line}


def _short(problem: str) -> str:
    """A problem without the file's name: the page has one file."""
    return problem.split(": ", 1)[-1]


def _plain(value: Any) -> JSON:
    """TOML data (`Any`) as JSON; times as texts, and numbers that JSON lacks."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float) and abs(value) < float("inf"):
        return value
    return str(value)


def _key_of(words: dict[str, JSON]) -> str:
    """Changes when the words do."""
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()[:16]
