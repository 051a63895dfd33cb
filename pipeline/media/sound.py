"""Sound: frames of samples, how likely it is that somebody speaks, stretches of speech."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec
import numpy as np

from pipeline.clock import Ns, sample_time
from pipeline.media.arrays import Samples, read_only


class AudioFrame(msgspec.Struct, frozen=True, eq=False):
    """A stretch of mono sound."""

    samples: Samples  # (n,) float32, full scale ±1.0
    rate_hz: int

    converters: ClassVar[dict[str, str]] = {"rate_hz": "audio.resample"}

    def __post_init__(self) -> None:
        if self.samples.dtype != np.float32 or self.samples.ndim != 1:
            raise ValueError(
                f"AudioFrame.samples: got {self.samples.dtype} with shape {self.samples.shape}; "
                "give float32 with shape (n,), full scale ±1.0"
            )
        read_only(self.samples)

    @property
    def duration(self) -> Ns:
        """Nanoseconds."""
        return sample_time(len(self.samples), self.rate_hz)

    @staticmethod
    def joined(frames: Sequence[AudioFrame]) -> AudioFrame:
        """Frames that follow one another, as one frame."""
        if len(frames) == 1:
            return frames[0]
        return AudioFrame(np.concatenate([frame.samples for frame in frames]), frames[0].rate_hz)


class Activity(msgspec.Struct, frozen=True):
    """How likely it is that somebody speaks during a window."""

    probability: float  # 0 to 1
    speaking: bool  # the detector's decision, with its hysteresis


class SpeechSegment(msgspec.Struct, frozen=True):
    """A stretch of speech between silences."""

    mean_probability: float  # 0 to 1
