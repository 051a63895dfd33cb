"""Stage: one graph that runs for a session: what goes into it, and what comes of it on the session's time line.

Decides: what each packet of the graph's outputs tells. Knows nothing of wishes and of the stages before and after it, but
that it tells nothing until the one before has told all. Its origin is where its first sample lies in the session.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import anyio
import msgspec

from pipeline.clock import Ns, now, sample_time
from pipeline.gateway.fittings import PROGRESS, Recipe
from pipeline.gateway.happenings import Happening, Heard, Noticed, Rendered
from pipeline.gateway.recipes import HEARD_HZ
from pipeline.gateway.turns import Book
from pipeline.media import Pixels, Samples
from pipeline.packet import Packet
from pipeline.scheduler import Run, start

PIECE = HEARD_HZ // 2  # samples handed to a graph at once
STOP_S = 60.0  # for a graph to finish what it heard

Listener = Callable[[Happening], None]


class Arrivals:
    """When each piece of sound came, to say how late its words are."""

    def __init__(self) -> None:
        self._came: deque[tuple[Ns, Ns]] = deque(maxlen=3000)  # stream time of its end, and when it came

    def note(self, end: Ns) -> None:
        """Sound up to `end` of the session's time came now."""
        self._came.append((end, now()))

    def lag(self, end: Ns) -> Ns | None:
        """How long ago the sound came in which `end` lies; None where none did."""
        came = None
        for until, arrived in reversed(self._came):
            if until < end and came is not None:
                break
            came = arrived
        return None if came is None else now() - came

    def measured(self, told: Happening) -> Happening:
        """Committed words with how long ago the sound came in which the last of them ends."""
        if not isinstance(told, Heard | Rendered) or not told.committed:
            return told
        lag = self.lag(told.committed[-1].end)
        return told if lag is None else msgspec.structs.replace(told, lag_ms=lag / 1e6)


class Stage:
    """See the head of this file."""

    def __init__(self, recipe: Recipe, origin: Ns, tell: Listener) -> None:
        self.recipe = recipe
        self.origin = origin
        self.samples = 0  # given to the graph
        self.run: Run | None = None
        self.book = Book(None)
        self.opened = anyio.Event()  # or failed to
        self.over = anyio.Event()
        self._tell = tell
        self._source: Any = None
        self._ended = False  # its sound

    @property
    def end(self) -> Ns:
        """Where the sound given to it ends, on the session's time line."""
        return self.origin + _time(self.samples)

    @property
    def works(self) -> bool:
        """Whether its graph was opened."""
        return self._source is not None

    # What goes in

    async def hear(self, samples: Samples, arrivals: Arrivals) -> bool:
        """Give sound to the graph, waiting while it has no room; False when it takes no more."""
        for at in range(0, len(samples), PIECE):
            piece = samples[at : at + PIECE]
            # The graph counts from its first sample, not from the clock.
            first = 0 if self.samples == 0 else None
            self.samples += len(piece)
            arrivals.note(self.end)
            if not await self._source.put(piece, first):
                return False
        return True

    def see(self, picture: Pixels) -> bool:
        """Show a picture to the graph; False where nothing looks at it."""
        if not (self.recipe.sees and self.opened.is_set() and self.works):
            return False
        self._source.push_picture(picture, _time(self.samples))
        return True

    def mark(self, samples: int) -> None:
        """The next samples, as many as that, are a turn."""
        for told in self.book.mark(_time(self.samples), _time(self.samples + samples)):
            self._tell(told)

    def end_sound(self) -> None:
        """No more sound comes; what was heard is still told."""
        self._ended = True
        if self.works:
            self._source.end()

    # What comes out

    async def play(self, before: Stage | None, book: Callable[[Ns], Book]) -> None:
        """Run to the end of the sound, and tell what comes of it once the one before has told all.

        The book of turns is opened then, for an origin. Raises what the graph raises.
        """
        async with start(self.recipe.graph, self.recipe.outputs, stop_s=STOP_S) as run:
            if before is not None:
                await before.over.wait()
            self.book = book(self.origin)
            self.run, self._source = run, run.node(self.recipe.source)
            self.opened.set()
            if self._ended:
                self._source.end()
            async for name, packet in run:
                self._file(name, packet)
            for told in self.book.end(_time(self.samples)):
                self._tell(told)

    def leave(self) -> None:
        """It has told all, or failed: whoever waits for it goes on, and its graph is let go."""
        self.run = None
        self.opened.set()
        self.over.set()

    def _file(self, name: str, packet: Packet[Any]) -> None:
        """One packet of an output that is read."""
        recipe, book = self.recipe, self.book
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
            told.append(Noticed(self.origin + packet.start, packet.payload))
        for happening in told:
            self._tell(happening)


def _time(samples: int) -> Ns:
    return sample_time(samples, HEARD_HZ)
