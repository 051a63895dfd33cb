"""The table of nodes and the page of one node say what a user needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline import describe as describing
from pipeline.describe import describe, table
from pipeline.errors import InputError
from pipeline.resolve import names


def test_the_table_has_a_line_for_each_node() -> None:
    lines = [line for line in table().splitlines() if line]
    assert [line.split()[0] for line in lines] == list(names())
    assert any(line.startswith("vad.energy ") and "Tell speech from silence" in line for line in lines)


def test_groups_stand_apart() -> None:
    lines = table().splitlines()
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        if not line:
            assert before.partition(".")[0] != after.partition(".")[0]


def test_a_node_that_cannot_be_imported_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(describing, "names", lambda: ("own.broken",))
    assert table().startswith("own.broken  cannot be used: no node 'own.broken'")


@pytest.mark.parametrize(
    "line",
    [
        "vad.energy  (nodes.vad.energy:EnergyVad)",
        "Tell speech from silence by how loud it is",
        "Example: `speech: {uses: vad.energy",
        "  audio  AudioFrame (rate_hz 16000)",
        "  activity  Activity",
        "  threshold      0.5    a number from 0 to 1     probability at which speech begins, 0 to 1",
        "Runs on the event loop, unless the graph says otherwise.",
    ],
)
def test_a_page_says_what_a_node_does_takes_gives_and_how_it_is_set(line: str) -> None:
    assert line in describe("vad.energy")


def test_a_format_that_follows_a_setting_says_which() -> None:
    page = describe("source.tone")
    assert "  audio  AudioFrame (rate_hz as rate_hz says)" in page
    assert "A source: it runs on the event loop." in page


def test_how_inputs_are_handed_over_is_said() -> None:
    page = describe("tests.parts:Add")
    assert "Its inputs come together by the rule 'aligned'" in page
    assert "Settings\n  none" in page


def test_a_setting_that_must_be_given_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = """
from dataclasses import dataclass
from typing import Any
from pipeline import AudioFrame, Input, Node, Terms

@dataclass
class Asking(Node):
    \"\"\"Ask.\"\"\"

    place: str  # where to ask, a URL

    audio = Input(AudioFrame, gather_ms=400)
    bias = Input(Terms, optional=True, latest=True, lateness_ms=0)

    join = "covering"

    def process(self, audio: Any, bias: Any) -> None: ...
"""
    (tmp_path / "asking_node.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    page = describe("asking_node:Asking")
    assert "place  (must be given)  text  where to ask, a URL" in page
    assert "audio  AudioFrame  gathered, 400 ms at once" in page
    assert "optional; the last one before the first input; waited for 0 ms at most" in page


def test_a_misspelt_name_gets_the_nearest_one() -> None:
    with pytest.raises(InputError, match=r"no node 'vad\.energie'; did you mean 'vad\.energy'"):
        describe("vad.energie")


def test_no_page_has_trailing_spaces() -> None:
    texts: list[Any] = [table(), *(describe(name) for name in names())]
    assert not [line for text in texts for line in text.splitlines() if line != line.rstrip()]
