"""What an engine of speech must offer so that it can be made to sound like somebody: the protocol, and its stock figures.

Engines implement `Imitating` (hibari_voice.py, kokoro_voice.py); `voice.imitate` uses nothing else of them. It shares the
loaded engine with the node that speaks (imitating.py), and so an engine is called from two threads at once.

A `Timbre` says everything at full strength. `render` obeys it by way of `shape.shape_of`, which scales it by `strength`
and holds it within the clamps, whoever made it; so no timbre can make an engine speak outside them. A timbre with
`strength` 0, and None, leave the stock voice as it is, bit for bit.
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

import msgspec

from pipeline.media import Floats, Samples, Timbre, VoiceProfile

Blend: TypeAlias = tuple[tuple[str, float], ...]  # voices of the engine and their weights, sum 1; (): its own


class Stock(msgspec.Struct, frozen=True, eq=False):
    """Figures of an engine's voice as it is, measured on its own sound with the means of a `VoiceProfile`."""

    pitch_hz: float  # median of the voiced frames
    pitch_spread: float  # standard deviation of the natural logarithm of the pitch
    spectrum: Floats  # (601,) float32: natural log amplitude, long-term mean over speech (spectrum.long_term)


class Imitating(Protocol):
    """An engine whose voice can be led towards a speaker's."""

    @property
    def name(self) -> str:
        """The node that speaks with it, for instance "tts.hibari"."""

    @property
    def rate_hz(self) -> int:
        """Of what `render` gives."""

    @property
    def warps(self) -> bool:
        """Whether `render` can move formants (`Timbre.warp`)."""

    @property
    def nearest(self) -> float:
        """Share of the correction by nearest frames that suits it, 0 to 1.2."""

    def stock(self, blend: Blend = ()) -> Stock:
        """Figures of its voice; with `blend`, of that mixture of its voices. Quick after the first call."""

    def render(self, text: str, lang: str, timbre: Timbre | None = None, speed: float = 1.0) -> Samples:
        """(n,) float32 at `rate_hz`. The same for the same arguments. Empty where it has no sound for the text."""

    def candidates(self, profile: VoiceProfile) -> tuple[Blend, ...]:
        """Mixtures of its voices that may be like the profile, the likeliest first; () for an engine with one voice.

        Takes milliseconds; `voice.imitate` takes the first one at once and tries the others when there is time.
        """
