"""Live recognition with Whisper: words while they are spoken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from nodes._engines.listening import Listening
from nodes._engines.recognition import Recognition
from pipeline.clock import Ns
from pipeline.media import Activity, AudioFrame, Terms, Text
from pipeline.node import JoinName, Node, Part, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output


@dataclass
class WhisperRecogniser(Recognition, Node):
    """Recognise speech in any of 99 languages while it is spoken.

    Emits words as soon as its `policy` takes them as said (by default when two hypotheses in a row agree on them, or
    the model's attention has left them behind), with the tail that may still change, and all that was said when a
    pause comes. Holds back the sound since the last place at which it was cut; what it encodes, and so its cost, does
    not grow with the length of the talk. Silence costs nothing and gives no words.

    Example:
        words: {uses: asr.whisper, inputs: {audio: talk.audio, speech: speech.activity}, with: {lang: es}}

    Source: Liu et al. 2020, "Low-latency sequence-to-sequence speech recognition and translation by partial
    hypothesis selection" (agreement, hold); Papi et al. 2023, "AlignAtt: using attention-based audio-translation
    alignments as a guide for simultaneous speech translation" (attention); Radford et al. 2022, "Robust speech
    recognition via large-scale weak supervision" (the model).
    """

    runs_on: ClassVar[Place] = "thread"
    join: ClassVar[JoinName] = "covering"
    part: ClassVar[Part] = "hearing"

    audio = Input(AudioFrame, rate_hz=16_000, gather_ms="hear_ms")
    speech = Input(Activity, whole_span=True)
    bias = Input(Terms, optional=True, latest=True, lateness_ms=0)
    transcript = Output(Text)

    def open(self) -> None:
        self._listening = Listening(self, "transcribe")
        self._listening.open()

    @property
    def held_since(self) -> Ns | None:
        return self._listening.held_since

    def process(
        self,
        audio: Packet[AudioFrame],
        speech: tuple[Packet[Activity], ...],
        bias: Packet[Terms] | None,
    ) -> Iterator[Emission[Any]]:
        for said in self._listening.hear(audio, speech, bias):
            yield self.transcript(said.text, said.start, said.end)

    def finish(self) -> Iterator[Emission[Any]]:
        for said in self._listening.finish():
            yield self.transcript(said.text, said.start, said.end)

    def close(self) -> None:
        self._listening.close()
