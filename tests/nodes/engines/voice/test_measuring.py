from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nodes._engines.voice.measuring import Unfit, profile_of
from nodes._engines.voice.speaker_encoder import SpeakerEncoder, shared_encoder
from pipeline.media import Samples
from pipeline.testing import noise, silence, tone
from tests.media import need_model
from tests.nodes.engines.voice.people import RATE_HZ, melody, said_by, whispered

pytestmark = [pytest.mark.model, pytest.mark.media]


@pytest.fixture(scope="module")
def encoder() -> SpeakerEncoder:
    need_model("ge2e")
    return shared_encoder().value


@pytest.fixture(scope="module")
def speech() -> Samples:
    return said_by("ls-2033")[0]


def test_a_clean_utterance_gives_all_that_a_profile_says(encoder: SpeakerEncoder, speech: Samples) -> None:
    profile = profile_of(speech, RATE_HZ, speaker=3, lang="en", encoder=encoder)
    assert (profile.speaker, profile.lang, profile.rate_hz) == (3, "en", RATE_HZ)
    assert 100 < profile.pitch_hz < 200
    assert 0.05 < profile.pitch_spread < 0.4
    assert 7000 <= profile.bandwidth_hz <= 8000
    assert profile.snr_db > 30
    assert 5 < profile.heard_s < len(speech) / RATE_HZ
    assert np.linalg.norm(profile.embedding) == pytest.approx(1, abs=1e-4)


def test_how_loud_somebody_speaks_is_no_part_of_the_voice(encoder: SpeakerEncoder, speech: Samples) -> None:
    loud, soft = (profile_of(speech * np.float32(gain), RATE_HZ, encoder=encoder) for gain in (1, 0.2))
    assert loud.embedding @ soft.embedding > 0.97
    assert soft.pitch_hz == pytest.approx(loud.pitch_hz, rel=0.03)
    assert np.ptp(loud.spectrum[20:300] - soft.spectrum[20:300]) < 0.2


UNFIT: dict[str, tuple[Callable[[Samples], Any], str]] = {
    "half a second": (lambda speech: speech[:8000], r"too short: 0\.\d s of speech, 2 s at least"),
    "silence": (lambda speech: silence(5), "too quiet: -180 dBFS"),
    "noise": (lambda speech: noise(5, -25), "no pitch: it is whispered, or noise"),
    "a tone": (lambda speech: tone(5, 220, -20), "music: its pitch stands as notes do"),
    "a melody": (lambda speech: melody(6), "music: its pitch stands as notes do"),
    "a whisper": (whispered, "no pitch: it is whispered, or noise"),
    "clipped": (lambda speech: np.clip(speech * 20, -0.5, 0.5), r"clipped: \d+\.\d % of its samples"),
    "much noise": (lambda speech: speech + noise(len(speech) / RATE_HZ, -32), "too much noise: speech is"),
    "broken": (lambda speech: np.where(speech > 0.05, np.nan, speech), "not sound: it holds values"),
    "two speakers": (
        lambda speech: np.concatenate([speech[: 5 * RATE_HZ], said_by("ls-367")[1][: 5 * RATE_HZ]]),
        r"two speakers: its parts are only 0\.\d\d alike",
    ),
}


@pytest.mark.parametrize("what", UNFIT)
def test_what_is_no_clean_speech_of_one_speaker_is_refused_with_a_reason(
    what: str, encoder: SpeakerEncoder, speech: Samples
) -> None:
    make, reason = UNFIT[what]
    with pytest.raises(Unfit, match=rf"profile of a voice: {reason}.*; give some seconds of clean speech"):
        profile_of(make(speech).astype(np.float32), RATE_HZ, encoder=encoder)
