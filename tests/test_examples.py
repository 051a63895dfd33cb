"""Every example runs as it stands, and the package of the third-party node is found the way an installed one is."""

from __future__ import annotations

import runpy
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import resolve
from pipeline.graph import Graph
from tests.media import need_model

EXAMPLES = Path(__file__).parents[1] / "examples"
CUSTOM = EXAMPLES / "custom_node"

SAYS = {
    "hello.py": "speech.speech: from 0.00 s to 1.50 s, SpeechSegment",
    "graph_in_python.py": "sound from 2.0 s to 3.0 s\nsound from 4.0 s to 5.0 s\n",
    "voice_clone.py": "like.wav: likeness 0.",
}


NEEDS = {"voice_clone.py": ("two-cities", "silero-vad", "ge2e", "whisper-base")}  # models


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", sorted(SAYS))
def test_an_example_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for model in NEEDS.get(name, ()):
        need_model(model)
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    assert SAYS[name] in capsys.readouterr().out


def test_no_example_is_left_out() -> None:
    scripts = {path.name for path in EXAMPLES.glob("*.py") if not path.name.startswith("test_")}
    assert scripts == set(SAYS)


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.name)
def test_a_graph_of_the_examples_is_sound(file: Path) -> None:
    assert list(Graph.load(file))


def forget() -> None:
    """Let names be looked up anew, as a new interpreter would."""
    resolve.names.cache_clear()
    resolve._entry_points.cache_clear()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What installing the example leaves on the path: the package, and its entry points as metadata."""
    project = tomllib.loads((CUSTOM / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    metadata = tmp_path / "dragoman_level-0.1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {project['name']}\nVersion: 0.1.0\n")
    points = "".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in named.items())
        for group, named in project["entry-points"].items()
    )
    (metadata / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(CUSTOM)
    forget()
    yield
    forget()


@pytest.mark.usefixtures("installed")
def test_the_custom_node_is_found_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "audio.level" in resolve.names()
    packets = [packet for _, packet in Graph.load(CUSTOM / "level.yaml").stream("level.sound")]
    assert packets[-1].end == 4_000_000_000
    assert (tmp_path / "hum.wav").stat().st_size == 44 + 2 * 4 * 16_000


def test_without_it_the_name_is_not_known() -> None:
    assert "audio.level" not in resolve.names()
