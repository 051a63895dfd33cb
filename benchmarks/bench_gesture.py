"""Gestures: labelled pictures, fingers shown, and videos without gestures; with the cost of looking.

    python -m benchmarks.bench_gesture [--media FOLDER] [--json FILE]

A picture is shown for a second and what vision.gesture tells is compared with its label: right, none, or wrong. Pictures of
gestures that it does not know must give none of those it knows. Videos of people who talk and do not use their hands must
give nothing; nods and shakes are listed apart, because nobody has labelled the heads.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from nodes.vision.gesture import GestureRecogniser
from nodes.vision.lips import Lips
from pipeline.clock import SECOND, cpu_seconds, to_seconds
from pipeline.media import VideoFrame
from pipeline.packet import Packet
from pipeline.testing import Outcome, feed, pictures

EXPECTED = {  # label of the manifest to what must be told; others must give none of these
    "dislike": "thumb_down",
    "fist": "fist",
    "like": "thumb_up",
    "palm": "open_palm",
    "stop": "open_palm",
    "peace": "victory",
    "one": "pointing_up",
    "thumb_up": "thumb_up",
    "thumb_up (two hands)": "thumb_up",
    **{
        f"sign language digit {n}": name for n, name in ((1, "pointing_up"), (2, "victory"), (5, "open_palm"))
    },
}
SHAPES = {"thumb_up", "thumb_down", "open_palm", "fist", "victory", "pointing_up", "i_love_you"}
HEAD = ("nod", "shake")
SHOWN = 8  # pictures a second, for a second


def picture(path: Path) -> Any:
    """A picture, RGB."""
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


def video(path: Path) -> list[Packet[VideoFrame]]:
    """A recording's pictures, at most 640 wide."""

    def frames() -> Iterator[Packet[VideoFrame]]:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            step = round(SECOND / float(stream.average_rate))
            scale = min(1, 640 / stream.width)
            size = {
                "width": int(stream.width * scale) // 2 * 2,
                "height": int(stream.height * scale) // 2 * 2,
            }
            for frame in container.decode(video=0):
                pixels = np.ascontiguousarray(frame.to_ndarray(format="rgb24", **size))
                start = round(float(frame.time) * SECOND)
                yield Packet(VideoFrame(pixels), start, start + step)

    return list(frames())


def told(packets: list[Packet[VideoFrame]]) -> tuple[Counter[str], int]:
    """Gestures told over a stream, and the most fingers held up in most of its pictures."""
    outcome = feed(GestureRecogniser(), packets, feed(Lips(), packets).faces)
    fingers = Counter(hand.fingers for p in outcome.hands for hand in p.payload.hands)
    return begun(outcome), fingers.most_common(1)[0][0] if fingers else 0


def begun(outcome: Outcome) -> Counter[str]:
    """How often each gesture began."""
    return Counter(p.payload.name for p in outcome.gesture if not p.payload.over)


def judged(label: str, names: Counter[str]) -> str:
    """right, none, wrong, or (for a label that is not known) quiet."""
    shapes = set(names) & SHAPES
    expected = EXPECTED.get(label)
    if expected is None:
        return "wrong" if shapes else "quiet"
    if not shapes:
        return "none"
    return "right" if shapes == {expected} else "wrong"


def main() -> None:
    """Print the tables and write them down. Exit code 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--media", default=os.environ.get("DRAGOMAN_MEDIA", "../shared/data"))
    parser.add_argument("--json", default="out/bench/gesture.json")
    given = parser.parse_args()
    root = Path(given.media)
    lines = [json.loads(line) for line in (root / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    stills, counted, alarms = [], [], []
    for line in lines:
        if not line.get("gesture") or Path(line["file"]).suffix == ".mp4":
            continue
        label = line["gesture"]
        names, fingers = told(pictures([picture(root / line["file"])] * SHOWN, SHOWN))
        stills.append(
            {"file": line["file"], "label": label, "told": dict(names), "verdict": judged(label, names)}
        )
        if label.startswith("sign language digit") and label[-1] in "12345":
            counted.append({"file": line["file"], "shown": int(label[-1]), "told": fingers})
    seconds_seen = spent = 0.0
    for line in lines:
        if line["kind"] == "b_talking_face":
            packets = video(root / line["file"])
            faces = feed(Lips(), packets).faces
            before = cpu_seconds()
            names = begun(feed(GestureRecogniser(), packets, faces))
            spent += cpu_seconds() - before
            seconds_seen += to_seconds(packets[-1].end)
            hands = {name: count for name, count in names.items() if name not in HEAD}
            alarms.append(
                {"file": line["file"], "hands": hands, "head": {n: names[n] for n in HEAD if names[n]}}
            )
    verdicts = Counter(row["verdict"] for row in stills)
    known = (
        verdicts["right"]
        + verdicts["none"]
        + sum(r["verdict"] == "wrong" for r in stills if r["label"] in EXPECTED)
    )
    for row in stills:
        if row["verdict"] in ("none", "wrong"):
            print(f"  {row['verdict']:6}{row['label']:24}{row['told']}  {row['file']}")
    print(
        f"labelled pictures: {verdicts['right']} of {known} right, {verdicts['none']} none, {verdicts['wrong']} wrong; "
        f"{verdicts['quiet']} others quiet"
    )
    print(
        f"fingers shown, 1 to 5: {sum(row['shown'] == row['told'] for row in counted)} of {len(counted)} right"
    )
    for row in alarms:
        if row["hands"] or row["head"]:
            print(f"  told: {row['hands']} {row['head']}  {row['file']}")
    print(
        f"videos without gestures: {sum(sum(row['hands'].values()) for row in alarms)} false alarms of hands in {seconds_seen:.0f} s"
    )
    print(f"cost: {100 * spent / seconds_seen:.1f} % of a core at 7 pictures a second, one hand at most")
    kept = {
        "85 % right": verdicts["right"] >= 0.85 * known,
        "none wrong": verdicts["wrong"] == 0,
        "no false alarm": not any(row["hands"] for row in alarms),
    }
    print("goals:", ", ".join(f"{goal}: {'yes' if good else 'NO'}" for goal, good in kept.items()))
    out = Path(given.json)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(
        json.dumps({"goals": kept, "pictures": stills, "fingers": counted, "videos": alarms}, indent=1) + "\n"
    )
    raise SystemExit(0 if all(kept.values()) else 1)


if __name__ == "__main__":
    main()
