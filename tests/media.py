"""Real media and models for tests: found by query, skipped with a reason where they are absent."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline import models
from pipeline.media import Samples

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"


def media_root() -> Path:
    """The folder of real media: $DRAGOMAN_MEDIA, or the one beside the checkout. Skips where there is none."""
    root = Path(os.environ.get("DRAGOMAN_MEDIA", BESIDE))
    if not (root / "manifest.jsonl").is_file():
        pytest.skip("no real media: set DRAGOMAN_MEDIA to a folder with manifest.jsonl")
    return root


@cache
def _manifest(root: Path) -> tuple[dict[str, Any], ...]:
    lines = (root / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


def recordings(kind: str, *, lang: str = "", under: str = "") -> list[dict[str, Any]]:
    """Manifest lines of a kind, with `path` added; skips when none fits."""
    root = media_root()
    found = [
        {**line, "path": root / line["file"]}
        for line in _manifest(root)
        if line["kind"] == kind
        and lang in ("", line.get("lang"))
        and line["file"].startswith(f"{kind}/{under}")
    ]
    if not found:
        pytest.skip(f"no media of kind {kind!r}, language {lang or 'any'!r} under {under or kind!r}")
    return found


def speech(lang: str, under: str = "", **more: str) -> Samples:
    """The first recording of speech in a language whose manifest line has all of `more`; (n,) float32 mono 16 kHz."""
    audio = pytest.importorskip("faster_whisper.audio")
    found = recordings("a_speech", lang=lang, under=under)
    fits = [line for line in found if all(value in line.get(key, "") for key, value in more.items())]
    samples: Samples = audio.decode_audio(str(fits[0]["path"]))
    return samples


def need_model(name: str) -> Path:
    """The folder of a model; skips where it was not fetched."""
    if not models.at_hand(name):
        pytest.skip(f"model {name!r} is not at hand: dragoman models fetch {name}")
    return models.path(name)
