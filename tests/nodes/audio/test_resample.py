from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import resample_poly

from nodes.audio.resample import Resample
from pipeline import check_node
from pipeline.clock import SECOND, sample_time, seconds
from pipeline.media import Samples, Speech
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.testing import audio, feed, noise, tone


def joined(packets: list[Packet[Any]]) -> Samples:
    return np.concatenate([packet.payload.samples for packet in packets])


def level_dbfs(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(samples.astype(np.float64) ** 2) + 1e-20))


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 24_000, 44_100, 48_000, 96_000])
def test_a_tone_stays_what_and_where_it_was(rate_hz: int) -> None:
    out = feed(Resample(), audio(tone(1.0, rate_hz=rate_hz), rate_hz)).resampled
    assert len(joined(out)) == 16_000
    # Within -80 dB of the tone made at 16 kHz, sample by sample: level, pitch and time are right.
    assert np.abs(joined(out) - tone(1.0))[200:-200].max() < 1e-4 * np.sqrt(2) * 10 ** (-12 / 20)


def test_it_does_what_scipy_does_in_the_band_both_pass() -> None:
    band = resample_poly(noise(2.0, rate_hz=12_000), 4, 1).astype(np.float32)  # up to 6 kHz, at 48 kHz
    ours = joined(feed(Resample(), audio(band, 48_000)).resampled)
    theirs = resample_poly(band, 1, 3)
    assert level_dbfs((ours - theirs)[200:-200]) < level_dbfs(theirs) - 40


@pytest.mark.parametrize("hz", [8_600, 12_000, 20_000])
def test_what_the_new_rate_cannot_carry_is_taken_out_and_not_folded_back(hz: float) -> None:
    out = joined(feed(Resample(), audio(tone(1.0, hz=hz, rate_hz=48_000), 48_000)).resampled)
    assert level_dbfs(out[200:-200]) < -12 - 80


SIGNAL = noise(0.5, rate_hz=44_100)


@settings(max_examples=25)
@given(st.lists(st.integers(1, len(SIGNAL) - 1), max_size=12))
def test_any_cutting_gives_the_same_samples(cuts: list[int]) -> None:
    whole = feed(Resample(), audio(SIGNAL, 44_100)).resampled
    parts = feed(Resample(), audio(SIGNAL, 44_100, cuts=cuts)).resampled
    assert np.array_equal(joined(parts), joined(whole))
    assert parts[-1].end == whole[-1].end


@settings(max_examples=25)
@given(
    st.integers(1, 30_000),
    st.sampled_from([8_000, 11_025, 44_100, 48_000]),
    st.sampled_from([16_000, 24_000]),
)
def test_nothing_is_lost_at_the_end(count: int, from_hz: int, to_hz: int) -> None:
    out = feed(Resample(rate_hz=to_hz), audio(noise(1.0, rate_hz=30_000)[:count], from_hz)).resampled
    assert abs(sum(len(p.payload.samples) for p in out) - count * to_hz / from_hz) <= 1


@settings(max_examples=10)
@given(st.integers(1, len(SIGNAL)))
def test_later_sound_does_not_change_what_was_given(count: int) -> None:
    whole = audio(SIGNAL, 44_100)
    node = Resample()
    node.open()
    early = [e.payload.samples for packet in whole[: count // 882] for e in node.process(packet)]
    given_ = np.concatenate([*early, np.zeros(0, np.float32)])
    assert np.array_equal(given_, joined(feed(Resample(), whole).resampled)[: len(given_)])


def test_times_count_samples_from_where_the_sound_starts() -> None:
    out = feed(Resample(), audio(tone(0.5, rate_hz=48_000), 48_000, start=seconds(3))).resampled
    index = 3 * 16_000
    for packet in out:
        assert packet.start == sample_time(index, 16_000)
        index += len(packet.payload.samples)
        assert packet.end == sample_time(index, 16_000)


def test_it_keeps_a_few_milliseconds_inside_and_says_so() -> None:
    node = Resample()
    node.open()
    [packet, *_] = audio(tone(0.1, rate_hz=48_000), 48_000)
    [out] = list(node.process(packet))
    assert node.held_since == out.end
    assert seconds(0.017) < (out.end or 0) < seconds(0.02)


def test_sound_that_has_the_rate_passes_as_it_is() -> None:
    sound = audio(noise(0.1))
    out = feed(Resample(), sound).resampled
    assert [(p.start, p.end) for p in out] == [(p.start, p.end) for p in sound]
    assert np.array_equal(joined(out), joined(sound))


def test_after_a_gap_it_starts_anew_at_the_new_time() -> None:
    before = audio(tone(0.1, rate_hz=48_000), 48_000)
    after = audio(tone(0.1, rate_hz=48_000), 48_000, start=seconds(2))
    out = feed(Resample(), [*before, *after]).resampled
    assert len(joined(out)) == 3200
    [first] = [p for p in out if p.start == seconds(2)]
    assert out[out.index(first) - 1].end == seconds(0.1)


def test_lost_packets_are_a_gap_even_where_the_times_would_fit() -> None:
    sound = audio(tone(0.2, rate_hz=48_000), 48_000)
    whole = feed(Resample(), sound).resampled
    cut = feed(Resample(), [*sound[:5], msgspec.structs.replace(sound[5], lost=1), *sound[6:]]).resampled
    assert len(joined(cut)) == len(joined(whole))
    assert not np.array_equal(joined(cut), joined(whole))


def test_a_rate_that_changes_is_followed() -> None:
    sound = [
        *audio(tone(0.1, rate_hz=48_000), 48_000),
        *audio(tone(0.1, rate_hz=8_000), 8_000, start=seconds(0.1)),
    ]
    out = feed(Resample(), sound).resampled
    assert len(joined(out)) == 3200
    assert out[-1].end == SECOND // 5


def test_a_spoken_piece_is_converted_as_a_whole() -> None:
    speech = Speech(tone(0.5, rate_hz=24_000), 24_000, "hello", "en", plays_at=seconds(4))
    [out] = feed(Resample(rate_hz=48_000), [Packet(speech, 0, seconds(1))]).resampled
    assert (out.start, out.end, out.payload.text, out.payload.plays_at) == (
        0,
        seconds(1),
        "hello",
        seconds(4),
    )
    assert (out.payload.rate_hz, len(out.payload.samples)) == (48_000, 24_000)


def test_it_is_what_the_error_about_a_wrong_rate_names() -> None:
    from pipeline.media import AudioFrame
    from pipeline.port import Input, Output, misfit

    source, target = Output(AudioFrame, rate_hz=48_000), Input(AudioFrame, rate_hz=16_000)
    assert "put audio.resample between them" in (misfit(source, Node(), target, Node()) or "")
    assert misfit(Resample.outputs["resampled"], Resample(), target, Node()) is None


def test_it_keeps_what_every_node_promises() -> None:
    check_node(Resample, audio(noise(0.5, rate_hz=48_000), 48_000))
    check_node(Resample)
