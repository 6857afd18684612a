"""The client's transport over HTTP: twins of a world in another process, as if they were here.

Long because following, asking and publishing share one connection and its order.

It follows the world's journal over one WebSocket into a `Replica`, so that what agents read is
here already; requests go by POST. After each request it waits until the replica has come as far as
the answer: one reads what one has written. A broken connection is taken up where it ended.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from urllib.parse import quote

import aiohttp

from environment.errors import (
    BadValueError,
    InvocationFailedError,
    RefusedError,
    SourceLostError,
    TwinError,
    UnknownMemberError,
    did_you_mean,
)
from environment.model.change import JSON, Cause, Change, Observation
from environment.model.frame import State
from environment.replica import Replica
from environment.runtime.notices import Notice, current_cause
from environment.runtime.operations import Availability
from environment.wire import OWN_TYPE, change_in

#: Seconds between attempts to connect again (engineering default).
RETRY_S = 0.5
#: Seconds for which a world that was there may be away before a request fails: long enough to take
#: the run up in a new process (engineering default).
GIVES_UP_S = 15.0
#: Seconds that one request for the end of an invocation waits (engineering default).
WAIT_S = 25
#: Seconds until a request that gets no answer is given up (engineering default).
ANSWER_S = 40.0
#: The largest message of the journal that is taken, bytes (engineering default).
MESSAGE_BYTES = 16 * 1024 * 1024


class _AwayError(Exception):
    """Nobody answered; `may_have_come`: the request may have been carried out all the same."""

    def __init__(self, message: str, *, may_have_come: bool) -> None:
        super().__init__(message)
        self.may_have_come = may_have_come


class NotAllowedError(TwinError):
    """The other side does not know us, or our rights do not reach so far."""

    code = "not_permitted"


class Http:
    """The transport over HTTP; made by `connect`, ended by `close`."""

    def __init__(self, url: str, session: aiohttp.ClientSession, replica: Replica) -> None:
        self.url, self.replica = url, replica
        self._session = session
        self._upto = 0
        self._reached: set[asyncio.Future[None]] = set()
        self._closing = asyncio.Event()
        self._following: asyncio.Task[None] | None = None
        self._numbers: dict[int, asyncio.Task[int]] = {}
        self._last_sent: asyncio.Task[int] | None = None
        self._keys = count(1)
        self._name = secrets.token_hex(8)  # other clients' keys are others
        self._withdrawing: set[asyncio.Task[None]] = set()
        self.speed = 1.0  # scenario seconds a second on the other side; 0: it stands still
        self.on_time: Callable[[float], None] | None = None  # told the speed, at least once a s
        self.patience_s = GIVES_UP_S
        self.held: list[tuple[Change, str]] | None = None
        self.lost = ""  # why the world cannot be reached now

    @classmethod
    async def connect(cls, url: str, *, token: str = "", hold: bool = False) -> "Http":
        """Reach the world at `url` and know all that it tells us.

        With `hold` what it has told is in `held`, to be relived, and nothing is followed until
        `follow_on`.
        """
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        session = aiohttp.ClientSession(
            headers=headers, timeout=aiohttp.ClientTimeout(total=ANSWER_S)
        )
        loop = asyncio.get_running_loop()
        made = cls(url.rstrip("/"), session, Replica(datetime.fromtimestamp(0, UTC), loop.time))
        try:
            made.replica.learn(await made._ask("GET", "/models", by=""))
            if hold:
                made.held = []
            await made.follow_on()
            if hold:
                await made._rest()
        except BaseException:
            await made.close()
            raise
        return made

    async def follow_on(self) -> None:
        """Follow the journal from where it is known; all that there is now is known then."""
        loop = asyncio.get_running_loop()
        known: asyncio.Future[None] = loop.create_future()
        self._following = loop.create_task(self._follow(known))
        await known

    async def _rest(self) -> None:
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
            self._following = None

    def apply_held(self) -> None:
        """Nothing is relived: what has been told is applied at once."""
        held, self.held = self.held or [], None
        for change, kind in held:
            self.replica.follow(change, kind)

    async def close(self) -> None:
        """End the connection; what was published has been sent."""
        self._closing.set()
        if self._last_sent is not None:
            await asyncio.gather(self._last_sent, return_exceptions=True)
        await asyncio.gather(*self._withdrawing, return_exceptions=True)
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        await self._session.close()

    # -- what the replica knows --------------------------------------------------------------

    def find(self, kind: str | None, rel: str | None, target: str | None) -> list[str]:
        """Ids of twins, oldest first."""
        return self.replica.find(kind, rel, target)

    def describe(self, twin: str) -> dict[str, JSON]:
        """The model and the id."""
        return {"id": twin, **self.replica.descriptions[self.replica.twin(twin).kind]}

    def read(self, twin: str, at: float | None, known_at: float | None, latest: bool) -> State:
        """The state; without a connection, values end with their horizon all the same."""
        if self.lost and at is None:
            at = self.replica.time.now()
        return self.replica.state(twin, at, known_at=known_at, latest=latest)

    def values(self, twin: str, names: Sequence[str]) -> dict[str, JSON]:
        """Straight from the replica's live state."""
        if self.lost:
            state = self.read(twin, None, None, False)
            return {name: state.get(name) for name in names}
        live = self.replica.twin(twin)
        return {name: live.value(name) for name in names}

    def observe(self, twin: str, watcher: Callable[[Notice], None]) -> Callable[[], None]:
        """Watch one twin."""
        return self.replica.watch(watcher, twin)

    def links(self, twin: str, rel: str) -> list[str]:
        """The targets."""
        self.replica.twin(twin).member("link", rel, twin)
        return self.replica.twin(twin).linked(rel)

    # -- what needs the other side -------------------------------------------------------------

    async def invoke(
        self, twin: str, operation: str, args: Sequence[JSON], named: Mapping[str, JSON], by: str
    ) -> JSON:
        """Ask, wait for the end, and know all that has changed by then."""
        path = f"{self._path(twin)}/operations/{quote(operation)}"
        body = self.arguments(twin, operation, args, named)
        cause = await self._real(current_cause()[1])
        loop = asyncio.get_running_loop()
        key = f"{self._name}-{next(self._keys)}"
        asked = loop.create_task(self._ask("POST", path, by=by, body=body, cause=cause, key=key))
        try:
            status = await asyncio.shield(asked)
            where = f"{path}/{status['invocation']}?wait={WAIT_S}"
            while status["status"] in ("pending", "running"):
                status = await self._ask("GET", where, by=by)
        except asyncio.CancelledError:
            # Whoever asked no longer wants it, and the other side is told, even if it was just
            # being asked.
            withdrawing = loop.create_task(self._withdraw(asked, path, by))
            self._withdrawing.add(withdrawing)
            withdrawing.add_done_callback(self._withdrawing.discard)
            raise
        if status["status"] == "completed":
            return status["output"]
        raise _failure(twin, operation, status)

    async def _withdraw(self, asked: "asyncio.Task[JSON]", path: str, by: str) -> None:
        try:
            status = await asked
            await self._ask("DELETE", f"{path}/{status['invocation']}", by=by)
        except TwinError:
            return  # refused, ended meanwhile, or out of reach: there is nothing to withdraw

    async def available(self, twin: str, by: str) -> list[Availability]:
        """With the guards that would refuse."""
        rows = await self._ask("GET", f"{self._path(twin)}/operations", by=by)
        order = self.replica.descriptions[self.replica.twin(twin).kind]["operations"]
        return [
            Availability(name, rows[name]["available"], **(rows[name]["against"] or {}))
            for name in order
        ]

    async def feed(self, observation: Observation) -> Change | None:
        """Give one fact; the source speaks for itself."""
        o = observation
        body = {
            "member": o.member,
            "value": o.value,
            "effective": o.effective,
            "source_seq": o.source_seq,
            "unit": o.unit,
            "quality": o.quality,
            "cause": await self._real(o.cause),
        }
        got = await self._ask("POST", f"{self._path(o.twin)}/observations", by=o.source, body=body)
        change = got["results"][0].get("change")
        return None if change is None else change_in(change)

    def record(self, twin: str, name: str, value: JSON, by: str) -> Change:
        """An event of a mind's own twin: sent in order, numbered when it has arrived."""
        self.replica.twin(twin).member("event", name, twin)
        author, cause = current_cause()
        number = -1 - len(self._numbers)
        path = f"{self._path(twin)}/events/{quote(name)}"
        before = self._last_sent

        async def send() -> int:
            if before is not None:
                await asyncio.gather(before, return_exceptions=True)
            real = await self._real(cause)
            settled = await self._settled(value)
            got = await self._ask("POST", path, by=by, body=settled, cause=real)
            return int(got["change"]["seq"])

        task = asyncio.get_running_loop().create_task(send())
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._numbers[number] = self._last_sent = task
        now = self.replica.time.now()
        return Change(
            seq=number,
            twin=twin,
            kind="event",
            name=name,
            value=value,
            effective=now,
            recorded=now,
            source=by,
            quality="good",
            by=by or author,
            cause=cause,
        )

    async def _settled(self, value: JSON) -> JSON:
        """A value in which each `seq` is one that the other side knows."""
        if isinstance(value, Mapping):
            return {
                k: await (
                    self._real(v)
                    if k == "seq" and isinstance(v, int) and v < 0
                    else self._settled(v)
                )
                for k, v in value.items()
            }
        return [await self._settled(v) for v in value] if isinstance(value, list) else value

    def newest(self, seqs: Sequence[int]) -> int | None:
        """The highest number there; what was only just published is newer than what is known."""

        def rank(seq: int) -> tuple[int, int]:
            sent = self._numbers.get(seq)
            if sent is None:
                return (0, seq)
            if not sent.done() or sent.cancelled() or sent.exception() is not None:
                return (1, -seq)
            return (0, sent.result())

        return max(seqs, key=rank, default=None)

    async def seq_of(self, change: Change) -> int:
        """The number that the other side has given it; 0 if it never arrived."""
        return await self._real(change.seq) or 0

    async def _real(self, cause: Cause | None) -> int | None:
        """The seq that the other side knows of a cause; None for one that never arrived."""
        if not isinstance(cause, int):
            return None
        if cause > 0:
            return cause
        sent = self._numbers.get(cause)
        if sent is None:
            return None  # somebody else's provisional number
        try:
            return await asyncio.shield(sent)
        except TwinError:
            return None

    def _path(self, twin: str) -> str:
        return f"/twins/{self.replica.twin(twin).kind}/{quote(twin)}"

    def arguments(
        self, twin: str, operation: str, args: Sequence[JSON], named: Mapping[str, JSON]
    ) -> dict[str, JSON]:
        """The arguments that are given, by name."""
        known = self.replica.descriptions[self.replica.twin(twin).kind]["operations"]
        if operation not in known:
            raise UnknownMemberError("operation", operation, twin, known)
        names = [row["name"] for row in known[operation]["input"]]
        where = f"{twin}.{operation}"
        if len(args) > len(names):
            raise BadValueError(
                f"{where}: takes {len(names)} arguments ({', '.join(names) or 'none'}), "
                f"got {len(args)}."
            )
        body = dict(zip(names, args, strict=False))
        for name, value in named.items():
            if name not in names:
                raise BadValueError(f"{where}: no argument '{name}'.{did_you_mean(name, names)}")
            if name in body:
                raise BadValueError(f"{where}: argument '{name}' is given twice.")
            body[name] = value
        return body

    # -- the wire ------------------------------------------------------------------------------

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        by: str,
        body: JSON = None,
        cause: int | None = None,
        key: str = "",
    ) -> JSON:
        """Ask; again while the world is away, where asking twice does no harm (with a `key`)."""
        loop = asyncio.get_running_loop()
        gives_up = loop.time() + self.patience_s
        while True:
            try:
                return await self._ask_once(method, path, by=by, body=body, cause=cause, key=key)
            except _AwayError as away:
                is_safe = bool(key) or method == "GET" or not away.may_have_come
                if not is_safe or self._following is None or loop.time() >= gives_up:
                    raise SourceLostError(str(away)) from None
            await self._pause(RETRY_S)
            if self._closing.is_set():
                raise SourceLostError(f"The connection to {self.url} was ended here.")

    async def _ask_once(
        self, method: str, path: str, *, by: str, body: JSON, cause: int | None, key: str
    ) -> JSON:
        headers = {"Accept": f"{OWN_TYPE}, application/json;q=0.9"}
        if key:
            headers["Idempotency-Key"] = key
        if by:
            headers["Twin-By"] = by
        if cause is not None:
            headers["Twin-Cause"] = str(cause)
        try:
            async with self._session.request(
                method, f"{self.url}{path}", json=body, headers=headers
            ) as response:
                text = await response.text()
                answer = await response.json(content_type=None) if text else None
                seq = int(response.headers.get("Twin-Seq", 0))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _AwayError(
                f"The world at {self.url} cannot be reached: {error or type(error).__name__}. "
                "Is it running, and is this its address?",
                may_have_come=not isinstance(error, aiohttp.ClientConnectorError),
            ) from None
        if self._following is not None:
            await self.reach(seq)
        if response.status == 429 and not self._closing.is_set():
            await self._pause(float(response.headers.get("Retry-After", 1)))
            return await self._ask(method, path, by=by, body=body, cause=cause, key=key)
        if response.status >= 400:
            raise _error(response.status, answer)
        return answer

    async def reach(self, seq: int) -> None:
        """Wait until the replica knows everything up to `seq`, or the connection is lost."""
        while self._upto < seq and not self.lost and not self._closing.is_set():
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._reached.add(future)
            try:
                await future
            finally:
                self._reached.discard(future)

    def _wake(self) -> None:
        for future in self._reached:
            if not future.done():
                future.set_result(None)

    async def _follow(self, known: "asyncio.Future[None]") -> None:
        """Follow the journal, again after each interruption; `known` when all is known once."""
        while not self._closing.is_set():
            try:
                await self._follow_once(known)
                self.lost = "the connection ended"
            except NotAllowedError as error:
                self.lost = str(error)
                if not known.done():
                    known.set_exception(error)
                return
            except (aiohttp.ClientError, TimeoutError) as error:
                self.lost = str(error) or type(error).__name__
                if not known.done():
                    lost = SourceLostError(f"The world at {self.url} was lost: {self.lost}.")
                    known.set_exception(lost)
                    return
            finally:
                self._wake()
            if self.on_time is not None:
                self.on_time(0.0)  # as far as anybody here knows, it stands still
            await self._pause(RETRY_S)

    async def _pause(self, seconds: float) -> None:
        """Let real time pass, unless this ends."""
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return

    async def _follow_once(self, known: "asyncio.Future[None]") -> None:
        url = f"{self.url}/stream?every=1&since={self._upto}"
        async with self._session.ws_connect(
            url, max_msg_size=MESSAGE_BYTES, heartbeat=15.0
        ) as link:
            hello = (await link.receive_json())["hello"]
            self._meet(hello)
            if self._upto >= hello["head"] and not known.done():
                known.set_result(None)
            async for message in link:
                batch = message.json()
                for row in batch["changes"]:
                    if self.held is not None:
                        self.held.append((change_in(row), row["twin_kind"]))
                    else:
                        self.replica.follow(change_in(row), row["twin_kind"])
                self._upto = batch["upto"]
                self._tell_time(batch)
                self._wake()
                if self._upto >= hello["head"] and not known.done():
                    known.set_result(None)

    def _meet(self, hello: Mapping[str, JSON]) -> None:
        """Know whose journal this is; another run's cannot continue ours."""
        start = datetime.fromisoformat(hello["start"])
        is_first = self._upto == 0
        if not is_first and (start != self.replica.time.start or hello["head"] < self._upto):
            raise NotAllowedError(
                f"The world at {self.url} is another run than the one that was followed. "
                "Start again."
            )
        self.replica.time.start = start
        self._tell_time(hello)
        self.lost = ""

    def _tell_time(self, told: Mapping[str, JSON]) -> None:
        self.speed = float(told["speed"])
        self.replica.time.tell(told["now"], self.speed)
        if self.on_time is not None:
            self.on_time(self.speed)


def _error(status: int, problem: JSON) -> TwinError:
    """The error that the other side has made a problem document of."""
    if not isinstance(problem, Mapping):
        return SourceLostError(f"The other side answered {status} without saying why.")
    code, detail = problem.get("code"), str(problem.get("detail", status))
    if code == RefusedError.code:
        return RefusedError(
            problem["operation"],
            problem["guard"],
            problem["expected"],
            problem["found"],
            since=problem["since"],
            invocation=problem["invocation"],
        )
    if status == 422:
        return BadValueError(detail)
    if status in (401, 403, 404):
        return NotAllowedError(detail)
    return SourceLostError(detail)


def _failure(twin: str, operation: str, status: Mapping[str, JSON]) -> TwinError:
    """The error that an invocation ended with, as it was raised on the other side."""
    error = status["error"]
    if status["step"] in ("cancelled", "expired"):
        return InvocationFailedError(f"{twin}.{operation}: {error['title']}.", "cancelled")
    reason, message = str(error.get("reason", "failed")), str(error["title"])
    if reason == SourceLostError.code:
        return SourceLostError(message)
    if reason == BadValueError.code:
        return BadValueError(message)
    return InvocationFailedError(message, reason)
