"""Session: one client's interpretation. Graphs and packets below, calls and happenings above; no protocol.

A session does what it is asked (`do`), one call at a time, and tells what comes of it to one listener, in order. Its graph
is opened by the first sound, so that a session in which nobody speaks costs nothing, and closed by `rest` when no more
sound comes for a while. What changes the graph (languages, words to expect, a voice) ends the sound of the one that
runs and opens another: the first still tells all that it heard, then the second tells.

    stage     one graph that runs: its source, its book of turns, its origin on the session's time line

Time is counted in samples heard, so it stands still while a client sends nothing.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import anyio.to_thread
import msgspec
import numpy as np
from anyio.abc import TaskGroup

from pipeline.clock import Ns, now, sample_time
from pipeline.gateway import pictures
from pipeline.gateway.calls import Call, Clear, Commit, Configure, Finish, Hear, Refused, See, Wish
from pipeline.gateway.happenings import Failed, Finished, Happening, Heard, Noticed, Rendered
from pipeline.gateway.recipes import HEARD_HZ, PROGRESS, Recipe, Recipes
from pipeline.gateway.sound import Ear
from pipeline.gateway.turns import Book, Voice
from pipeline.media import Samples
from pipeline.packet import Packet
from pipeline.scheduler import Run, start

log = logging.getLogger(__name__)

PIECE = HEARD_HZ // 2  # samples handed to a graph at once
PAUSE = np.zeros(
    HEARD_HZ * 2, np.float32
)  # after a turn that the client ended: recognisers end what they heard
LONGEST_TURN_S = 300  # sound that may wait for a commit
MOST_FAILURES = 3  # of a session's graphs; after them it hears no more
STOP_S = 60.0  # for a graph to finish what it heard

Listener = Callable[[Happening], None]
Lagged = Callable[[float], None]


class Counts(msgspec.Struct):
    """What a session took and gave."""

    heard_samples: int = 0
    pictures_seen: int = 0  # by a graph that looks at them
    pictures_unseen: int = 0
    turns: int = 0
    failures: int = 0


class _Stage:
    def __init__(self, recipe: Recipe, origin: Ns) -> None:
        self.recipe = recipe
        self.origin = origin
        self.samples = 0  # given to the graph
        self.source: Any = None
        self.run: Run | None = None
        self.book = Book(None)
        self.opened = anyio.Event()  # or failed to
        self.over = anyio.Event()
        self.ended = False  # its sound


class Session:
    """See the head of this file. Belongs to one event loop; its graphs run in `group`."""

    def __init__(
        self,
        recipes: Recipes,
        group: TaskGroup,
        listener: Listener,
        lagged: Lagged | None = None,
        wish: Wish | None = None,
    ) -> None:
        self.counts = Counts()
        self.wish = wish or Wish()
        self.heard_at: Ns = now()  # when sound came last, by the loop's clock
        self._recipes = recipes
        self._group = group
        self._tell = listener
        self._lagged = lagged
        self._ear = Ear()
        self._voice = Voice(self.wish.threshold, self.wish.silence_ms)
        self._stage: _Stage | None = None
        self._uncommitted: list[Samples] = []
        self._arrivals: deque[tuple[Ns, Ns]] = deque(maxlen=3000)  # stream time and when it came
        self._scopes: set[anyio.CancelScope] = set()  # of the tasks that work for it
        self._turn = 0
        self._finishing = False
        self._pushing = False

    @property
    def quiet_ns(self) -> Ns:
        """How long no sound has come; 0 while some waits to be taken."""
        return 0 if self._pushing else now() - self.heard_at

    @property
    def active(self) -> bool:
        """Whether a graph runs for it."""
        return self._stage is not None

    @property
    def run(self) -> Run | None:
        """The graph that runs, to look at."""
        return self._stage.run if self._stage else None

    async def do(self, call: Call) -> int:
        """Do what is asked. Raises `Refused`, and then nothing has changed. Waits while the graph has no room.

        Returns the pixels of a picture; 0 for all else.
        """
        if self._finishing:
            raise Refused("the session is being finished; open another")
        match call:
            case Hear():
                await self._hear(call)
            case See():
                return await self._see(call)
            case Configure():
                await self._configure(call.wish)
            case Commit():
                await self._commit()
            case Clear():
                self._uncommitted.clear()
            case Finish():
                await self._last_sound()
                await self.finish()
        return 0

    async def finish(self) -> None:
        """Tell what was heard, then `Finished`. Returns at once."""
        if not self._finishing:
            self._finishing = True
            stage = self._stage
            self._end_stage()
            self._group.start_soon(self._finished, stage)

    async def rest(self) -> None:
        """Tell what was heard and let the graph go; the next sound opens it again."""
        self._end_stage()

    def close(self) -> None:
        """Let everything go, told or not."""
        self._finishing = True
        self._stage = None
        for scope in self._scopes:
            scope.cancel()

    @contextmanager
    def _cancellable(self) -> Iterator[None]:
        with anyio.CancelScope() as scope:
            self._scopes.add(scope)
            try:
                yield
            finally:
                self._scopes.discard(scope)

    async def _finished(self, last: _Stage | None) -> None:
        with self._cancellable():
            if last is not None:
                await last.over.wait()
            self._tell(Finished())

    async def _configure(self, wish: Wish) -> None:
        recipe = await anyio.to_thread.run_sync(self._recipes.of, wish)
        if wish.turns != self.wish.turns:
            self._uncommitted.clear()
        if self._stage is not None and (self._stage.recipe is not recipe or wish.turns != self.wish.turns):
            self._end_stage()
        self._voice.change(wish.threshold, wish.silence_ms)
        self.wish = wish

    # Sound and pictures

    async def _hear(self, call: Hear) -> None:
        samples = self._ear.samples(call)
        self.counts.heard_samples += len(samples)
        if self.wish.turns == "voice":
            await self._push(samples)
        elif sum(map(len, self._uncommitted)) + len(samples) > LONGEST_TURN_S * HEARD_HZ:
            raise Refused(f"a turn has at most {LONGEST_TURN_S} s; commit it", "audio", "limit")
        else:
            self._uncommitted.append(samples)

    async def _last_sound(self) -> None:
        """What a resampler still holds."""
        if self.active and self.wish.turns == "voice":
            await self._push(self._ear.rest())

    async def _commit(self) -> None:
        if self.wish.turns == "voice":
            raise Refused("voice activity ends turns here; a commit is for manual turns", "commit")
        if not self._uncommitted:
            raise Refused("there is no sound to commit", "commit")
        turn, self._uncommitted = np.concatenate([*self._uncommitted, self._ear.rest()]), []
        stage = await self._opened()
        begin = stage.samples
        end = begin + len(turn)
        for told in stage.book.mark(_time(begin), _time(end)):
            self._tell(told)
        await self._push(turn)
        await self._push(PAUSE)

    async def _push(self, samples: Samples) -> None:
        if not len(samples):
            return
        self._pushing = True
        try:
            await self._pushed(samples)
        finally:
            self._pushing = False
            self.heard_at = now()

    async def _pushed(self, samples: Samples) -> None:
        stage = await self._opened()
        for at in range(0, len(samples), PIECE):
            piece = samples[at : at + PIECE]
            # The graph counts from its first sample, not from the clock.
            first = 0 if stage.samples == 0 else None
            stage.samples += len(piece)
            self._arrivals.append((stage.origin + _time(stage.samples), now()))
            if not await stage.source.put(piece, first):
                raise Refused(
                    "the interpretation has stopped", reason="stopping" if self._finishing else "broken"
                )

    async def _see(self, call: See) -> int:
        picture = await anyio.to_thread.run_sync(pictures.pixels, call.data)
        stage = self._stage
        if stage is not None and stage.recipe.sees and stage.opened.is_set() and stage.source is not None:
            stage.source.push_picture(picture, _time(stage.samples))
            self.counts.pictures_seen += 1
        else:
            self.counts.pictures_unseen += 1
        return int(picture.shape[0] * picture.shape[1])

    # Stages

    async def _opened(self) -> _Stage:
        """The stage that hears, opened. Raises `Refused` where it cannot be."""
        if self._stage is None:
            if self.counts.failures >= MOST_FAILURES:
                raise Refused("the interpretation failed; open another session", reason="broken")
            recipe = await anyio.to_thread.run_sync(self._recipes.of, self.wish)
            before = self._last
            origin = before.origin + _time(before.samples) if before else 0
            stage = self._stage = _Stage(recipe, origin)
            self._group.start_soon(self._play, stage, before)
            self._last = stage
        stage = self._stage
        await stage.opened.wait()
        if stage.source is None:
            raise Refused("the interpretation cannot be started", reason="broken")
        return stage

    _last: _Stage | None = None

    def _end_stage(self) -> None:
        stage, self._stage = self._stage, None
        if stage is not None:
            stage.ended = True
            if stage.source is not None:
                stage.source.end()

    async def _play(self, stage: _Stage, before: _Stage | None) -> None:
        """Run one stage to its end, and tell what comes of it once the one before has told all."""
        try:
            with self._cancellable():
                async with start(stage.recipe.graph, stage.recipe.outputs, stop_s=STOP_S) as run:
                    if before is not None:
                        await before.over.wait()
                    self._begin(stage, run)
                    async for name, packet in run:
                        self._file(stage, name, packet)
                    for told in stage.book.end(_time(stage.samples)):
                        self._told(told)
        except Exception:  # one session's failure must not end those of others
            self.counts.failures += 1
            log.exception("a session failed")
            if self._stage is stage:
                self._stage = None  # the next sound opens another
            self._tell(Failed("the interpretation failed; open another session"))
        finally:
            stage.opened.set()
            stage.over.set()
            self._turn = max(self._turn, stage.book.next_number)

    def _begin(self, stage: _Stage, run: Run) -> None:
        voice = self._voice if self.wish.turns == "voice" else None
        stage.book = Book(voice, self._turn, stage.origin)
        stage.run, stage.source = run, run.node(stage.recipe.source)
        stage.opened.set()
        if stage.ended:
            stage.source.end()

    def _file(self, stage: _Stage, name: str, packet: Packet[Any]) -> None:
        """One packet of an output that is read."""
        recipe, book = stage.recipe, stage.book
        told: list[Happening] = []
        if name == recipe.activity:
            told += book.activity(packet.start, packet.end, packet.payload.probability)
        elif name == f"{PROGRESS}.settled":
            told += book.settled(packet.end)
        elif name == recipe.speech:
            told += book.spoken(packet)
        if name == recipe.transcript:
            told += book.heard(packet)
        if name == recipe.translation:
            told += book.rendered(packet)
        if name in recipe.sights:
            told.append(Noticed(stage.origin + packet.start, packet.payload))
        for happening in told:
            self._told(happening)

    def _told(self, happening: Happening) -> None:
        self.counts.turns = self._turn
        if isinstance(happening, Heard | Rendered) and happening.committed:
            happening = self._measured(happening)
        self._tell(happening)

    def _measured(self, told: Heard | Rendered) -> Heard | Rendered:
        """With how long ago the sound came in which its last word ends; translations are told to whoever measures."""
        end, came = told.committed[-1].end, None
        for until, arrived in reversed(self._arrivals):
            if until < end and came is not None:
                break
            came = arrived
        if came is None:
            return told
        lag = now() - came
        if isinstance(told, Rendered) and self._lagged is not None:
            self._lagged(lag / 1e9)
        return msgspec.structs.replace(told, lag_ms=lag / 1e6)


def _time(samples: int) -> Ns:
    return sample_time(samples, HEARD_HZ)
