"""From a profile to a timbre: at once, then better and checked, always the same."""

from __future__ import annotations

import numpy as np
import pytest

from nodes.voice.imitate import VoiceImitation
from pipeline.clock import seconds
from pipeline.errors import ModelError, SettingsError
from pipeline.media import Timbre, VoiceProfile
from pipeline.packet import Packet
from pipeline.testing import feed
from tests.media import need_model
from tests.nodes.engines.voice import speakers


def timbres(node: VoiceImitation, *profiles: VoiceProfile) -> list[Timbre]:
    packets = [Packet(profile, seconds(at), seconds(at + 1)) for at, profile in enumerate(profiles)]
    return [packet.payload for packet in feed(node, packets).timbre]


@pytest.mark.model
@pytest.mark.media
@pytest.mark.timeout(240)
def test_a_first_timbre_is_checked_then_bettered() -> None:
    need_model("whisper-base")
    theirs, _ = speakers.profile(speakers.WOMAN), speakers.hibari()
    first, checked, last = timbres(VoiceImitation(search=4), theirs)
    assert (first.stage, first.strength, first.similarity) == ("first", 1.0, 0.0)
    assert (first.speaker, first.engine) == (1, "tts.hibari")
    assert checked.similarity > 0.6
    assert checked.word_errors is not None
    assert last.stage == "tuned"
    assert last.similarity >= checked.similarity


@pytest.mark.model
@pytest.mark.media
@pytest.mark.timeout(240)
def test_the_same_profile_gives_the_same_timbre() -> None:
    theirs, _ = speakers.profile(speakers.MAN), speakers.hibari()
    node = VoiceImitation(search=9, guard=False)
    (_, one), (_, again) = timbres(node, theirs), timbres(node, theirs)
    assert (one.stage, one.warp) == ("tuned", again.warp)
    np.testing.assert_array_equal(one.equaliser, again.equaliser)


@pytest.mark.model
@pytest.mark.media
def test_without_guard_and_search_the_first_is_all_there_is() -> None:
    theirs, _ = speakers.profile(speakers.MAN), speakers.hibari()
    [only] = timbres(VoiceImitation(search=0, guard=False, strength=0.5), theirs)
    assert (only.stage, only.strength) == ("first", 0.5)


def test_nothing_is_waited_for_before_the_first_leaves() -> None:
    theirs, _ = speakers.profile(speakers.MAN), speakers.hibari()
    node = VoiceImitation()
    node.open()
    try:
        steps = iter(node.process(Packet(theirs, 0, 1)))
        item = next(steps)
        assert item is not None
        assert item.payload.stage == "first"
    finally:
        node.close()


@pytest.mark.model
@pytest.mark.media
def test_for_a_voice_of_which_nothing_is_known_the_converter_is_given_the_profile() -> None:
    theirs = speakers.profile(speakers.MAN)
    [only] = timbres(VoiceImitation(engine=""), theirs)
    assert (only.engine, only.stage, only.profile, only.equaliser) == ("voice.convert", "first", theirs, None)


def test_a_voice_that_cannot_imitate_is_refused_with_the_way_round() -> None:
    with pytest.raises(
        SettingsError, match=r"voice\.imitate: 'tts\.espeak' cannot .*put voice\.convert behind it"
    ):
        feed(VoiceImitation(engine="tts.espeak", guard=False), [])


def test_a_recogniser_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ModelError, match="whisper-bass"):
        feed(VoiceImitation(recogniser="whisper-bass"), [])
