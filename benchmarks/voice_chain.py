"""The chain of nodes from a recording to speech like it, timed: as a graph has it, one after another.

source.file, vad.silero and voice.profile measure; voice.imitate makes timbres, its guard and its search included; the
node that speaks says sentences by the last one, or voice.convert changes what it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.live_recordings import write
from nodes._engines.voice.imitating import IMITATING, engine_of
from pipeline import likeness, speaking
from pipeline.clock import cpu_seconds, stopwatch_ns
from pipeline.cloning import CONVERTS, conversion
from pipeline.media import Samples, Speech, Timbre, VoiceProfile
from pipeline.node import Node, step
from pipeline.packet import Packet
from pipeline.resolve import node_class
from pipeline.settings import build

WARM = "This sentence is for the engine alone, so that it knows how its own voice sounds by itself."


class Enrolled(msgspec.Struct, frozen=True, eq=False):
    """A voice as it is known, and how an engine is to speak so as to sound like it."""

    profile: VoiceProfile
    first: Timbre
    last: Timbre  # what the imitation ends with
    measured_s: float  # from a recording to its profile
    first_s: float  # from the profile to the first timbre
    last_s: float  # from the profile to the last one
    last_cpu_s: float


class Said(msgspec.Struct, frozen=True, eq=False):
    """Sentences said in one voice."""

    sounds: list[Samples]  # (n,) float32 each
    rate_hz: int
    first_ms: list[float]  # from a text to its first sound
    real_time: float  # seconds of work for a second of speech
    cpu: float  # the same in seconds of processors

    @property
    def whole(self) -> Samples:
        """All of it, one after another."""
        return np.concatenate(self.sounds)


class Engine:
    """One node that speaks, kept loaded until it is closed."""

    def __init__(self, uses: str, lang: str = "en") -> None:
        self.uses, self._lang = uses, lang
        self._kept = ExitStack()
        self.imitates = uses in IMITATING
        if self.imitates:
            self._kept.callback(engine_of(uses).close)
        self._pieces(WARM, None)

    def close(self) -> None:
        """Let go of it."""
        self._kept.close()

    def enrol(self, reference: Samples, folder: Path, search: int) -> Enrolled:
        """From (n,) float32 at 16 kHz to timbres. Raises `InputError` where no voice can be known by it."""
        write(folder / "reference.wav", reference)
        begun = stopwatch_ns()
        profile = likeness.measured(str(folder / "reference.wav"))
        begun, measured_s = stopwatch_ns(), (stopwatch_ns() - begun) / 1e9
        cpu = cpu_seconds()
        engine = self.uses if self.imitates else ""
        timbres = likeness.imitated(profile, engine, self._lang, search)
        found = [(timbre, (stopwatch_ns() - begun) / 1e9) for timbre in timbres]
        (first, first_s), (last, last_s) = found[0], found[-1]
        return Enrolled(profile, first, last, measured_s, first_s, last_s, cpu_seconds() - cpu)

    def say(self, sentences: Sequence[str], timbre: Timbre | None) -> Said:
        """Sentences in the stock voice, or by a timbre."""
        converter = self._converter(timbre)
        sounds, first_ms, length_s, work_s, cpu, rate_hz = [], [], 0.0, 0.0, cpu_seconds(), 0
        for text in sentences:
            pieces, first_s, whole_s = self._said(text, timbre, converter)
            sounds.append(np.concatenate([piece.samples for piece in pieces]))
            rate_hz = pieces[0].rate_hz
            first_ms.append(1e3 * first_s)
            length_s += len(sounds[-1]) / rate_hz
            work_s += whole_s
        return Said(sounds, rate_hz, first_ms, work_s / length_s, (cpu_seconds() - cpu) / length_s)

    def _said(
        self, text: str, timbre: Timbre | None, converter: Node | None
    ) -> tuple[Sequence[Speech], float, float]:
        """Pieces of a text, and the seconds to the first and to the last."""
        said = self._pieces(text, timbre if self.imitates else None)
        if converter is None:
            return said.pieces, said.first_s, said.whole_s
        begun, pieces, first_s = stopwatch_ns(), [], 0.0
        for piece in said.pieces:
            pieces += _through(converter, speech=piece)
            first_s = first_s or (stopwatch_ns() - begun) / 1e9
        return pieces, said.first_s + first_s, said.whole_s + (stopwatch_ns() - begun) / 1e9

    def _pieces(self, text: str, timbre: Timbre | None) -> speaking.Said:
        return speaking.speak(speaking.speaker(self.uses, self._lang), text, self._lang, timbre)

    def _converter(self, timbre: Timbre | None) -> Node | None:
        """voice.convert that knows the voice before it and the timbre; None where the engine needs none."""
        if self.imitates or timbre is None:
            return None
        node = build(node_class(CONVERTS), conversion(self.uses))
        node.open()
        _through(node, timbre=timbre)
        for piece in self._pieces(WARM, None).pieces:
            _through(node, speech=piece)
        return node


def _through(node: Node, **payloads: Any) -> list[Any]:
    """What comes of one payload."""
    packets = {name: Packet(payload, 0, 1) for name, payload in payloads.items()}
    return [item.payload for item in step(node, dict.fromkeys(node.inputs) | packets)]
