"""Names of nodes: the folder is the registry, and any importable class has a name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.resolve import names, node_class
from tests.parts import Gain


def test_the_folder_is_the_registry() -> None:
    found = names()
    assert list(found) == sorted(found)
    assert {"vad.energy", "vad.webrtc"} <= set(found)
    assert not any("._" in name or name.startswith("_") for name in found)
    assert node_class("vad.energy").__name__ == "EnergyVad"
    assert node_class("vad.energy").__module__ == "nodes.vad.energy"


def test_any_importable_class_has_a_name() -> None:
    assert node_class("tests.parts:Gain") is Gain


@pytest.mark.parametrize(
    ("uses", "words"),
    [
        ("vad.enrgy", r"no node 'vad.enrgy'; did you mean 'vad.energy'\?"),
        ("quite.else", "no node 'quite.else'; there are: "),
        ("tests.parts:Gian", r"'tests.parts:Gian': no node class 'Gian'; did you mean 'Gain'\?"),
        ("tests.parts:Packet", "no node class 'Packet'"),
        ("tests.parts:", "tests.parts: a node file defines one node class, found .*; name it module:Class"),
        ("pipeline.edge:Edge", "no node class 'Edge'; there are none"),
        (
            "nowhere.at.all:X",
            "no module 'nowhere'; run from the folder that holds it, or install its package",
        ),
        (":Gain", "'' is not the name of a module; write package.module:Class"),
        (".parts:Gain", "'.parts' is not the name of a module"),
    ],
)
def test_a_name_that_leads_nowhere_says_where_to_go(uses: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        node_class(uses)


def test_a_module_of_the_users_own_is_found_and_needs_no_class_name_when_it_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_own_node.py").write_text(
        "from pipeline.node import Node\n\nclass Mine(Node):\n    pass\n\nclass _Hidden(Node):\n    pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert node_class("my_own_node:").__name__ == "Mine"
    sys.modules.pop("my_own_node")
