"""What was said is heard, and heard once."""

from __future__ import annotations

import pytest

from nodes._engines.voice.guard import word_errors
from nodes._engines.voice.hearing import Hearing
from tests.media import need_model
from tests.nodes.engines.voice import speakers

SAID = (
    "She opened the window, looked down into the garden and saw that the gate was broken.",
    "Our new product helps people talk to each other in any language they like.",
    "We are looking for volunteers who can help with the harvest in October.",
)


@pytest.mark.model
@pytest.mark.timeout(120)
def test_a_short_sentence_is_not_heard_twice() -> None:
    hearing, voice = Hearing(need_model("whisper-base")), speakers.hibari()
    heard = [hearing(voice.render(text, "en"), voice.rate_hz, "en") for text in SAID]
    assert [word_errors(text, said) for text, said in zip(SAID, heard, strict=True)] == [0, 0, 0]
