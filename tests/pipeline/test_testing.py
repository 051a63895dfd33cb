"""feed(): a node runs as in a graph, without one; and signals whose answer is known."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from pipeline.clock import ms, seconds
from pipeline.errors import NodeError
from pipeline.media import AudioFrame, Text
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission
from pipeline.testing import activity, audio, feed, noise, pictures, silence, text, tone, words
from tests.parts import Add, Every, Gain, Hold, Keep, Trouble, frame
from tests.pipeline.cast import Beside, Listener


def frames(*values: float) -> list[Packet[AudioFrame]]:
    return [Packet(frame(value), ms(10 * i), ms(10 * i + 10)) for i, value in enumerate(values)]


def test_packets_in_packets_out() -> None:
    got = feed(Gain(2), frames(1, 2))
    assert [payload.samples[0] for payload in got.payloads] == [2, 4]
    assert [(packet.start, packet.end) for packet in got.sound] == [(0, ms(10)), (ms(10), ms(20))]
    with pytest.raises(AttributeError, match="no output 'sund'; there are: sound"):
        _ = got.sund


def test_what_is_held_back_comes_at_the_end_unless_the_stream_goes_on() -> None:
    assert len(feed(Hold(2), frames(1, 2, 3)).sound) == 3
    assert len(feed(Hold(2), frames(1, 2, 3), ended=False).sound) == 2


def test_streams_are_given_in_order_or_by_name() -> None:
    both = feed(Add(), frames(1, 2), frames(10))
    assert [payload.samples[0] for payload in both.payloads] == [11, 2]
    assert feed(Add(), b=frames(10), a=frames(1)).payloads[0].samples[0] == 11
    assert feed(Add(), frames(5)).payloads[0].samples[0] == 5  # one input is not connected
    with pytest.raises(NodeError, match="Gain: got 2 streams; give one for each input: audio"):
        feed(Gain(), frames(1), frames(1))
    with pytest.raises(NodeError, match="Gain: no input 'odio'; there are: audio"):
        feed(Gain(), odio=frames(1))


def test_joins_are_those_of_a_run() -> None:
    assert [payload.text for payload in feed(Listener(), frames(1)).payloads] == ["…"]
    together = feed(Beside(), frames(1, 2), frames(3))
    assert [payload.samples[0] for payload in together.payloads] == [3, -1]


def test_the_node_is_closed_whatever_happens() -> None:
    keep = Keep()
    feed(keep, frames(1))
    assert keep.closed == 1
    with pytest.raises(OSError, match="will not shut"):
        feed(Trouble(place="close"), frames(1))
    with pytest.raises(ValueError, match="cannot do this one"):
        feed(Trouble([1]), frames(1))


def test_a_node_that_is_not_honest_about_what_it_holds_is_caught() -> None:
    class Sly(Hold):
        @property
        def held_since(self) -> None:
            return None

    with pytest.raises(NodeError, match="says so with held_since"):
        feed(Sly(3), frames(1, 2, 3))


def test_starts_that_go_back_are_caught() -> None:
    @dataclass
    class Back(Every):
        def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
            yield self.sound(audio.payload, -audio.start, 0)

    with pytest.raises(NodeError, match="starts never go back"):
        feed(Back(), frames(1, 2))


def test_a_node_that_was_not_opened_is_not_closed() -> None:
    class Locked(Keep):
        def open(self) -> None:
            raise OSError("no such device")

        def close(self) -> None:
            pytest.fail("closed what was not open")

    with pytest.raises(OSError, match="no such device"):
        feed(Locked(), frames(1))


# Signals


def test_signals_have_the_level_and_length_they_say() -> None:
    assert len(silence(0.5)) == 8_000
    assert np.sqrt(np.mean(tone(1.0, level_dbfs=-20) ** 2)) == pytest.approx(0.1, rel=1e-3)
    assert np.sqrt(np.mean(noise(5.0, level_dbfs=-40) ** 2)) == pytest.approx(0.01, rel=0.02)
    assert np.array_equal(noise(0.1, seed=3), noise(0.1, seed=3))
    assert len(tone(0.25, rate_hz=8_000)) == 2_000


def test_sound_is_cut_as_asked_and_nothing_is_lost() -> None:
    samples = noise(0.1)
    for packets in (audio(samples), audio(samples, cuts=[1, 7, 900]), audio(samples, frame_ms=7)):
        assert np.array_equal(np.concatenate([packet.payload.samples for packet in packets]), samples)
        assert all(a.end == b.start for a, b in itertools.pairwise(packets))
        assert packets[-1].end == ms(100)
    late = audio(samples, start=seconds(2))
    assert (late[0].start, late[-1].end) == (seconds(2), seconds(2.1))


def test_activity_words_text_and_pictures_stand_where_they_should() -> None:
    windows = activity([(0.32, 0.64)], until_s=0.96)
    assert [packet.payload.speaking for packet in windows] == [False] * 10 + [True] * 10 + [False] * 10
    spoken = words("two words", start_s=1.0)
    assert [(word.text, word.start, word.end) for word in spoken] == [
        ("two", seconds(1.0), seconds(1.3)),
        ("words", seconds(1.35), seconds(1.65)),
    ]
    steps = text(Text(spoken), Text(tentative="and"))
    assert [(packet.start, packet.end) for packet in steps] == [
        (seconds(1.0), seconds(1.65)),
        (seconds(1.65), seconds(1.65)),
    ]
    shown = pictures([np.zeros((2, 2, 3), np.uint8)] * 2, fps=25)
    assert [(packet.start, packet.end) for packet in shown] == [(0, ms(40)), (ms(40), ms(80))]


def test_a_node_class_of_the_test_itself_is_enough() -> None:
    class Nothing(Node):
        pass

    assert feed(Nothing()).packets == {}
