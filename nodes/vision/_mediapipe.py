"""MediaPipe Tasks: opened with errors that teach, and given pictures as it takes them.

Decides: what is said when the package, the system's libraries or a model will not do; the size and form of a picture
that goes in. Knows nothing of faces or hands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nodes._engines.opencv import whole
from pipeline.clock import Ns
from pipeline.errors import ModelError, PackageError, need
from pipeline.media import Pixels

LONG_SIDE = 640  # pixels: the detectors look at 128 to 256 of them, so more only costs time
_LIBRARIES = "libegl1 libgles2"  # Debian and Ubuntu


class Eye:
    """A task of MediaPipe with the packages it needs: pictures in, what it found out. Belongs to one thread."""

    def __init__(self, mediapipe: Any, cv2: Any, task: Any, look: str) -> None:
        self.cv2 = cv2
        self._mediapipe = mediapipe
        self._task = task
        self._look = getattr(task, look)
        self._last_ms = -1

    def see(self, pixels: Pixels, at: Ns) -> Any:
        """What the task finds in a picture (height, width, 3) uint8 RGB at stream time `at`; times must not go back."""
        self._last_ms = max(at // 1_000_000, self._last_ms + 1)  # the task refuses a time twice
        image = self._mediapipe.Image(
            image_format=self._mediapipe.ImageFormat.SRGB, data=small(self.cv2, pixels, LONG_SIDE)
        )
        return self._look(image, self._last_ms)

    def close(self) -> None:
        """Let the task go, with its threads."""
        self._task.close()


def small(cv2: Any, pixels: Pixels, long_side: int) -> Pixels:
    """The picture at most `long_side` pixels long, in rows without gaps.

    MediaPipe reads a picture whose rows have gaps (as decoders give them) as noise, and says nothing.
    """
    height, width = pixels.shape[:2]
    scale = long_side / max(height, width)
    if scale >= 1:
        return np.ascontiguousarray(pixels)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR))


def packages(wanted_by: str) -> tuple[Any, Any]:
    """The modules mediapipe and cv2. Raises `PackageError` where one is absent or its libraries are."""
    try:
        import cv2
        import mediapipe
    except ModuleNotFoundError as error:
        raise need(error.name or "mediapipe", "vision", wanted_by) from None
    except (ImportError, OSError) as error:
        raise _libraries_missing(error, wanted_by) from error
    return mediapipe, whole(cv2, wanted_by)


def opened(make: Callable[[], Any], file: Path, wanted_by: str) -> Any:
    """The task that `make` creates from a model file.

    Raises `PackageError` where the system's libraries are absent, `ModelError` where the model will not do.
    """
    try:
        return make()
    except FileNotFoundError as error:
        raise ModelError(f"{file}: cannot be read ({error}); give a folder with {file.name}") from error
    except OSError as error:
        raise _libraries_missing(error, wanted_by) from error
    except (RuntimeError, ValueError) as error:
        why = str(error).splitlines()[0]
        raise ModelError(
            f"{file}: cannot be loaded ({why}); fetch it again or give a folder with {file.name}"
        ) from error


def _libraries_missing(error: Exception, wanted_by: str) -> PackageError:
    found = re.search(r"lib[\w.+-]+?\.so[\w.]*", str(error))
    library = found[0] if found else str(error)
    return PackageError(
        f"{wanted_by}: the system library {library} is missing; type: apt-get install {_LIBRARIES} "
        "(or leave the node out: sound alone goes on)"
    )
