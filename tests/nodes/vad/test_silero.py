from pathlib import Path

import numpy as np
import pytest

from nodes.vad.silero import SileroVad
from pipeline.clock import seconds
from pipeline.conformance import check_node
from pipeline.errors import ModelError
from pipeline.media import Samples
from pipeline.testing import audio, feed, noise, silence, tone
from tests.media import need_model
from tests.nodes.vad.spoken import spoken

pytestmark = pytest.mark.model


@pytest.fixture(autouse=True, scope="module")
def model() -> Path:
    return need_model("silero-vad")


@pytest.fixture(scope="module")
def speech() -> Samples:
    return spoken(lang="en", seconds=4)


def test_speech_is_heard_where_it_is(speech: Samples) -> None:
    outcome = feed(SileroVad(), audio(np.concatenate([silence(1.024), speech, silence(1.0)])))
    assert outcome.speech
    assert seconds(0.9) <= outcome.speech[0].start <= seconds(2)
    assert outcome.speech[-1].end <= seconds(5.2)
    assert sum(p.duration for p in outcome.speech) > seconds(2)
    assert all(p.payload.mean_probability > 0.6 for p in outcome.speech)


def test_neither_noise_nor_a_tone_is_speech() -> None:
    assert feed(SileroVad(), audio(np.concatenate([noise(2.0), tone(2.0)]))).speech == []


def test_a_low_voice_after_a_loud_one_is_heard(speech: Samples) -> None:
    loud = speech * (0.5 / np.abs(speech).max())
    steps = np.round(loud / 150 * 32768)  # 44 dB below, in the steps of a 16-bit file
    low = steps.astype(np.float32) / 32768
    outcome = feed(SileroVad(), audio(np.concatenate([loud, silence(1.5), low])))
    alone = feed(SileroVad(), audio(low))
    begins = seconds(len(loud) / 16_000 + 1.5)
    heard = sum(p.duration for p in outcome.speech if p.end > begins)
    assert heard > 0.8 * sum(p.duration for p in alone.speech) > 0


def test_any_cutting_of_the_sound_gives_the_same(speech: Samples) -> None:
    ways = [feed(SileroVad(), audio(speech, frame_ms=size)) for size in (7.3, 20, 500)]
    told = [[(p.start, p.end, p.payload) for p in way.activity] for way in ways]
    assert told[0] == told[1] == told[2]


def test_after_a_gap_it_hears_as_if_it_had_begun_there(speech: Samples) -> None:
    late = audio(speech, start=seconds(60))
    after = feed(SileroVad(), [*audio(tone(0.5)), *late]).activity
    fresh = feed(SileroVad(), late).activity
    assert [p.payload.probability for p in after][-len(fresh) :] == [p.payload.probability for p in fresh]


def test_a_folder_without_the_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot be loaded .* give a folder with silero_vad\.onnx"):
        feed(SileroVad(model=str(tmp_path)), audio(silence(0.1)))


def test_it_keeps_the_promises_of_a_node() -> None:
    check_node(SileroVad)
