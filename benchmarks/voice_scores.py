"""From cosines, errors and times of single speakers to the figures and goals of a voice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.voice_encoders import Encoders, nearness
from pipeline.media import Floats

WAY, WORSE, KNOWN = (
    0.70,
    0.02,
    0.9,
)  # goals: share of the way, of words at most, of speakers told by their clone
FIRST_MS = {"tts.hibari": 150, "tts.espeak": 150, "tts.kokoro": 400}  # goals: to the first sound
DECIDES = Encoders.NAMES.index("dvector")
STAGES = ("stock", "first", "last")


class Row(dict[str, Any]):
    """Figures of one speaker by one engine, as JSON has them: cosines are lists, a figure for each encoder."""


def told(clone: Floats, targets: dict[str, Floats], name: str) -> list[bool]:
    """Whether a clone, (2, 256), is nearer to its own speaker than to all others; by each encoder."""
    near = {each: nearness(clone, target) for each, target in targets.items()}
    return [max(near, key=lambda each: float(near[each][way])) == name for way in range(len(Encoders.NAMES))]


def way(rows: Sequence[Row], stage: str, encoder: int) -> float:
    """How far on the way from the stock voice (0) to the speaker's own recording (1); of means over speakers."""
    stock, here, there = (
        np.mean([row[key][encoder] for row in rows]) for key in ("stock", stage, "same_speaker")
    )
    return float((here - stock) / (there - stock))


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """Figures over speakers."""
    found: dict[str, Any] = {"speakers": len(rows)}
    for number, encoder in enumerate(Encoders.NAMES):
        cosines = {
            key: float(np.mean([row[key][number] for row in rows]))
            for key in (*STAGES, "same_speaker", "other_speaker")
        }
        ways = {f"way_{stage}": way(rows, stage, number) for stage in STAGES[1:]}
        known = {f"known_{stage}": sum(row[f"known_{stage}"][number] for row in rows) for stage in STAGES}
        found[encoder] = cosines | ways | known
    for key in ("wer_stock", "wer_first", "wer_last", "real_time", "cpu", "measured_s", "first_s", "last_s"):
        found[key] = float(np.mean([row[key] for row in rows]))
    found["last_cpu_s"] = float(np.mean([row["last_cpu_s"] for row in rows]))
    delays = [delay for row in rows for delay in row["first_ms"]]
    found["first_ms"] = {
        "least": float(min(delays)),
        "median": float(np.median(delays)),
        "most": float(max(delays)),
    }
    return found


def goals(uses: str, found: dict[str, Any]) -> list[tuple[str, float, str, bool]]:
    """What is wanted: name, figure, bound, whether it is met."""
    decides, most = found["dvector"], FIRST_MS.get(uses, 400)
    known = decides["known_last"] / found["speakers"]
    worse = found["wer_last"] - found["wer_stock"]
    median = found["first_ms"]["median"]
    return [
        ("way to the speaker", decides["way_last"], f">= {WAY}", decides["way_last"] >= WAY),
        ("words lost over stock", worse, f"<= {WORSE}", worse <= WORSE),
        ("clones known for their speaker", known, f">= {KNOWN}", known >= KNOWN),
        ("first sound, ms", median, f"<= {most}", median <= most),
    ]


def table(title: str, found: dict[str, Any]) -> str:
    """Figures over speakers, for people."""
    head = [
        "encoder",
        "stock",
        "first",
        "last",
        "same",
        "other",
        "way first",
        "way last",
        "known first",
        "known last",
    ]
    keys = (*STAGES, "same_speaker", "other_speaker", "way_first", "way_last")
    lines = [title, " | ".join(f"{name:>11}" for name in head)]
    for encoder in Encoders.NAMES:
        each, of = found[encoder], found["speakers"]
        cells = [encoder, *(f"{each[key]:.3f}" for key in keys)]
        cells += [f"{each[key]} of {of}" for key in ("known_first", "known_last")]
        lines.append(" | ".join(f"{cell:>11}" for cell in cells))
    lines.append(
        "word errors: stock {wer_stock:.3f}, first {wer_first:.3f}, last {wer_last:.3f}; work for a second of speech "
        "{real_time:.3f} s, {cpu:.3f} s of CPU".format(**found)
    )
    lines.append(
        "first sound: {least:.0f} to {most:.0f} ms, median {median:.0f} ms; ".format(**found["first_ms"])
        + "profile {measured_s:.1f} s, first timbre {first_s:.2f} s, last {last_s:.0f} s ({last_cpu_s:.0f} s of CPU)".format(
            **found
        )
    )
    return "\n".join(lines)
