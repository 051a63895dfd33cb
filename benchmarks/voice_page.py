"""A page to hear voices by: for each speaker the recording, the stock voice, and the stock voice made like the speaker.

    python -m benchmarks.voice_page [--out out/voices] [--speakers 3] [--voices tts.hibari tts.espeak] [--lang en]
        [--search 30] [--recording FILE ...]

Writes index.html with players and spectrograms, the sounds and pictures beside it, and figures.json. The speakers are
those of the media folder (kind f_voices), one recording of five to ten seconds each, unless recordings are named.
Likeness is the cosine of GE2E embeddings. The searches look at it too, so it flatters what was searched for.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from matplotlib.figure import Figure

from benchmarks.live_recordings import manifest, media_root
from pipeline import likeness, speaking
from pipeline.commands.voices import sentence
from pipeline.errors import DragomanError
from pipeline.measure.page.markup import render, tag
from pipeline.media import Samples

RATE_HZ = 16_000
STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}table{table-layout:fixed;width:100%}"
    "td{padding:.4em 1em .4em 0;vertical-align:top}audio,img{width:100%}"
)


def recordings(root: Path, count: int) -> Iterator[tuple[str, Path]]:
    """One recording of each of some speakers: name and file."""
    found: dict[str, Path] = {}
    for line in manifest(root):
        if line["kind"] == "f_voices" and 5 <= line["seconds"] <= 10:
            found.setdefault(str(line["speaker"]), root / line["file"])
    yield from list(found.items())[:count]


def decoded(file: Path) -> Samples:
    """Sound of a file; (n,) float32, mono at RATE_HZ."""
    with av.open(str(file)) as container:
        resampler = av.AudioResampler("flt", "mono", RATE_HZ)
        parts = [
            part.to_ndarray()[0] for frame in container.decode(audio=0) for part in resampler.resample(frame)
        ]
    return np.concatenate(parts).astype(np.float32)


def spectrogram(file: Path, picture: Path) -> None:
    """Draw the sound of a file, to 8 kHz over 70 dB."""
    figure = Figure(figsize=(4.4, 2.4), dpi=100, layout="constrained")
    axes: Any = figure.add_subplot()
    samples = decoded(file)
    hush = np.random.default_rng(0).standard_normal(len(samples), np.float32)
    samples = samples + np.float32(1e-6) * hush  # silence has no logarithm
    axes.specgram(samples, NFFT=512, Fs=RATE_HZ, noverlap=384, vmin=-130, vmax=-60, cmap="magma")
    axes.set_xlabel("seconds")
    axes.set_ylabel("Hz")
    figure.savefig(picture)


class Page:
    """The page as it grows, and the folder that it lies in."""

    def __init__(self, out: Path) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out = out
        self._rows: list[Any] = []
        self.figures: list[dict[str, Any]] = []

    def sound(self, title: str, file: Path) -> Any:
        """A cell with a player and a spectrogram of a file in the folder."""
        picture = file.with_suffix(".png")
        spectrogram(file, picture)
        player = tag("audio", controls="", preload="none", src=file.name)
        return tag(
            "td",
            tag("p", title),
            player,
            tag("br"),
            tag("img", src=picture.name, alt=f"spectrogram: {title}"),
        )

    def row(self, *cells: Any) -> None:
        """One speaker with one voice."""
        self._rows.append(tag("tr", *cells))

    def write(self) -> None:
        """index.html and figures.json."""
        head = tag("head", tag("meta", charset="utf-8"), tag("title", "Voices"), tag("style", STYLE))
        note = "Likeness: cosine of GE2E embeddings; of two recordings of one person about 0.9, of two people 0.6."
        body = tag(
            "body", tag("h1", "Voices, and voices made like others"), tag("p", note), tag("table", self._rows)
        )
        page = "<!doctype html>\n" + render(tag("html", head, body, lang="en"))
        (self.out / "index.html").write_text(page, encoding="utf-8")
        (self.out / "figures.json").write_text(json.dumps(self.figures, indent=1), encoding="utf-8")


def add(page: Page, speaker: str, recording: Path, uses: str, given: argparse.Namespace) -> None:
    """One speaker imitated by one voice."""
    out, lang = page.out, given.lang
    stem = f"{speaker}-{uses}-{lang}"
    reference = out / f"{speaker}{recording.suffix}"
    shutil.copy(recording, reference)
    text = sentence(lang)
    print(f"{speaker} by {uses}", flush=True)
    found = likeness.of(str(recording), uses, lang, consent=True, search=given.search)
    stock = speaking.speak(speaking.speaker(uses, lang), text, lang).pieces
    like = likeness.speak(found, uses, "", text, lang)
    cells = [page.sound(f"{speaker}: the recording", reference)]
    figures: dict[str, Any] = {"speaker": speaker, "voice": uses}
    for what, pieces in (("stock", stock), ("like", like)):
        file = out / f"{stem}-{what}.wav"
        speaking.keep(pieces, str(file))
        near = likeness.similarity(found.profile, pieces)
        figures |= {what: near}
        cells.append(page.sound(f"{uses}, {what}: likeness {near or 0:.2f}", file))
    if found.timbre is not None:
        figures |= {
            "stage": found.timbre.stage,
            "strength": found.timbre.strength,
            "reason": found.timbre.reason,
        }
        figures |= {"word_errors": found.timbre.word_errors}
    page.figures.append(figures)
    page.row(*cells)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("out/voices"))
    parser.add_argument("--speakers", type=int, default=3)
    parser.add_argument("--voices", nargs="+", default=["tts.hibari", "tts.espeak"])
    parser.add_argument("--lang", default="en")
    parser.add_argument("--search", type=int, default=likeness.SEARCH)
    parser.add_argument("--recording", type=Path, nargs="*", default=[], help="recordings of your own")
    given = parser.parse_args()
    page = Page(given.out)
    own = [(path.stem, path) for path in given.recording]
    for speaker, recording in own or recordings(media_root(), given.speakers):
        for uses in given.voices:
            try:
                add(page, speaker, recording, uses, given)
            except DragomanError as error:
                print(f"{speaker} by {uses}: {error}", flush=True)
            page.write()
    print(f"{given.out / 'index.html'}")


if __name__ == "__main__":
    main()
