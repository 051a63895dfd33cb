"""Graph files: every fault at once, each with its place and its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import GraphError, InputError
from pipeline.spec import EdgeSpec, ErrorSpec, GraphSpec, parse, read

GOOD = """\
# A comment.
nodes:
  talk:  {uses: source.file, with: {path: talk.mp4, pace: realtime}}
  words:
    uses: asr.whisper
    inputs:
      audio: talk.audio
      speech: {from: vad.activity, capacity: 8, capacity_ms: 500, when_full: drop_oldest}
    with: {lang: no, beam: 5, share: 0.5, both: true, nothing: ~, list: [1, two]}
    runs_on: thread
    on_error: {restart: 5}
"""


def faults(text: str, overrides: dict[str, str] | None = None) -> list[str]:
    """Every fault of a text, as the user reads it."""
    with pytest.raises(GraphError) as caught:
        parse(text, "talk.yaml", overrides)
    assert str(caught.value) == "\n".join(str(fault) for fault in caught.value.faults)
    return str(caught.value).split("\n")


def one_node(line: str) -> str:
    return f"nodes:\n  a: {line}\n"


def settings_of(line: str, overrides: dict[str, str] | None = None) -> dict[str, object]:
    return parse(one_node(line), "graph", overrides).nodes["a"].with_


def test_a_file_says_what_it_says() -> None:
    words = parse(GOOD).nodes["words"]
    assert list(parse(GOOD).nodes) == ["talk", "words"]
    assert words.uses == "asr.whisper"
    assert words.runs_on == "thread"
    assert words.inputs == {
        "audio": EdgeSpec("talk.audio"),
        "speech": EdgeSpec("vad.activity", capacity=8, capacity_ms=500, when_full="drop_oldest"),
    }
    assert words.on_error == ErrorSpec("restart", 5)
    assert words.with_ == {
        "lang": "no",
        "beam": 5,
        "share": 0.5,
        "both": True,
        "nothing": None,
        "list": [1, "two"],
    }


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("''", ""),
        ("010", 10),
        ("08", 8),
        ("-3", -3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("2024-05-01", "2024-05-01"),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("=", "="),
    ],
)
def test_a_value_is_what_yaml_1_2_says_it_is(written: str, value: object) -> None:
    found = settings_of(f"{{uses: x.y, with: {{key: {written}}}}}")["key"]
    assert found == value
    assert type(found) is type(value)


def test_every_fault_is_told_at_once_in_the_order_of_the_file() -> None:
    text = """\
nodes:
  talk: {uses: source.file, wth: {path: x}, runs_on: gpu}
  words:
    inputs: {audio: talk.audio}
  speech:
    uses: vad.silero
    inputs: {audio: {from: talk.audio, capacity: 0, capcity: 3, when_full: drop}, other: 5}
    on_error: {restart: -1}
  "bad name": {uses: a.b}
  speech: {uses: vad.energy}
graphs: 1
"""
    assert faults(text) == [
        "talk.yaml:2:29: unknown key 'wth'; did you mean 'with'?",
        "talk.yaml:2:45: runs_on is 'gpu'; give one of loop, thread, process",
        "talk.yaml:3:3: node 'words' does not say which node it uses; write {uses: group.node}",
        "talk.yaml:9:3: 'bad name' is not a name; use letters, digits, - and _",
        "talk.yaml:10:3: 'speech' stands twice (first in line 5); keep one of them",
        "talk.yaml:11:1: unknown key 'graphs'; there are: nodes",
    ]


def test_faults_of_edges_and_policies() -> None:
    text = """\
nodes:
  speech:
    uses: vad.silero
    inputs: {audio: {from: talk.audio, capacity: 0, capcity: 3, when_full: drop}, other: 5}
    with: [1]
    on_error: {restart: -1}
"""
    assert faults(text) == [
        "talk.yaml:4:40: capacity is 0; give a number above 0",
        "talk.yaml:4:53: unknown key 'capcity'; did you mean 'capacity'?",
        "talk.yaml:4:65: when_full is 'drop'; give one of wait, drop_oldest, drop_newest, latest",
        "talk.yaml:4:83: input 'other' does not say where it comes from; "
        "write node.output, or {from: node.output, capacity: 8, when_full: drop_oldest}",
        "talk.yaml:5:5: 'with' is [1]; write a mapping, {key: value}",
        "talk.yaml:6:5: on_error is {'restart': -1}; "
        "write stop, skip, restart, {restart: 3}, or {fallback: {uses: group.node}}",
    ]


@pytest.mark.parametrize(
    ("written", "policy"),
    [
        ("stop", ErrorSpec("stop")),
        ("skip", ErrorSpec("skip")),
        ("restart", ErrorSpec("restart", 3)),
        ("{skip: 7}", ErrorSpec("skip", 7)),
        ("{restart: 1}", ErrorSpec("restart", 1)),
        ("{fallback: {uses: vad.energy}}", ErrorSpec("fallback", 1, "vad.energy", {})),
        (
            "{fallback: {uses: vad.energy, with: {a: 1}}}",
            ErrorSpec("fallback", 1, "vad.energy", {"a": 1}),
        ),
    ],
)
def test_every_form_of_on_error(written: str, policy: ErrorSpec) -> None:
    assert parse(one_node(f"{{uses: x.y, on_error: {written}}}")).nodes["a"].on_error == policy


@pytest.mark.parametrize(
    "written",
    [
        "explode",
        "{skip: 0}",
        "{skip: true}",
        "{skip: 1, restart: 1}",
        "{fallback: vad.energy}",
        "fallback",
        "~",
    ],
)
def test_no_other_form_of_on_error(written: str) -> None:
    [fault] = faults(one_node(f"{{uses: x.y, on_error: {written}}}"))
    assert fault.startswith("talk.yaml:2:18: on_error is ")


def test_a_fallback_knows_its_keys() -> None:
    [fault] = faults(one_node("{uses: x.y, on_error: {fallback: {uses: a.b, whith: {}}}}"))
    assert fault == "talk.yaml:2:51: unknown key 'whith'; did you mean 'with'?"


@pytest.mark.parametrize("text", ["", "nodes:", "nodes: {}", "nodes: [a]", "- a", "just words", "nodes: 3"])
def test_a_file_without_nodes_says_how_to_write_them(text: str) -> None:
    [fault] = faults(text)
    assert "a graph file has a mapping `nodes`; write `nodes:` and under it a line for each node" in fault


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("nodes:\n  a: {uses: x.y\n  b: 3\n", "talk.yaml:3:"),
        ("nodes:\n\ta: 1\n", "talk.yaml:2:1: not valid YAML"),
        ("nodes: {a: *nobody}\n", "talk.yaml:1:12: not valid YAML: found undefined alias"),
        ("a: 1\n---\nb: 2\n", "talk.yaml:2:1: not valid YAML"),
        ("nodes: \x00\n", "talk.yaml: not valid YAML"),
    ],
)
def test_what_is_not_yaml_is_told_with_its_place(text: str, place: str) -> None:
    [fault] = faults(text)
    assert fault.startswith(place)
    assert fault.endswith("check indentation and brackets")


def test_a_tag_that_makes_no_sense_is_a_fault_at_its_place() -> None:
    text = "nodes:\n  a:\n    uses: x.y\n    with: {path: !!python/name:os.system x, count: !!int many}\n"
    assert [fault.split(":", 3)[:3] for fault in faults(text)] == [
        ["talk.yaml", "4", "18"],
        ["talk.yaml", "4", "52"],
    ]


def test_an_alias_repeats_a_value_but_not_what_it_stands_in() -> None:
    text = "nodes:\n  a: {uses: x.y, with: &same {k: 1}}\n  b: {uses: x.y, with: *same}\n"
    assert parse(text).nodes["b"].with_ == {"k": 1}
    [fault] = faults("nodes:\n  a: {uses: x.y, with: &loop {k: *loop}}\n")
    assert "an alias to what it stands in; write the value out" in fault


# The environment


def test_the_environment_is_read_and_has_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALK", "talk.mp4")
    monkeypatch.setenv("BEAM", "5")
    monkeypatch.delenv("NOBODY", raising=False)
    found = settings_of('{uses: x.y, with: {path: "in/${TALK}", beam: "${BEAM}", or: "${NOBODY:-0.5}"}}')
    assert found == {"path": "in/talk.mp4", "beam": 5, "or": 0.5}


def test_a_variable_that_breaks_the_braces_around_it_wants_quotes() -> None:
    [fault] = faults(one_node("{uses: x.y, with: {path: ${TALK}}}"))
    assert fault.startswith("talk.yaml:2:32: not valid YAML")
    assert fault.endswith('inside {} write "${NAME}" in quotes')


@pytest.mark.parametrize("value", ["a: b", "[1", "# no comment", "{x: y}", "*star", "!tag"])
def test_a_value_of_the_environment_is_a_value_and_never_structure(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALK", value)
    assert settings_of("{uses: x.y, with: {path: '${TALK}'}}") == {"path": value}


def test_a_variable_that_is_not_set_says_which_and_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TALK", raising=False)
    text = one_node('{uses: x.y, with: {path: "${TALK}"}}')
    assert faults(text) == ["talk.yaml:2:31: environment variable TALK is not set; export TALK=…"]
    assert parse(text, "talk.yaml", {"a.path": "given.mp4"}).nodes["a"].with_ == {"path": "given.mp4"}


# --set


def test_set_overrules_the_file_with_values_of_their_own_type() -> None:
    line = "{uses: x.y, with: {path: a.mp4, confirm: {uses: b.c, with: {to: pt}}}}"
    given = {
        "a.path": "no",
        "a.count": "3",
        "a.confirm.with.to": "de",
        "a.new.deep": "[1, 2]",
        "a.empty": "",
    }
    assert settings_of(line, given) == {
        "path": "no",
        "count": 3,
        "confirm": {"uses": "b.c", "with": {"to": "de"}},
        "new": {"deep": [1, 2]},
        "empty": "",
    }


@pytest.mark.parametrize("line", ["{uses: x.y}", "{uses: x.y, with: }", "{uses: x.y, with: ~}"])
def test_set_works_where_the_file_gives_no_settings(line: str) -> None:
    assert settings_of(line, {"a.k": "1"}) == {"k": 1}


@pytest.mark.parametrize(
    ("target", "value", "fault"),
    [
        ("b.path", "x", "--set b.path: no node 'b'; there are: a"),
        ("a", "x", "--set a: names no setting; write --set a.<setting>=<value>"),
        ("a.path.deep", "x", "--set a.path.deep: with.path is not a mapping; write it as one in the file"),
        (
            "a.path",
            "[x",
            "--set a.path: not a value: expected ',' or ']', but got '<stream end>'; put it in quotes",
        ),
        ("a.path", "!!int x", "--set a.path: not a value: "),
    ],
)
def test_a_set_that_cannot_be_says_why(target: str, value: str, fault: str) -> None:
    [found] = faults(one_node("{uses: x.y, with: {path: p}}"), {target: value})
    assert found.startswith(fault)


def test_a_fault_in_what_set_gave_is_placed_there() -> None:
    spec = parse(one_node("{uses: x.y, with: {path: p}}"), "talk.yaml", {"a.path": "q", "a.beam": "5"})
    assert spec.fault(("nodes", "a", "with", "path"), "wrong").place == "--set a.path"
    assert spec.fault(("nodes", "a", "with", "beam", "size"), "wrong").place == "--set a.beam"
    assert spec.fault(("nodes", "a", "with"), "wrong").place == "talk.yaml:2:18"


# Files


def test_a_graph_file_is_read_as_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "g.yaml"
    file.write_text("nodes:\n  a: {uses: x.y, with: {title: Ação}}\n", encoding="utf-8")
    spec = read(file)
    assert isinstance(spec, GraphSpec)
    assert spec.file == str(file)
    assert spec.nodes["a"].with_ == {"title": "Ação"}


def test_a_file_that_is_not_there_or_is_no_text_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.yaml: no such graph file; `dragoman graphs` lists"):
        read(tmp_path / "gone.yaml")
    sound = tmp_path / "talk.wav"
    sound.write_bytes(b"RIFF\xff\xfe")
    with pytest.raises(InputError, match=r"talk\.wav: cannot be read as text .*; give a YAML graph file"):
        read(sound)
    with pytest.raises(InputError, match="is a folder; give a YAML graph file"):
        read(tmp_path)
