"""One OpenCV: what the doctor says of its builds, and that the empty package has the right version."""

import tomllib
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

from pipeline.commands.opencv import state

ROOT = Path(__file__).resolve().parents[2]


def installed(folder: Path, name: str, files: list[str], version: str = "5.0") -> Distribution:
    """A distribution as pip leaves it in a folder."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files))
    return PathDistribution(info)


def test_one_build_is_named(tmp_path: Path) -> None:
    one = installed(tmp_path, "opencv-python-headless", ["cv2/__init__.py"])
    empty = installed(tmp_path, "opencv-contrib-python", ["opencv_contrib_python-5.0.dist-info/METADATA"])
    assert state([one, empty]) == "opencv-python-headless 5.0"


def test_two_builds_in_one_folder_are_told_with_what_to_type(tmp_path: Path) -> None:
    two = [
        installed(tmp_path, name, ["cv2/__init__.py"])
        for name in ("opencv-python-headless", "opencv-contrib-python")
    ]
    assert state(two) == (
        "opencv-contrib-python 5.0 and opencv-python-headless 5.0 in one folder: pip uninstall -y "
        "opencv-contrib-python opencv-python-headless && pip install --no-deps opencv-python-headless"
    )


def test_none_is_told_with_what_to_type() -> None:
    assert state([]) == "missing: pip install 'dragoman[vision]'"


def test_the_empty_package_has_the_version_of_the_build_that_is_installed() -> None:
    project = tomllib.loads((ROOT / "tools/one-opencv/pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    for name in ("opencv-contrib-python", "opencv-python-headless"):
        assert f"{name}=={project['version']}" in pinned
