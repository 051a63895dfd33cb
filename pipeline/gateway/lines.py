"""A line: the text of one turn in one language, as people read it: what is committed, then the tail that may change."""

from __future__ import annotations

import msgspec

from pipeline.gateway.dialects._responses import CLINGING
from pipeline.media import Word, join_words

UNSPACED = ("zh", "ja", "th", "lo", "my", "km", "yue")  # written without spaces between words


class Line(msgspec.Struct):
    """One line that grows."""

    text: str = ""
    tail: str = ""
    lang: str = ""

    def grow(self, committed: tuple[Word, ...], tentative: str, lang: str) -> str:
        """Take a step. Returns what it adds to the text, with the space before it where one belongs."""
        self.lang = lang or self.lang
        added = join_words(committed)
        if committed and self.text and not committed[0].glue:
            added = f" {added}"
        self.text += added
        spaced = self.text and self.lang.partition("-")[0] not in UNSPACED
        apart = spaced and tentative and not tentative.startswith(CLINGING)
        self.tail = f" {tentative}" if apart else tentative
        return added

    def seen(self) -> dict[str, str]:
        """As plain data."""
        return {"text": self.text, "tail": self.tail, "lang": self.lang}
