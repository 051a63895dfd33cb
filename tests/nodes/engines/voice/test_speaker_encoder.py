from itertools import combinations

import numpy as np
import pytest

from nodes._engines.voice.speaker_encoder import SpeakerEncoder, shared_encoder
from pipeline.errors import ModelError
from pipeline.testing import noise
from tests.media import need_model
from tests.nodes.engines.voice.people import RATE_HZ, said_by

pytestmark = pytest.mark.model

SPEAKERS = ("ls-367", "ls-1688", "ls-2033", "ls-2609", "ls-3080")


@pytest.fixture(scope="module")
def encoder() -> SpeakerEncoder:
    need_model("ge2e")
    return shared_encoder().value


@pytest.mark.media
def test_two_utterances_are_alike_when_and_only_when_one_person_said_them(encoder: SpeakerEncoder) -> None:
    said = {who: [encoder(sound[: 8 * RATE_HZ], RATE_HZ) for sound in said_by(who)[:2]] for who in SPEAKERS}
    same = [one @ other for one, other in said.values()]
    different = [a @ b for one, other in combinations(said.values(), 2) for a in one for b in other]
    assert np.mean(same) > 0.8
    assert np.mean(different) < 0.65
    assert min(same) > max(different)


@pytest.mark.media
def test_any_sample_rate_gives_the_same_voice(encoder: SpeakerEncoder) -> None:
    from nodes._engines.voice.rates import at_rate

    sound = said_by("ls-2033")[0][: 4 * RATE_HZ]
    assert encoder(sound, RATE_HZ) @ encoder(at_rate(sound, RATE_HZ, 24_000), 24_000) > 0.99


def test_each_embedding_has_unit_length_however_short_the_sound(encoder: SpeakerEncoder) -> None:
    for seconds in (0.05, 1.0, 5.0):
        windows = encoder.windows(noise(seconds))
        assert windows.dtype == np.float32
        assert np.linalg.norm(windows, axis=1) == pytest.approx(np.ones(len(windows)), abs=1e-4)
    assert encoder.windows(noise(1.7)).shape == (1, 256)
    assert encoder.windows(noise(8.0)).shape == (9, 256)


def test_other_weights_are_refused() -> None:
    with pytest.raises(
        ModelError, match=r"x\.pt: has no 'lstm\.weight_ih_l0'; give the weights of Resemblyzer"
    ):
        SpeakerEncoder({}, "x.pt")
