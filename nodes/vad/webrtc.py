from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from msgspec import Meta

from nodes.vad._hysteresis import Hysteresis, Stretch
from nodes.vad._listening import RATE_HZ, Listening
from pipeline.clock import Ns
from pipeline.errors import need
from pipeline.media import Activity, AudioFrame, Samples, SpeechSegment
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output


@dataclass
class WebrtcVad(Node):
    """Tell speech from other sound by its spectrum: the detector of web telephony, light, for quiet places.

    Emits `activity` for each window at once (probability 0 or 1: the detector says yes or no), and `speech` for a
    stretch when it has been quiet for `hang_ms`; the hang is not part of its span. Holds back what does not fill a
    window (the last one of a stream is let go). Among many voices or over music it calls everything speech.

    Example: `speech: {uses: vad.webrtc, inputs: {audio: talk.audio}, with: {aggressiveness: 3}}`
    """

    aggressiveness: Annotated[int, Meta(ge=0, le=3)] = 2  # 0 misses little speech, 3 takes little else for it
    window_ms: Literal[10, 20, 30] = 20  # length of a window, ms: 10, 20 or 30
    min_speech_ms: Annotated[float, Meta(ge=0)] = 90.0  # shorter sounds are not speech, ms
    hang_ms: Annotated[float, Meta(ge=0)] = 300.0  # quiet that ends a stretch, ms

    audio = Input(AudioFrame, rate_hz=RATE_HZ)
    activity = Output(Activity)
    speech = Output(SpeechSegment)

    @property
    def held_since(self) -> Ns | None:
        return self._listening.held_since

    def open(self) -> None:
        try:
            import webrtcvad
        except ImportError:
            raise need("webrtcvad-wheels", "asr", "vad.webrtc") from None

        self._make = webrtcvad.Vad
        self._forget()
        hysteresis = Hysteresis(0.5, 0.5, self.min_speech_ms, self.hang_ms)
        size = self.window_ms * RATE_HZ // 1000
        self._listening = Listening(size, hysteresis, self._probability, self._forget)

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

    def _forget(self) -> None:
        # The detector learns the level of the background and has no way to unlearn it: a new one forgets.
        self._detector = self._make(self.aggressiveness)

    def _probability(self, samples: Samples) -> float:
        pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2")  # (n,) int16
        return float(self._detector.is_speech(pcm.tobytes(), RATE_HZ))
