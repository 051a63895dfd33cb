"""The rooms of pipeline/measure/ are stacked: each uses those above it in the map, and none below."""

from __future__ import annotations

import pytest

import pipeline.measure
from tests.test_architecture import ROOT, files, imports

ROOMS = ("metrics", "text", "scores", "manifests", "logs", "page", "evaluation", "sweep", "compare")
ORDER = {name: number for number, name in enumerate(ROOMS)}
BESIDE = {("compare", "sweep")}  # neither knows the other


def room(name: str) -> str:
    """The room that a dotted name inside pipeline.measure leads to; empty for the files that all share."""
    return next((part for part in name.split(".")[:1] if part in ORDER), "")


def test_the_map_names_the_rooms_in_their_order() -> None:
    folders = {path.parent.name for path in (ROOT / "pipeline" / "measure").glob("*/__init__.py")}
    assert folders == set(ROOMS)
    told = pipeline.measure.__doc__ or ""
    places = [told.index(f"\n    {name}/") for name in ROOMS]
    assert places == sorted(places)


@pytest.mark.parametrize("name", ["", *ROOMS])
def test_a_room_uses_those_above_it_only(name: str) -> None:
    found = [
        (file.name, module)
        for file in files("pipeline/measure")
        if (file.parent.name if file.parent.name in ORDER else "") == name
        for module, _ in imports(file)
        if module.startswith("pipeline.measure.")
        and (other := room(module.removeprefix("pipeline.measure."))) != name
        and (ORDER.get(other, -1) > ORDER.get(name, -1) or (name, other) in BESIDE)
    ]
    assert found == []
