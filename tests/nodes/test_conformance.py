"""Every node that is shipped keeps the promises of a node, as far as it can be tried without long work.

A node stands in one of two tables: TRIED, with what it is tried with, or ELSEWHERE, with where and why. All of them are
held to what they declare: docstring with an example that works, a comment for every setting, light imports.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import check_node
from pipeline.conformance import DECLARED, PROMISES
from pipeline.elsewhere import heavy_imports
from pipeline.errors import PackageError
from pipeline.resolve import names, node_class
from pipeline.settings import faults
from pipeline.specimens import specimen
from tests.media import need_model
from tests.nodes.voice.pieces import ended_pieces

Given = Callable[[Path], dict[str, Any]]


def _defaults(folder: Path) -> dict[str, Any]:
    return {}


def _file(name: str, **more: Any) -> Given:
    """A sink that writes a file: its bytes must repeat as outputs do."""

    def given(folder: Path) -> dict[str, Any]:
        path = folder / name
        return {"settings": {"path": str(path), **more}, "leaves": path.read_bytes}

    return given


def _model(model: str, settings: dict[str, Any]) -> Given:
    def given(folder: Path) -> dict[str, Any]:
        need_model(model)
        return {"settings": settings}

    return given


def _delivery(folder: Path) -> dict[str, Any]:
    """Pieces that end in silence, as voices make them."""
    pytest.importorskip("swift_f0", reason="swift-f0 is not installed: pip install 'dragoman[tts]'")
    return ended_pieces()


TRIED: dict[str, Given] = {
    "audio.resample": _defaults,
    "context.keywords": _defaults,
    "context.terms": _defaults,
    "ocr.changes": _defaults,
    "segment.fixed": _defaults,
    "segment.sentences": _defaults,
    "segment.units": _defaults,
    "segment.wait_k": _defaults,
    "sink.collect": _defaults,
    "sink.external": _defaults,
    "sink.subtitles": _file("captions.vtt"),
    "sink.profile": _file("speaker.npz"),
    "sink.wav": _file("speech.wav"),
    "source.tone": _defaults,
    "translate.firefox": _model("firefox-en-pt", {"from": "en", "to": "pt"}),
    "tts.espeak": _defaults,
    "vad.audiovisual": _defaults,
    "vad.energy": _defaults,
    "vad.silero": _model("silero-vad", {}),
    "vad.webrtc": _defaults,
    "voice.convert": _defaults,
    "voice.profile": _model("ge2e", {"consent": True}),
    "voice.delivery": _delivery,
}
ELSEWHERE = {
    "asr.whisper": "a hypothesis takes a second; see tests/nodes/asr",
    "ocr.auto": "is tried on a real slide; see tests/nodes/ocr",
    "ocr.rapid": "is tried on a real slide; see tests/nodes/ocr",
    "ocr.tesseract": "is tried on a real slide; see tests/nodes/ocr",
    "sink.jsonl": "each line says by the clock when it was written; see tests/nodes/sink",
    "sink.simuleval": "writes delays by the clock; see tests/nodes/sink",
    "sink.simulstream": "writes delays by the clock; see tests/nodes/sink",
    "sink.speaker": "plays on a device; see tests/nodes/sink",
    "sink.video": "encodes a film for each run; see tests/nodes/sink",
    "source.external": "gives what a program pushes; see tests/nodes/source",
    "source.file": "needs a recording; see tests/nodes/source",
    "source.profile": "needs a voice that was kept; see tests/nodes/source",
    "source.terms": "gives what a program pushes; see tests/nodes/source",
    "source.microphone": "listens to a device; see tests/nodes/source",
    "translate.apertium": "starts a program for each run; see tests/nodes/translate",
    "translate.livetranslate": "is a client of a service; see tests/nodes/translate",
    "translate.openai": "is a client of a service; see tests/nodes/translate",
    "translate.whisper": "a hypothesis takes a second; see tests/nodes/translate",
    "tts.hibari": "speaks for seconds in each run; see tests/nodes/tts",
    "tts.kokoro": "speaks for seconds in each run; see tests/nodes/tts",
    "tts.openai": "is a client of a service; see tests/nodes/tts",
    "tts.piper": "its network adds chance to each sound; see tests/nodes/tts",
    "tts.pocket": "its weights must be fetched; see tests/nodes/tts",
    "vision.gesture": "is tried on a real hand; see tests/nodes/vision",
    "vision.lips": "is tried on a real face; see tests/nodes/vision",
    "voice.imitate": "renders sentences for seconds; see tests/nodes/voice",
}


@pytest.mark.parametrize("name", sorted(TRIED))
def test_a_node_keeps_its_promises(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        check_node(node_class(name), **TRIED[name](tmp_path))
    except PackageError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", names())
def test_it_is_said_how_a_node_is_tried(name: str) -> None:
    assert (name in TRIED) != (name in ELSEWHERE), f"put {name} into TRIED or ELSEWHERE of this file"


def test_nodes_that_are_gone_are_not_listed() -> None:
    assert {*TRIED, *ELSEWHERE} <= set(names())


@pytest.mark.parametrize("name", names())
def test_every_node_declares_itself(name: str) -> None:
    check_node(node_class(name), without=[promise for promise in PROMISES if promise not in DECLARED])


@pytest.mark.parametrize("name", names())
def test_the_example_in_the_docstring_works(name: str) -> None:
    cls = node_class(name)
    found = re.search(r"Example:\s+`?(\w[^`]*?)`?(\n\n|\n\s*Source:|$)", inspect.getdoc(cls) or "")
    assert found, f"{name}: write `Example: name: {{uses: {name}, …}}` into its docstring"
    ((_, member),) = yaml.safe_load(found[1]).items()
    assert member["uses"] == name
    assert set(member) <= {"uses", "inputs", "with", "runs_on", "on_error"}
    assert faults(cls, member.get("with", {})) == {}
    needed = {port for port, input_ in cls.inputs.items() if not input_.optional}
    assert needed <= set(member.get("inputs", {})) <= set(cls.inputs)


@pytest.mark.parametrize("name", names())
def test_there_is_a_specimen_for_every_input(name: str) -> None:
    cls = node_class(name)
    assert all(specimen(port, cls()) for port in cls.inputs.values())


def test_listing_the_nodes_imports_nothing_heavy() -> None:
    assert heavy_imports(*(node_class(name).__module__ for name in names())) == []
