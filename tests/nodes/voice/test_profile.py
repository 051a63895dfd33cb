import logging
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from nodes.vad.silero import SileroVad
from nodes.voice.profile import SpeakerProfile
from pipeline.clock import seconds, to_seconds
from pipeline.errors import SettingsError
from pipeline.media import Samples
from pipeline.testing import Outcome, activity, audio, feed, noise, silence
from tests.media import need_model
from tests.nodes.engines.voice.people import RATE_HZ, melody, said_by, whispered

pytestmark = [pytest.mark.model, pytest.mark.media]

FIRST, SECOND = "ls-2609", "ls-367"  # a man, a woman


@pytest.fixture(autouse=True, scope="module")
def models() -> None:
    for name in ("ge2e", "silero-vad"):
        need_model(name)
    pytest.importorskip("swift_f0")


def pieces(*parts: Samples) -> Samples:
    """Sounds with a second of silence behind each."""
    return np.concatenate([sound for part in parts for sound in (part, silence(1.0))])


def listen(sound: Samples, frame_ms: float = 20, **settings: Any) -> Outcome:
    """What comes out for a recording."""
    speaking = feed(SileroVad(), audio(sound)).activity
    return feed(SpeakerProfile(consent=True, **settings), audio(sound, frame_ms=frame_ms), speaking)


@cache
def conversation() -> Samples:
    """One speaker, another, and the first again."""
    one, other = said_by(FIRST), said_by(SECOND)
    return pieces(one[0][: 4 * RATE_HZ], other[1][: 4 * RATE_HZ], one[1][: 4 * RATE_HZ])


@cache
def heard() -> Outcome:
    return listen(conversation())


def test_who_comes_back_is_known_again() -> None:
    turns = [packet.payload for packet in heard().turn]
    assert [turn.speaker for turn in turns] == [1, 2, 1]
    since = [to_seconds(turn.since) for turn in turns]
    assert since == pytest.approx([0, 5, 10], abs=0.8)
    assert all(turn.similarity > 0.6 for turn in turns)


def test_each_speaker_gets_a_profile_of_their_own_and_none_is_mixed() -> None:
    profiles = [packet.payload for packet in heard().profile]
    assert {profile.speaker for profile in profiles} == {1, 2}
    man, woman = ([p for p in profiles if p.speaker == number] for number in (1, 2))
    assert all(110 < profile.pitch_hz < 185 for profile in man)
    assert all(200 < profile.pitch_hz < 280 for profile in woman)
    assert all(one.embedding @ other.embedding < 0.65 for one in man for other in woman)


def test_a_first_profile_comes_within_two_seconds_of_the_first_three_and_better_ones_later() -> None:
    speech = said_by(FIRST)[0]
    packets = listen(np.concatenate([speech[: 3 * RATE_HZ], silence(2.0)])).profile
    assert [packet.payload.speaker for packet in packets] == [1]
    assert packets[0].start < seconds(5)
    lengths = [packet.payload.heard_s for packet in listen(said_by(FIRST)[2]).profile]
    assert len(lengths) >= 2
    assert lengths == sorted(lengths)
    assert 2 <= lengths[0] < 4.5


def test_speakers_without_a_pause_between_them_are_told_apart_too() -> None:
    joined = np.concatenate([said_by(FIRST)[2][: 5 * RATE_HZ], said_by(SECOND)[1][: 5 * RATE_HZ]])
    outcome = feed(SpeakerProfile(consent=True), audio(joined), activity([(0, 10)], 10))
    assert [packet.payload.speaker for packet in outcome.turn] == [1, 2]
    assert outcome.turn[1].payload.since == pytest.approx(seconds(5), abs=seconds(1.6))
    pitches = {packet.payload.speaker: packet.payload.pitch_hz for packet in outcome.profile}
    assert pitches[1] < 185
    assert pitches[2] > 200


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: noise(8.0, -25), "no pitch: it is whispered, or noise"),
        (lambda: melody(8.0), "music: its pitch stands as notes do"),
        (lambda: whispered(said_by(FIRST)[0]), "no pitch: it is whispered, or noise"),
        (lambda: np.clip(20 * said_by(FIRST)[0], -0.5, 0.5), "clipped: "),
    ],
)
def test_what_is_no_clean_speech_gives_no_profile_and_one_reason(
    make: Callable[[], Samples], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    sound = make()
    length = len(sound) / RATE_HZ
    with caplog.at_level(logging.WARNING):
        outcome = feed(SpeakerProfile(consent=True), audio(sound), activity([(0, length)], length))
    assert outcome.profile == []
    assert [record.getMessage() for record in caplog.records if reason in record.getMessage()][1:] == []
    assert reason in caplog.text


def test_half_a_second_is_nobody() -> None:
    outcome = listen(pieces(said_by(FIRST)[0][RATE_HZ : RATE_HZ * 3 // 2]))
    assert (outcome.profile, outcome.turn) == ([], [])


def test_any_cutting_of_the_sound_gives_the_same() -> None:
    other = listen(conversation(), frame_ms=7.3)
    assert [(p.start, p.payload) for p in other.turn] == [(p.start, p.payload) for p in heard().turn]
    assert [p.start for p in other.profile] == [p.start for p in heard().profile]
    for one, same in zip(heard().profile, other.profile, strict=True):
        assert np.array_equal(one.payload.samples, same.payload.samples)


def test_what_comes_later_changes_nothing_that_was_said() -> None:
    begun = listen(conversation()[: 7 * RATE_HZ])
    assert begun.turn == heard().turn[: len(begun.turn)]
    for early, whole in zip(begun.profile, heard().profile, strict=False):
        assert early.start == whole.start
        assert np.array_equal(early.payload.embedding, whole.payload.embedding)


def test_once_stops_at_a_good_profile_and_never_tells_turns_alone() -> None:
    once = listen(said_by(FIRST)[2], frequency="once", good_s=5.0, max_s=7.0)
    assert len(once.profile) == 3  # of enough for any, half-way, and of enough for a good one
    assert once.profile[-1].payload.heard_s < 7
    never = listen(conversation()[: 7 * RATE_HZ], frequency="never")
    assert never.profile == []
    assert never.turn == heard().turn[: len(never.turn)]


def test_after_a_gap_an_utterance_begins_anew() -> None:
    speech = said_by(FIRST)[0]
    later = [*audio(speech[:RATE_HZ]), *audio(speech[RATE_HZ : 3 * RATE_HZ], start=seconds(60))]
    speaking = [*activity([(0, 1)], 1), *activity([(0, 62)], 62)[-60:]]
    assert feed(SpeakerProfile(consent=True), later, speaking).profile == []


def test_without_consent_it_does_not_open() -> None:
    with pytest.raises(SettingsError, match=r"voice\.profile: nobody has agreed .*; set consent: true when"):
        feed(SpeakerProfile(), audio(silence(0.1)))


def test_lengths_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValueError, match="min_s 5, good_s 4 and max_s 10 do not rise; give each at least"):
        SpeakerProfile(min_s=5, good_s=4)
