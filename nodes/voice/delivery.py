"""The way of speaking: as loud, as quick and as lively as the speaker, within limits."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec
import numpy as np
from msgspec import Meta

from nodes._engines.intonation import widened
from nodes._engines.joining import faded
from nodes._engines.loudness import PEAK, brought_to, loudness
from nodes._engines.stretching import FASTEST, stretched
from nodes._engines.voice.pitch import HOP, curve, summary
from nodes._engines.voice.pitch import RATE_HZ as PITCH_HZ
from nodes.voice._habits import Habits
from nodes.voice._pauses import shortened, talk_s
from nodes.voice._source_sound import RATE_HZ, SourceSound
from nodes.voice._talking import Talking
from pipeline.clock import Ns, ms, seconds, to_seconds
from pipeline.media import Activity, AudioFrame, Floats, Samples, Speech
from pipeline.node import JoinName, Node, Part, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

LISTENED = seconds(6)  # of the end of a piece's source, at most
TAIL: Ns = ms(100)  # end of a source that is not waited for: a detector's last window may never come
SAME = 0.05  # a melody wanted wider or narrower by less than this share stays


class _Source(msgspec.Struct, frozen=True):
    """What was measured of the source of a piece."""

    known: bool = False  # whether anybody was heard there
    talk_s: float = 0.0  # of it, what no piece before this one had for its source
    lufs: float | None = None
    spread: float | None = None  # standard deviation of the natural log of the pitch
    pause_s: float | None = None


@dataclass
class Delivery(Node):
    """Let the voice speak as the speaker does: as loud, as quick, with pauses as long and a melody as wide.

    Each piece follows what was heard where its words come from, within the limits set here. A louder sentence is
    spoken louder, a livelier one with more melody; the voice takes as long as the speaker over the last `memory_s`
    of talk; pauses inside a piece are cut down to the speaker's usual one, never drawn out. A piece never begins more
    than `late_ms` later than it would have without this node, so with 0 it is slowed down only where there is room.
    Length and `plays_at` are those of what is heard. A sentence that an engine gives bit by bit only has its loudness
    changed, by one factor.

    Example:
        manner: {uses: voice.delivery, inputs: {speech: voice.speech, audio: talk.audio, activity: speech.activity}}
    """

    quietest_lufs: Annotated[float, Meta(ge=-60, le=0)] = -30.0  # a piece is at least so loud, LUFS
    loudest_lufs: Annotated[float, Meta(ge=-60, le=0)] = -14.0  # a piece is at most so loud, LUFS
    energy: Annotated[float, Meta(ge=0, le=1)] = 0.6  # of a sentence's own loudness that is followed, 0 to 1
    slowest: Annotated[float, Meta(ge=0.7, le=1)] = 0.9  # times the voice's own pace at least, 0.7 to 1
    fastest: Annotated[float, Meta(ge=1, le=1.6)] = 1.2  # times that pace at most, 1 (never faster) to 1.6
    melody: Annotated[float, Meta(ge=1, le=1.6)] = 1.3  # times as wide or narrow at most; 1: leave it
    pause_ms: Annotated[float, Meta(ge=20)] = 150.0  # no pause is cut shorter than this, ms
    late_ms: Annotated[float, Meta(ge=0, le=5000)] = 0.0  # a piece begins at most so much later, ms
    memory_s: Annotated[float, Meta(gt=0)] = 10.0  # talk over which habits are averaged, seconds

    speech = Input(Speech)
    audio = Input(AudioFrame, gather_ms=200, rate_hz=RATE_HZ)
    activity = Input(Activity)
    delivered = Output(Speech)

    join: ClassVar[JoinName] = "arrival"
    runs_on: ClassVar[Place] = "thread"
    part: ClassVar[Part] = "speaking"

    def __post_init__(self) -> None:
        if self.quietest_lufs > self.loudest_lufs:
            raise ValueError(
                f"quietest_lufs {self.quietest_lufs:g} is above loudest_lufs {self.loudest_lufs:g}; swap them"
            )

    @property
    def held_since(self) -> Ns | None:
        return self._waiting[0].start if self._waiting else None

    def open(self) -> None:
        if self.melody > 1:
            curve(np.zeros(RATE_HZ, np.float32), RATE_HZ)  # loads it, which the first piece would wait for
        self._sound = SourceSound(with_pitch=self.melody > 1)
        self._talking = Talking()
        self._habits = Habits(self.memory_s)
        self._waiting: deque[Packet[Speech]] = deque()  # pieces whose source has not been heard to its end
        self._busy_until: Ns = 0
        self._counted: Ns = 0  # stream time up to which the speaker's talk was counted
        self._sentence_gain, self._highest = 1.0, 0.0  # for bits: of this sentence; peak of the voice so far

    def process(
        self,
        speech: Packet[Speech] | None = None,
        audio: Packet[AudioFrame] | None = None,
        activity: Packet[Activity] | None = None,
    ) -> Iterator[Emission[Speech]]:
        if audio is not None:
            self._sound.add(audio.start, audio.payload.samples)
        if activity is not None:
            self._talking.add(activity)
        if speech is not None:
            self._waiting.append(speech)
        heard = min(self._sound.end, self._talking.end)
        while self._waiting and self._waiting[0].end - TAIL <= heard:
            yield self._delivered(self._waiting.popleft())

    def finish(self) -> Iterator[Emission[Speech]]:
        while self._waiting:
            yield self._delivered(self._waiting.popleft())

    def _delivered(self, packet: Packet[Speech]) -> Emission[Speech]:
        piece = packet.payload
        source = self._listen(packet)
        begins = max(min(piece.plays_at, max(packet.end, packet.left)), self._busy_until)
        tempo = 1.0
        if piece.text and len(piece.samples) and not piece.samples[-1]:
            room_s = to_seconds(piece.plays_at + piece.duration + ms(self.late_ms) - begins)
            samples, tempo = self._shaped(piece, source, room_s)
            wanted = self._wanted_lufs(source)
            samples = (
                samples
                if wanted is None
                else faded(brought_to(samples, piece.rate_hz, wanted), piece.rate_hz)
            )
        else:  # a bit of a sentence that comes as it is made: it must fit the bits beside it
            samples = piece.samples * np.float32(self._bit_gain(piece, source))
        made = msgspec.structs.replace(
            piece,
            samples=np.clip(samples, -1, 1),
            plays_at=begins,
            speed=round(piece.speed * tempo, 3),
        )
        self._busy_until = begins + made.duration
        return self.delivered(made, packet.start, packet.end)

    def _listen(self, packet: Packet[Speech]) -> _Source:
        """Measure what a piece renders; pieces of one source count its talk once."""
        end = max(packet.start, packet.end - TAIL)
        start = max(packet.start, end - LISTENED)
        new_s = self._talking.seconds(max(packet.start, self._counted), end)
        self._counted = max(self._counted, end)
        if not self._talking.seconds(start, end):
            return _Source()
        found = summary(self._sound.pitch(start, end))
        return _Source(
            True,
            new_s,
            loudness(self._sound.between(start, end), RATE_HZ),
            found[1] if found else None,
            self._talking.usual_pause_s(end),
        )

    def _shaped(self, piece: Speech, source: _Source, room_s: float) -> tuple[Samples, float]:
        """A whole piece with the speaker's melody, pauses and pace; and how much faster it became."""
        rate_hz = piece.rate_hz
        hz: Floats = curve(piece.samples, rate_hz) if self.melody > 1 else np.zeros(0, np.float32)
        found = summary(hz)
        spoken_s = talk_s(piece.samples, rate_hz) * piece.speed if source.known else 0.0
        self._habits.take(source.talk_s, spoken_s, source.lufs, source.spread, found[1] if found else None)
        samples, factor = piece.samples, self._habits.melody(source.spread) or 1.0
        factor = min(max(factor, 1 / self.melody), self.melody)
        if abs(factor - 1) >= SAME:
            samples = widened(samples, rate_hz, hz, HOP / PITCH_HZ, factor)
        if source.pause_s is not None:
            samples = shortened(samples, rate_hz, max(source.pause_s, self.pause_ms / 1000))
        tempo = self._tempo(piece.speed, len(samples) / rate_hz, room_s)
        return faded(stretched(samples, rate_hz, tempo), rate_hz), tempo

    def _tempo(self, speed: float, length_s: float, room_s: float) -> float:
        """How much faster a piece is to be than it is: as the speaker, never slower than it must be."""
        pace = min(max(self._habits.pace(), self.slowest), self.fastest)
        least = length_s / room_s if room_s > 0 else 1.0
        wanted = pace / speed if speed <= pace or speed <= 1 else 1.0
        return min(max(wanted, least), max(1.0, wanted), FASTEST)

    def _wanted_lufs(self, source: _Source) -> float | None:
        lufs = self._habits.loudness(source.lufs, self.energy)
        return None if lufs is None else min(max(lufs, self.quietest_lufs), self.loudest_lufs)

    def _bit_gain(self, piece: Speech, source: _Source) -> float:
        """One factor for all bits of a sentence, by how loud the voice has been so far."""
        if source.talk_s:
            self._habits.take(source.talk_s, source.talk_s, source.lufs, source.spread, None)
        self._habits.hear_voice(loudness(piece.samples, piece.rate_hz), to_seconds(piece.duration))
        wanted, usual = self._wanted_lufs(source), self._habits.voice_lufs
        if piece.text and wanted is not None and usual is not None:
            self._sentence_gain = min(
                10 ** ((wanted - usual) / 20), PEAK / max(1e-6, self._voice_peak(piece))
            )
        return self._sentence_gain

    def _voice_peak(self, piece: Speech) -> float:
        """The highest peak of the voice so far."""
        self._highest = max(self._highest, float(np.abs(piece.samples).max(initial=0)))
        return self._highest
