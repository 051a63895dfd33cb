"""Kokoro's voices: their names, languages and sexes, and the style vectors that they are.

A voice is 510 style vectors, one for each length of text in symbols. The first half of a vector colours the sound (the
decoder), the second half shapes pitch and pace (the predictor); so the timbre of any voice speaks with the prosody of
any other. That is what `mixed` makes use of: a blend of timbres, with the prosody of a voice of the language spoken, which
keeps the pronunciation.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nodes._engines.voice.engine import Blend
from pipeline.errors import SettingsError, did_you_mean
from pipeline.media import Floats

LENGTHS, SIZE = 510, 256  # texts of 1 to 510 symbols, numbers in a style vector
TIMBRE = SIZE // 2  # numbers of it that are the decoder's
HEAVIEST = 1.8  # largest weight of a voice in a blend
LOW_HZ = 155.0  # pitch below which a speaker is given the prosody of a man's voice

# The letters before the line in a voice's name: language and sex.
READINGS = {
    "a": "en", "b": "en-gb", "e": "es", "f": "fr", "h": "hi", "i": "it", "j": "ja", "p": "pt", "z": "zh",
}  # fmt: skip
# Of each language its best voices by the publisher's own grades: female, male ("" where there is none).
BEST = {
    "en": ("af_heart", "am_michael"),
    "en-gb": ("bf_emma", "bm_george"),
    "es": ("ef_dora", "em_alex"),
    "fr": ("ff_siwis", ""),
    "hi": ("hf_alpha", "hm_omega"),
    "it": ("if_sara", "im_nicola"),
    "ja": ("jf_alpha", "jm_kumo"),
    "pt": ("pf_dora", "pm_alex"),
    "zh": ("zf_xiaobei", "zm_yunjian"),
}


def default_voice(reading: str, pitch_hz: float = 0.0) -> str:
    """The voice of a language; of somebody with this pitch, where it is known, one of their sex."""
    female, male = BEST[reading]
    return male if male and 0 < pitch_hz < LOW_HZ else female


def reading_of_voice(name: str) -> str:
    """The language that a voice was trained on, as `phonemes.reading` calls it."""
    return READINGS[name[0]]


class Styles:
    """All voices of a folder, (510, 256) float32 each, mapped from disk."""

    def __init__(self, folder: Path) -> None:
        self._packs = {
            file.stem: np.memmap(file, np.float32, "r", shape=(LENGTHS, SIZE))
            for file in sorted(folder.glob("*.bin"))
        }

    @property
    def names(self) -> list[str]:
        """Of all voices, sorted."""
        return list(self._packs)

    def of(self, voice: str, symbols: int) -> Floats:
        """The style vector, (256,) float32, for a text of so many symbols. Raises `SettingsError`."""
        if voice not in self._packs:
            raise SettingsError(f"tts.kokoro: no voice {voice!r}; {did_you_mean(voice, self.names)}")
        return np.asarray(self._packs[voice][min(max(symbols, 1), LENGTHS) - 1])

    def mixed(self, blend: Blend, own: str, share: float, symbols: int) -> Floats:
        """The style of `own` with its timbre led by `share`, 0 to 1, towards a blend. Raises `SettingsError`.

        Weights are held within ±HEAVIEST and made to sum to 1.
        """
        style = self.of(own, symbols).copy()
        weights = [min(max(weight, -HEAVIEST), HEAVIEST) for _, weight in blend]
        if not blend or not (total := sum(weights)):
            return style
        timbres = [self.of(name, symbols)[:TIMBRE] for name, _ in blend]
        timbre = sum(weight / total * one for weight, one in zip(weights, timbres, strict=True))
        style[:TIMBRE] = (1 - share) * style[:TIMBRE] + share * timbre
        return style
