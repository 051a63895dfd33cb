"""Session: one client's interpretation. Graphs and packets below, calls and happenings above; no protocol.

A session does what it is asked (`do`), one call at a time, and tells what comes of it to one listener, in order. Its graph
is opened by the first sound, so that a session in which nobody speaks costs nothing, and closed by `rest` when no more
sound comes for a while. What changes the graph (languages, words to expect, a voice) ends the sound of the one that
runs and opens another: the first still tells all that it heard, then the second tells. A graph that runs is a stage (stage.py).

Time is counted in samples heard, so it stands still while a client sends nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import anyio
import anyio.to_thread
import msgspec
import numpy as np
from anyio.abc import TaskGroup

from pipeline.clock import Ns, now
from pipeline.gateway import pictures
from pipeline.gateway.calls import Call, Clear, Commit, Configure, Finish, Hear, Refused, See, Wish
from pipeline.gateway.happenings import Failed, Finished, Happening, Rendered
from pipeline.gateway.recipes import HEARD_HZ, Recipes
from pipeline.gateway.sound import Ear
from pipeline.gateway.stage import Arrivals, Listener, Stage
from pipeline.gateway.turns import Book, Voice
from pipeline.media import Samples
from pipeline.scheduler import Run

log = logging.getLogger(__name__)

PAUSE = np.zeros(HEARD_HZ * 2, np.float32)  # (32000,); after a client's turn: recognisers end what they heard
LONGEST_TURN_S = 300  # sound that may wait for a commit
MOST_FAILURES = 3  # of a session's graphs; after them it hears no more


class Counts(msgspec.Struct):
    """What a session took and gave."""

    heard_samples: int = 0
    pictures_seen: int = 0  # by a graph that looks at them
    pictures_unseen: int = 0
    failures: int = 0


class Session:
    """See the head of this file. Belongs to one event loop; its graphs run in `group`."""

    def __init__(
        self,
        recipes: Recipes,
        group: TaskGroup,
        listener: Listener,
        *,
        lagged: Callable[[float], None] | None = None,
        wish: Wish | None = None,
        ended: Callable[[], None] | None = None,
    ) -> None:
        self.counts = Counts()
        self.wish = wish or Wish()
        self.heard_at: Ns = now()  # when sound came last, by the loop's clock
        self._recipes = recipes
        self._group = group
        self._tell = listener
        self._lagged = lagged
        self._graph_ended = ended
        self._ear = Ear()
        self._voice = Voice(self.wish.threshold, self.wish.silence_ms)
        self._stage: Stage | None = None
        self._last: Stage | None = None  # the one opened last
        self._uncommitted: list[Samples] = []
        self._arrivals = Arrivals()
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
            self._group.start_soon(self._finished, self._stage)
            await self.rest()

    async def rest(self) -> None:
        """Tell what was heard and let the graph go; the next sound opens it again."""
        stage, self._stage = self._stage, None
        if stage is not None:
            stage.end_sound()

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

    async def _finished(self, last: Stage | None) -> None:
        with self._cancellable():
            if last is not None:
                await last.over.wait()
            self._tell(Finished())

    async def _configure(self, wish: Wish) -> None:
        recipe = await anyio.to_thread.run_sync(self._recipes.of, wish)
        if wish.turns != self.wish.turns:
            self._uncommitted.clear()
        if self._stage is not None and (self._stage.recipe is not recipe or wish.turns != self.wish.turns):
            await self.rest()
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
        stage.mark(len(turn))
        await self._push(turn)
        await self._push(PAUSE)

    async def _push(self, samples: Samples) -> None:
        if not len(samples):
            return
        self._pushing = True
        try:
            stage = await self._opened()
            if not await stage.hear(samples, self._arrivals):
                reason = "stopping" if self._finishing else "broken"
                raise Refused("the interpretation has stopped", reason=reason)
        finally:
            self._pushing = False
            self.heard_at = now()

    async def _see(self, call: See) -> int:
        picture = await anyio.to_thread.run_sync(pictures.pixels, call.data)
        if self._stage is not None and self._stage.see(picture):
            self.counts.pictures_seen += 1
        else:
            self.counts.pictures_unseen += 1
        return int(picture.shape[0] * picture.shape[1])

    async def _opened(self) -> Stage:
        """The stage that hears, opened. Raises `Refused` where it cannot be."""
        if self._stage is None:
            if self.counts.failures >= MOST_FAILURES:
                raise Refused("the interpretation failed; open another session", reason="broken")
            recipe = await anyio.to_thread.run_sync(self._recipes.of, self.wish)
            before = self._last
            stage = self._stage = self._last = Stage(recipe, before.end if before else 0, self._told)
            self._group.start_soon(self._play, stage, before)
        stage = self._stage
        await stage.opened.wait()
        if not stage.works:
            raise Refused("the interpretation cannot be started", reason="broken")
        return stage

    async def _play(self, stage: Stage, before: Stage | None) -> None:
        """Run one stage to its end, and tell what comes of it once the one before has told all."""
        try:
            with self._cancellable():
                await stage.play(before, self._book)
        except Exception:  # one session's failure must not end those of others
            self.counts.failures += 1
            log.exception("a session failed")
            if self._stage is stage:
                self._stage = None  # the next sound opens another
            self._tell(Failed("the interpretation failed; open another session"))
        finally:
            stage.leave()
            self._turn = max(self._turn, stage.book.next_number)
            if self._graph_ended is not None:
                self._graph_ended()

    def _book(self, origin: Ns) -> Book:
        return Book(self._voice if self.wish.turns == "voice" else None, self._turn, origin)

    def _told(self, told: Happening) -> None:
        """Tell what a stage tells, measured; delays of translations are told to whoever measures too."""
        told = self._arrivals.measured(told)
        if isinstance(told, Rendered) and told.lag_ms is not None and self._lagged is not None:
            self._lagged(told.lag_ms / 1e3)
        self._tell(told)
