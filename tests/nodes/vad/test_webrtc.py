import pytest

from nodes.vad.webrtc import WebrtcVad
from pipeline.clock import seconds
from pipeline.conformance import check_node
from pipeline.errors import SettingsError
from pipeline.media import Samples
from pipeline.settings import build
from pipeline.testing import audio, feed, silence
from tests.nodes.vad.spoken import spoken


@pytest.fixture(scope="module")
def speech() -> Samples:
    return spoken(lang="en", seconds=4)


def test_speech_is_heard_and_silence_is_not(speech: Samples) -> None:
    quiet = silence(1.0)
    outcome = feed(WebrtcVad(), [*audio(quiet), *audio(speech, start=seconds(1))])
    assert outcome.speech
    assert outcome.speech[0].start >= seconds(1)
    assert sum(p.duration for p in outcome.speech) > seconds(2)


def test_any_cutting_of_the_sound_gives_the_same(speech: Samples) -> None:
    ways = [feed(WebrtcVad(), audio(speech, frame_ms=size)) for size in (7.3, 20, 500)]
    told = [[(p.start, p.end, p.payload) for p in way.speech] for way in ways]
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("window_ms", [10, 20, 30])
def test_windows_are_of_the_length_that_was_set(speech: Samples, window_ms: int) -> None:
    node = build(WebrtcVad, {"window_ms": window_ms})
    assert feed(node, audio(speech)).activity[1].start == seconds(window_ms / 1000)


def test_a_window_that_the_detector_cannot_take_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"'window_ms' is 25.*one of 10, 20, 30"):
        build(WebrtcVad, {"window_ms": 25})


def test_it_keeps_the_promises_of_a_node() -> None:
    check_node(WebrtcVad)
