"""The written forms of captions: WebVTT, SubRip, plain transcript. Pure."""

from __future__ import annotations

from nodes.sink._cues import Cue
from nodes.sink._lines import ends_sentence
from pipeline.clock import Ns
from pipeline.media import Text


class WebVtt:
    """WebVTT. `&`, `<` and `>` are escaped, so that no text can look like markup or like an arrow."""

    head = "WEBVTT\n\n"

    def cue(self, cue: Cue) -> str:
        lines = "\n".join(cue.lines)
        for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            lines = lines.replace(character, entity)
        return f"{stamp(cue.start, '.')} --> {stamp(cue.end, '.')}\n{lines}\n\n"


class SubRip:
    """SubRip (SRT). It has no escapes: an arrow in the text is parted, so that it does not look like a time line."""

    head = ""

    def __init__(self) -> None:
        self._count = 0

    def cue(self, cue: Cue) -> str:
        self._count += 1
        lines = "\n".join(cue.lines).replace("-->", "-- >")
        return f"{self._count}\n{stamp(cue.start, ',')} --> {stamp(cue.end, ',')}\n{lines}\n\n"


FORMATS: dict[str, type[WebVtt | SubRip]] = {".vtt": WebVtt, ".srt": SubRip}


class Transcript:
    """Plain text, a line for each sentence, as it grows."""

    def __init__(self) -> None:
        self._begun = False  # the present line has words

    def step(self, text: Text) -> str:
        """What to append for this step."""
        out = ""
        for word in text.committed:
            out += word.text if word.glue or not self._begun else f" {word.text}"
            self._begun = True
            if ends_sentence(word.text):
                out += self.end()
        return out + (self.end() if text.ends in ("sentence", "end") else "")

    def end(self) -> str:
        """End the present line, if it has words."""
        begun, self._begun = self._begun, False
        return "\n" if begun else ""


def stamp(at: Ns, point: str) -> str:
    """Time as HH:MM:SS.mmm."""
    total_ms = round(at / 1_000_000)
    minutes, rest = divmod(total_ms, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{point}{rest % 1000:03d}"
