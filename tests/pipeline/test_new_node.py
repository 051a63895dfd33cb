"""`dragoman new-node` writes a node and a test that are right as they stand, and writes over nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import InputError, OutputError
from pipeline.new_node import write

CHECKOUT = Path(__file__).parents[2]


def do(*command: str, folder: Path) -> None:
    """Run a tool on what was written; fails with what it says."""
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT), "MYPYPATH": str(CHECKOUT)}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def checkout(folder: Path) -> Path:
    """A folder that looks like a checkout, and runs against this one's `pipeline`."""
    for package in ("nodes", "nodes/vad", "tests", "tests/nodes"):
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").touch()
    (folder / "pipeline").symlink_to(CHECKOUT / "pipeline")
    return folder


def test_in_a_checkout_a_node_goes_to_its_group(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    node, test = write("hearing.own_ear", root)
    assert node == root / "nodes" / "hearing" / "own_ear.py"
    assert test == root / "tests" / "nodes" / "hearing" / "test_own_ear.py"
    assert (node.parent / "__init__.py").is_file()
    assert (test.parent / "__init__.py").is_file()
    assert "class OwnEar(Node):" in node.read_text()
    assert 'uses: "hearing.own_ear"' in node.read_text()
    assert "from nodes.hearing.own_ear import OwnEar" in test.read_text()


def test_elsewhere_it_stands_in_the_folder_and_is_used_by_module_and_class(tmp_path: Path) -> None:
    node, test = write("vad.mine", tmp_path)
    assert (node, test) == (tmp_path / "mine.py", tmp_path / "test_mine.py")
    assert 'uses: "mine:Mine"' in node.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.py", "test_mine.py"]


@pytest.mark.parametrize("inside", [True, False])
def test_what_is_written_passes_the_linter_and_its_own_tests(tmp_path: Path, inside: bool) -> None:
    root = checkout(tmp_path) if inside else tmp_path
    node, test = write("vad.mine", root)
    rules = ("--config", str(CHECKOUT / "pyproject.toml"), "--config", "src = ['.']", str(node), str(test))
    do("ruff", "check", *rules, folder=root)
    do("ruff", "format", "--check", *rules, folder=root)
    do("pytest", "-q", "-p", "no:cacheprovider", str(test), folder=root)


@pytest.mark.timeout(180)
def test_what_is_written_passes_the_type_checker(tmp_path: Path) -> None:
    node, test = write("mine", tmp_path)
    cache = str(CHECKOUT / ".mypy_cache")
    do("mypy", "--strict", "--cache-dir", cache, str(node), str(test), folder=tmp_path)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text("mine")
    with pytest.raises(InputError, match=r"test_mine.py: is there already; choose another name"):
        write("mine", tmp_path)
    assert not (tmp_path / "mine.py").exists()


@pytest.mark.parametrize(
    "name", ["", "Vad.mine", "vad.my-node", "vad.", "a.b.c", "vad.import", "1st", "../mine"]
)
def test_a_name_that_will_not_do_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"is no name for a node; write group\.name in small letters"):
        write(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_checkout_wants_a_group(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'mine' has no group; .* such as vad\.mine"):
        write("mine", checkout(tmp_path))


@pytest.mark.parametrize("name", ["vad.json", "numpy"])
def test_a_file_that_would_hide_a_module_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="would hide the module"):
        write(name, tmp_path)


def test_a_class_that_is_called_like_what_it_imports_gets_a_longer_name(tmp_path: Path) -> None:
    assert "class VadNode(Node):" in write("vad.node", tmp_path)[0].read_text()
    assert "class MyPacket(Node):" in write("packet", tmp_path)[0].read_text()


def test_a_folder_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"cannot be written .*; choose another folder"):
        write("mine", tmp_path / "file")
