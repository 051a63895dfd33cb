"""Japanese: readings in kana by pyopenjtalk, and the sounds of each kana in Kokoro's letters.

Kokoro v1.0 was trained on words told apart by spaces, without pitch accent: `ː` for a long vowel, `ʔ` for a doubled
consonant, and a nasal that takes the place of the consonant after it (the conventions of misaki's first Japanese
reader). The tables are by row: what a consonant becomes before each vowel, and before ya, yu, yo.
"""

# ruff: noqa: RUF001, RUF002 (letters and marks of many scripts are meant)
from __future__ import annotations

from typing import Any

from pipeline.errors import need

_ROWS = (  # five kana, their five sounds; "-" where there is none
    ("アイウエオ", "a i ɯ e o"),
    ("カキクケコ", "ka kʲi kɯ ke ko"),
    ("ガギグゲゴ", "ɡa ɡʲi ɡɯ ɡe ɡo"),
    ("サシスセソ", "sa ɕi sɨ se so"),
    ("ザジズゼゾ", "ʣa ʥi zɨ ʣe ʣo"),
    ("タチツテト", "ta ʨi ʦɨ te to"),
    ("ダヂヅデド", "da ʥi zɨ de do"),
    ("ナニヌネノ", "na ɲi nɯ ne no"),
    ("ハヒフヘホ", "ha çi ɸɯ he ho"),
    ("バビブベボ", "ba bʲi bɯ be bo"),
    ("パピプペポ", "pa pʲi pɯ pe po"),
    ("マミムメモ", "ma mʲi mɯ me mo"),
    ("ラリルレロ", "ɾa ɾʲi ɾɯ ɾe ɾo"),
    ("ワヰ-ヱヲ", "βa i - e o"),
    ("ャ-ュ-ョ", "ja - jɯ - jo"),
    ("ヤ-ユ-ヨ", "ja - jɯ - jo"),
    ("ァィゥェォ", "a i ɯ e o"),
    ("ヷヸヴヹヺ", "va vʲi vɯ ve vo"),
)
_PALATAL = {  # the kana before a small one, and what both begin with
    "キ": "kʲ", "ギ": "ɡʲ", "シ": "ɕ", "ジ": "ʥ", "チ": "ʨ", "ヂ": "ʥ", "ニ": "ɲ", "ヒ": "ç", "ビ": "bʲ", "ピ": "pʲ",
    "ミ": "mʲ", "リ": "ɾʲ", "テ": "tʲ", "デ": "dʲ", "フ": "ɸʲ", "ヴ": "bʲ",
}  # fmt: skip
_ROUNDED = {
    "ク": "kᵝ",
    "グ": "ɡᵝ",
    "ツ": "ʦ",
    "フ": "ɸ",
    "ヴ": "v",
    "ウ": "β",
    "ト": "t",
    "ド": "d",
    "ス": "s",
    "ズ": "z",
}
_SMALL_Y = {"ャ": "a", "ュ": "ɨ", "ョ": "o"}
_SMALL = {"ァ": "a", "ィ": "i", "ゥ": "ɯ", "ェ": "e", "ォ": "o"}
_SOFTENED = {"ツ", "フ", "ヴ", "テ", "デ"}  # these have ʲ before a small i
_NASALS = (("pbm", "m"), ("kɡ", "ŋ"), ("ɲʨʥ", "ɲ"), ("ntdɾz", "n"))  # before which sounds, which nasal

SOUNDS = {
    kana: sound
    for letters, sounds in _ROWS
    for kana, sound in zip(letters, sounds.split(), strict=True)
    if kana != "-"
}


class Japanese:
    """A reader of Japanese. Raises `PackageError` where the package is missing."""

    def __init__(self) -> None:
        try:
            import pyopenjtalk
        except ImportError:
            raise need("pyopenjtalk", "ja", "tts.kokoro in Japanese") from None
        self._front: Any = pyopenjtalk.run_frontend

    def read(self, text: str, lang: str) -> str:
        """Symbols of a stretch of text without punctuation."""
        words: list[str] = []
        for word in self._front(text):
            kana = "" if word["pos"] == "記号" else word["pron"].replace("’", "")
            if not kana:
                continue
            if words and (kana[0] in "ーンッ" or words[-1].endswith("ッ") or _ending(word)):
                words[-1] += kana
            else:
                words.append(kana)
        return " ".join(sounds_of(kana) for kana in words)


def _ending(word: dict[str, Any]) -> bool:
    """Whether a word is said with the one before it: an inflection, or a suffix."""
    return word["pos"] == "助動詞" or word["pos_group1"] in ("接続助詞", "接尾")


def sounds_of(kana: str) -> str:
    """A reading in katakana, in Kokoro's letters; what is no katakana has none."""
    found, place = [], 0
    while place < len(kana):
        sound, length = _sound(kana[place : place + 2])
        found.append(sound)
        place += length
    return _nasals_placed("".join(found))


def _sound(two: str) -> tuple[str, int]:
    """The sound of the kana at the head of a pair, and how many of the two it takes."""
    first, second = two[0], two[1:]
    if second in _SMALL_Y and first in _PALATAL:
        return _PALATAL[first] + _SMALL_Y[second], 2
    if second in _SMALL and (begins := _before_small(first, second)):
        return begins + _SMALL[second], 2
    return {"ー": "ː", "ッ": "ʔ", "ン": "N"}.get(first, SOUNDS.get(first, "")), 1


def _before_small(first: str, second: str) -> str:
    """What a kana begins with before a small vowel; empty where the two are two sounds."""
    if first in _SOFTENED and second == "ィ":
        return _ROUNDED.get(first, _PALATAL.get(first, "")).rstrip("ʲ") + "ʲ"
    if first in _ROUNDED:
        return _ROUNDED[first]
    if second == "ェ":
        return "j" if first == "イ" else _PALATAL.get(first, "")
    return ""


def _nasals_placed(sounds: str) -> str:
    placed = ""
    for place, sound in enumerate(sounds):
        if sound != "N":
            placed += sound
            continue
        after = sounds[place + 1 : place + 2]
        placed += next((nasal for before, nasal in _NASALS if after and after in before), "ɴ")
    return placed
