"""Trace: what an interpretation said of one recording, and when. All times in milliseconds.

A unit (word or character) has four times:

    heard     source that had been taken when it came: the field's delay without compute (CU). Where a log does not
              tell, the largest end of all that was said by then, which is a lower bound. Never less than before.
    compute   time from then to when it came, less waiting in queues where the log tells it
    out       the run's clock at which it came: with compute and queueing, what people wait for
    start,    the span of the source that it renders
    end

From these come the clocks by which the field scores (see `clock`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from pipeline.errors import InputError
from pipeline.measure.recording import Unit, unit_of

Clock: TypeAlias = Literal["cu", "ca", "ca_simuleval", "queue"]


class Said(msgspec.Struct, frozen=True):
    """A unit of text and its times, milliseconds."""

    text: str
    heard: float
    compute: float
    out: float
    start: float
    end: float


class Cut(msgspec.Struct, frozen=True):
    """One committed piece of text: its words are units[first:last] of its stream; why it ended where it did."""

    first: int
    last: int
    reason: str
    lag_ms: dict[str, float]  # hearing, deciding, translating, speaking, queueing


class Stream(msgspec.Struct, frozen=True):
    """A text that grew: a transcript, the reading units, or a translation."""

    lang: str = ""
    said: tuple[Said, ...] = ()  # words
    cuts: tuple[Cut, ...] = ()
    shown: int = 0  # words shown in all, tentative ones too
    erased: int = 0  # words shown and taken back

    @property
    def text(self) -> str:
        """The whole text."""
        return " ".join(word.text for word in self.said)


class Piece(msgspec.Struct, frozen=True):
    """A piece of speech: when it was there, when it plays, what it renders, and its delay by part; milliseconds."""

    text: str
    out: float
    plays_at: float
    duration: float
    start: float
    end: float
    skipped: int
    lag_ms: dict[str, float] = {}  # as that of a `Cut`, to the moment it was there


class Trace(msgspec.Struct, frozen=True):
    """All that an interpretation said of one recording."""

    name: str
    source_ms: float
    transcript: Stream
    units: Stream
    translation: Stream
    speech: tuple[Piece, ...]


def clock(said: Sequence[Said], by: Clock) -> list[float]:
    """The delay of each unit from the start of the source, ms, by one of the field's clocks.

    cu: source heard. ca: source heard and the step's own work, as simulstream counts. ca_simuleval: source heard and
    all work since the start, as SimulEval counts (it overstates a live system, whose work overlaps the source).
    queue: the run's own clock. Source: docs/evaluate.md.
    """
    if by == "cu":
        return [unit.heard for unit in said]
    if by == "ca":
        return [unit.heard + unit.compute for unit in said]
    if by == "queue":
        return [unit.out for unit in said]
    found, spent, before = [], 0.0, None
    for unit in said:
        if unit.out != before:  # units of one step share its work
            spent, before = spent + unit.compute, unit.out
        found.append(unit.heard + spent)
    return found


def split(said: Iterable[Said], unit: Unit) -> list[Said]:
    """Words as they are, or as characters (each with the times of its word)."""
    if unit == "word":
        return list(said)
    return [msgspec.structs.replace(word, text=c) for word in said for c in word.text]


def read_events(path: Path, name: str, source_ms: float) -> Trace:
    """The trace of a run from its `events.jsonl`. A last line that was cut off is left out.

    Raises `InputError` for a file that is not there, or whose lines are no events or run backwards: every such line.
    """
    streams = {kind: _Growing() for kind in ("transcript", "unit", "translation")}
    pieces: list[Piece] = []
    furthest = 0.0  # end of all that any stream said, ms
    for event in _events(path):
        kind = event["kind"]
        if kind == "speech":
            pieces.append(_piece(event))
        elif kind in streams:
            furthest = max(furthest, event["end_s"] * 1000)
            streams[kind].add(event, event["heard_s"] * 1000 if "heard_s" in event else furthest)
    transcript, units, translation = (grown.stream() for grown in streams.values())
    return Trace(name, source_ms, transcript, units, translation, tuple(pieces))


def _events(path: Path) -> list[dict[str, Any]]:
    """The events of a log, all of them sound."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); give the events.jsonl of a run") from error
    found: list[dict[str, Any]] = []
    faults: list[str] = []
    clock_s: dict[str, float] = {}  # kind -> when its last event came
    for number, line in enumerate(lines, 1):
        try:
            event = _event(line)
        except (ValueError, TypeError, KeyError):
            if number < len(lines):  # else the run was ended while it wrote
                faults.append(f"{path}:{number}: not an event; see docs/outputs.md, or run it again")
            continue
        before = clock_s.get(event["kind"], event["clock_s"])
        if event["clock_s"] < before:
            what = f"{event['kind']} came at {event['clock_s']:g} s, after one at {before:g} s"
            faults.append(f"{path}:{number}: times run backwards: {what}; run it again")
        clock_s[event["kind"]] = event["clock_s"]
        found.append(event)
    if faults:
        raise InputError("\n".join(faults))
    return found


def _event(line: str) -> dict[str, Any]:
    """A line as an event. Raises `ValueError`, `TypeError` or `KeyError` where it is none."""
    event: dict[str, Any] = json.loads(line)
    kind, *times = (event[key] for key in ("kind", "clock_s", "start_s", "end_s"))
    times.append(event.get("heard_s", 0.0))
    if not all(math.isfinite(time) for time in times):
        raise ValueError("a time is not a number")
    if kind == "speech":
        _piece(event)
    elif kind in ("transcript", "unit", "translation"):
        _Growing().add(event, 0.0)
    return event


def _piece(event: dict[str, Any]) -> Piece:
    out, plays_at, duration, start, end = (
        event[key] * 1000 for key in ("clock_s", "plays_at_s", "duration_s", "start_s", "end_s")
    )
    return Piece(event["text"], out, plays_at, duration, start, end, event.get("skipped", 0), _lag(event))


def _lag(event: dict[str, Any]) -> dict[str, float]:
    return {part.removesuffix("_s"): value * 1000 for part, value in event.get("lag", {}).items()}


class _Growing:
    """A stream while its events are read."""

    def __init__(self) -> None:
        self._lang = ""
        self._said: list[Said] = []
        self._cuts: list[Cut] = []
        self._tail: list[str] = []
        self._heard = 0.0
        self._shown = 0
        self._erased = 0

    def add(self, event: dict[str, Any], heard: float) -> None:
        """Take an event; `heard` is the source that had been taken when it came, ms."""
        heard = self._heard = max(self._heard, heard)
        self._lang = event.get("lang") or self._lang
        out = max(heard, event["clock_s"] * 1000)
        compute = min(event["work_s"] * 1000, out - heard) if "work_s" in event else out - heard
        first = len(self._said)
        new = []
        for text, glued, start_s, end_s in self._words(event):
            for index, word in enumerate(text.split()):
                said = Said(word, heard, compute, out, start_s * 1000, end_s * 1000)
                if glued and index == 0 and self._said:  # a word has come when its last piece has
                    whole = self._said.pop()
                    said = msgspec.structs.replace(said, text=whole.text + word, start=whole.start)
                self._said.append(said)
                new.append(word)
        if len(self._said) > first:
            self._cuts.append(Cut(first, len(self._said), event.get("reason", ""), _lag(event)))
        self._show(new, event.get("tentative", "").split())

    def _words(self, event: dict[str, Any]) -> Iterator[tuple[str, bool, float, float]]:
        """The words of an event, and whether each goes on without a space, in languages that have spaces."""
        spaced, place = unit_of(self._lang) == "word", 0
        text = event.get("text") or " ".join(word for word, *_ in event.get("words", []))
        for word, start_s, end_s in event.get("words", []):
            found = text.find(word, place)
            glued = found == place if place else bool(event.get("glued"))
            yield word, glued and spaced, start_s, end_s
            place = max(found, 0) + len(word)

    def _show(self, new: list[str], tail: list[str]) -> None:
        """Count the words that the reader saw taken back."""
        now = new + tail
        same = 0
        while same < min(len(self._tail), len(now)) and self._tail[same] == now[same]:
            same += 1
        self._erased += len(self._tail) - same
        self._shown += len(now) - same
        self._tail = tail

    def stream(self) -> Stream:
        """What was read."""
        return Stream(self._lang, tuple(self._said), tuple(self._cuts), self._shown, self._erased)


__all__ = ["Clock", "Cut", "Piece", "Said", "Stream", "Trace", "clock", "read_events", "split"]
