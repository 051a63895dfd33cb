"""What the nodes of this folder need: asked for in one place, and done without where that is wished."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from pipeline.errors import ModelError, PackageError, need

_log = logging.getLogger(__name__)

T = TypeVar("T")


def or_none(make: Callable[[], T], required: bool) -> T | None:
    """What `make` opens; None where it cannot be and is not required, which the log then tells.

    Raises `PackageError` or `ModelError` where it is required.
    """
    try:
        return make()
    except (PackageError, ModelError) as error:
        if required:
            raise
        _log.warning("%s; going on without it", error)
        return None


def opencv(wanted_by: str) -> Any:
    """The module cv2. Raises `PackageError` where it is absent or broken."""
    try:
        import cv2
    except ModuleNotFoundError:
        raise need("cv2", "vision", wanted_by) from None
    except (ImportError, OSError) as error:
        raise PackageError(
            f"{wanted_by}: OpenCV cannot be loaded ({error}); type: dragoman doctor"
        ) from error
    if not hasattr(cv2, "resize"):
        raise PackageError(
            f"{wanted_by}: OpenCV is broken, as when one of two builds was removed; type: dragoman doctor"
        )
    return cv2
