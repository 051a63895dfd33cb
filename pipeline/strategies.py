"""Strategies for Hypothesis: sound, its cuttings, and texts that grow. Imported by tests only.

@given(cut_audio())
def test_any_cutting_gives_the_same(sound):
    samples, packets = sound
    assert feed(MyNode(), packets).speech == feed(MyNode(), audio(samples)).speech
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from pipeline.clock import ms
from pipeline.media import Activity, AudioFrame, Samples, Text, Word, join_words
from pipeline.packet import Packet
from pipeline.testing import audio, noise, silence, text, tone


@st.composite
def signals(draw: st.DrawFn, max_s: float = 2.0, rate_hz: int = 16_000) -> Samples:
    """Sound: up to six stretches of silence, tone or noise, each 10 to 500 ms; (n,) float32."""
    parts, left_ms = [], round(max_s * 1000)
    for kind in draw(st.lists(st.sampled_from("stn"), min_size=1, max_size=6)):
        length_s = draw(st.integers(10, 500)) / 1000
        level_dbfs = draw(st.integers(-60, -6))
        made = {
            "s": silence(length_s, rate_hz),
            "t": tone(length_s, draw(st.integers(60, 4000)), level_dbfs, rate_hz),
            "n": np.clip(noise(length_s, level_dbfs, rate_hz, seed=draw(st.integers(0, 9))), -1, 1),
        }
        parts.append(made[kind])
    return np.concatenate(parts)[: left_ms * rate_hz // 1000]


def cuttings(samples: int, most: int = 40) -> st.SearchStrategy[list[int]]:
    """Sample indices at which a signal of that length is cut, for `audio(signal, cuts=…)`; none leaves it whole."""
    inside = st.integers(1, max(1, samples - 1))
    return st.lists(inside, max_size=most, unique=True).map(sorted)


@st.composite
def cut_audio(
    draw: st.DrawFn, max_s: float = 2.0, rate_hz: int = 16_000
) -> tuple[Samples, list[Packet[AudioFrame]]]:
    """A signal, and the same cut into packets anyhow."""
    samples = draw(signals(max_s, rate_hz))
    return samples, audio(samples, rate_hz, cuts=draw(cuttings(len(samples))))


_SPELLINGS = st.one_of(
    st.sampled_from(
        ["the", "and", "of", "Lisbon", "3.5", "Dr.", "l'eau", "don't", "well,", "go.", "really?"]
    ),
    st.text(st.characters(categories=["L"]), min_size=1, max_size=8),
)


@st.composite
def words(draw: st.DrawFn, max_words: int = 30) -> tuple[Word, ...]:
    """Words in order of time, with pauses of up to a second between some of them."""
    found, at = [], draw(st.integers(0, 500))
    for spelling in draw(st.lists(_SPELLINGS, min_size=1, max_size=max_words)):
        length = draw(st.integers(60, 600))
        found.append(Word(spelling, ms(at), ms(at + length)))
        at += length + draw(st.sampled_from([0, 0, 40, 120, 400, 1000]))
    return tuple(found)


@st.composite
def texts(draw: st.DrawFn, max_words: int = 30, lang: str = "en") -> list[Packet[Text]]:
    """A text that grows as a recogniser tells it: words committed in order, a tail that may be wrong, pauses."""
    spoken = draw(words(max_words))
    steps, said = [], 0
    while said < len(spoken):
        ahead = draw(st.integers(0, 3))
        committed = spoken[said : said + draw(st.integers(0, 4))]
        said += len(committed)
        tail = draw(st.sampled_from([join_words(spoken[said : said + ahead]), "um", ""]))
        ends = draw(st.sampled_from(["", "", "pause", "sentence"])) if committed else ""
        steps.append(Text(committed, tail, lang, ends))
        if not committed:
            steps.append(Text(spoken[said : said + 1], "", lang))
            said += 1
    return text(*steps)


@st.composite
def activities(draw: st.DrawFn, max_windows: int = 100, window_ms: float = 32) -> list[Packet[Activity]]:
    """Voice activity in windows without gaps: probability and decision agree, but for a hysteresis in between."""
    values: Sequence[int] = draw(st.lists(st.integers(0, 20), min_size=1, max_size=max_windows))
    packets, speaking = [], False
    for index, value in enumerate(values):
        speaking = value >= 12 or (speaking and value > 6)
        span = ms(index * window_ms), ms((index + 1) * window_ms)
        packets.append(Packet(Activity(value / 20, speaking), *span))
    return packets
