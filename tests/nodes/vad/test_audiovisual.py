"""Lips have a say in a busy room and in no other; who speaks is the one whose mouth goes with the sound."""

from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from nodes.vad.audiovisual import AudiovisualVad
from pipeline.clock import Ns, ms, seconds
from pipeline.errors import SettingsError
from pipeline.media import Activity, AudioFrame, Faces, Samples
from pipeline.packet import Packet
from pipeline.port import Input
from pipeline.settings import build
from pipeline.specimens import specimen
from pipeline.testing import activity, audio, feed

TURNS = [(1.0, 3.0), (4.0, 6.0), (7.0, 9.0), (10.0, 12.0)]  # s: when the one who is seen speaks
UNTIL_S = 13.0
Mouths = Callable[[float], dict[int, float]]


def faces(mouths: Mouths, reliable: bool = True, until_s: float = UNTIL_S) -> list[Packet[Faces]]:
    """Faces whose mouths are as active as `mouths` says for each time in seconds, 12.5 pictures a second."""
    [face, _] = next(p.payload.faces for p in specimen(Input(Faces), AudiovisualVad()) if p.payload.faces)
    packets = []
    for index in range(round(until_s * 12.5)):
        found = tuple(
            msgspec.structs.replace(face, id=id, activity=active, reliable=reliable)
            for id, active in mouths(index * 0.08).items()
        )
        packets.append(Packet(Faces(found), ms(80 * index), ms(80 * index + 40)))
    return packets


def speaks(at_s: float) -> bool:
    return any(start <= at_s < end for start, end in TURNS)


def one(at_s: float) -> dict[int, float]:
    return {1: 0.9 if speaks(at_s) else 0.05}


BUSY = activity([(0.0, UNTIL_S)], until_s=UNTIL_S)  # others talk all the time
QUIET = activity(TURNS, until_s=UNTIL_S)


def decided(told: list[Packet[Activity]]) -> list[bool]:
    return [packet.payload.probability >= 0.5 for packet in told]


def test_in_a_busy_room_only_the_speech_of_the_one_who_is_seen_counts() -> None:
    told = feed(AudiovisualVad(), BUSY, faces(one)).activity
    late = [p for p in told if p.start > seconds(4)]
    assert sum(speaks(p.start / 1e9) == (p.payload.probability >= 0.5) for p in late) > 0.97 * len(late)


def test_its_stretches_are_the_turns_of_the_one_who_is_seen() -> None:
    spans = [(p.start / 1e9, p.end / 1e9) for p in feed(AudiovisualVad(), BUSY, faces(one)).speech][-3:]
    assert np.allclose(spans, TURNS[1:], atol=0.1)


@pytest.mark.parametrize("mouths", [one, lambda at_s: {}, lambda at_s: {1: 0.05}])
def test_in_a_quiet_room_it_says_what_the_other_detector_says(mouths: Mouths) -> None:
    assert feed(AudiovisualVad(), QUIET, faces(mouths)).activity == feed(AudiovisualVad(), QUIET).activity


def test_where_no_face_is_seen_well_sound_alone_decides() -> None:
    alone = decided(feed(AudiovisualVad(), BUSY).activity)
    assert alone == [True] * len(BUSY)
    assert decided(feed(AudiovisualVad(), BUSY, faces(one, reliable=False)).activity) == alone
    assert decided(feed(AudiovisualVad(), BUSY, faces(lambda at_s: {})).activity) == alone


def test_who_never_spoke_in_the_picture_silences_nobody() -> None:
    listener = faces(lambda at_s: {1: 0.05})
    assert all(decided(feed(AudiovisualVad(), BUSY, listener).activity))


def loud_while(talks: Callable[[float], bool]) -> list[Packet[AudioFrame]]:
    """A room that is never quiet, and somebody in it who talks."""
    rng = np.random.default_rng(0)
    times = np.arange(round(UNTIL_S * 16_000)) / 16_000
    voice = np.array([talks(at_s) for at_s in times[::160]]).repeat(160)
    return audio((rng.normal(size=len(times)) * (0.05 + 0.05 * voice)).astype(np.float32))


def test_a_mouth_that_goes_with_the_sound_has_a_say() -> None:
    told = feed(AudiovisualVad(), BUSY, faces(one), loud_while(speaks)).activity
    late = [p for p in told if p.start > seconds(4)]
    assert sum(speaks(p.start / 1e9) == (p.payload.probability >= 0.5) for p in late) > 0.97 * len(late)


def test_a_narrator_over_somebody_else_who_talks_loses_no_word() -> None:
    over = loud_while(lambda at_s: at_s % 2.2 < 1.7)
    assert all(decided(feed(AudiovisualVad(), BUSY, faces(one), over).activity))


def test_pictures_that_stop_have_no_say_any_more() -> None:
    told = feed(AudiovisualVad(), BUSY, faces(one, until_s=6.5)).activity
    assert all(p.payload.probability >= 0.5 for p in told if p.start > seconds(6.8))


def test_the_gate_can_be_always_shut_or_never() -> None:
    listener = faces(lambda at_s: {1: 0.05})
    assert not any(decided(feed(AudiovisualVad(gate="always"), BUSY, listener).activity))
    assert all(decided(feed(AudiovisualVad(gate="never"), BUSY, faces(one)).activity))


def speakers(mouths: Mouths, sound: Samples | None = None) -> list[tuple[int | None, Ns]]:
    heard = audio(np.zeros(0, np.float32) if sound is None else sound)
    told = feed(AudiovisualVad(), QUIET, faces(mouths), heard).speaker
    return [(packet.payload.face, packet.start) for packet in told]


def test_two_in_turn_are_each_told_when_they_speak() -> None:
    def two(at_s: float) -> dict[int, float]:
        return {1: 0.9 * speaks(at_s) * (at_s < 6.5), 2: 0.9 * speaks(at_s) * (at_s > 6.5)}

    assert [face for face, _ in speakers(two)] == [1, None, 1, None, 2, None, 2, None]


def test_of_two_who_move_their_lips_the_one_who_goes_with_the_sound_speaks() -> None:
    rng = np.random.default_rng(0)
    loud = rng.random(200)  # of each 160 ms

    def two(at_s: float) -> dict[int, float]:
        return {1: 0.9 - 0.6 * loud[int(at_s / 0.16)], 2: 0.3 + 0.6 * loud[int(at_s / 0.16)]}

    envelope = np.repeat(loud[: round(UNTIL_S / 0.16)], 2560)
    sound = (0.3 * envelope * np.sin(np.arange(len(envelope)) * 0.2)).astype(np.float32)
    told = speakers(two, sound)
    assert {face for face, at in told if at > seconds(3)} == {2, None}


def test_nobody_is_told_where_nobody_is_seen() -> None:
    assert speakers(lambda at_s: {}) == []


def test_sound_that_breaks_off_ends_a_stretch_there() -> None:
    packets = [*activity([(0, 1)], until_s=1.0)]
    later = [Packet(p.payload, p.start + seconds(5), p.end + seconds(5)) for p in packets]
    [first, second] = feed(AudiovisualVad(), [*packets, *later]).speech
    assert (first.end, second.start) == (packets[-1].end, seconds(5))


def test_settings_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"release 0\.6 is above threshold 0\.5"):
        build(AudiovisualVad, {"release": 0.6})
    with pytest.raises(SettingsError, match=r"'gate' is 'often'.*one of"):
        build(AudiovisualVad, {"gate": "often"})
