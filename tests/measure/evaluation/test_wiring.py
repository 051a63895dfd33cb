"""The graph of a recording: its source, what is scored of it, where its files go; and a graph as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.graph import Graph, shipped_graphs
from pipeline.measure.evaluation.graph_text import text_of
from pipeline.measure.evaluation.plan import Plan
from pipeline.measure.evaluation.wiring import graph_of, scored
from pipeline.measure.recording import Recording, Sentence
from tests.measure.saying import graph as saying
from tests.media import need_model

HEAD = """\
nodes:
  talk:   {uses: source.file, with: {path: talk.wav}}
  speech: {uses: vad.energy, inputs: {audio: talk.audio}}
"""
DIRECT = "  english: {uses: translate.whisper, inputs: {audio: talk.audio, speech: speech.activity}}\n"
WORDS = (
    "  words: {uses: asr.whisper, inputs: {audio: talk.audio, speech: speech.activity}, with: {lang: it}}\n"
)


def recording(from_: str = "it", to: str = "en", terms: tuple[str, ...] = ()) -> Recording:
    return Recording("one", Path("/data/one.wav"), from_, to, 3.0, (Sentence("a", 0, 3000),), terms=terms)


def plan(tmp_path: Path, graph: str | Path = "", **options: object) -> Plan:
    return Plan(recordings=(), out=tmp_path, graph=str(graph), **options)  # type: ignore[arg-type]


def test_a_graph_plays_the_recording_at_the_pace_of_life(tmp_path: Path) -> None:
    graph = graph_of(plan(tmp_path, saying(tmp_path)), recording())
    assert graph.spec.nodes["talk"].with_ == {"path": "/data/one.wav", "pace": "realtime"}


def test_every_file_of_a_run_falls_into_its_folder(tmp_path: Path) -> None:
    own = saying(tmp_path)
    own.write_text(
        own.read_text()
        + "  text: {uses: sink.subtitles, inputs: {text: target.text}, with: {path: /x/y.vtt}}\n"
    )
    graph = graph_of(plan(tmp_path, own), recording())
    assert graph.spec.nodes["events"].with_ == {"path": "events.jsonl"}
    assert graph.spec.nodes["text"].with_ == {"path": "y.vtt"}


@pytest.mark.parametrize(
    ("nodes", "found"),
    [
        (DIRECT, {"translation": "english.translation"}),
        (WORDS, {"transcript": "words.transcript", "translation": "words.transcript"}),
        (DIRECT + WORDS, {"transcript": "words.transcript", "translation": "english.translation"}),
        (
            DIRECT + "  units: {uses: segment.units, inputs: {words: english.translation}}\n",
            {"translation": "units.unit"},
        ),
        (
            WORDS
            + "  units: {uses: segment.units, inputs: {words: words.transcript}}\n"
            + "  target: {uses: translate.firefox, inputs: {unit: units.unit}, with: {from: it, to: en}}\n"
            + "  voice: {uses: tts.espeak, inputs: {text: target.translation}}\n",
            {
                "transcript": "words.transcript",
                "unit": "units.unit",
                "translation": "target.translation",
                "speech": "voice.speech",
            },
        ),
    ],
)
def test_what_is_scored_is_found_by_the_names_of_nodes(nodes: str, found: dict[str, str]) -> None:
    assert scored(Graph.parse(HEAD + nodes)) == found


def test_a_log_of_its_own_says_what_is_scored_and_gets_the_rest() -> None:
    log = "  log: {uses: sink.jsonl, inputs: {translation: words.transcript}}\n"
    found = scored(Graph.parse(HEAD + DIRECT + WORDS + log))
    assert found == {"transcript": "words.transcript", "translation": "words.transcript"}


def test_speech_is_kept_as_a_file_even_where_the_graph_does_not(tmp_path: Path) -> None:
    path = tmp_path / "g.yaml"
    path.write_text(HEAD + DIRECT + "  voice: {uses: tts.espeak, inputs: {text: english.translation}}\n")
    graph = graph_of(plan(tmp_path, path), recording())
    assert graph.spec.nodes["sound"].with_ == {"path": "speech.en.wav"}
    assert {port: edge.source for port, edge in graph.spec.nodes["events"].inputs.items()} == {
        "translation": "english.translation",
        "speech": "voice.speech",
    }


def test_the_shipped_graph_also_tells_its_units(tmp_path: Path) -> None:
    graph = graph_of(plan(tmp_path, "interpret"), recording("en", "pt"))
    assert graph.spec.nodes["events"].inputs["unit"].source == "units.unit"
    assert graph.spec.nodes["sound"].with_ == {"path": "speech.pt.wav"}


def test_without_a_graph_it_is_what_interpret_runs(tmp_path: Path) -> None:
    for name in ("whisper-base", "silero-vad", "firefox-en-pt"):
        need_model(name)
    given = plan(tmp_path, voice="none", settings={"units.max_ms": 3000.0})
    graph = graph_of(given, recording("en", "pt", ("Turin",)))
    assert graph.spec.nodes["units"].with_["max_ms"] == 3000.0
    assert graph.spec.nodes["terms"].with_["terms"] == ["Turin"]
    assert "voice" not in graph.members


def test_a_setting_that_fits_no_node_is_told(tmp_path: Path) -> None:
    given = plan(tmp_path, saying(tmp_path), settings={"units.max_ms": 3000.0})
    with pytest.raises(InputError, match="no node 'units'"):
        graph_of(given, recording())


def test_a_graph_needs_one_source_and_a_translation(tmp_path: Path) -> None:
    path = tmp_path / "g.yaml"
    path.write_text("nodes: {a: {uses: source.tone}, b: {uses: vad.energy, inputs: {audio: a.audio}}}")
    with pytest.raises(InputError, match="0 sources have a `path`; an evaluation needs one"):
        graph_of(plan(tmp_path, path), recording())
    path.write_text(HEAD)
    with pytest.raises(InputError, match="nothing in it is a translation; name the output with a node"):
        graph_of(plan(tmp_path, path), recording())


# As text


@pytest.mark.parametrize("path", shipped_graphs(), ids=lambda path: path.stem)
def test_a_graph_as_text_reads_as_the_same_graph(path: Path) -> None:
    graph = Graph.load(path)
    again = Graph.parse(text_of(graph))
    assert again.spec.nodes == graph.spec.nodes


@pytest.mark.parametrize(
    "value",
    ["no", "1e5", "010", "null", "true", "a: b", "- x", "#", "", " ", "ümläut", '"', "~", "1.5", "\n"],
)
def test_text_in_a_graph_stays_text(value: str) -> None:
    graph = Graph.parse(HEAD).with_settings({"talk.path": value})
    assert Graph.parse(text_of(graph)).spec.nodes["talk"].with_["path"] == value


def test_policies_and_rooms_stay() -> None:
    graph = Graph.parse(
        HEAD.replace(
            "vad.energy, inputs: {audio: talk.audio}",
            "vad.energy, inputs: {audio: {from: talk.audio, "
            "capacity: 9, when_full: drop_oldest}}, runs_on: thread, on_error: {fallback: {uses: vad.energy}}",
        )
    )
    assert Graph.parse(text_of(graph)).spec.nodes == graph.spec.nodes


def test_what_comes_from_the_environment_is_not_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY_OF_A_SERVICE", "secret")
    path = tmp_path / "g.yaml"
    path.write_text(HEAD.replace("talk.wav", '"${KEY_OF_A_SERVICE}"'))
    graph = Graph.load(path)
    assert graph.spec.nodes["talk"].with_["path"] == "secret"
    assert "secret" not in text_of(graph)
    assert Graph.parse(text_of(graph)).spec.nodes == graph.spec.nodes
