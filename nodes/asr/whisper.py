"""Live recognition with Whisper: words while they are spoken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from nodes._engines.listening import Listening
from nodes._engines.live import Policy
from pipeline.clock import Ns
from pipeline.media import Activity, AudioFrame, Terms, Text
from pipeline.node import JoinName, Node, Part, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output


@dataclass
class WhisperRecogniser(Node):
    """Recognise speech in any of 99 languages while it is spoken.

    Emits words as soon as two hypotheses in a row agree on them, with the tail that may still change, and all that
    was said when a pause comes. Holds back the sound since the last place at which it was cut; what it encodes, and
    so its cost, does not grow with the length of the talk. Silence costs nothing and gives no words.

    Example:
        words: {uses: asr.whisper, inputs: {audio: talk.audio, speech: speech.activity}, with: {lang: es}}

    Source: Liu et al. 2020, "Low-latency sequence-to-sequence speech recognition and translation by partial
    hypothesis selection" (local agreement); Radford et al. 2022, "Robust speech recognition via large-scale weak
    supervision" (the model).
    """

    model: str = "whisper-base"  # name of a model, or a folder with a CTranslate2 Whisper model
    lang: str = ""  # language spoken, BCP 47; empty: detected from the first utterance
    hear_ms: Annotated[float, Meta(ge=50, le=2000)] = 200  # sound taken at once, milliseconds
    step_ms: Annotated[int, Meta(ge=100, le=5000)] = 1000  # new sound between two hypotheses, ms
    threads: Annotated[int, Meta(ge=1, le=16)] = 1  # threads of the engine

    runs_on: ClassVar[Place] = "thread"
    join: ClassVar[JoinName] = "covering"
    part: ClassVar[Part] = "hearing"

    audio = Input(AudioFrame, rate_hz=16_000, gather_ms="hear_ms")
    speech = Input(Activity, whole_span=True)
    bias = Input(Terms, optional=True, latest=True, lateness_ms=0)
    transcript = Output(Text)

    def open(self) -> None:
        self._listening = Listening(self.model, self.lang, "transcribe", self.threads)
        self._listening.open(Policy(step_ms=self.step_ms))

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
