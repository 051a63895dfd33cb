"""Which builds of OpenCV are installed. There may be one: all of them write into the same folder `cv2`.

Two of one version work side by side by chance; two versions mix their files, and when either is removed the other is
broken. See docs/adr/0009-one-opencv.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import Distribution, distributions

CHOSEN = "opencv-python-headless"  # needs no libraries of the system


def builds(installed: Iterable[Distribution]) -> dict[str, str]:
    """Name and version of each distribution that puts files into the folder `cv2`."""
    return {
        found.name: found.version
        for found in installed
        if found.name.startswith("opencv") and any(file.parts[0] == "cv2" for file in found.files or ())
    }


def state(installed: Iterable[Distribution] | None = None) -> str:
    """What there is, and what to type where it is not one build."""
    found = builds(distributions() if installed is None else installed)
    if not found:
        return "missing: pip install 'dragoman[vision]'"
    said = " and ".join(f"{name} {version}" for name, version in sorted(found.items()))
    if len(found) == 1:
        return said
    names = " ".join(sorted(found))
    return f"{said} in one folder: pip uninstall -y {names} && pip install --no-deps {CHOSEN}"
