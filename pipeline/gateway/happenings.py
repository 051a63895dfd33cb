"""What a session tells: the same for every protocol. Times are stream time since the first sample of the session.

A *turn* is a stretch of speech between pauses, or between two commits. Its number `turn` counts from 0. Turns start in order.
For each turn: `TurnStarted`, then any number of `Heard`, `Rendered` and `Spoken` among one `TurnStopped`, then one
`TurnDone`, after which nothing more is told of it. `Rendered` and `Spoken` of a turn come after `TurnDone` of the turn
before it.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from pipeline.clock import Ns
from pipeline.media import Gesture, Samples, ScreenText, Terms, Word

SPOKEN_HZ = 24_000  # rate of the speech that a session gives out


class TurnStarted(msgspec.Struct, frozen=True):
    """Somebody began to speak, or (`manual`) the client committed."""

    turn: int
    at: Ns
    manual: bool = False


class TurnStopped(msgspec.Struct, frozen=True):
    """They stopped."""

    turn: int
    at: Ns


class Heard(msgspec.Struct, frozen=True):
    """A step of the source text."""

    turn: int
    committed: tuple[Word, ...]  # new words
    tentative: str  # the tail, which the next step replaces
    lang: str  # BCP 47; empty while it is not known
    lag_ms: float | None = None  # from the arrival of the end of the new words to now


class Rendered(msgspec.Struct, frozen=True):
    """A step of the translation."""

    turn: int
    committed: tuple[Word, ...]
    tentative: str
    lang: str
    lag_ms: float | None = None


class Spoken(msgspec.Struct, frozen=True, eq=False):
    """A piece of the spoken translation."""

    turn: int
    samples: Samples  # (n,) float32 at SPOKEN_HZ, full scale ±1.0
    text: str


class Noticed(msgspec.Struct, frozen=True):
    """Something was seen in the pictures. Belongs to no turn."""

    at: Ns
    what: Terms | ScreenText | Gesture


class TurnDone(msgspec.Struct, frozen=True):
    """All of a turn has been told. `heard_ms` is the sound that it had."""

    turn: int
    heard_ms: float


class Failed(msgspec.Struct, frozen=True):
    """The graph broke, and the session cannot go on. `message` may be shown to the client."""

    message: str


class Finished(msgspec.Struct, frozen=True):
    """The session is over: everything that was heard has been told."""


Happening: TypeAlias = (
    TurnStarted | TurnStopped | Heard | Rendered | Spoken | Noticed | TurnDone | Failed | Finished
)
