"""The live view of an interpretation: source words with their tentative tail, the translation, and the lag.

On a terminal with `rich` it is drawn in place; elsewhere each committed step is a line.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Self

from pipeline.interpreter import Interpretation
from pipeline.lag import word_delays
from pipeline.media import ScreenText, Text, join_words
from pipeline.packet import Packet

KEPT = 400  # characters of each text that stay on the screen
SIGHTS = 3  # lines of text on the screen that are shown
RECENT = 12  # words whose delays make the lag that is shown


class Side:
    """One text as it grows: what is committed and what may still change."""

    def __init__(self) -> None:
        self.committed = ""
        self.tentative = ""

    def add(self, text: Text) -> None:
        """Take one step of the text."""
        gap = "" if text.committed and text.committed[0].glue else " "
        new = join_words(text.committed)
        if new:
            self.committed = (self.committed + gap + new).strip()[-KEPT:]
        self.tentative = text.tentative


class Screen:
    """Shows packets of an interpretation as they come; a context manager."""

    def __init__(self, talk: Interpretation, *, quiet: bool = False) -> None:
        self._talk = talk
        self._quiet = quiet
        self._sides = {talk.source_text: Side(), talk.target_text: Side()}
        self._clock_s = 0.0
        self._delays: list[float] = []
        self._sights: dict[int, str] = {}  # text that stands on the screen
        self.detected = ""  # the language that the recogniser found
        self.words = 0  # committed words of the target so far
        self.gone = False  # nobody reads our lines any more
        self._live: Any = _live() if sys.stdout.isatty() and not quiet else None

    def show(self, name: str, packet: Packet[Any]) -> None:
        """Take one packet of the source text, the target text or the text on the screen."""
        text = packet.payload
        if isinstance(text, ScreenText):
            self._see(text, packet)
        if not isinstance(text, Text) or name not in self._sides:
            return
        self._sides[name].add(text)
        self._clock_s = packet.left / 1e9
        if name == self._talk.target_text:
            self._delays += [delay.total / 1e9 for _, delay in word_delays(packet)]
            self._delays = self._delays[-RECENT:]
            self.words += len(text.committed)
        if name == self._talk.source_text:
            self.detected = text.lang or self.detected
        if self._live is not None:
            self._live.update(self._drawn())
        elif text.committed and not self._quiet and not self.gone:
            self._line(packet)

    def _see(self, seen: ScreenText, packet: Packet[Any]) -> None:
        if seen.over:
            self._sights.pop(seen.id, None)
            return
        self._sights[seen.id] = seen.text
        if self._live is not None:
            self._live.update(self._drawn())
        elif not self._quiet and not self.gone:
            late = f"  +{(packet.left - seen.start) / 1e9:5.2f} s" if self._talk.graph.live else ""
            self._write(f"{max(packet.left, packet.end) / 1e9:8.2f} s{late}  on the screen: {seen.text}")

    def _line(self, packet: Packet[Any]) -> None:
        text = packet.payload
        place = f"{packet.end / 1e9:8.2f} s"  # of the source
        if self._talk.graph.live:
            place = f"{packet.left / 1e9:8.2f} s  +{packet.delay().total / 1e9:5.2f} s"
        self._write(f"{place}  {text.lang:<4}{join_words(text.committed)}")

    def _write(self, line: str) -> None:
        try:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        except BrokenPipeError:
            self.gone = True

    def _drawn(self) -> Any:
        from rich.console import Group
        from rich.text import Text as Styled

        rows = []
        for output, style in ((self._talk.source_text, "white"), (self._talk.target_text, "bold green")):
            if output and output in self._sides:
                side = self._sides[output]
                rows += [
                    Styled.assemble((side.committed, style), " ", (side.tentative, "dim italic")),
                    Styled(""),
                ]
        if self._sights:
            seen = "  |  ".join(list(self._sights.values())[-SIGHTS:])
            rows.append(Styled(f"on the screen: {seen}", style="magenta"))
        lag = sum(self._delays) / len(self._delays) if self._delays else 0.0
        told = f"lag {lag:.1f} s   " if self._talk.graph.live else ""
        rows.append(Styled(f"{self._clock_s:7.1f} s   {told}Ctrl-C stops", style="dim"))
        return Group(*rows)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()


def _live() -> Any:
    """What draws in place; None where rich is not installed, and then lines do."""
    try:
        from rich.live import Live
    except ImportError:
        return None
    return Live(refresh_per_second=10, vertical_overflow="crop")
