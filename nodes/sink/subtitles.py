"""Text into a file of subtitles or a transcript."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from nodes.sink._cues import Cue, CueRules, Cues
from nodes.sink._file import OutputFile
from nodes.sink._formats import FORMATS, Transcript
from nodes.sink._marks import Marks
from pipeline.media import Gesture, ScreenText, Text
from pipeline.node import JoinName, Node, Place
from pipeline.packet import Packet
from pipeline.port import Input


@dataclass
class SubtitleFile(Node):
    """Write text as subtitles (`.vtt`, `.srt`) or as a plain transcript (`.txt`).

    Made from committed words only, so a line that was written never changes. A cue is written when it can no longer
    change: when the next one begins, or its time has passed. Cues break at sentences, clauses and pauses, never
    overlap, and stand long enough to be read. A transcript has a line for each sentence. With `gesture`, what people
    show stands in brackets between the words, as sounds do: [nods]; with `screen_text`, which text they point at.
    A gesture is held until the text has passed it.

    Example:
        captions: {uses: sink.subtitles, inputs: {text: target.translation}, with: {path: talk.pt.vtt}}
    """

    path: str = "captions.vtt"  # the file, .vtt, .srt or .txt; its folder is made, an old file replaced
    timing: Literal["source", "live"] = "source"  # source: when it was said; live: when it came out
    max_line: Annotated[int, Meta(ge=8)] = 42  # columns in a line, 8 or more; a wide character takes 2
    max_lines: Annotated[int, Meta(ge=1, le=4)] = 2  # lines in a cue
    max_cue_s: Annotated[float, Meta(gt=0)] = 7  # longest cue, seconds
    min_cue_s: Annotated[float, Meta(gt=0)] = 1  # shortest cue, seconds
    reading_cps: Annotated[float, Meta(gt=0)] = 17  # how fast people read, columns a second
    gestures: bool = True  # write gestures in brackets, where they are connected

    text = Input(Text)
    gesture = Input(Gesture, optional=True)
    screen_text = Input(ScreenText, optional=True)

    join: ClassVar[JoinName] = "arrival"

    runs_on: ClassVar[Place] = "thread"

    def __post_init__(self) -> None:
        suffix = PurePath(self.path).suffix.lower()
        if suffix not in (*FORMATS, ".txt"):
            raise ValueError(
                f"path {self.path!r} ends in {suffix!r}; give one that ends in .vtt, .srt or .txt"
            )
        if self.min_cue_s > self.max_cue_s:
            raise ValueError(
                f"min_cue_s {self.min_cue_s:g} is above max_cue_s {self.max_cue_s:g}; lower it, or raise the other"
            )

    def open(self) -> None:
        suffix = PurePath(self.path).suffix.lower()
        self._file = OutputFile("sink.subtitles", self.path)
        self._transcript = Transcript() if suffix == ".txt" else None
        self._marks = Marks()
        self._lang = ""
        self._format = FORMATS[suffix]() if suffix in FORMATS else None
        self._cues = Cues(
            CueRules(self.max_line, self.max_lines, self.max_cue_s, self.min_cue_s, self.reading_cps)
        )
        if self._format is not None:
            self._file.append(self._format.head.encode())

    def process(
        self,
        text: Packet[Text] | None,
        gesture: Packet[Gesture] | None,
        screen_text: Packet[ScreenText] | None,
    ) -> None:
        if screen_text is not None:
            self._marks.show(screen_text.payload)
        if gesture is not None and self.gestures:
            self._marks.make(gesture.payload)
        if text is not None:
            self._lang = text.payload.lang or self._lang
            before = self._marks.until(text.start, self._lang)
            step = (*before, *self._marks.between(text.payload.committed, self._lang))
            self._add(msgspec.structs.replace(text.payload, committed=step), text)

    def _add(self, step: Text, text: Packet[Text]) -> None:
        """Write what a step of the text makes sure."""
        if self._transcript is not None:
            self._file.append(self._transcript.step(step).encode())
            return
        live = self.timing == "live"
        self._write(self._cues.settle(text.left if live else text.start))
        self._write(self._cues.add(step.committed, text.left if live else None))
        if step.ends:
            self._write(self._cues.break_here())

    def finish(self) -> None:
        left = self._marks.until(None, self._lang)
        if self._transcript is not None:
            self._file.append(self._transcript.step(Text(left)).encode())
            self._file.append(self._transcript.end().encode())
        self._write(self._cues.add(left))
        self._write(self._cues.rest())

    def close(self) -> None:
        try:
            self.finish()
        finally:
            self._file.close()

    def _write(self, cues: Iterable[Cue]) -> None:
        for cue in cues:
            if self._format is not None:
                self._file.append(self._format.cue(cue).encode())
