from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from msgspec import Meta

from nodes.vad._hysteresis import Hysteresis, Stretch
from nodes.vad._listening import RATE_HZ, Listening, check_thresholds
from pipeline.clock import Ns
from pipeline.media import Activity, AudioFrame, Samples, SpeechSegment
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

SLOPE_DB = 3.0  # dB over which the probability goes from 0.5 to 0.73
SILENCE_DBFS = -120.0


@dataclass
class EnergyVad(Node):
    """Tell speech from silence by how loud it is: for a close microphone in a quiet room, at almost no cost.

    Emits `activity` for each window at once, and `speech` for a stretch when it has been quiet for `hang_ms`; the
    hang is not part of its span. Holds back what does not fill a window (the last one of a stream is let go).
    Takes every loud sound for speech: music, keys, a door.

    Example: `speech: {uses: vad.energy, inputs: {audio: talk.audio}, with: {level_dbfs: -35}}`
    """

    level_dbfs: Annotated[float, Meta(ge=-100, le=0)] = -42.0  # RMS at which speech is as likely as not, dBFS
    window_ms: Annotated[float, Meta(ge=5, le=200)] = 20.0  # length of a window, ms, 5 to 200
    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.5  # probability at which speech begins, 0 to 1
    release: Annotated[float, Meta(ge=0, le=1)] = 0.2  # probability below which it may be over, 0 to 1
    min_speech_ms: Annotated[float, Meta(ge=0)] = 60.0  # shorter sounds are not speech, ms
    hang_ms: Annotated[float, Meta(ge=0)] = 300.0  # quiet that ends a stretch, ms

    audio = Input(AudioFrame, rate_hz=RATE_HZ)
    activity = Output(Activity)
    speech = Output(SpeechSegment)

    def __post_init__(self) -> None:
        check_thresholds(self.threshold, self.release)

    @property
    def held_since(self) -> Ns | None:
        return self._listening.held_since

    def open(self) -> None:
        hysteresis = Hysteresis(self.threshold, self.release, self.min_speech_ms, self.hang_ms)
        self._listening = Listening(round(self.window_ms * RATE_HZ / 1000), hysteresis, self._probability)

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        for heard in self._listening.hear(audio):
            yield self.activity(heard.activity, heard.start, heard.end)
            if heard.ended:
                yield self._told(heard.ended)

    def finish(self) -> Iterator[Emission[Any]]:
        if ended := self._listening.stop():
            yield self._told(ended)

    def _told(self, stretch: Stretch) -> Emission[Any]:
        return self.speech(SpeechSegment(stretch.mean_probability), stretch.start, stretch.end)

    def _probability(self, samples: Samples) -> float:
        power = float(np.dot(samples, samples)) / len(samples)
        level = 10 * math.log10(power) if power > 0 else SILENCE_DBFS
        return 1 / (1 + math.exp(-(max(level, SILENCE_DBFS) - self.level_dbfs) / SLOPE_DB))
