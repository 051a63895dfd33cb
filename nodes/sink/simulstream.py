"""A translation as it grew, in the log format of simulstream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from nodes.sink._emissions import pieces
from nodes.sink._file import OutputFile
from pipeline.clock import to_seconds
from pipeline.media import Text
from pipeline.node import Node, Place
from pipeline.packet import Packet
from pipeline.port import Input


@dataclass
class SimulstreamLog(Node):
    """Write the translation of one recording as it grew, for simulstream's scores (quality, latency, flicker).

    A line of JSON for each step that changes something, at the moment it comes. Its `computation_time` is how far
    the run's clock was behind the source, so audio processed plus computation is when the words were there. Read
    it with `detokenizer_type: simuleval` and `latency_unit: word` in simulstream's evaluation settings.

    Example:
        scores: {uses: sink.simulstream, inputs: {translation: target.translation}, with: {name: talk.wav}}
    """

    path: str = "simulstream.jsonl"  # the file; its folder is made, an old file is written over
    name: str = "recording"  # of the recording, as the reference calls it
    id: Annotated[int, Meta(ge=0)] = 0  # number of the recording, from 0
    tentative: bool = False  # also write the tail that may still change, and what of it was taken back

    translation = Input(Text)

    runs_on: ClassVar[Place] = "thread"

    def open(self) -> None:
        self._file = OutputFile("sink.simulstream", self.path)
        self._tail: list[str] = []  # tokens shown, but not committed
        self._open_word = ""  # the last committed token, which glued pieces may still lengthen
        self._write({"model_loading_time": 0.0})
        metadata = {"wav_name": self.name, "clock": "queue"}  # for our own reader: times with all waiting
        self._write({"id": self.id, "metadata": metadata})

    def process(self, translation: Packet[Text]) -> None:
        text = translation.payload
        shown = [self._open_word, *self._tail] if self._open_word else list(self._tail)
        tokens = [self._open_word] if self._open_word else []
        for piece, glue in pieces(text.committed):
            if glue and tokens:
                tokens[-1] += piece
            else:
                tokens.append(piece)
        self._open_word = tokens[-1] if tokens else ""
        self._tail = text.tentative.split() if self.tentative else []
        self._step(translation, shown, [*tokens, *self._tail])

    def close(self) -> None:
        self._file.close()

    def _step(self, packet: Packet[Text], before: list[str], after: list[str]) -> None:
        same = 0
        while same < min(len(before), len(after)) and before[same] == after[same]:
            same += 1
        if before == after:
            return
        heard = max(packet.heard, packet.end)
        self._write(
            {
                "id": self.id,
                "total_audio_processed": to_seconds(heard),
                "computation_time": to_seconds(max(0, packet.left - heard)),
                "generated_tokens": after[same:],
                "deleted_tokens": before[same:],
            }
        )

    def _write(self, event: dict[str, Any]) -> None:
        self._file.append(msgspec.json.encode(event) + b"\n")
