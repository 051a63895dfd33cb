"""Silero VAD on ONNX Runtime, without torch.

The network takes 512 new samples at 16 kHz behind the last 64 of the window before, and carries its memory in a
`state` array; both are cleared where the stream is broken. The memory is cleared in a long silence too: it keeps how loud
the last voice was, and takes one 40 dB below it for background (27 of 100 windows found; with the memory cleared 91). In
noise it is kept, for there it is needed (white noise at -5 dB, F1 .912; cleared .841).

It runs on the event loop: a window of 32 ms costs 0.2 to 0.4 ms on one core, which is about what it costs to hand a packet
to a thread and back, and ONNX Runtime with one thread never waits. A process that serves many sessions may say
`runs_on: thread`: the run releases the GIL.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from msgspec import Meta

from nodes.vad._hysteresis import Hysteresis, Stretch
from nodes.vad._listening import RATE_HZ, Listening, check_thresholds
from pipeline import models
from pipeline.clock import Ns
from pipeline.errors import ModelError
from pipeline.media import Activity, AudioFrame, Samples, SpeechSegment
from pipeline.networks import network
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.shared import shared

if TYPE_CHECKING:
    from pathlib import Path

WINDOW = 512  # samples
CONTEXT = 64  # samples of the window before
QUIET = 0.15  # probability of a window in which surely nobody speaks
SILENT = (
    0.1  # of the RMS of the loudest voice so far, 20 dB: silence, not noise in which somebody could speak
)
SILENT_WINDOWS = 30  # in a row, about a second, clear the memory
INPUTS = {"input", "state", "sr"}


@dataclass
class SileroVad(Node):
    """Tell speech from other sound with a small neural network: for real rooms, music, noise, any language.

    Emits `activity` for each window of 32 ms at once, and `speech` for a stretch when it has been quiet for
    `hang_ms`; the hang is not part of its span. Holds back what does not fill a window (the last one of a stream is
    let go). Any voice is speech to it: among many people it cannot say who is meant.

    Example: `speech: {uses: vad.silero, inputs: {audio: talk.audio}}`
    """

    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.5  # probability at which speech begins, 0 to 1
    release: Annotated[float, Meta(ge=0, le=1)] = 0.35  # probability below which it may be over, 0 to 1
    min_speech_ms: Annotated[float, Meta(ge=0)] = 90.0  # shorter sounds are not speech, ms
    hang_ms: Annotated[float, Meta(ge=0)] = 300.0  # quiet that ends a stretch, ms
    model: str = "silero-vad"  # name of a model, or a folder with silero_vad.onnx

    audio = Input(AudioFrame, rate_hz=RATE_HZ)
    activity = Output(Activity)
    speech = Output(SpeechSegment)

    def __post_init__(self) -> None:
        check_thresholds(self.threshold, self.release)

    @property
    def held_since(self) -> Ns | None:
        return self._listening.held_since

    def open(self) -> None:
        file = models.ensure(self.model) / "silero_vad.onnx"
        self._lease = shared(("silero", str(file)), lambda: _session(file))
        self._run = self._lease.value.run
        self._forget()
        hysteresis = Hysteresis(self.threshold, self.release, self.min_speech_ms, self.hang_ms)
        self._listening = Listening(WINDOW, hysteresis, self._probability, self._forget)

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        for heard in self._listening.hear(audio):
            yield self.activity(heard.activity, heard.start, heard.end)
            if heard.ended:
                yield self._told(heard.ended)

    def finish(self) -> Iterator[Emission[Any]]:
        if ended := self._listening.stop():
            yield self._told(ended)

    def close(self) -> None:
        self._lease.close()

    def _told(self, stretch: Stretch) -> Emission[Any]:
        return self.speech(SpeechSegment(stretch.mean_probability), stretch.start, stretch.end)

    def _forget(self) -> None:
        self._clear_memory()
        self._loudest = 0.0  # RMS of a window of speech
        self._heard = np.zeros((1, CONTEXT + WINDOW), np.float32)  # context, then the window

    def _clear_memory(self) -> None:
        self._state = np.zeros((2, 1, 128), np.float32)
        self._silent = 0  # windows in a row

    def _probability(self, samples: Samples) -> float:
        self._heard[0, :CONTEXT] = self._heard[0, -CONTEXT:]
        self._heard[0, CONTEXT:] = samples
        given = {"input": self._heard, "state": self._state, "sr": _RATE}
        found, self._state = self._run(None, given)
        probability = float(found[0, 0])
        loud = float(np.sqrt(np.square(samples).mean()))
        if probability >= self.threshold:
            self._loudest = max(self._loudest, loud)
        self._silent = self._silent + 1 if probability < QUIET and loud < SILENT * self._loudest else 0
        if self._silent == SILENT_WINDOWS:
            self._clear_memory()
        return probability


_RATE = np.array(RATE_HZ, np.int64)  # the network has a branch for 8 kHz too


def _session(file: Path) -> Any:
    """A session with one thread: the network is too small to share out. Safe to use from several threads."""
    session = network(file, "vad.silero", extra="asr", remedy="give a folder with silero_vad.onnx")
    if {given.name for given in session.get_inputs()} != INPUTS:
        raise ModelError(f"{file}: its inputs are not {', '.join(sorted(INPUTS))}; give Silero VAD 5 or 6")
    return session
