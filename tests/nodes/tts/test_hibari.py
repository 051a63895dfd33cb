"""English text is spoken as soon as it is committed."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from nodes._engines.hibari_voice import NAME, RATE_HZ, HibariEngine
from nodes._engines.voice.speaking import rendered
from nodes.tts.hibari import HibariVoice
from pipeline.clock import seconds
from pipeline.errors import RouteError, SettingsError
from pipeline.media import Samples, Speech, Text, Timbre, VoiceTurn
from pipeline.packet import Packet
from pipeline.settings import faults
from pipeline.testing import feed, text, words

pytest.importorskip("hibari", reason="hibari is not installed: pip install 'dragoman[tts]'")

GREETING_LATER = Text(words("Good morning, everyone.", start_s=5), lang="en")
GREETING = Text(words("Good morning, everyone."), lang="en")
THANKS = Text(words("Thank you for coming.", start_s=2), lang="en")


@pytest.fixture(autouse=True, scope="module")
def _loaded() -> Iterator[None]:
    """Keep the model in memory between the tests, as graphs of one process do."""
    node = HibariVoice()
    node.open()
    yield
    node.close()


def spoken(node: HibariVoice, *steps: Text) -> list[Packet[Speech]]:
    return feed(node, text(*steps)).speech


def test_each_committed_step_is_one_piece_with_its_words_and_their_span() -> None:
    first, second = spoken(HibariVoice(), GREETING, THANKS)
    assert (first.start, first.end) == (GREETING.committed[0].start, GREETING.committed[-1].end)
    assert (second.start, second.end) == (THANKS.committed[0].start, THANKS.committed[-1].end)
    assert first.payload.text == "Good morning, everyone."
    assert second.payload.words == THANKS.committed


def test_it_sounds_like_speech() -> None:
    [packet] = spoken(HibariVoice(), GREETING)
    speech = packet.payload
    assert (speech.rate_hz, speech.lang, speech.speed, speech.skipped) == (24_000, "en", 1.0, 0)
    assert 0.8 < speech.duration / 1e9 < 2.5
    assert 0.02 < float(np.sqrt(np.mean(speech.samples**2))) < 0.3
    assert float(np.abs(speech.samples).max()) <= 1.0


def test_the_voice_starts_within_its_bound_instead_of_a_third_of_a_second_later() -> None:
    [packet] = spoken(HibariVoice(), GREETING)
    loud = np.abs(packet.payload.samples) > 0.02
    assert np.argmax(loud) / 24_000 < 0.06


def test_the_same_text_always_sounds_the_same() -> None:
    [one] = spoken(HibariVoice(), GREETING)
    [_, other] = spoken(HibariVoice(), THANKS, GREETING_LATER)
    np.testing.assert_array_equal(one.payload.samples, other.payload.samples)


def test_a_faster_voice_takes_less_time() -> None:
    [slow], [fast] = spoken(HibariVoice(speed=0.8), GREETING), spoken(HibariVoice(speed=1.6), GREETING)
    assert fast.payload.duration < 0.7 * slow.payload.duration
    assert (slow.payload.speed, fast.payload.speed) == (0.8, 1.6)


@pytest.mark.parametrize("step", [Text((), "Good mor", "en"), Text(words("… — !"), lang="en"), Text()])
def test_what_cannot_be_said_or_may_still_change_makes_no_sound(step: Text) -> None:
    assert spoken(HibariVoice(), step) == []


def test_pieces_follow_one_another_without_overlap_and_hurry_when_they_pile_up() -> None:
    steps = [
        Text(words("This is a long sentence, and it takes a while to say.", start_s=0.1 * i))
        for i in range(6)
    ]
    packets = [
        Packet(step, i * seconds(0.1), i * seconds(0.1), left=seconds(0.1 * i))
        for i, step in enumerate(steps)
    ]
    pieces = [packet.payload for packet in feed(HibariVoice(), packets).speech]
    for before, after in pairwise(pieces):
        assert after.plays_at == before.plays_at + before.duration
    speeds = [piece.speed for piece in pieces]
    assert speeds == sorted(speeds)
    assert (speeds[0], speeds[-1]) == (1.0, 1.35)
    assert pieces[-1].duration < 0.8 * pieces[0].duration


def test_what_is_left_out_is_counted_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    sentence = words("This is a long sentence, and it takes a while to say.")
    packets = [Packet(Text(sentence), 0, 0) for _ in range(4)] + [
        Packet(Text(sentence), seconds(9), seconds(9))
    ]
    with caplog.at_level(logging.WARNING):
        pieces = [p.payload for p in feed(HibariVoice(catch_up_ms=500, skip_ms=2000), packets).speech]
    assert len(pieces) + sum(piece.skipped for piece in pieces) == len(packets)
    assert pieces[-1].skipped > 0
    assert "did not speak 'This is a long sentence, and it takes a while to say.': speech is" in caplog.text


def test_text_in_a_script_the_voice_cannot_read_is_told(caplog: pytest.LogCaptureFixture) -> None:
    first, second = Text(words("你好")), Text(words("Hello there.", start_s=1))
    [packet] = spoken(HibariVoice(), first, second)
    assert packet.payload.skipped == 1
    assert "the voice has no sound for it" in caplog.text


def test_another_language_is_refused_with_the_node_that_speaks_it() -> None:
    with pytest.raises(RouteError, match=r"no voice for 'pt', only for: en; put tts\.espeak in its place"):
        spoken(HibariVoice(lang="pt"), GREETING)
    with pytest.raises(RouteError, match="no voice for 'pt-BR'"):
        spoken(HibariVoice(), Text(words("Bom dia."), lang="pt-BR"))


def test_an_unknown_voice_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match="no voice 'hart'; did you mean 'heart'"):
        spoken(HibariVoice(voice="hart"), GREETING)


@pytest.mark.parametrize(
    ("key", "value"), [("speed", 3.0), ("max_speed", 0.5), ("skip_ms", -1), ("catch_up_ms", "x")]
)
def test_settings_out_of_range_are_refused(key: str, value: Any) -> None:
    assert key in faults(HibariVoice, {key: value})


def like_somebody(strength: float = 1.0, **more: Any) -> Timbre:
    """A timbre that any ear tells from the stock voice."""
    gains = np.linspace(0.5, -0.5, 601).astype(np.float32)
    return Timbre(1, "tts.hibari", "first", strength, warp=0.85, equaliser=gains, **more)


def spoken_with(*timbres: Packet[Timbre], turns: Sequence[Packet[VoiceTurn]] = ()) -> list[Speech]:
    """Three greetings, at 0, 5 and 10 s."""
    texts = text(*(Text(words("Good morning, everyone.", start_s=at), lang="en") for at in (0, 5, 10)))
    out = feed(HibariVoice(), text=texts, timbre=timbres, turn=turns)
    return [packet.payload for packet in out.speech]


def told(timbre: Timbre, at_s: float) -> Packet[Timbre]:
    return Packet(timbre, seconds(at_s), seconds(at_s))


def test_a_timbre_holds_from_the_next_piece_on_and_no_text_waits_for_it() -> None:
    plain, led, given_up = spoken_with(told(like_somebody(), 3), told(Timbre(1, "tts.hibari", "stock"), 8))
    [stock] = spoken(HibariVoice(), GREETING)
    np.testing.assert_array_equal(plain.samples, stock.payload.samples)
    assert not np.array_equal(led.samples, plain.samples)
    np.testing.assert_array_equal(given_up.samples, plain.samples)


def test_each_text_has_the_voice_of_the_one_who_said_it() -> None:
    other = Timbre(2, "tts.hibari", "first", 1.0, warp=1.2)
    turns = [
        Packet(VoiceTurn(who, seconds(at)), seconds(at), seconds(at)) for who, at in ((1, 1), (2, 4), (1, 9))
    ]
    _, second, first = spoken_with(told(like_somebody(), 2), told(other, 3), turns=turns)
    [_, alone, _] = spoken_with(told(other, 3))
    [_, _, again] = spoken_with(told(like_somebody(), 2))
    np.testing.assert_array_equal(second.samples, alone.samples)
    np.testing.assert_array_equal(first.samples, again.samples)


def test_an_imitation_that_fails_is_spoken_with_the_stock_voice(caplog: pytest.LogCaptureFixture) -> None:
    class Silent(HibariEngine):
        def render(self, text: str, lang: str, timbre: Timbre | None = None, speed: float = 1.0) -> Samples:
            return super().render(text, lang, None, speed) * (0.001 if timbre else 1.0)

    engine = Silent()
    with caplog.at_level(logging.WARNING):
        say = partial(engine.render, "Good morning.", "en")
        samples = rendered(NAME, RATE_HZ, "Good morning.", like_somebody(), say)
    np.testing.assert_array_equal(samples, engine.render("Good morning.", "en"))
    assert "the imitation of 'Good morning.' is too quiet; spoken with the stock voice" in caplog.text


def test_a_timbre_for_another_voice_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        pieces = spoken_with(told(Timbre(1, "tts.kokoro", "first", 1.0), 1))
    np.testing.assert_array_equal(pieces[0].samples, pieces[1].samples)
    assert "passed over a timbre that is made for 'tts.kokoro'" in caplog.text
