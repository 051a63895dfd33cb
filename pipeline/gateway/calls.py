"""What a dialect asks of a session, and how it is refused. The same for every protocol."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

Turns: TypeAlias = Literal["voice", "manual"]
Frequency: TypeAlias = Literal["once", "always"]
Codec: TypeAlias = Literal["pcm", "opus"]


class Wish(msgspec.Struct, frozen=True):
    """What a client wants interpreted, and how. Two equal wishes are served by the same graph."""

    from_: str = "auto"  # language spoken, BCP 47, or auto
    to: str = "en"  # language wanted, BCP 47
    transcribe: bool = True  # tell what was said in the language spoken, too
    speak: bool = True  # speak the translation
    voice: str = ""  # a voice by the name that the protocol has for it; empty: the best at hand
    phrases: tuple[tuple[str, str], ...] = ()  # term of the source, its rendering (may be empty)
    turns: Turns = "voice"  # who ends a turn: voice activity, or the client
    threshold: float = 0.5  # probability at which speech begins, 0 to 1
    silence_ms: float = 1000  # quiet that ends a turn, ms
    clone: bool = False  # speak with the voice of who is heard; the client says by it that they agreed
    frequency: Frequency = "once"  # (clone) know the voice once, or again and again as speakers change


class Configure(msgspec.Struct, frozen=True):
    """Work by this wish from now on. Refused when no graph can."""

    wish: Wish


class Hear(msgspec.Struct, frozen=True):
    """Sound: 16-bit little-endian mono PCM, or one Opus packet."""

    data: bytes
    rate_hz: int
    codec: Codec = "pcm"


class See(msgspec.Struct, frozen=True):
    """A picture: the bytes of a JPEG file."""

    data: bytes


class Commit(msgspec.Struct, frozen=True):
    """(manual turns) What was heard since the last commit is a turn."""


class Clear(msgspec.Struct, frozen=True):
    """(manual turns) Forget what was heard since the last commit."""


class Finish(msgspec.Struct, frozen=True):
    """Nothing more comes; finish what was heard."""


Call: TypeAlias = Configure | Hear | See | Commit | Clear | Finish


class Refused(Exception):
    """A session does not do what was asked, and goes on as before. `what` names the field of `Wish` at fault."""

    def __init__(self, message: str, what: str = "", reason: str = "invalid") -> None:
        super().__init__(message)
        self.message = message
        self.what = what
        self.reason = reason  # invalid, busy, limit, broken: each dialect has a code for it
