"""Agreement: does the translator render the beginning of a text as it renders the beginning of more of it?

Decides: a share from 0 to 1 for a source prefix and what follows it. Knows nothing of packets or boundaries.

A source prefix is a meaningful unit when its translation is a prefix of the translation of the whole (Zhang et al.,
Learning Adaptive Segmentation Policy for Simultaneous Translation, EMNLP 2020, section 3.1). The whole is not known
yet, so what is known of it stands in: the words that follow and the recogniser's tail. Words are compared without
case and punctuation. What was translated is remembered until the sentence is over, so that the text of one step is
the prefix of the next at no cost.
"""

from __future__ import annotations

from collections.abc import Callable


class Agreement:
    """Asks a translator; at most `calls` times between two `begin_step`."""

    def __init__(self, translate: Callable[[str], str], calls: int = 2) -> None:
        self._translate = translate
        self._calls = calls
        self._left = calls
        self._known: dict[str, list[str]] = {}

    def begin_step(self) -> None:
        """A new packet: the translator may be asked again."""
        self._left = self._calls

    def forget(self) -> None:
        """A sentence is over: its translations are not asked for again."""
        self._known.clear()

    def share(self, prefix: str, whole: str) -> float | None:
        """How much of the translation of `prefix` begins that of `whole`, 0 to 1; None: not asked, no calls left."""
        longer = self._words(whole)
        shorter = self._words(prefix) if longer is not None else None
        if longer is None or not shorter:
            return None
        same = 0
        for one, other in zip(shorter, longer, strict=False):
            if one != other:
                break
            same += 1
        return same / len(shorter)

    def _words(self, text: str) -> list[str] | None:
        if text not in self._known:
            if not self._left:
                return None
            self._left -= 1
            self._known[text] = _words(self._translate(text))
        return self._known[text]


def _words(text: str) -> list[str]:
    """Words without case and punctuation; of a script without spaces, its letters."""
    words = ("".join(letter for letter in word.casefold() if letter.isalnum()) for word in text.split())
    return [part for word in words if word for part in (word if _unspaced(word) else (word,))]


def _unspaced(word: str) -> bool:
    return any("\u3040" <= letter <= "\u9fff" for letter in word)
