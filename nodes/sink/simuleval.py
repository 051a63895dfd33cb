"""A translation with its delays as an `instances.log`, for SimulEval and OmniSTEval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from nodes.sink._emissions import Emissions, to_ms
from nodes.sink._file import OutputFile
from pipeline.media import AudioFrame, Text
from pipeline.node import JoinName, Node, Place
from pipeline.packet import Packet
from pipeline.port import Input


@dataclass
class SimulEvalLog(Node):
    """Write the translation of one recording with the delay of each word, for SimulEval's and OmniSTEval's scores.

    One line of JSON, written when the run ends, also when it is stopped. `delays` say how much of the source had
    been taken when a word came (computation unaware), `elapsed` the run's clock
    (computation aware); both in milliseconds. A run that is not at the pace of life has no true `elapsed`; it is then never before `delays`.
    Connect the audio to have the true length of the source; else it is the end of the last text.

    Example:
        scores: {uses: sink.simuleval, inputs: {translation: target.translation, audio: talk.audio}}
    """

    path: str = "instances.log"  # the file; its folder is made, an old file is written over
    name: str = "recording"  # of the recording, as the segmentation of the reference calls it
    reference: str = ""  # the reference translation; empty when the scorer gets it elsewhere
    index: Annotated[int, Meta(ge=0)] = 0  # number of the recording, from 0
    unit: Literal["word", "char"] = "word"  # what has a delay; char for scripts without spaces

    translation = Input(Text)
    audio = Input(AudioFrame, optional=True, gather_ms=1000)

    join: ClassVar[JoinName] = "arrival"
    runs_on: ClassVar[Place] = "thread"

    def open(self) -> None:
        self._file = OutputFile("sink.simuleval", self.path)
        self._emissions = Emissions(self.unit)
        self._written = False

    def process(self, translation: Packet[Text] | None, audio: Packet[AudioFrame] | None) -> None:
        if translation is not None:
            self._emissions.add(translation)
        if audio is not None:
            self._emissions.source_end = max(self._emissions.source_end, audio.end)

    def finish(self) -> None:
        if self._written:
            return
        self._written = True
        units = self._emissions.units
        instance = {
            "index": self.index,
            "prediction": self._emissions.prediction,
            "delays": [to_ms(unit.heard) for unit in units],
            "elapsed": [to_ms(unit.clock) for unit in units],
            "prediction_length": len(units),
            "reference": self.reference,
            "source": [self.name],
            "source_length": to_ms(self._emissions.source_end),
            "clock": "queue",  # of `elapsed`, for our own reader: the run's clock, with all waiting
        }
        self._file.append(msgspec.json.encode(instance) + b"\n")

    def close(self) -> None:
        try:
            self.finish()
        finally:
            self._file.close()
