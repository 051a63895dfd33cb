"""Graphs: what is refused and how it is told, and changing a graph in Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import GraphError, InputError, SettingsError
from pipeline.graph import Graph, find, fresh
from pipeline.spec import EdgeSpec
from tests.parts import Gain, Keep, Script
from tests.pipeline.cast import Knobs, Lonely

TALK = "talk: {uses: 'tests.parts:Script', with: {count: 3}}"


def graph(*lines: str) -> Graph:
    return Graph.parse("nodes:\n" + "".join(f"  {line}\n" for line in lines), file="talk.yaml")


def faults(*lines: str) -> list[str]:
    with pytest.raises(GraphError) as caught:
        graph(*lines)
    return str(caught.value).split("\n")


def made() -> Graph:
    """A chain made in Python."""
    return Graph.of(
        {"talk": Script(count=3), "loud": Gain(2), "keep": Keep()},
        {"loud.audio": "talk.audio", "keep.audio": "loud.sound"},
    )


def test_every_fault_of_a_graph_is_told_at_once_in_the_order_of_the_file() -> None:
    found = faults(
        "talk: {uses: 'tests.parts:Scrip'}",
        "loud: {uses: 'tests.parts:Gain', inputs: {audio: talk.audio, extra: talk.audio}, with: {facter: 2}}",
        "film: {uses: 'tests.pipeline.cast:Pictures'}",
        "keep: {uses: 'tests.parts:Keep', inputs: {audio: film.video}}",
        "sum: {uses: 'tests.parts:Add', inputs: {a: film.sound, b: flim.video}}",
        "odd: {uses: 'tests.pipeline.cast:Knobs', inputs: {audio: talk.audio}, with: {share: 1.5, count: x, pace: fast}}",
        "mute: {uses: 'tests.parts:Gain'}",
    )
    assert found == [
        "talk.yaml:2:10: 'tests.parts:Scrip': no node class 'Scrip'; did you mean 'Script'?",
        "talk.yaml:3:91: unknown setting 'facter'; did you mean 'factor'?",
        "talk.yaml:5:45: film.video carries VideoFrame, but the input takes AudioFrame",
        "talk.yaml:6:43: tests.pipeline.cast:Pictures has no output 'sound'; there are: video",
        "talk.yaml:6:58: no node 'flim'; did you mean 'film'?",
        "talk.yaml:7:80: setting 'share' is 1.5: expected `float` <= 1.0; "
        "give a number from 0 to 1 (share of the whole, 0 to 1)",
        "talk.yaml:7:92: setting 'count' is 'x': expected `int`, got `str`; give a whole number (how many)",
        "talk.yaml:7:102: setting 'pace' is 'fast': invalid enum value 'fast'; "
        "give one of asap, realtime (how it plays)",
        "talk.yaml:8:3: node 'mute' (tests.parts:Gain) has nothing at its input 'audio'; "
        "write inputs: {audio: node.output}, one that carries AudioFrame",
    ]


def test_an_unknown_input_says_which_there_are() -> None:
    assert faults(
        TALK, "loud: {uses: 'tests.parts:Gain', inputs: {audio: talk.audio, odio: talk.audio}}"
    ) == ["talk.yaml:3:64: tests.parts:Gain has no input 'odio'; did you mean 'audio'?"]


def test_a_node_that_is_not_there_says_the_nearest() -> None:
    [fault] = faults("speech: {uses: vad.webrct}")
    assert fault == "talk.yaml:2:12: no node 'vad.webrct'; did you mean 'vad.webrtc'?"


def test_a_format_that_does_not_fit_names_the_node_that_converts() -> None:
    [fault] = faults(
        TALK, "low: {uses: 'tests.pipeline.cast:Needy', inputs: {audio: talk.audio}, with: {path: x}}"
    )
    assert fault == (
        "talk.yaml:3:53: talk.audio has rate_hz 16000, but the input takes rate_hz 8000; "
        "put audio.resample between them"
    )


def test_a_setting_that_must_be_given_is_missed_at_its_node() -> None:
    [fault] = faults(TALK, "low: {uses: 'tests.pipeline.cast:Needy', inputs: {audio: talk.audio}}")
    assert fault == "talk.yaml:3:3: setting 'path' is missing; give text (where to write)"


def test_settings_that_do_not_go_together_are_told_in_the_words_of_the_node() -> None:
    [fault] = faults(
        TALK, "k: {uses: 'tests.pipeline.cast:Knobs', inputs: {audio: talk.audio}, with: {count: 13}}"
    )
    assert fault == "talk.yaml:3:71: Knobs: 13 brings bad luck; give another count"


@pytest.mark.parametrize("rule", ["drop_oldest", "drop_newest", "latest"])
def test_no_edge_may_drop_committed_text(rule: str) -> None:
    [fault] = faults(
        TALK,
        "words: {uses: 'tests.pipeline.cast:Hears', inputs: {audio: talk.audio}}",
        f"read: {{uses: 'tests.pipeline.cast:Reader', inputs: {{text: {{from: words.words, when_full: {rule}}}}}}}",
    )
    assert fault == (f"talk.yaml:4:55: {rule} would drop committed text or speech; use when_full: wait")


def test_sound_may_be_dropped() -> None:
    keep = "keep: {uses: 'tests.parts:Keep', inputs: {audio: {from: talk.audio, when_full: latest}}}"
    assert graph(TALK, keep).member("keep").inputs["audio"].when_full == "latest"


def test_a_cycle_is_shown() -> None:
    found = faults(
        "a: {uses: 'tests.parts:Gain', inputs: {audio: c.sound}}",
        "b: {uses: 'tests.parts:Gain', inputs: {audio: a.sound}}",
        "c: {uses: 'tests.parts:Gain', inputs: {audio: b.sound}}",
    )
    assert len(found) == 1
    assert "a cycle: " in found[0]
    assert found[0].endswith("; a graph flows one way")


def test_a_node_that_feeds_itself_is_a_cycle() -> None:
    [fault] = faults("a: {uses: 'tests.parts:Gain', inputs: {audio: a.sound}}")
    assert fault == "talk.yaml:2:33: a cycle: a -> a; a graph flows one way"


def test_a_node_whose_inputs_are_all_optional_still_needs_one() -> None:
    [fault] = faults("bias: {uses: 'tests.pipeline.cast:Bias'}")
    assert fault == (
        "talk.yaml:2:3: nothing feeds node 'bias' (tests.pipeline.cast:Bias); connect one of: terms"
    )


def test_a_node_without_inputs_is_a_source_or_refused() -> None:
    with pytest.raises(
        GraphError, match=r"node 'x' .* has no inputs and is no source; make its class a Source"
    ):
        Graph.of({"x": Lonely()}, {})


@pytest.mark.parametrize(
    ("fallback", "words"),
    [
        ("vad.nothing", "no node 'vad.nothing'"),
        ("tests.parts:Keep", "tests.parts:Keep cannot stand in: it has no port sound"),
        ("tests.parts:Script", "tests.parts:Script cannot stand in: it has no port audio, sound"),
        ("{uses: 'tests.pipeline.cast:Knobs', with: {count: 13}}", "13 brings bad luck"),
        ("{uses: 'tests.pipeline.cast:Knobs', with: {cuont: 1}}", "did you mean 'count'?"),
    ],
)
def test_a_fallback_must_be_able_to_stand_in(fallback: str, words: str) -> None:
    uses = fallback if fallback.startswith("{") else f"{{uses: '{fallback}'}}"
    [fault] = faults(
        TALK,
        f"loud: {{uses: 'tests.parts:Gain', inputs: {{audio: talk.audio}}, on_error: {{fallback: {uses}}}}}",
    )
    assert words in fault
    assert fault.startswith("talk.yaml:3:")


def test_a_fallback_with_another_way_of_joining_or_more_inputs_cannot_stand_in() -> None:
    [more] = faults(
        TALK,
        "loud: {uses: 'tests.pipeline.cast:One', inputs: {a: talk.audio}, "
        "on_error: {fallback: {uses: 'tests.parts:Add'}}}",
    )
    assert "nothing feeds its input b" in more
    [other] = faults(
        TALK,
        "sum: {uses: 'tests.parts:Add', inputs: {a: talk.audio, b: talk.audio}, "
        "on_error: {fallback: {uses: 'tests.pipeline.cast:Beside'}}}",
    )
    assert "its inputs come together by covering, not aligned" in other


@pytest.mark.parametrize(
    ("uses", "why"),
    [
        ("HearsTerms", "its input audio takes Terms, not AudioFrame"),
        ("SaysTerms", "its output sound carries Terms, not AudioFrame"),
    ],
)
def test_a_fallback_with_other_kinds_cannot_stand_in(uses: str, why: str) -> None:
    [fault] = faults(
        TALK,
        "loud: {uses: 'tests.parts:Gain', inputs: {audio: talk.audio}, "
        f"on_error: {{fallback: {{uses: 'tests.pipeline.cast:{uses}'}}}}}}",
    )
    assert f"cannot stand in: {why}; name a node with the same inputs and outputs" in fault


def test_the_error_of_a_source_cannot_be_skipped() -> None:
    [fault] = faults("talk: {uses: 'tests.parts:Script', on_error: restart}")
    assert fault == "talk.yaml:2:38: the error of a source always stops the run; leave on_error out"


# Made in Python


def test_a_graph_made_in_python_is_checked_like_a_file() -> None:
    with pytest.raises(GraphError, match=r"graph: no node 'tlak'; did you mean 'talk'\?"):
        Graph.of({"talk": Script(), "keep": Keep()}, {"keep.audio": "tlak.audio"})
    with pytest.raises(GraphError, match=r"wire kep\.audio: no node 'kep'; did you mean 'keep'\?"):
        Graph.of({"talk": Script(), "keep": Keep()}, {"kep.audio": "talk.audio"})


def test_a_wire_made_in_python_may_have_a_rule() -> None:
    edge = EdgeSpec("talk.audio", capacity=2, when_full="latest")
    wired = Graph.of({"talk": Script(), "keep": Keep()}, {"keep.audio": edge})
    assert wired.member("keep").inputs == {"audio": edge}


def test_a_graph_gives_its_nodes_by_name() -> None:
    chain = made()
    assert list(chain) == ["talk", "loud", "keep"]
    assert isinstance(chain["loud"], Gain)
    with pytest.raises(InputError, match=r"graph: no node 'lout'; did you mean 'loud'\?"):
        chain["lout"]


def test_settings_can_be_changed_and_the_first_graph_stays_as_it_was() -> None:
    chain = made()
    louder = chain.with_settings({"loud.factor": 5.0, "talk.count": 9})
    assert (chain["loud"], louder["loud"]) == (Gain(2), Gain(5.0))
    assert (chain["talk"], louder["talk"]) == (Script(count=3), Script(count=9))


def test_settings_of_a_file_can_be_changed_in_depth() -> None:
    file = graph(
        TALK,
        "k: {uses: 'tests.pipeline.cast:Knobs', inputs: {audio: talk.audio}, "
        "with: {confirm: {uses: a.b, with: {to: pt}}}}",
    )
    changed = file.with_settings({"k.confirm.with.to": "de", "k.share": 0.25})["k"]
    assert isinstance(changed, Knobs)
    assert changed.confirm is not None
    assert (changed.confirm.with_, changed.share) == ({"to": "de"}, 0.25)


def test_a_wrong_change_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"Gain: unknown setting 'facter'; did you mean 'factor'\?"):
        made().with_settings({"loud.facter": 1})
    with pytest.raises(InputError, match="no node 'lout'"):
        made().with_settings({"lout.factor": 1})
    with pytest.raises(GraphError, match=r"talk\.yaml:2:.* unknown setting 'cout'; did you mean 'count'"):
        graph(TALK).with_settings({"talk.cout": 1})


def test_a_node_can_be_replaced_and_keeps_its_wires() -> None:
    chain = made()
    assert isinstance(chain.replace("loud", Knobs(share=1))["loud"], Knobs)
    by_name = chain.replace("loud", "tests.pipeline.cast:Knobs", share=0.125)
    assert isinstance(by_name["loud"], Knobs)
    assert by_name["loud"].share == 0.125
    assert by_name.member("loud").inputs == chain.member("loud").inputs
    with pytest.raises(GraphError, match="has no input 'audio'"):
        chain.replace("loud", Lonely())
    assert isinstance(chain["loud"], Gain)


def test_nodes_can_be_added_and_left_out_with_their_wires() -> None:
    chain = made()
    assert list(chain.without("keep")) == ["talk", "loud"]
    with pytest.raises(GraphError, match="has nothing at its input 'audio'"):
        chain.without("talk")
    with pytest.raises(InputError, match="no node 'nobody'"):
        chain.without("nobody")
    longer = chain.plus("more", "tests.parts:Gain", {"audio": "loud.sound"}, factor=3.0)
    assert longer["more"] == Gain(3.0)
    with pytest.raises(InputError, match="there is a node 'loud' already"):
        chain.plus("loud", "tests.parts:Gain", {"audio": "talk.audio"})


def test_fresh_nodes_have_the_settings_and_none_of_the_state() -> None:
    keep = Keep()
    keep.open()
    again = fresh(keep)
    assert again is not keep
    assert not hasattr(again, "kept")
    chain = made()
    nodes = chain.fresh_nodes()
    assert nodes["loud"] == chain["loud"]
    assert nodes["loud"] is not chain["loud"]


def test_a_graph_is_live_when_a_source_keeps_the_pace_of_life() -> None:
    assert not made().live
    assert made().with_settings({"talk.pace": "realtime"}).live


# Files


def test_a_graph_file_is_loaded_with_settings(tmp_path: Path) -> None:
    file = tmp_path / "g.yaml"
    file.write_text(f"nodes:\n  {TALK}\n")
    loaded = Graph.load(file, {"talk.count": 7, "talk.every_ms": "20", "talk.pace": "realtime"})
    assert loaded["talk"] == Script(count=7, every_ms=20, pace="realtime")
    with pytest.raises(GraphError, match=r"--set talk\.count: setting 'count' is 'many': expected `int`"):
        Graph.load(file, {"talk.count": "many"})


def test_a_name_that_is_no_file_is_looked_up_among_the_shipped_graphs(tmp_path: Path) -> None:
    assert find(tmp_path / "none.yaml") == tmp_path / "none.yaml"
    assert find("no-such-graph") == Path("no-such-graph")
    with pytest.raises(InputError, match="no-such-graph: no such graph file; `dragoman graphs` lists"):
        Graph.load("no-such-graph")
