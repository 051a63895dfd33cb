"""OpenCV: asked for with errors that teach. Several packages bring a build of it into one folder (docs/adr/0009)."""

from __future__ import annotations

from typing import Any

from pipeline.errors import PackageError, need


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
    return whole(cv2, wanted_by)


def whole(cv2: Any, wanted_by: str) -> Any:
    """The module, if it is all there, with no threads of its own. Raises `PackageError` where files of it are missing.

    Its pool stays awake between calls, and that costs more than it brings for pictures that take a millisecond.
    """
    if not hasattr(cv2, "resize"):
        raise PackageError(
            f"{wanted_by}: OpenCV is broken, as when one of two builds was removed; type: dragoman doctor"
        )
    cv2.setNumThreads(1)
    return cv2
