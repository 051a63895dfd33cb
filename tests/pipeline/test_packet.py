"""Packets and what they carry: immutable, with a span, a delay in parts, and payloads that check themselves."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.clock import ms
from pipeline.errors import Fault, GraphError, did_you_mean, need
from pipeline.media import AudioFrame, Speech, Text, VideoFrame, Word, join_words
from pipeline.packet import Delay, Packet
from tests.parts import frame


def test_a_packet_cannot_be_changed() -> None:
    packet = Packet(frame(), 0, ms(10))
    assert packet.duration == ms(10)
    with pytest.raises(AttributeError):
        packet.start = 5  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        packet.payload.samples[0] = 1


def test_the_parts_of_a_delay_add_up() -> None:
    packet = Packet("text", 0, ms(100), left=ms(400), queued=ms(20), worked=(ms(50), ms(30), ms(10)))
    assert packet.delay() == Delay(ms(190), ms(50), ms(30), ms(10), ms(20))
    assert packet.delay().total == ms(300)


def test_sound_checks_its_shape_and_knows_its_length() -> None:
    assert frame(samples=160).duration == ms(10)
    with pytest.raises(ValueError, match=r"got float64 with shape \(3,\); give float32 with shape \(n,\)"):
        AudioFrame(np.zeros(3), 16_000)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"got float32 with shape \(3, 2\)"):
        AudioFrame(np.zeros((3, 2), np.float32), 16_000)
    joined = AudioFrame.joined([frame(1, 2), frame(2, 3)])
    assert list(joined.samples) == [1, 1, 2, 2, 2]
    one = frame(1, 2)
    assert AudioFrame.joined([one]) is one


def test_pictures_check_their_shape() -> None:
    with pytest.raises(ValueError, match=r"give uint8 with shape \(height, width, 3\), RGB"):
        VideoFrame(np.zeros((4, 4), np.uint8))
    with pytest.raises(ValueError, match="got float32"):
        VideoFrame(np.zeros((4, 4, 3), np.float32))
    with pytest.raises(ValueError, match="read-only"):
        VideoFrame(np.zeros((4, 4, 3), np.uint8)).pixels[0, 0, 0] = 1


def test_speech_cannot_be_changed_and_knows_its_length() -> None:
    speech = Speech(np.zeros(480, np.float32), 24_000, "hi", "en", 0)
    assert speech.duration == ms(20)
    with pytest.raises(ValueError, match="read-only"):
        speech.samples[0] = 1


def test_words_join_with_spaces_where_their_script_has_them() -> None:
    words = (Word("to", 0, 1), Word("day", 1, 2, glue=True), Word("rain", 2, 3))
    assert join_words(words) == "today rain"
    assert Text(words).text == "today rain"
    assert join_words(()) == ""


# Errors


def test_a_fault_says_place_fault_and_remedy() -> None:
    assert str(Fault("g.yaml:3:5", 3, "wrong", "put it right")) == "g.yaml:3:5: wrong; put it right"
    assert str(Fault("g.yaml", 0, "wrong")) == "g.yaml: wrong"


def test_faults_stand_in_the_order_of_the_file() -> None:
    faults = [Fault("c", 2, "", column=9), Fault("b", 2, "", column=3), Fault("a", 1, "", column=5)]
    assert [fault.place for fault in GraphError(faults).faults] == ["a", "b", "c"]
    assert GraphError(faults).exit_code == 2


@pytest.mark.parametrize(
    ("known", "remedy"),
    [
        (["webrtc", "silero"], "did you mean 'webrtc'?"),
        (["b", "a"], "there are: a, b"),
        ([], "there are none"),
        ([f"n{i:02}" for i in range(14)], "there are: " + ", ".join(f"n{i:02}" for i in range(12)) + ", …"),
    ],
)
def test_a_word_that_is_not_known_gets_the_nearest_or_all(known: list[str], remedy: str) -> None:
    assert did_you_mean("webrct", known) == remedy


def test_a_missing_package_says_what_to_type() -> None:
    assert str(need("soxr", "asr", "audio.resample")) == (
        "audio.resample: the package 'soxr' is not installed; type: pip install 'dragoman[asr]'"
    )
