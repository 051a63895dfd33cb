"""What the strategies give obeys the rules of packets and text."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given

from pipeline.clock import sample_time
from pipeline.media import Activity, AudioFrame, Text, Word
from pipeline.packet import Packet
from pipeline.strategies import activities, cut_audio, texts, words


def in_order(packets: list[Packet[Any]]) -> bool:
    return all(a.start <= b.start for a, b in pairwise(packets)) and all(p.start <= p.end for p in packets)


@given(cut_audio(max_s=0.5))
def test_cut_audio_is_the_signal_without_gaps(cut: tuple[Any, list[Packet[AudioFrame]]]) -> None:
    samples, packets = cut
    assert 0 < len(samples) <= 8000
    assert np.abs(samples).max() <= 1
    assert np.array_equal(np.concatenate([packet.payload.samples for packet in packets]), samples)
    assert all(a.end == b.start for a, b in pairwise(packets))
    assert packets[-1].end == sample_time(len(samples), 16_000)


@given(words())
def test_words_follow_one_another(found: tuple[Word, ...]) -> None:
    assert all(a.start < a.end <= b.start for a, b in pairwise(found))


@given(texts())
def test_a_text_commits_its_words_in_order_and_ends_with_the_last(packets: list[Packet[Text]]) -> None:
    committed = [word for packet in packets for word in packet.payload.committed]
    assert committed
    assert all(a.end <= b.start for a, b in pairwise(committed))
    assert in_order(packets)
    assert all(packet.payload.committed or not packet.payload.ends for packet in packets)


@given(activities())
def test_activity_comes_in_windows_without_gaps(packets: list[Packet[Activity]]) -> None:
    assert all(a.end == b.start for a, b in pairwise(packets))
    assert all(packet.payload.speaking or packet.payload.probability < 0.6 for packet in packets)
