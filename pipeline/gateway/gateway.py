"""The gateway itself: its sessions, who is admitted, and when a session ends. Knows no socket and no protocol.

A *seat* is a session with its dialect and its outbox. It outlives the socket of its client by `resume_s`, so that a client
whose network broke comes back to the same session and gets what it missed, each event once.

    attached    a client reads                      detached   it vanished, and may come back
    over        session.finished is told or waits   gone       nothing of it is left
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from pipeline.clock import SECOND, Ns, cpu_seconds, now
from pipeline.gateway import memory
from pipeline.gateway.calls import Call, Refused, Wish
from pipeline.gateway.dialects import Dialect, Event
from pipeline.gateway.happenings import Failed, Finished, Happening, TurnDone
from pipeline.gateway.keys import Key, Keyring
from pipeline.gateway.limits import Bucket, Guard, Limits, Load
from pipeline.gateway.metrics import Metrics
from pipeline.gateway.outbox import Outbox
from pipeline.gateway.recipes import HEARD_HZ, Recipes
from pipeline.gateway.session import Session
from pipeline.gateway.traces import Trace
from pipeline.scheduler import start

log = logging.getLogger(__name__)

TICK_S = 1.0
CLEANINGS = 3  # ticks: tasks and threads of what ended hold it a little longer


class Seat:
    """One session as the gateway keeps it."""

    def __init__(self, seat_id: str, key: Key, dialect: Dialect, metrics: Metrics, trace: Trace) -> None:
        self.id = seat_id
        self.key = key
        self.dialect = dialect
        self.outbox = Outbox()
        self.guard = Guard()
        self.session: Session | None = None
        self.opened_at: Ns = now()
        self.frame_at: Ns = now()  # when the client sent something last
        self.detached_at: Ns | None = now()
        self.client: anyio.CancelScope | None = None  # of the connection that serves it
        self.over = False
        self.trace = trace
        self._metrics = metrics

    def send(self, events: list[Event]) -> None:
        """Put events into the outbox, counted."""
        for event in events:
            if event.body.get("type") == "error":
                self._metrics.errors.labels(str(event.body["error"]["code"])).inc()
            dropped = self.outbox.dropped_audio
            self.outbox.put(event)
            self._metrics.dropped_audio.inc(self.outbox.dropped_audio - dropped)
        self._metrics.events_out.inc(len(events))

    def listen(self, happening: Happening) -> None:
        """What the session tells."""
        if isinstance(happening, Failed):
            self._metrics.failed.inc()
        if isinstance(happening, TurnDone):
            self._metrics.turns.inc()
        self.trace.told(happening)
        self.send(self.dialect.tell(happening))
        if isinstance(happening, Finished):
            self.over = True
            self.outbox.wake()

    async def ask(self, call: Call) -> None:
        """Have the session do something, and tell the client what came of it."""
        assert self.session is not None
        before = self.session.counts.heard_samples, self.session.counts.pictures_seen
        try:
            result = await self.session.do(call)
        except Refused as why:
            self.send(self.dialect.refused(call, why))
            return
        counts = self.session.counts
        self._metrics.heard.inc((counts.heard_samples - before[0]) / HEARD_HZ)
        if result:
            self._metrics.pictures.labels("yes" if counts.pictures_seen > before[1] else "no").inc()
        self.send(self.dialect.done(call, result))


class Gateway:
    """See the head of this file. `running()` first."""

    def __init__(self, recipes: Recipes, keyring: Keyring, limits: Limits, cores: int) -> None:
        self.recipes = recipes
        self.keyring = keyring
        self.limits = limits
        self.load = Load(cores)
        self.metrics = Metrics()
        self.seats: dict[str, Seat] = {}
        self.stopping = False
        self._sound: dict[str, Bucket] = {}  # by the name of a key
        self._cleanings = 0  # still to come, after what ended last
        self._group: TaskGroup | None = None
        self._emptied: anyio.Event | None = None  # set when the last session has gone

    @asynccontextmanager
    async def running(self, warm: Wish | None = None) -> AsyncIterator[None]:
        """Serve inside of the block. The graph of `warm` is kept open, so that its models are loaded once, before.

        Raises what opening that graph raises.
        """
        async with anyio.create_task_group() as group:
            self._group = group
            group.start_soon(self._tick)
            async with AsyncExitStack() as kept:
                if warm is not None:
                    recipe = await anyio.to_thread.run_sync(self.recipes.of, warm)
                    await kept.enter_async_context(start(recipe.graph))
                yield
            for seat in list(self.seats.values()):
                self.close(seat)
            group.cancel_scope.cancel()

    async def _tick(self) -> None:
        while True:
            await anyio.sleep(TICK_S)
            await self.sweep()

    # Sessions

    def open(self, key: Key, make: Callable[[str], Dialect], dialect: str) -> Seat:
        """A new session. Raises `Refused` where there is no room for it."""
        why = self._full(key)
        if why is not None:
            self.metrics.refused.labels(why.reason).inc()
            raise why
        assert self._group is not None
        seat_id = f"sess_{secrets.token_urlsafe(18)}"
        seat = Seat(seat_id, key, make(seat_id), self.metrics, Trace(seat_id, dialect))
        seat.session = Session(
            self.recipes,
            self._group,
            seat.listen,
            lagged=self._lagged,
            wish=seat.dialect.wish,
            ended=self._ended,
        )
        self.seats[seat_id] = seat
        seat.send(seat.dialect.opened())
        self.metrics.opened.labels(dialect).inc()
        log.info("session=%s key=%s event=opened dialect=%s", seat_id, key.name, dialect)
        return seat

    def find(self, seat_id: str, key: Key) -> Seat | None:
        """The session of that name, for a client with the key that opened it."""
        seat = self.seats.get(seat_id)
        return seat if seat is not None and seat.key == key else None

    def close(self, seat: Seat) -> None:
        """Let a session go, whatever it still had to tell. Safe to call twice."""
        if self.seats.pop(seat.id, None) is None:
            return
        if seat.session is not None:
            seat.session.close()
        seat.trace.end()
        self._cleanings = CLEANINGS
        if seat.client is not None:
            seat.client.cancel()
        if not self.seats and self._emptied is not None:
            self._emptied.set()
        lasted = (now() - seat.opened_at) / SECOND
        heard = seat.session.counts.heard_samples / HEARD_HZ if seat.session else 0
        log.info("session=%s event=closed lasted_s=%.1f heard_s=%.1f", seat.id, lasted, heard)

    def takes(self, key: Key, seconds_of_sound: float) -> bool:
        """Whether a key may send, or have spoken, that much more sound now."""
        bucket = self._sound.setdefault(key.name, Bucket(key.audio_s_a_minute / 60, key.audio_s_a_minute))
        return bucket.take(seconds_of_sound, now())

    def crowded(self) -> Refused | None:
        """Why no graph may be opened now; None where there is room."""
        why = self.load.full(now(), self.limits)
        return (
            Refused(f"Requests rate limit exceeded: {why}; try again later", reason="busy") if why else None
        )

    def _full(self, key: Key) -> Refused | None:
        if self.stopping:
            return Refused("the server is stopping; try another", reason="stopping")
        mine = sum(1 for seat in self.seats.values() if seat.key.name == key.name)
        if mine >= key.sessions:
            return Refused(f"this key may have {key.sessions} sessions at a time; end one", reason="limit")
        if len(self.seats) >= self.limits.sessions:
            return Refused("Requests rate limit exceeded: too many sessions; try again later", reason="busy")
        return self.crowded()

    def _lagged(self, lag_s: float) -> None:
        self.metrics.lag.observe(lag_s)
        self.load.lagged(now(), lag_s)

    def _ended(self) -> None:
        self._cleanings = CLEANINGS

    # Their ends

    async def sweep(self) -> None:
        """What time does to sessions; called every second."""
        at = now()
        self.load.measure(at, cpu_seconds())
        for seat in list(self.seats.values()):
            await self._age(seat, at)
        if self._cleanings:
            self._cleanings -= 1
            memory.give_back()
        self._count()

    async def _age(self, seat: Seat, at: Ns) -> None:
        limits, session = self.limits, seat.session
        assert session is not None
        if seat.detached_at is not None and at - seat.detached_at > limits.resume_s * SECOND:
            self.close(seat)
        elif seat.over:
            return
        elif at - seat.frame_at > limits.idle_s * SECOND and session.quiet_ns > limits.idle_s * SECOND:
            await self.expire(seat, f"nothing came for {limits.idle_s:g} s")
        elif at - seat.opened_at > limits.length_s * SECOND:
            await self.expire(seat, f"a session lasts {limits.length_s:g} s; open another")
        elif session.active and session.quiet_ns > limits.quiet_s * SECOND:
            await session.rest()

    async def expire(self, seat: Seat, message: str) -> None:
        """End a session in order: say why, tell what was heard."""
        assert seat.session is not None
        seat.send(seat.dialect.refused(None, Refused(message, reason="expired")))
        await seat.session.finish()

    async def stop(self, drain_s: float) -> None:
        """Admit nobody else, and let every session tell what it heard, within `drain_s` seconds."""
        self.stopping = True
        log.info("event=stopping sessions=%d", len(self.seats))
        for seat in list(self.seats.values()):
            if seat.session is not None and not seat.over:
                await seat.session.finish()
            if seat.client is None:
                self.close(seat)  # nobody reads it
        if self.seats:
            self._emptied = anyio.Event()
            with anyio.move_on_after(drain_s):
                await self._emptied.wait()

    def _count(self) -> None:
        seats = list(self.seats.values())
        detached = sum(1 for seat in seats if seat.detached_at is not None)
        self.metrics.connected.set(len(seats) - detached)
        self.metrics.detached.set(detached)
        self.metrics.active.set(sum(1 for seat in seats if seat.session is not None and seat.session.active))
        self.metrics.busy.set(self.load.busy)
