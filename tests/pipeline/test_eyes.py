"""The eyes of an interpretation: which cues a video gets, how each is left out, and that they never hold up the words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import eyes, models, routes
from pipeline.errors import InputError
from pipeline.graph import Graph
from pipeline.interpreter import Talk, interpretation

CUES = tuple(eyes.CUES)


@pytest.fixture(autouse=True)
def stocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every model and package is at hand; nothing is opened here."""
    monkeypatch.setenv("DRAGOMAN_MODELS", str(tmp_path))
    monkeypatch.setattr(models, "at_hand", lambda name: True)
    monkeypatch.setattr(routes, "spoken", lambda: frozenset({"pt", "en"}))
    monkeypatch.setattr(eyes, "find_spec", lambda module: object())


def seeing(see: str = "all", **more: Any) -> Graph:
    return interpretation(Talk("a.mp4", "pt", "en", video=True, see=see, **more)).graph


def from_pictures(graph: Graph) -> Iterator[tuple[str, Any]]:
    """The nodes of the eyes that get pictures, and the edge they come by."""
    for name, member in graph.members.items():
        edge = member.inputs.get("video")
        if edge is not None and edge.source == "talk.video" and not member.uses.startswith("sink."):
            yield name, edge


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("all", CUES),
        ("none", ()),
        ("auto", ("text",)),
        ("lips", ("lips",)),
        ("lips, text", ("text", "lips")),
    ],
)
def test_the_cues_that_are_asked_for(asked: str, meant: tuple[str, ...]) -> None:
    assert eyes.cues(asked, pictures=True) == meant
    members = set(seeing(asked).members)
    for cue, what in eyes.CUES.items():
        assert (set(what.nodes) - {"speech"} <= members) == (cue in meant)


def test_without_pictures_nothing_is_looked_for() -> None:
    assert eyes.cues("auto", pictures=False) == eyes.cues("none", pictures=False) == ()
    with pytest.raises(InputError, match="--see lips: the source has no pictures to look at; leave it out"):
        interpretation(Talk("a.wav", "pt", "en", see="lips"))


@pytest.mark.parametrize("asked", ["lip", "lips;text", "", "lips,"])
def test_a_cue_that_there_is_not(asked: str) -> None:
    with pytest.raises(InputError, match=f"--see {asked}: no such cue as '.*'; (did you mean|there are)"):
        eyes.cues(asked, pictures=True)


def test_without_the_packages_the_words_go_on_and_it_says_which(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(eyes, "find_spec", lambda module: None if module == "rapidocr" else object())
    talk = interpretation(Talk("a.mp4", "pt", "en", video=True))
    assert not talk.screen_text
    assert "slides" not in talk.graph.members
    assert (
        "text is not looked for in the pictures: rapidocr not installed (pip install 'dragoman[vi"
        in caplog.text
    )


@pytest.mark.parametrize("route", [("en", "pt"), ("de", "en"), ("de", "pt"), ("en", "en")])
def test_lips_have_a_say_on_every_route(route: tuple[str, str]) -> None:
    graph = interpretation(Talk("a.mp4", route[1], route[0], video=True, see="lips", voice="none")).graph
    assert graph.members["speech"].uses == "vad.audiovisual"
    assert graph.members["speech"].inputs["heard"].source == "ear.activity"
    listens = [m for m in graph.members.values() if m.uses in ("asr.whisper", "translate.whisper")]
    assert listens
    assert all(member.inputs["speech"].source == "speech.activity" for member in listens)


def test_the_language_spoken_is_expected_on_the_screen() -> None:
    for from_, langs in (("ru", ("ru",)), ("auto", ())):
        node: Any = interpretation(Talk("a.mp4", "en", from_, video=True, voice="none")).graph["slides"]
        assert tuple(node.langs) == langs


def test_gestures_do_without_lips() -> None:
    assert set(seeing("gestures").members["gestures"].inputs) == {"video"}
    assert set(seeing("gestures,lips").members["gestures"].inputs) == {"video", "faces"}


def test_what_was_seen_is_logged_and_can_be_drawn() -> None:
    graph = seeing("all", overlay=True)
    assert {"speaker", "gesture", "screen_text"} <= set(graph.members["events"].inputs)
    assert {"faces", "speaker", "hands", "gesture", "screen_text"} <= set(graph.members["dub"].inputs)
    node: Any = graph["dub"]
    assert set(node.overlay) == {"captions", "mouths", "speaker", "hands", "text"}
    plain: Any = seeing("all")["dub"]
    assert plain.overlay == []


def test_gestures_stand_in_the_captions_and_not_in_the_transcript() -> None:
    graph = seeing("all")
    assert set(graph.members["vtt-pt"].inputs) == {"text", "gesture", "screen_text"}
    assert set(graph.members["txt-pt"].inputs) == {"text"}
    assert set(seeing("text").members["vtt-pt"].inputs) == {"text"}


def test_at_the_pace_of_life_the_eyes_never_hold_up_the_source() -> None:
    edges = dict(from_pictures(seeing()))
    assert set(edges) == {"changes", "gestures", "lips"}
    assert all(edge.when_full != "wait" for edge in edges.values())


@pytest.mark.parametrize(("pace", "rule"), [("realtime", "drop_oldest"), ("asap", "wait")])
def test_a_film_that_is_behind_loses_pictures_and_holds_up_no_words(pace: str, rule: str) -> None:
    inputs = seeing(pace=pace).members["dub"].inputs
    assert {inputs[port].when_full for port in ("video", "faces", "screen_text")} == {rule}
    assert inputs["audio"].capacity >= 1000


def test_the_least_important_cue_gives_way_first() -> None:
    """By the room on its edge, and by how far its thread stands back."""
    graph = seeing()
    room_ms = [
        edge.capacity_ms or 40 * edge.capacity
        for edge in (dict(from_pictures(graph))[n] for n in ("changes", "gestures", "lips"))
    ]
    assert room_ms == sorted(room_ms)
    nice = [type(graph[name]).nice for name in ("slides", "gestures", "lips", "words")]
    assert nice == sorted(nice, reverse=True)
    assert nice[-1] == 0 < nice[-2]


def test_at_any_other_pace_nothing_is_dropped() -> None:
    edges = dict(from_pictures(seeing(pace="asap")))
    assert all(edge.when_full == "wait" for edge in edges.values())
