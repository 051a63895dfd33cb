import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes.source.tone import Tone
from pipeline import check_node
from pipeline.clock import sample_time, seconds
from pipeline.testing import tone
from tests.nodes.source._made import heard, play


def test_a_sine_has_the_pitch_and_level_that_are_set() -> None:
    sound = heard(play(Tone(hz=1000, level_dbfs=-20, duration_s=1)))
    assert np.abs(sound - tone(1.0, hz=1000, level_dbfs=-20)).max() < 1e-6


def test_noise_has_its_level_and_is_the_same_every_time() -> None:
    noise = heard(play(Tone(kind="noise", level_dbfs=-30, duration_s=2)))
    assert 20 * np.log10(noise.std()) == pytest.approx(-30, abs=0.1)
    assert np.array_equal(noise, heard(play(Tone(kind="noise", level_dbfs=-30, duration_s=2))))


def test_silence_is_silent() -> None:
    assert not heard(play(Tone(kind="silence", duration_s=0.5))).any()


@settings(max_examples=20)
@given(st.floats(1, 500), st.sampled_from([8_000, 44_100]), st.sampled_from(["sine", "noise"]))
def test_the_signal_does_not_depend_on_the_length_of_frames(frame_ms: float, rate_hz: int, kind: str) -> None:
    def made(frame_ms: float) -> Tone:
        return Tone(kind, duration_s=0.7, frame_ms=frame_ms, rate_hz=rate_hz, pace="asap")  # type: ignore[arg-type]

    sound = heard(play(made(frame_ms)))
    assert len(sound) == round(0.7 * rate_hz)
    assert np.array_equal(sound, heard(play(made(20))))


def test_frames_come_when_they_are_due_or_at_once() -> None:
    live, fast = play(Tone(duration_s=1))["audio"], play(Tone(duration_s=1, pace="asap"))["audio"]
    assert all(abs(frame.left - frame.end) <= 1 for frame in live)
    assert {frame.left for frame in fast} == {0}
    assert [(frame.start, frame.end) for frame in live] == [(frame.start, frame.end) for frame in fast]
    assert live[-1].end == seconds(1)
    assert live[1].start == sample_time(320, 16_000)
    assert Tone().live
    assert not Tone(pace="asap").live


def test_a_sine_that_would_clip_or_fold_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a sine at 0 dBFS \(RMS\) clips; give level_dbfs of -3.02 or less"):
        Tone(level_dbfs=0)
    with pytest.raises(
        ValueError, match="hz 9000 is not below half of rate_hz 16000; lower hz or raise rate_hz"
    ):
        Tone(hz=9000)


def test_it_keeps_what_every_node_promises() -> None:
    check_node(Tone, settings={"duration_s": 1, "kind": "noise"})
