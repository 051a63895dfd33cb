"""The Whisper engine with its real weights, and the live recogniser on a real voice."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nodes._engines.draft import LiveWord, join
from nodes._engines.live import LiveRecogniser, Task
from nodes._engines.sound import RATE_HZ, SECOND_NS
from nodes._engines.whisper import EngineError, WhisperEngine
from tests.media import need_model, speech
from tests.nodes.engines.scripted import voice


@cache
def engine() -> WhisperEngine:
    return WhisperEngine.load(need_model("whisper-base"), threads=1)


def live(samples: NDArray[np.float32], *, task: Task = "transcribe", language: str | None = None) -> str:
    """What is said in the end, when all of it is called voice."""
    recogniser = LiveRecogniser(engine(), language=language, task=task)
    words: list[LiveWord] = []
    step = round(0.4 * RATE_HZ)
    for at in range(0, len(samples), step):
        piece = samples[at : at + step]
        windows = voice(at / RATE_HZ, (at + len(piece)) / RATE_HZ, 0.9)
        words += recogniser.hear(piece, at * SECOND_NS // RATE_HZ, windows).committed
    return join([*words, *recogniser.finish().committed])


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"no model\.bin, config\.json, tokenizer\.json here; give"):
        WhisperEngine.load(tmp_path)


@pytest.mark.model
@pytest.mark.media
@pytest.mark.timeout(120)
def test_a_voice_is_written_down_live() -> None:
    text = live(speech("en", "jfk")).lower()
    assert "what your country can do for you" in text
    assert "what you can do for your country" in text


@pytest.mark.model
@pytest.mark.media
def test_tokens_have_times_and_words_have_spaces() -> None:
    model = engine()
    window = model.window(speech("en", "jfk")[: 8 * RATE_HZ])
    assert model.language(window)[0] == "en"
    heard = model.decode(window, language="en", task="transcribe")
    times = model.times(window, heard, heard.tokens)
    assert [t.start_s for t in times] == sorted(t.start_s for t in times)
    assert times[-1].end_s <= 8.0
    words = model.words(heard.tokens, spaced=True)
    assert [token for word in words for token in word.tokens] == list(heard.tokens)
    forced = heard.tokens[:5]
    again = model.decode(window, language="en", task="transcribe", forced=forced)
    assert (*forced, *again.tokens) == heard.tokens


@pytest.mark.model
@pytest.mark.media
def test_forced_tokens_take_none_of_the_room() -> None:
    model = engine()
    window = model.window(speech("en", "jfk")[: 10 * RATE_HZ])
    heard = model.decode(window, language="en", task="transcribe").tokens
    again = model.decode(window, language="en", task="transcribe", forced=heard[:8], room=10)
    assert again.tokens == heard[8:18]


@pytest.mark.model
@pytest.mark.media
def test_of_a_sound_that_grows_only_the_end_is_encoded_and_the_same_is_heard() -> None:
    model, sound = engine(), speech("en", "jfk")[: 9 * RATE_HZ]
    window = None
    for seconds in range(2, 10):
        window = model.window(sound[: seconds * RATE_HZ], window)
    assert window is not None
    assert window.encoded.states.shape[1] < 200  # of 500 positions
    at_once = model.window(sound)
    one, other = (model.decode(w, language="en", task="transcribe") for w in (window, at_once))
    assert one.tokens == other.tokens
    assert one.logprob == pytest.approx(other.logprob, abs=0.05)


@pytest.mark.model
def test_characters_of_several_tokens_stay_whole() -> None:
    model = engine()
    tokens = model.tokens("世界の鰯雲")
    words = model.words(tokens, spaced=False)
    assert join(words) == "世界の鰯雲"
    assert model.words(tokens[:-1], spaced=False) == words[: len(model.words(tokens[:-1], spaced=False))]


@pytest.mark.model
def test_an_unknown_language_is_refused() -> None:
    model = engine()
    window = model.window(np.zeros(RATE_HZ, np.float32))
    with pytest.raises(EngineError, match="knows no language 'xx'; give a code such as 'es'"):
        model.decode(window, language="xx", task="transcribe")


@pytest.mark.model
@pytest.mark.timeout(120)
@pytest.mark.parametrize("sound", ["silence", "noise", "hum"])
def test_no_words_from_what_is_no_voice_even_if_it_is_called_one(sound: str) -> None:
    count = 12 * RATE_HZ
    times = np.arange(count) / RATE_HZ
    sounds = {
        "silence": np.zeros(count),
        "noise": np.random.default_rng(1).normal(0, 0.05, count),
        "hum": 0.1 * np.sin(2 * np.pi * 100 * times) + 0.05 * np.sin(2 * np.pi * 200 * times),
    }
    assert live(sounds[sound].astype(np.float32), language="en") == ""
