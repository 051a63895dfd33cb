"""The picture of a time line: a row each for sound, voice, lips, gestures, text on the screen and words.

Decides: rows, colours and sizes. A second is `SECOND_IN` wide, up to `WIDEST_IN`; what would overlap in a row gets a lane
of its own. By matplotlib, which comes with what finds faces.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import fonts
from pipeline.errors import OutputError, need
from pipeline.timeline.tracks import BIN_S, Span, Tracks

SECOND_IN, NARROWEST_IN, WIDEST_IN, LANE_IN = 0.6, 12.0, 150.0, 0.24  # inches
LETTER_IN = 0.07  # width of a letter of a label
LANES = 12  # at most; what finds none free is drawn over the last one
COLOURS = ("#2a9d3f", "#3366cc", "#cc6633", "#8844aa", "#aa8800")


def draw(tracks: Tracks, title: str, path: Path) -> None:
    """Write the picture, PNG or SVG by the end of its name. Raises `PackageError`, `OutputError`."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise need("matplotlib", "vision", "the time line") from None
    end_s = max(tracks.end_s, 0.1)
    width_in = min(WIDEST_IN, max(NARROWEST_IN, SECOND_IN * end_s + 1.5))
    second_in = (width_in - 1.5) / end_s
    rows = _rows(tracks, second_in)
    heights = [height for _, height, _ in rows]
    figure = Figure(figsize=(width_in, sum(heights) + 0.9), dpi=100)
    grid = figure.add_gridspec(len(rows), height_ratios=heights, hspace=0.12)
    inset = {"left": 1.1 / width_in, "right": 1 - 0.2 / width_in}
    figure.subplots_adjust(**inset, top=1 - 0.35 / (sum(heights) + 0.9), bottom=0.45 / (sum(heights) + 0.9))
    axes: Any = None
    for index, (name, _, fill) in enumerate(rows):
        axes = figure.add_subplot(grid[index], sharex=axes)
        axes.set_ylabel(name, rotation=0, ha="right", va="center")
        axes.set_yticks([])
        axes.grid(axis="x", alpha=0.3)
        axes.tick_params(labelbottom=index == len(rows) - 1)
        fill(axes)
    axes.set_xlim(0, end_s)
    axes.set_xlabel("seconds")
    figure.suptitle(title, font=_font(title), x=inset["left"], ha="left", fontsize=11)
    try:
        figure.savefig(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); choose another --out") from error


def _rows(tracks: Tracks, second_in: float) -> list[tuple[str, float, Any]]:
    """Name, height in inches and drawing of each row; one for what is not there says so by being empty."""
    gestures, texts = _lanes(tracks.gestures, second_in), _lanes(tracks.texts, second_in)
    words = _lanes(tracks.words, second_in)
    rows: list[tuple[str, float, Any]] = [
        ("sound", 0.7, lambda axes: _sound(axes, tracks)),
        ("voice", 0.25 * max(1, len(tracks.voice)), lambda axes: _voice(axes, tracks)),
        ("lips", 1.0, lambda axes: _lips(axes, tracks)),
        ("gestures", LANE_IN * len(gestures), lambda axes: _spans(axes, gestures, "#9adbe8")),
        ("text seen", LANE_IN * len(texts), lambda axes: _spans(axes, texts, "#f7c6dd")),
    ]
    if tracks.words:
        rows.append(("words", LANE_IN * len(words), lambda axes: _spans(axes, words, "#e6e6e6")))
    return rows


def _sound(axes: Any, tracks: Tracks) -> None:
    peaks = np.zeros(max(tracks.sound, default=0) + 1)
    for number, peak in tracks.sound.items():
        peaks[number] = peak
    at_s = np.arange(len(peaks)) * BIN_S
    axes.fill_between(at_s, -peaks, peaks, step="post", color="#666666", linewidth=0)
    loudest = float(peaks.max()) or 1.0
    axes.set_ylim(-loudest, loudest)


def _voice(axes: Any, tracks: Tracks) -> None:
    for lane, (output, spans) in enumerate(reversed(tracks.voice.items())):
        bars = [(span.start_s, span.end_s - span.start_s) for span in spans]
        axes.broken_barh(bars, (lane + 0.15, 0.7), color=COLOURS[lane % len(COLOURS)])
        axes.text(0, lane + 0.5, f" {output}", va="center", fontsize=7)
    axes.set_ylim(0, max(1, len(tracks.voice)))


def _lips(axes: Any, tracks: Tracks) -> None:
    """The activity of each mouth, and on top who speaks."""
    for index, (face, line) in enumerate(sorted(tracks.mouths.items())):
        at_s, activity = zip(*line, strict=True)
        axes.plot(at_s, activity, color=COLOURS[index % len(COLOURS)], linewidth=1, label=f"face {face}")
    faces = sorted(tracks.mouths)
    for span in tracks.speaker:
        index = faces.index(int(span.label)) if int(span.label) in faces else 0
        axes.broken_barh(
            [(span.start_s, span.end_s - span.start_s)], (1.05, 0.15), color=COLOURS[index % len(COLOURS)]
        )
    axes.set_ylim(0, 1.25)
    if faces:
        axes.legend(loc="upper right", fontsize=7, ncols=4)


def _spans(axes: Any, lanes: Sequence[Sequence[Span]], colour: str) -> None:
    for lane, spans in enumerate(lanes):
        level = len(lanes) - 1 - lane
        for span in spans:
            length = max(0.02, span.end_s - span.start_s)
            axes.broken_barh(
                [(span.start_s, length)], (level + 0.1, 0.8), facecolor=colour, edgecolor="white"
            )
            axes.text(
                span.start_s,
                level + 0.5,
                span.label,
                va="center",
                fontsize=8,
                clip_on=True,
                font=_font(span.label),
            )
    axes.set_ylim(0, len(lanes))


def _lanes(spans: Sequence[Span], second_in: float) -> list[list[Span]]:
    """Spans in lanes, so that neither they nor their labels overlap."""
    lanes: list[list[Span]] = [[]]
    free_s = [0.0]  # from when on each lane has room
    letter_s = LETTER_IN / second_in
    for span in sorted(spans, key=lambda span: span.start_s):
        lane = next((i for i, free in enumerate(free_s) if free <= span.start_s), len(lanes))
        if lane == len(lanes):
            if lane == LANES:
                lane -= 1
            else:
                lanes.append([])
                free_s.append(0.0)
        lanes[lane].append(span)
        label_s = span.start_s + letter_s * (len(span.label) + 1)
        free_s[lane] = max(span.end_s, label_s)
    return lanes


def _font(text: str) -> Any:
    """The font that has the letters of a text; the usual one where none has."""
    from matplotlib.font_manager import FontProperties

    file = fonts.runs(text, "the time line")[0].font if text.strip() else None
    return FontProperties(fname=str(file)) if file else None
