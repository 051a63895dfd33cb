"""The voice follows how loud, how quick and how lively the speaker is, and never comes later for it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes._engines.joining import faded
from nodes._engines.loudness import loudness
from nodes._engines.voice.pitch import pitch_of
from nodes.voice.delivery import Delivery
from pipeline.clock import ms, seconds
from pipeline.media import Activity, Samples, Speech
from pipeline.packet import Packet
from pipeline.testing import activity, audio, feed, silence
from tests.nodes.voice.pieces import RATE_HZ, piece

pytest.importorskip("swift_f0", reason="swift-f0 is not installed: pip install 'dragoman[tts]'")

SAMPLE_NS = 10**9 // RATE_HZ


def buzz(duration_s: float, level_dbfs: float = -20, swing: float = 0.1, rate_hz: int = 16_000) -> Samples:
    """A voice of sorts: harmonics of 140 Hz, swinging twice a second."""
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    phase = 2 * np.pi * np.cumsum(140 * np.exp(swing * np.sin(4 * np.pi * t))) / rate_hz
    sound = np.sum([np.sin(k * phase) / k for k in range(1, 12)], axis=0)
    level = 10 ** (level_dbfs / 20) / np.sqrt(np.mean(sound**2))
    return np.asarray(level * sound, np.float32)


def delivered(
    node: Delivery, pieces: Sequence[Packet[Speech]], sound: Samples, talk: Sequence[tuple[float, float]]
) -> list[Speech]:
    windows = activity(talk, until_s=len(sound) / 16_000)
    return [packet.payload for packet in feed(node, pieces, audio(sound), windows).delivered]


def spoken(length_s: float, **more: float) -> Samples:
    return buzz(length_s, rate_hz=RATE_HZ, **more)


PLAIN = Delivery(melody=1.0, slowest=1.0, fastest=1.0)


@pytest.mark.parametrize("level_dbfs", [-34, -27, -20])
def test_a_piece_is_as_loud_as_the_speaker(level_dbfs: float) -> None:
    source = buzz(4, level_dbfs)
    [one, other] = delivered(PLAIN, [piece(0, 2, spoken(1)), piece(2, 4, spoken(1))], source, [(0, 4)])
    wanted = loudness(source, 16_000)
    assert wanted is not None
    assert loudness(one.samples, RATE_HZ) == pytest.approx(max(wanted, -30), abs=0.5)
    assert loudness(other.samples, RATE_HZ) == pytest.approx(max(wanted, -30), abs=0.5)


def test_what_is_said_louder_is_spoken_louder_but_not_by_all_of_it() -> None:
    source = np.concatenate([buzz(6, -28), buzz(3, -20)])
    pieces = [piece(0, 3, spoken(2)), piece(3, 6, spoken(2)), piece(6.2, 9, spoken(2))]
    found = [loudness(p.samples, RATE_HZ) for p in delivered(PLAIN, pieces, source, [(0, 9)])]
    calm, also, loud = (value or -99.0 for value in found)
    assert calm == pytest.approx(also, abs=0.3)
    assert 2 < loud - calm < 8


def test_a_quick_speaker_is_followed_up_to_the_limit() -> None:
    node = Delivery(melody=1.0, fastest=1.2)
    pieces = [piece(2 * i, 2 * i + 2, spoken(2.6), plays_s=2 + 2.6 * i) for i in range(6)]
    found = delivered(node, pieces, buzz(12), [(0, 12)])
    assert found[0].speed < found[-1].speed == 1.2
    assert found[-1].duration == pytest.approx(pieces[0].payload.duration / 1.2, rel=0.01)
    for before, after in pairwise(found):
        assert after.plays_at >= before.plays_at + before.duration


def test_a_slow_speaker_is_followed_only_where_lateness_is_allowed() -> None:
    pieces = [piece(4 * i, 4 * i + 4, spoken(2)) for i in range(4)]
    source = buzz(16)
    prompt = delivered(Delivery(melody=1.0), pieces, source, [(0, 16)])
    patient = delivered(Delivery(melody=1.0, late_ms=500), pieces, source, [(0, 16)])
    assert {p.speed for p in prompt} == {1.0}
    assert patient[-1].speed == pytest.approx(0.9)


def test_a_voice_that_hurries_to_keep_up_is_not_slowed_down() -> None:
    pieces = [piece(4 * i, 4 * i + 4, spoken(2), speed=1.3) for i in range(3)]
    found = delivered(Delivery(melody=1.0, late_ms=1000), pieces, buzz(12), [(0, 12)])
    assert [p.speed for p in found] == [1.3] * 3


def test_pauses_inside_a_piece_become_as_short_as_the_speaker_s() -> None:
    paused = np.concatenate([spoken(1), silence(0.6, RATE_HZ), spoken(1)])
    talk = [(0, 1), (1.2, 2.2), (2.4, 4)]
    [found] = delivered(PLAIN, [piece(0, 4, paused)], buzz(4.2), talk)
    assert found.duration / 1e9 == pytest.approx(2.6 - 0.6 + 0.2, abs=0.05)
    assert np.abs(np.diff(found.samples)).max() < 3 * np.abs(np.diff(paused)).max()


@pytest.mark.parametrize(("swing", "wider"), [(0.3, True), (0.03, False)])
def test_the_melody_is_wider_for_a_lively_speaker_and_narrower_for_a_flat_one(
    swing: float, wider: bool
) -> None:
    own = spoken(3, swing=0.1)
    pieces = [piece(3 * i, 3 * i + 3, own) for i in range(2)]
    found = delivered(Delivery(), pieces, buzz(6, swing=swing), [(0, 6)])[-1]
    before, after = pitch_of(own, RATE_HZ), pitch_of(found.samples, RATE_HZ)
    assert before is not None
    assert after is not None
    assert after[1] > 1.1 * before[1] if wider else after[1] < 0.9 * before[1]


def test_a_piece_waits_until_its_source_was_heard_and_no_longer() -> None:
    early = [piece(0, 2, spoken(1))]
    windows = activity([(0, 4)], until_s=4)
    soon = feed(Delivery(melody=1), early, audio(buzz(1.5)), windows, ended=False)
    then = feed(Delivery(melody=1), early, audio(buzz(2.5)), windows, ended=False)
    assert (len(soon.delivered), len(then.delivered)) == (0, 1)


def test_without_anybody_heard_a_piece_passes_as_it_is() -> None:
    given = piece(0, 2, spoken(1))
    [found] = delivered(Delivery(), [given], silence(3), [])
    np.testing.assert_array_equal(found.samples, faded(given.payload.samples, RATE_HZ))
    assert (found.plays_at, found.speed) == (given.payload.plays_at, 1.0)


def test_a_sentence_that_comes_bit_by_bit_has_no_seams() -> None:
    whole = spoken(2, level_dbfs=-26)
    cuts = [0, 9000, 20_000, len(whole)]
    bits: list[Packet[Speech]] = []
    for index, (a, b) in enumerate(pairwise(cuts)):
        plays_at = seconds(2) + a * SAMPLE_NS
        bit = Speech(whole[a:b].copy(), RATE_HZ, "" if index else "said", "en", plays_at)
        bits.append(Packet(bit, 0, seconds(2)))
    found = delivered(Delivery(), bits, buzz(3, -20), [(0, 3)])
    joined = np.concatenate([bit.samples for bit in found])
    ratio = joined[np.abs(whole) > 0.01] / whole[np.abs(whole) > 0.01]
    assert len(joined) == len(whole)
    assert ratio.max() == pytest.approx(ratio.min(), rel=1e-3)
    assert ratio.max() > 1.5


spans = st.lists(st.tuples(st.integers(200, 3000), st.integers(60, 2500)), min_size=1, max_size=6)


@settings(max_examples=25)
@given(
    spans=spans,
    late_ms=st.sampled_from([0.0, 400.0]),
    level_dbfs=st.floats(-45, -3),
    queue=st.booleans(),
    cut_ms=st.sampled_from([7.0, 20.0, 4000.0]),
)
def test_whatever_comes_no_piece_is_late_too_loud_or_clicks(
    spans: list[tuple[int, int]], late_ms: float, level_dbfs: float, queue: bool, cut_ms: float
) -> None:
    pieces, at, busy, talk = [], 0.0, 0.0, []
    for source_ms, length_ms in spans:
        end = at + source_ms / 1000
        plays = max(end, busy)
        if queue:
            busy = plays + length_ms / 1000
        elif plays < busy:
            continue
        busy = plays + length_ms / 1000
        pieces.append(piece(at, end, spoken(length_ms / 1000, level_dbfs=level_dbfs), plays))
        talk.append((at, end - 0.1))
        at = end
    sound = np.clip(buzz(at + 0.5, -18), -1, 1)
    node = Delivery(melody=1.0, late_ms=late_ms)
    windows: list[Packet[Activity]] = activity(talk, until_s=at + 0.5)
    found = [p.payload for p in feed(node, pieces, audio(sound, frame_ms=cut_ms), windows).delivered]
    free = 0
    for given_, made in zip(pieces, found, strict=True):
        assert made.plays_at <= given_.payload.plays_at + ms(late_ms) + SAMPLE_NS
        assert made.plays_at >= free
        free = made.plays_at + made.duration
        assert 1 / 1.25 < made.duration / given_.payload.duration < 1 / 0.85 or made.duration < ms(2)
        assert np.abs(made.samples).max(initial=0) <= 1
        peak = np.abs(made.samples).max(initial=1e-9)
        whole = np.concatenate([[0], made.samples, [0]])
        assert np.abs(np.diff(whole)).max() <= 0.9 * peak + 1e-6


def test_limits_that_cross_are_refused() -> None:
    with pytest.raises(ValueError, match=r"quietest_lufs -10 is above loudest_lufs -14; swap them"):
        Delivery(quietest_lufs=-10)
