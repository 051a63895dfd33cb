"""From an utterance to a profile, or to the reason why it does not fit.

Decides: what must hold of a recording before anybody is imitated by it. It is refused rather than measured wrongly:
with too little speech in it, clipped, noisy, without pitch (whispered, or noise), with a pitch that stands as notes do,
or with two voices.
"""

from __future__ import annotations

import msgspec
import numpy as np

from nodes._engines.voice import pitch
from nodes._engines.voice.rates import at_rate
from nodes._engines.voice.speaker_encoder import RATE_HZ, SpeakerEncoder, shared_encoder, unit
from nodes._engines.voice.spectrum import bandwidth_of, long_term, without_silences
from pipeline.errors import MediaError
from pipeline.media import Floats, Samples, VoiceProfile

SHORTEST_S = 2.0  # speech without its silences
QUIETEST_DBFS = -55.0  # RMS of speech
CLIPPED = 0.002  # share of samples in flat tops
FLAT = 3  # samples in a row at the top that make it flat
SNR_DB = 12.0  # speech over what is between the words, at least
VOICED = 0.12  # share of moments with pitch, at least
STEADY_CENTS = 12.0  # a pitch that moves less in a tenth of a second stands
STEADY = 0.5  # share of pitch that stands, from which it is music
ONE_VOICE = 0.65  # cosine of the two parts of a recording of one speaker, wherever it is cut, at least

_TOP = 0.995  # of the peak: what is above counts as the top
_BLOCK_S = 0.02


class Unfit(MediaError):
    """A recording from which no profile is made; `reason` says why in a few words."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"profile of a voice: {reason}; give some seconds of clean speech of one speaker")


class TooShort(Unfit):
    """Not enough speech yet: the one reason that more of the same takes away."""


class Measured(msgspec.Struct, frozen=True, eq=False):
    """What can be said of a recording before anybody is told apart in it."""

    speech: Samples  # (n,) float32 at the recording's rate: without long silences
    snr_db: float
    pitch_hz: float
    pitch_spread: float


def profile_of(
    samples: Samples,
    rate_hz: int,
    speaker: int = 1,
    lang: str = "",
    *,
    encoder: SpeakerEncoder | None = None,
) -> VoiceProfile:
    """The profile of the one speaker in a recording.

    `samples`: (n,) float32, full scale ±1.0, with the pauses between the words, by which noise is judged. `encoder`:
    one that is loaded already; else it is taken from those shared. Raises `Unfit`, `ModelError`, `PackageError`.
    """
    measured = fit(samples, rate_hz)
    if encoder is None:
        lease = shared_encoder()
        try:
            return _profile(measured, rate_hz, speaker, lang, lease.value)
        finally:
            lease.close()
    return _profile(measured, rate_hz, speaker, lang, encoder)


def fit(samples: Samples, rate_hz: int) -> Measured:
    """A recording measured, all but whose voice it is. Raises `Unfit` where it is not clean speech."""
    if not np.isfinite(samples).all():
        raise Unfit("not sound: it holds values that are no numbers")
    speech = without_silences(samples, rate_hz)
    if len(speech) < SHORTEST_S * rate_hz:
        raise TooShort(f"too short: {len(speech) / rate_hz:.1f} s of speech, {SHORTEST_S:g} s at least")
    level = 20 * np.log10(float(np.sqrt(np.mean(speech.astype(np.float64) ** 2))) + 1e-9)
    if level < QUIETEST_DBFS:
        raise Unfit(f"too quiet: {level:.0f} dBFS, {QUIETEST_DBFS:g} dBFS at least")
    found = voice_in(speech, rate_hz)
    if (share := flat_tops(samples)) > CLIPPED:
        raise Unfit(f"clipped: {100 * share:.1f} % of its samples are cut off at the top")
    if (snr_db := snr_of(samples, rate_hz)) < SNR_DB:
        raise Unfit(f"too much noise: speech is {snr_db:.0f} dB above it, {SNR_DB:g} dB at least")
    return Measured(speech, snr_db, *found)


def voice_in(samples: Samples, rate_hz: int) -> tuple[float, float]:
    """Median and spread of the pitch, as `pitch.pitch_of`. Raises `Unfit` where it is not that of somebody who speaks."""
    hz = pitch.curve(samples, rate_hz)
    found = pitch.summary(hz)
    if found is None or float(np.mean(hz > 0)) < VOICED:
        raise Unfit("no pitch: it is whispered, or noise")
    if standing(hz) > STEADY:
        raise Unfit("music: its pitch stands as notes do")
    return found


def flat_tops(samples: Samples) -> float:
    """Share of samples that lie in flat tops: FLAT and more in a row at the peak of the recording, 0 to 1."""
    loud = np.abs(samples)
    peak = float(loud.max(initial=0))
    if peak < 0.01:
        return 0.0
    edges = np.flatnonzero(np.diff(np.pad((loud > _TOP * peak).astype(np.int8), 1)))
    lengths = edges[1::2] - edges[::2]
    return float(lengths[lengths >= FLAT].sum() / len(samples))


def standing(hz: Floats) -> float:
    """Share of a pitch curve that moves less than STEADY_CENTS in a tenth of a second, as a played note does, 0 to 1."""
    reach = round(0.1 * pitch.RATE_HZ / pitch.HOP) + 1  # moments
    if len(hz) < reach:
        return 0.0
    runs = np.lib.stride_tricks.sliding_window_view(hz, reach)
    whole = runs[(runs > 0).all(axis=1)]
    if not len(whole):
        return 0.0
    cents = 1200 * np.log2(whole.max(axis=1) / whole.min(axis=1))
    return float(np.mean(cents < STEADY_CENTS))


def snr_of(samples: Samples, rate_hz: int) -> float:
    """Decibels of the loud half of a recording above its quietest tenth, in blocks of 20 ms; at most 60."""
    size = round(_BLOCK_S * rate_hz)
    count = len(samples) // size
    if count < 10:
        return 0.0
    power = np.sort((samples[: count * size].reshape(count, size).astype(np.float64) ** 2).mean(axis=1))
    quiet, loud = power[: count // 10].mean(), power[count // 2 :].mean()
    return float(np.clip(10 * np.log10((loud + 1e-12) / (quiet + 1e-12)), 0, 60))


def one_voice(windows: Floats) -> float:
    """How alike the two parts of a recording are where it is cut at the worst place, -1 to 1; 1 where it is too short.

    `windows`: (n, 256) float32 of `SpeakerEncoder.windows`; neighbours overlap, so one between the parts is left out,
    and a part has two windows where there are enough, because one alone says little.
    """
    least = 1 if len(windows) < 5 else 2
    cuts = range(least, len(windows) - least)
    parts = ((windows[:cut].mean(axis=0), windows[cut + 1 :].mean(axis=0)) for cut in cuts)
    return min((float(unit(one) @ unit(other)) for one, other in parts), default=1.0)


def _profile(
    measured: Measured, rate_hz: int, speaker: int, lang: str, encoder: SpeakerEncoder
) -> VoiceProfile:
    speech = measured.speech
    windows = encoder.windows(at_rate(speech, rate_hz, RATE_HZ))
    if (alike := one_voice(windows)) < ONE_VOICE:
        raise Unfit(f"two speakers: its parts are only {alike:.2f} alike, {ONE_VOICE:g} at least")
    spectrum = long_term(speech, rate_hz)
    return VoiceProfile(
        speaker=speaker,
        samples=speech,
        rate_hz=rate_hz,
        embedding=unit(windows.mean(axis=0)),
        pitch_hz=measured.pitch_hz,
        pitch_spread=measured.pitch_spread,
        spectrum=spectrum,
        bandwidth_hz=bandwidth_of(spectrum, rate_hz),
        snr_db=measured.snr_db,
        lang=lang,
        heard_s=len(speech) / rate_hz,
    )
