"""Real speakers for tests of imitation: an utterance to imitate, another by which to judge, the engine loaded once."""

from __future__ import annotations

from functools import cache

import pytest

from nodes._engines.hibari_voice import HibariEngine
from nodes._engines.voice.measuring import profile_of
from nodes._engines.voice.speaker_encoder import SpeakerEncoder, shared_encoder
from pipeline.media import Samples, VoiceProfile
from tests.media import need_model, recordings

RATE_HZ = 16_000
WOMAN, MAN = "ls-367", "ls-2033"


@cache
def _utterances(speaker: str) -> list[str]:
    found = [line for line in recordings("f_voices", under="librispeech") if line["speaker"] == speaker]
    return [str(line["path"]) for line in sorted(found, key=lambda line: abs(line["seconds"] - 7))]


@cache
def utterance(speaker: str, which: int = 0) -> Samples:
    """One utterance, the nearest to 7 s first; (n,) float32 16 kHz."""
    audio = pytest.importorskip("faster_whisper.audio")
    samples: Samples = audio.decode_audio(_utterances(speaker)[which])
    return samples


@cache
def encoder() -> SpeakerEncoder:
    """What tells voices apart; skips where its model was not fetched."""
    need_model("ge2e")
    return shared_encoder().value


@cache
def profile(speaker: str) -> VoiceProfile:
    """The profile of one utterance of a speaker."""
    pytest.importorskip("swift_f0", reason="swift-f0 is not installed: pip install 'dragoman[tts]'")
    return profile_of(utterance(speaker), RATE_HZ, encoder=encoder())


@cache
def hibari() -> HibariEngine:
    """The engine; skips where it is not installed."""
    pytest.importorskip("hibari", reason="hibari is not installed: pip install 'dragoman[tts]'")
    return HibariEngine()


def alike(samples: Samples, rate_hz: int, speaker: str) -> float:
    """Cosine of a sound and an utterance of the speaker that was not imitated."""
    return float(encoder()(samples, rate_hz) @ encoder()(utterance(speaker, 1), RATE_HZ))
