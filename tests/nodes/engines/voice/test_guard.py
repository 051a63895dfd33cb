"""The guard: what is worse than the stock voice is weakened or given up, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import pytest

from nodes._engines.hibari_voice import HibariEngine
from nodes._engines.voice.converting import with_formants
from nodes._engines.voice.engine import Blend, Stock
from nodes._engines.voice.filtering import filtered
from nodes._engines.voice.guard import Trial, fault, judged, tried, word_errors
from nodes._engines.voice.hearing import Hearing
from nodes._engines.voice.matching import first_timbre
from nodes._engines.voice.sentences import TEST
from nodes._engines.voice.spectrum import FREQUENCIES
from pipeline.media import Samples, Timbre, VoiceProfile
from pipeline.testing import noise, silence, tone
from tests.media import need_model
from tests.nodes.engines.voice import speakers


class Spoilt:
    """hibari whose imitations are spoilt by something, the more so the stronger they are."""

    name, rate_hz, warps, nearest = "tts.hibari", 24_000, True, 0.8

    def __init__(self, engine: HibariEngine, spoil: Callable[[Samples, float], Samples]) -> None:
        self._engine = engine
        self._spoil = spoil

    def stock(self, blend: Blend = ()) -> Stock:
        return self._engine.stock(blend)

    def candidates(self, profile: VoiceProfile) -> tuple[Blend, ...]:
        return ()

    def render(self, text: str, lang: str, timbre: Timbre | None = None, speed: float = 1.0) -> Samples:
        sound = self._engine.render(text, lang, timbre, speed)
        return sound if timbre is None else self._spoil(sound, timbre.strength)


def muffled(sound: Samples, _strength: float) -> Samples:
    """Nothing above 800 Hz."""
    return filtered(sound, np.where(FREQUENCIES > 800, -12, 0).astype(np.float32))


def warped_too_far(sound: Samples, strength: float) -> Samples:
    """Formants at half their frequency at full strength."""
    return with_formants(sound, 24_000, 0.5**strength)


@cache
def hearing() -> Hearing:
    return Hearing(need_model("whisper-base"))


def verdict(spoil: Callable[[Samples, float], Samples], *, hear: bool = True) -> Timbre:
    """What the guard makes of a real speaker's first timbre on an engine that is spoilt."""
    engine, theirs = Spoilt(speakers.hibari(), spoil), speakers.profile(speakers.MAN)
    trial = Trial(
        TEST["en"],
        "en",
        lambda samples, rate_hz: float(speakers.encoder()(samples, rate_hz) @ theirs.embedding),
        hearing() if hear else None,
    )
    found: list[Timbre] = []

    def told() -> Iterator[None]:
        first = first_timbre(theirs, engine)
        found.append((yield from judged(first, engine, trial, tried(None, engine, trial))))

    assert list(told())
    return found[0]


@pytest.mark.model
@pytest.mark.media
@pytest.mark.timeout(180)
def test_a_good_imitation_is_kept_as_it_is() -> None:
    timbre = verdict(lambda sound, _: sound)
    assert (timbre.strength, timbre.reason) == (1.0, "")
    assert timbre.word_errors is not None
    assert timbre.word_errors <= 0.08
    assert timbre.similarity > 0.6


@pytest.mark.model
@pytest.mark.media
@pytest.mark.timeout(180)
def test_a_muffled_one_is_given_up_for_the_stock_voice() -> None:
    timbre = verdict(muffled, hear=False)
    assert (timbre.stage, timbre.strength, timbre.reason) == ("stock", 0.0, "muffled")


@pytest.mark.model
@pytest.mark.media
@pytest.mark.timeout(180)
def test_one_that_is_not_understood_is_weakened_or_given_up() -> None:
    timbre = verdict(warped_too_far)
    assert timbre.strength < 1
    assert timbre.reason


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (silence(1, 24_000), "too quiet"),
        (np.zeros(0, np.float32), "no sound"),
        (np.full(9, np.nan, np.float32), "no sound"),
        (np.sign(noise(1, -3, 24_000)), "clipped"),
        (tone(1, 300, -20, 24_000), "muffled"),
        (noise(1, -20, 24_000), ""),
    ],
)
def test_a_fault_of_the_sound_is_named(samples: Samples, words: str) -> None:
    assert fault(samples, 24_000) == words


def test_another_length_than_the_stock_voice_takes_is_a_fault() -> None:
    assert fault(noise(1, -20, 24_000), 24_000, stock_length=12_000) == "another length"


@pytest.mark.parametrize(
    ("said", "heard", "rate"),
    [
        ("We leave at nine.", "we leave, at nine", 0),
        ("We leave at nine.", "we live at nine", 0.25),
        ("We leave at nine.", "", 1),
        ("We leave.", "so we leave now then", 1.5),
        ("", "", 0),
    ],
)
def test_word_errors(said: str, heard: str, rate: float) -> None:
    assert word_errors(said, heard) == rate
