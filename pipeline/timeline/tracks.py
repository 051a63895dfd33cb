"""Tracks: what the nodes told in a run, kept small: numbers, and spans with labels. Pure.

An hour of it is some megabytes: of sound the peak of each `BIN_S`, of faces the activity of the mouth, of the rest spans.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from pipeline.clock import to_seconds
from pipeline.media import (
    ActiveSpeaker,
    Activity,
    AudioFrame,
    Faces,
    Gesture,
    ScreenText,
    Text,
)
from pipeline.packet import Packet

BIN_S = 0.05  # of sound
GAP_S = 0.4  # a mouth that is not seen for this long is a new line


class Span(msgspec.Struct):
    """Something that lasts; seconds of stream time."""

    start_s: float
    end_s: float
    label: str = ""


class Tracks:
    """Takes packets of a run, by the name of the output that gave them."""

    def __init__(self) -> None:
        self.end_s = 0.0
        self.sound: dict[int, float] = {}  # number of the bin to peak, 0 to 1
        self.voice: dict[str, list[Span]] = {}  # output with activity to stretches of speech
        self.mouths: dict[
            int, list[tuple[float, float]]
        ] = {}  # face to time and activity; nan: not to be trusted
        self.speaker: list[Span] = []  # whose mouth goes with the sound
        self.gestures: list[Span] = []
        self.texts: list[Span] = []  # on the screen
        self.words: list[Span] = []
        self._open: dict[object, Span] = {}  # what has begun and is not over

    def take(self, output: str, packet: Packet[Any]) -> None:
        """Keep what a packet says."""
        told = packet.payload
        self.end_s = max(self.end_s, to_seconds(packet.end))
        if isinstance(told, AudioFrame):
            self._hear(packet.start, told)
        elif isinstance(told, Activity):
            self._voice(self.voice.setdefault(output, []), packet, told.speaking)
        elif isinstance(told, Text):
            self.words += [Span(to_seconds(w.start), to_seconds(w.end), w.text) for w in told.committed]
        else:
            self._see(packet, told)

    def close(self) -> None:
        """Let what goes on last to the end."""
        for span in self._open.values():
            span.end_s = max(span.end_s, self.end_s)

    def _see(self, packet: Packet[Any], told: Any) -> None:
        if isinstance(told, Faces):
            self._look(to_seconds(packet.start), told)
        elif isinstance(told, ActiveSpeaker):
            self._speak(to_seconds(packet.start), told.face)
        elif isinstance(told, Gesture):
            count = f" {told.count}" if told.name == "count" else ""
            self._last(
                self.gestures, (told.name, told.by, told.start), told, told.name.replace("_", " ") + count
            )
        elif isinstance(told, ScreenText):
            self._last(self.texts, told.id, told, told.text)

    def _hear(self, start: int, frame: AudioFrame) -> None:
        if len(frame.samples):
            number = int(to_seconds(start) / BIN_S)
            self.sound[number] = max(self.sound.get(number, 0.0), float(np.abs(frame.samples).max()))

    @staticmethod
    def _voice(spans: list[Span], packet: Packet[Any], speaking: bool) -> None:
        start_s, end_s = to_seconds(packet.start), to_seconds(packet.end)
        if speaking and spans and start_s - spans[-1].end_s < BIN_S:
            spans[-1].end_s = end_s
        elif speaking:
            spans.append(Span(start_s, end_s))

    def _look(self, at_s: float, told: Faces) -> None:
        for face in told.faces:
            line = self.mouths.setdefault(face.id, [])
            if line and at_s - line[-1][0] > GAP_S:
                line.append((at_s, float("nan")))
            line.append((at_s, face.activity if face.reliable else float("nan")))

    def _speak(self, at_s: float, face: int | None) -> None:
        before = self._open.pop("speaker", None)
        if before is not None:
            before.end_s = at_s
        if face is not None:
            self._begin(self.speaker, "speaker", Span(at_s, at_s, str(face)))

    def _last(self, spans: list[Span], key: object, told: Gesture | ScreenText, label: str) -> None:
        """Something that is told when it begins and again when it is over."""
        if key not in self._open:
            self._begin(spans, key, Span(to_seconds(told.start), to_seconds(told.end), label))
        if told.over:
            self._open.pop(key).end_s = to_seconds(told.end)

    def _begin(self, spans: list[Span], key: object, span: Span) -> None:
        self._open[key] = span
        spans.append(span)
