"""Board: the last lines of a session, for everybody who watches it on another screen. Read-only, bounded, no history.

A board is told what the session tells, and shows its last turns in both languages. Whoever watches takes what it shows
now and waits for news; who joins late sees the last lines, who is slow misses steps and never the state.
"""

from __future__ import annotations

from hashlib import sha256

import anyio
import msgspec

from pipeline.gateway.happenings import Finished, Happening, Heard, Rendered
from pipeline.gateway.lines import Line

TURNS = 8  # that are shown at most
LETTERS = 1500  # of one text; what is before them is left out


class _Shown(msgspec.Struct):
    turn: int
    source: Line
    target: Line


def board_id(session_id: str) -> str:
    """The name of a session's board. It tells nothing of the session's own name, which lets a client come back."""
    return sha256(b"board of " + session_id.encode()).hexdigest()[:32]


class Board:
    """See the head of this file. Belongs to the event loop."""

    def __init__(self) -> None:
        self.version = 0
        self.over = False
        self.watched = 0  # by so many
        self._turns: list[_Shown] = []
        self._news = anyio.Event()

    def tell(self, happening: Happening) -> None:
        """What the session tells; only text shows."""
        if isinstance(happening, Finished):
            self.over = True
        elif isinstance(happening, Heard | Rendered):
            shown = self._of(happening.turn)
            line = shown.source if isinstance(happening, Heard) else shown.target
            line.grow(happening.committed, happening.tentative, happening.lang)
            line.text = line.text[-LETTERS:]
        else:
            return
        self.version += 1
        self._news.set()
        self._news = anyio.Event()

    def shown(self) -> dict[str, object]:
        """What is to be seen now."""
        return {
            "version": self.version,
            "over": self.over,
            "turns": [
                {"turn": shown.turn, "source": shown.source.seen(), "target": shown.target.seen()}
                for shown in self._turns
            ],
        }

    async def news(self, seen: int, patience_s: float) -> bool:
        """Wait until there is something newer than the version `seen`; False when that takes too long."""
        with anyio.move_on_after(patience_s):
            while self.version == seen:
                await self._news.wait()
            return True
        return False

    def _of(self, turn: int) -> _Shown:
        found = next((shown for shown in self._turns if shown.turn == turn), None)
        if found is None:
            found = _Shown(turn, Line(), Line())
            self._turns = [*self._turns, found][-TURNS:]
        return found
