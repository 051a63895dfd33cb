"""Speech of any voice made like the speaker: as long, as loud, at its own rate, and never worse than whole."""

from __future__ import annotations

import logging
from functools import cache

import numpy as np
import pytest

from nodes._engines.espeak import EspeakLibrary
from nodes._engines.voice.converting import Acquaintance, pitched, with_formants
from nodes._engines.voice.filtering import filtered, rms
from nodes._engines.voice.pitch import pitch_of
from nodes._engines.voice.spectrum import FREQUENCIES, long_term, smooth
from nodes.voice.convert import VoiceConversion
from pipeline.clock import seconds
from pipeline.media import Samples, Speech, Timbre, VoiceProfile
from pipeline.packet import Packet
from pipeline.testing import feed, noise, tone
from tests.nodes.engines.voice import speakers

SENTENCES = (
    "The north wind and the sun were disputing which was the stronger.",
    "A traveller came along wrapped in a warm cloak.",
)


@cache
def said(text: str, rate_hz: int = 22_050) -> Samples:
    pytest.importorskip("espeakng_loader", reason="espeak-ng is not installed: pip install 'dragoman[tts]'")
    library = EspeakLibrary()
    try:
        return library.say(text, "gmw/en-US", 170)
    finally:
        library.close()


def pieces(*texts: str, rate_hz: int = 22_050) -> list[Packet[Speech]]:
    return [
        Packet(
            Speech(said(text).copy(), rate_hz, text, "en", seconds(5 * at + 1)),
            seconds(5 * at + 1),
            seconds(5 * at + 1),
        )
        for at, text in enumerate(texts)
    ]


def timbre(profile: VoiceProfile, at_s: float = 0.0, strength: float = 1.0) -> Packet[Timbre]:
    made = Timbre(profile.speaker, "voice.convert", "first", strength, profile, nearest=0.6)
    return Packet(made, seconds(at_s), seconds(at_s))


def converted(node: VoiceConversion, speech: list[Packet[Speech]], *timbres: Packet[Timbre]) -> list[Speech]:
    return [packet.payload for packet in feed(node, speech=speech, timbre=timbres).spoken]


@pytest.mark.model
@pytest.mark.media
def test_it_is_nearer_to_the_speaker_as_long_and_as_loud() -> None:
    for before, after in zip(
        pieces(*SENTENCES),
        converted(VoiceConversion(), pieces(*SENTENCES), timbre(speakers.profile(speakers.WOMAN))),
        strict=True,
    ):
        plain, made = before.payload.samples, after.samples
        assert (len(made), after.rate_hz, after.words) == (len(plain), 22_050, before.payload.words)
        assert rms(made) == pytest.approx(rms(plain), rel=0.15)
        near = speakers.alike(made, 22_050, speakers.WOMAN) - speakers.alike(plain, 22_050, speakers.WOMAN)
        assert near > 0.03


@pytest.mark.model
@pytest.mark.media
def test_speech_waits_for_no_timbre_and_changes_between_pieces_only() -> None:
    speech = pieces(*SENTENCES)
    first, second = converted(VoiceConversion(), speech, timbre(speakers.profile(speakers.WOMAN), at_s=3))
    np.testing.assert_array_equal(first.samples, speech[0].payload.samples)
    assert not np.array_equal(second.samples, speech[1].payload.samples)


@pytest.mark.model
@pytest.mark.media
@pytest.mark.parametrize("strengths", [(0.0, 1.0), (1.0, 0.0)])
def test_no_strength_leaves_speech_alone_bit_for_bit(strengths: tuple[float, float]) -> None:
    speech = pieces(*SENTENCES)
    told = timbre(speakers.profile(speakers.MAN), strength=strengths[1])
    for before, after in zip(
        speech, converted(VoiceConversion(strength=strengths[0]), speech, told), strict=True
    ):
        np.testing.assert_array_equal(after.samples, before.payload.samples)


@pytest.mark.model
@pytest.mark.media
def test_the_same_speech_always_becomes_the_same() -> None:
    told = timbre(speakers.profile(speakers.MAN))
    one, again = (converted(VoiceConversion(), pieces(SENTENCES[0]), told) for _ in range(2))
    np.testing.assert_array_equal(one[0].samples, again[0].samples)
    assert not np.array_equal(one[0].samples, said(SENTENCES[0]))


def test_a_timbre_for_another_node_is_passed_over_and_told(caplog: pytest.LogCaptureFixture) -> None:
    speech = pieces(SENTENCES[0])
    other = Packet(Timbre(1, "tts.kokoro", "first", 1.0), 0, 0)
    with caplog.at_level(logging.WARNING):
        [piece] = converted(VoiceConversion(), speech, other)
    np.testing.assert_array_equal(piece.samples, speech[0].payload.samples)
    assert "passed over a timbre that is made for 'tts.kokoro'" in caplog.text


def test_a_voice_is_known_after_a_second_of_its_speech() -> None:
    pytest.importorskip("swift_f0", reason="swift-f0 is not installed: pip install 'dragoman[tts]'")
    stocks = []
    voice = Acquaintance(enough_s=3)
    for text in ("Yes.", SENTENCES[0]):
        voice.hear(said(text), 22_050)
        stocks.append(voice.stock)
    assert stocks[0] is None
    assert stocks[1] is not None
    assert 80 < stocks[1].pitch_hz < 130


@pytest.mark.parametrize("ratio", [0.7, 1.0, 1.3])
@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 48_000])
def test_pitch_moves_and_time_stays(ratio: float, rate_hz: int) -> None:
    samples = tone(1.0, 200, -20, rate_hz)
    made = pitched(samples, rate_hz, ratio)
    assert len(made) == len(samples)
    inner = made[rate_hz // 4 : -rate_hz // 4]
    loudest = np.abs(np.fft.rfft(inner * np.hanning(len(inner)))).argmax() * rate_hz / len(inner)
    assert loudest == pytest.approx(200 * ratio, rel=0.03)


@pytest.mark.parametrize("factor", [0.85, 1.15])
def test_formants_move_by_their_factor(factor: float) -> None:
    formant = np.where(np.abs(FREQUENCIES - 1500) < 300, 0, -3).astype(np.float32)
    made = with_formants(filtered(noise(2, -10, 24_000), formant), 24_000, factor)
    smoothed = smooth(long_term(made, 24_000), 2.0)
    assert FREQUENCIES[smoothed.argmax()] == pytest.approx(1500 * factor, rel=0.1)


def test_formants_move_and_pitch_stays() -> None:
    pytest.importorskip("swift_f0", reason="swift-f0 is not installed: pip install 'dragoman[tts]'")
    plain = said(SENTENCES[0])
    was, now = (pitch_of(sound, 22_050) for sound in (plain, with_formants(plain, 22_050, 1.15)))
    assert was is not None
    assert now is not None
    assert now[0] == pytest.approx(was[0], rel=0.03)


def test_noise_has_no_pitch_to_learn() -> None:
    pytest.importorskip("swift_f0", reason="swift-f0 is not installed: pip install 'dragoman[tts]'")
    voice = Acquaintance(enough_s=3)
    voice.hear(noise(2, -20, 22_050), 22_050)
    assert voice.stock is None
