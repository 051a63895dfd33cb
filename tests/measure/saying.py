"""A node that says a word for each second that it hears, recordings for it, and its graph; with trouble on demand."""

from __future__ import annotations

import json
import os
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.clock import SECOND
from pipeline.media import AudioFrame, Text, Word
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
GRAPH = """\
nodes:
  talk:   {uses: source.file, with: {path: talk.wav, pace: asap}}
  target: {uses: "tests.measure.saying:Saying", inputs: {audio: talk.audio}}
  events: {uses: sink.jsonl, inputs: {translation: target.text}, with: {path: elsewhere/log.jsonl}}
"""


@dataclass
class Saying(Node):
    """Say a word at the end of each second of sound, or some seconds later."""

    hold: int = 0  # words held back until so many more were heard
    trouble: str = ""  # after a second: raise, die; empty: none

    audio = Input(AudioFrame)
    text = Output(Text)

    def open(self) -> None:
        self._said = 0

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        while audio.end >= (self._said + 1 + self.hold) * SECOND:
            start, end = self._said * SECOND, (self._said + 1) * SECOND
            yield self.text(Text((Word(WORDS[self._said], start, end),), lang="en"), start, end)
            self._said += 1
            if self.trouble == "raise":
                raise ValueError("the tape tore")
            if self.trouble == "die":
                os._exit(7)


def wav(path: Path, seconds: float = 3.0) -> Path:
    """A silent recording, 8 kHz mono."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * round(8000 * seconds)))
    return path


def manifest(folder: Path, *lines: dict[str, Any]) -> Path:
    """A manifest of ours. Each line is about talk.wav of 3 s, unless it says otherwise."""
    wav(folder / "talk.wav")
    usual = {"path": "talk.wav", "from": "it", "to": "en", "reference": "one two three"}
    texts = [json.dumps({**usual, "id": f"r{number}", **line}) for number, line in enumerate(lines, 1)]
    path = folder / "talks.jsonl"
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def graph(folder: Path, **replaced: str) -> Path:
    """The graph, with some of its text replaced."""
    text = GRAPH
    for old, new in replaced.items():
        text = text.replace(old, new)
    path = folder / "saying.yaml"
    path.write_text(text, encoding="utf-8")
    return path
