"""Speech of any voice made to sound like the one that is heard."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from nodes._engines.voice.converting import Acquaintance, converted
from nodes._engines.voice.guard import fault
from nodes._engines.voice.speaking import Likeness
from pipeline.media import Samples, Speech, Timbre, VoiceTurn
from pipeline.node import JoinName, Node, Part, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

log = logging.getLogger(__name__)


@dataclass
class VoiceConversion(Node):
    """Make the speech of any voice sound like the speaker, for voices that cannot be told how to sound themselves.

    Emits each piece of speech as long and as loud as it came, at its own rate, some milliseconds later: pitch, formants,
    spectrum and each sound's colour led towards the profile in the last timbre (voice.imitate with an empty engine).
    What the voice is like by itself it learns from its first pieces; until there is a second of it, and where there is no
    timbre or the result is not whole, speech passes as it is. Never waits for a timbre. Speech that is hard to
    understand already, as espeak-ng's is, wants a low `strength`: 0.3.

    Example:
        likened: {uses: voice.convert, inputs: {speech: voice.speech, timbre: likeness.timbre}, with: {strength: 0.6}}
    """

    strength: Annotated[float, Meta(ge=0, le=1)] = 0.6  # how far towards the speaker, 0 to 1
    learn_s: Annotated[float, Meta(ge=1, le=60)] = 10.0  # speech to learn the voice from, seconds

    speech = Input(Speech)
    timbre = Input(Timbre, optional=True)
    turn = Input(VoiceTurn, optional=True)
    spoken = Output(Speech)

    runs_on: ClassVar[Place] = "thread"
    join: ClassVar[JoinName] = "arrival"
    part: ClassVar[Part] = "speaking"

    def open(self) -> None:
        self._likeness = Likeness("voice.convert")
        self._known: dict[str, Acquaintance] = {}

    def process(
        self, speech: Packet[Speech] | None, timbre: Packet[Timbre] | None, turn: Packet[VoiceTurn] | None
    ) -> Iterator[Emission[Any]]:
        self._likeness.told(timbre, turn)
        if speech is None:
            return
        piece = speech.payload
        voice = self._known.setdefault(piece.lang, Acquaintance(self.learn_s))
        voice.hear(piece.samples, piece.rate_hz)
        like = self._likeness.at(speech.start)
        if like is None or voice.stock is None or not like.strength * self.strength:
            yield self.spoken(piece)
            return
        like = msgspec.structs.replace(like, strength=like.strength * self.strength)
        samples = self._whole(converted(piece.samples, piece.rate_hz, like, voice.stock), piece)
        yield self.spoken(msgspec.structs.replace(piece, samples=samples))

    def _whole(self, samples: Samples, piece: Speech) -> Samples:
        """The converted sound, or that of the piece where something is wrong with it that was not before."""
        wrong = fault(samples, piece.rate_hz, len(piece.samples))
        if not wrong or wrong == fault(piece.samples, piece.rate_hz):
            return samples
        log.warning("voice.convert: the imitation of %r is %s; passed on as it was", piece.text, wrong)
        return piece.samples
