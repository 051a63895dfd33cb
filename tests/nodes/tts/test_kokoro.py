"""Text in nine languages is spoken by Kokoro, its beginning while the rest is made."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from nodes._engines.kokoro_styles import BEST, Styles, default_voice
from nodes._engines.voice import speaking
from nodes.tts.kokoro import KokoroNode
from pipeline.errors import PackageError, RouteError, SettingsError
from pipeline.media import Speech, Text, Timbre, VoiceProfile
from pipeline.packet import Packet
from pipeline.settings import faults
from pipeline.testing import feed, text, words
from tests.media import need_model

HELLO = {"fr": "Bonjour.", "hi": "नमस्ते।", "ja": "こんにちは。", "pt-BR": "Bom dia.", "zh-Hans": "大家好。"}
LONG = "Good morning, and welcome to the meeting of the society."


@pytest.fixture(autouse=True, scope="module")
def _loaded() -> Iterator[None]:
    """Keep the model in memory between the tests, as graphs of one process do."""
    for model in ("kokoro", "kokoro-voices"):
        need_model(model)
    node = KokoroNode()
    node.open()
    yield
    node.close()


def spoken(node: KokoroNode, *steps: Text, **more: Any) -> list[Packet[Speech]]:
    return feed(node, text=text(*steps), **more).speech


@pytest.mark.parametrize("lang", HELLO)
def test_it_speaks_the_language_of_the_text(lang: str) -> None:
    try:
        packets = spoken(KokoroNode(), Text(words(HELLO[lang]), lang=lang))
    except PackageError as error:
        pytest.skip(str(error))
    sound = np.concatenate([packet.payload.samples for packet in packets])
    assert packets[0].payload.text == HELLO[lang]
    assert {packet.payload.lang for packet in packets} == {lang}
    assert 0.4 < len(sound) / 24_000 < 3
    assert 0.02 < float(np.sqrt(np.mean(sound**2))) < 0.3


def test_a_long_text_leaves_phrase_by_phrase_without_a_gap() -> None:
    node = KokoroNode()
    node.open()
    step = Text(words(LONG), lang="en")
    pieces = [emission.payload for emission in node.process(text(step)[0], None, None)]
    node.close()
    assert len(pieces) >= 2
    assert pieces[0].duration < 1.5e9 < sum(piece.duration for piece in pieces)
    assert (pieces[0].text, pieces[0].words) == (LONG, step.committed)
    for before, after in pairwise(pieces):
        assert after.plays_at == pytest.approx(before.plays_at + before.duration, abs=2)


def test_the_same_text_always_sounds_the_same() -> None:
    steps = [Text(words("Thank you.", start_s=at), lang="en") for at in (0, 2)]
    one, other = (packet.payload.samples for packet in spoken(KokoroNode(), *steps) if packet.payload.text)
    np.testing.assert_array_equal(one, other)


def test_a_voice_of_another_language_lends_its_timbre() -> None:
    step = Text(words("Bom dia."), lang="pt")
    own, lent = spoken(KokoroNode(), step), spoken(KokoroNode(voice="bf_emma"), step)
    assert own[0].payload.samples.tobytes() != lent[0].payload.samples.tobytes()


def test_a_faster_voice_takes_less_time() -> None:
    step = Text(words("Thank you for coming."), lang="en")
    [slow, fast] = [sum(p.payload.duration for p in spoken(KokoroNode(speed=s), step)) for s in (0.8, 1.6)]
    assert fast < 0.75 * slow


@pytest.mark.parametrize("step", [Text((), "Good mor", "en"), Text(words("… — !"), lang="en"), Text()])
def test_what_cannot_be_said_or_may_still_change_makes_no_sound(step: Text) -> None:
    assert spoken(KokoroNode(), step) == []


def test_another_language_is_refused_with_those_it_speaks() -> None:
    with pytest.raises(RouteError, match=r"no voice for 'de', only for: en, es, .*, zh; put tts\.espeak"):
        KokoroNode(lang="de").open()
    with pytest.raises(RouteError, match="no voice for 'ru'"):
        spoken(KokoroNode(), Text(words("Привет"), lang="ru"))


def test_text_without_a_language_is_refused_with_the_setting_to_give() -> None:
    with pytest.raises(RouteError, match="the text does not say its language; set lang to one of: en, es"):
        spoken(KokoroNode(), Text(words("hello")))


def test_an_unknown_voice_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match="no voice 'af_hart'; did you mean 'af_heart'"):
        KokoroNode(voice="af_hart").open()


@pytest.mark.parametrize(("key", "value"), [("speed", 3.0), ("threads", 0), ("voice", 1)])
def test_settings_out_of_range_are_refused(key: str, value: Any) -> None:
    assert key in faults(KokoroNode, {key: value})


def test_an_imitation_that_fails_is_spoken_with_the_stock_voice(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_model("ge2e")
    # The clamps leave no way to sound so bad.
    monkeypatch.setattr(speaking, "fault", lambda samples, rate_hz: "muffled")
    step = Text(words("Thank you.", start_s=2), lang="en")
    timbre = Timbre(1, "tts.kokoro", "tuned", 1.0, _somebody(), blend=(("am_adam", 1.0),))
    with caplog.at_level(logging.WARNING):
        led = spoken(KokoroNode(), step, timbre=[Packet(timbre, 0, 0)])
    assert "the imitation of 'Thank you.' is muffled; spoken with the stock voice" in caplog.text
    np.testing.assert_array_equal(led[0].payload.samples, spoken(KokoroNode(), step)[0].payload.samples)


def test_a_timbre_of_no_strength_is_its_own_voice() -> None:
    step = Text(words("Thank you.", start_s=2), lang="en")
    stock = Timbre(1, "tts.kokoro", "stock", 0.0, _somebody())
    led = spoken(KokoroNode(), step, timbre=[Packet(stock, 0, 0)])
    np.testing.assert_array_equal(led[0].payload.samples, spoken(KokoroNode(), step)[0].payload.samples)


def test_styles_mix_timbre_and_leave_prosody() -> None:
    styles = Styles(need_model("kokoro-voices"))
    own, other = styles.of("af_heart", 30), styles.of("zm_yunxi", 30)
    mixed = styles.mixed((("zm_yunxi", 1.0),), "af_heart", 1.0, 30)
    np.testing.assert_array_equal(mixed[128:], own[128:])
    np.testing.assert_array_equal(mixed[:128], other[:128])
    np.testing.assert_array_equal(styles.mixed((("zm_yunxi", 1.0),), "af_heart", 0.0, 30), own)
    assert len(styles.names) == 54
    assert {name for pair in BEST.values() for name in pair if name} <= set(styles.names)
    assert default_voice("pt", 110) == "pm_alex"
    assert default_voice("fr", 110) == "ff_siwis"


def _somebody() -> VoiceProfile:
    """A profile of a voice of which little is known."""
    embedding = np.zeros(256, np.float32)
    embedding[0] = 1
    rest = (180.0, 0.2, np.zeros(601, np.float32), 8000.0, 30.0)
    return VoiceProfile(1, np.zeros(16_000, np.float32), 16_000, embedding, *rest)
