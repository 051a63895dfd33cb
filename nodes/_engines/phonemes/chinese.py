"""Mandarin: words, their pinyin, and the sounds of each syllable in Kokoro's letters.

A syllable is an initial, a final and a tone. rjieba finds the words (a character is read by the word that it stands in, and
words are told apart by spaces), pypinyin reads them. The sounds are those of Duanmu, The Phonology of Standard Chinese
(2nd ed., 2007), as misaki writes them; the tone follows the vowel as an arrow. Kokoro was trained without tone sandhi.
"""

from __future__ import annotations

import re
from typing import Any

from pipeline.errors import need

TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
INITIALS = {
    "b": "p", "c": "ʦʰ", "ch": "ꭧʰ", "d": "t", "f": "f", "g": "k", "h": "x", "j": "ʨ", "k": "kʰ", "l": "l", "m": "m",
    "n": "n", "p": "pʰ", "q": "ʨʰ", "r": "ɻ", "s": "s", "sh": "ʂ", "t": "tʰ", "x": "ɕ", "z": "ʦ", "zh": "ꭧ", "": "",
}  # fmt: skip
FINALS = {  # what is before the tone, what is behind it
    "a": ("a", ""), "ai": ("ai", ""), "an": ("a", "n"), "ang": ("a", "ŋ"), "ao": ("au", ""),
    "e": ("ɤ", ""), "ei": ("ei", ""), "en": ("ə", "n"), "eng": ("ə", "ŋ"), "er": ("ɚ", ""), "ê": ("ɛ", ""),
    "i": ("i", ""), "ia": ("ja", ""), "ian": ("jɛ", "n"), "iang": ("ja", "ŋ"), "iao": ("jau", ""),
    "ie": ("je", ""), "in": ("i", "n"), "ing": ("i", "ŋ"), "io": ("jɔ", ""), "iong": ("jʊ", "ŋ"),
    "iou": ("jou", ""), "o": ("wo", ""), "ong": ("ʊ", "ŋ"), "ou": ("ou", ""), "u": ("u", ""), "ua": ("wa", ""),
    "uai": ("wai", ""), "uan": ("wa", "n"), "uang": ("wa", "ŋ"), "uei": ("wei", ""), "uen": ("wə", "n"),
    "ueng": ("wə", "ŋ"), "uo": ("wo", ""), "ü": ("y", ""), "üe": ("ɥe", ""), "üan": ("ɥɛ", "n"), "ün": ("y", "n"),
}  # fmt: skip
WHOLE = {"m": ("m", ""), "n": ("n", ""), "ng": ("ŋ", ""), "hm": ("hm", ""), "hng": ("hŋ", "")}
BUZZING = {"zh", "ch", "sh", "r", "z", "c", "s"}  # initials after which "i" is a voiced continuation
_HAN = re.compile("[\u3400-\u9fff]+")


class Chinese:
    """A reader of Mandarin in Han characters. Raises `PackageError` where a package is missing."""

    def __init__(self) -> None:
        try:
            import rjieba
        except ImportError:
            raise need("rjieba", "tts", "tts.kokoro in Chinese") from None
        try:
            import pypinyin
        except ImportError:
            raise need("pypinyin", "tts", "tts.kokoro in Chinese") from None
        self._words: Any = rjieba.cut
        self._pinyin: Any = pypinyin

    def read(self, text: str, lang: str) -> str:
        """Symbols of a stretch of text without punctuation; what is not written in Han characters has none."""
        found = (word for run in _HAN.findall(text) for word in self._words(run))
        return " ".join(self._word(word) for word in found)

    def _word(self, word: str) -> str:
        style = self._pinyin.Style.TONE3
        listed = self._pinyin.lazy_pinyin(
            word, style=style, neutral_tone_with_five=True, v_to_u=True, errors="ignore"
        )
        return "".join(self._syllable(pinyin) for pinyin in listed)

    def _syllable(self, pinyin: str) -> str:
        from pypinyin.contrib.tone_convert import to_finals, to_initials

        body, tone = pinyin[:-1], TONES.get(pinyin[-1:], "")
        if body in WHOLE:
            first, last = WHOLE[body]
            return first + tone + last
        initial, final = to_initials(body, strict=True), to_finals(body, strict=True, v_to_u=True)
        if final == "i" and initial in BUZZING:
            return INITIALS[initial] + "ɨ" + tone
        if body == "o":
            return "ɔ" + tone
        first, last = FINALS.get(final, ("", ""))
        return INITIALS.get(initial, "") + first + tone + last
