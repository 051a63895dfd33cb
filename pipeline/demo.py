"""Where the recording of `make demo` lies: `python -m pipeline.demo` prints its path."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline import models

RECORDING = "two-cities"


def recording() -> Path:
    """The recording. Raises `ModelError` that says what to type where it was not fetched."""
    return models.path(RECORDING) / "two_cities.wav"


if __name__ == "__main__":
    sys.stdout.write(f"{recording()}\n")
