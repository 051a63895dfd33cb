"""Windows: the same whatever the packets, and counted anew where the stream is broken."""

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nodes.vad._windows import Window, Windows
from pipeline.clock import sample_time, seconds
from pipeline.media import AudioFrame
from pipeline.packet import Packet
from pipeline.testing import audio, noise

SOUND = noise(0.2)


def cut(packets: list[Packet[AudioFrame]], size: int = 320) -> list[Window]:
    windows = Windows(size)
    return [window for packet in packets for window in windows.cut(packet)]


@given(st.lists(st.integers(1, len(SOUND) - 1), max_size=12))
def test_any_cutting_of_the_sound_gives_the_same_windows(cuts: list[int]) -> None:
    whole, pieces = cut(audio(SOUND, cuts=[])), cut(audio(SOUND, cuts=cuts))
    assert [(w.start, w.end, w.fresh) for w in pieces] == [(w.start, w.end, w.fresh) for w in whole]
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(whole, pieces, strict=True))


def test_windows_start_where_the_stream_starts() -> None:
    first = cut(audio(SOUND, start=seconds(7.3)))[0]
    assert (first.start, first.end) == (seconds(7.3), seconds(7.32))


def test_a_gap_lets_the_rest_go_and_begins_anew() -> None:
    windows = cut([*audio(SOUND[:500]), *audio(SOUND[:640], start=seconds(3))])
    assert [window.fresh for window in windows] == [True, True, False]
    assert windows[1].start == seconds(3)


def test_a_lost_packet_is_a_gap() -> None:
    first, second = audio(SOUND[:1280], frame_ms=40)
    windows = cut([first, msgspec.structs.replace(second, lost=1)])
    assert [window.fresh for window in windows] == [True, False, True, False]


def test_times_that_are_rounded_are_no_gap() -> None:
    packets = [
        Packet(p.payload, p.start // 1_000_000 * 1_000_000, p.end // 1_000_000 * 1_000_000)
        for p in audio(SOUND, frame_ms=10.3)
    ]
    assert [window.fresh for window in cut(packets)] == [True] + [False] * 9


def test_what_does_not_fill_a_window_is_held() -> None:
    windows = Windows(320)
    assert windows.held_since is None
    list(windows.cut(audio(SOUND[:400], cuts=[])[0]))
    assert windows.held_since == sample_time(320, 16_000)
