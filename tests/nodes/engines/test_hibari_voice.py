"""hibari as it is, and led towards a speaker inside its own synthesiser."""

from __future__ import annotations

import numpy as np
import pytest

from nodes._engines.voice.matching import first_timbre
from nodes._engines.voice.pitch import pitch_of
from nodes._engines.voice.shape import shape_of
from nodes._engines.voice.tuning import Search
from pipeline.media import Timbre
from tests.nodes.engines.voice import speakers

TEXT = "The train to the city leaves at half past nine. Please be early."
BOTH = pytest.mark.parametrize("speaker", [speakers.WOMAN, speakers.MAN])


def test_without_a_timbre_it_speaks_as_its_package_does_bit_for_bit() -> None:
    hibari = pytest.importorskip("hibari")
    expected = hibari.Hibari()(TEXT, speed=1.1, seed=0)
    for timbre in (None, Timbre(1, "tts.hibari", "stock")):
        np.testing.assert_array_equal(speakers.hibari().render(TEXT, "en", timbre, 1.1), expected)


def test_a_text_without_sound_is_empty() -> None:
    assert len(speakers.hibari().render("你好", "en")) == 0


@pytest.mark.model
@pytest.mark.media
@BOTH
def test_the_first_timbre_is_nearer_to_a_real_speaker_than_the_stock_voice(speaker: str) -> None:
    engine, timbre = speakers.hibari(), first_timbre(speakers.profile(speaker), speakers.hibari())
    stock, clone = (engine.render(TEXT, "en", given) for given in (None, timbre))
    assert len(clone) == len(stock)
    assert speakers.alike(clone, 24_000, speaker) > speakers.alike(stock, 24_000, speaker) + 0.03


@pytest.mark.model
@pytest.mark.media
@BOTH
def test_it_speaks_at_the_speakers_pitch(speaker: str) -> None:
    engine, profile = speakers.hibari(), speakers.profile(speaker)
    timbre = first_timbre(profile, engine)
    found = pitch_of(engine.render(TEXT, "en", timbre), 24_000)
    shape = shape_of(timbre, engine.stock())
    assert found is not None
    assert shape is not None
    assert found[0] == pytest.approx(shape.pitch[1], rel=0.12)


@pytest.mark.model
@pytest.mark.media
def test_the_same_timbre_always_sounds_the_same() -> None:
    engine, timbre = speakers.hibari(), first_timbre(speakers.profile(speakers.MAN), speakers.hibari())
    one = engine.render(TEXT, "en", timbre)
    engine.render("Something else.", "en", timbre)
    np.testing.assert_array_equal(engine.render(TEXT, "en", timbre), one)


@pytest.mark.model
@pytest.mark.media
@pytest.mark.timeout(180)
def test_a_search_finds_a_nearer_timbre_and_the_same_again() -> None:
    engine, profile = speakers.hibari(), speakers.profile(speakers.MAN)
    first = first_timbre(profile, engine)
    renders: list[float] = []

    def likeness(samples: np.ndarray[tuple[int], np.dtype[np.float32]], rate_hz: int) -> float:
        renders.append(float(speakers.encoder()(samples, rate_hz) @ profile.embedding))
        return renders[-1]

    def found() -> Timbre:
        search = Search(first, engine, lang="en", likeness=likeness, evaluations=9, seed=0)
        assert len(list(search.rounds())) > 2
        return search.best

    one, again = found(), found()
    assert len(renders) == 18
    assert max(renders) > renders[0]
    assert one.warp == again.warp
    np.testing.assert_array_equal(one.equaliser, again.equaliser)
