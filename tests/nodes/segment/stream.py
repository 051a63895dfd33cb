"""Streams of words for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from hypothesis import strategies as st

from pipeline.clock import ms
from pipeline.media import Text, Word
from pipeline.packet import Packet

VOCABULARY = (
    "the a of we has big house runs 3 14 percent New York City and because in to now. here, yes? Dr. it out"
)


def timed(texts: Sequence[str], gaps_ms: Iterable[int] = ()) -> list[Word]:
    """Words of 300 ms with 50 ms between them, or the given gaps in front of them."""
    words, at, gaps = [], 0, list(gaps_ms)
    for index, text in enumerate(texts):
        at += gaps[index] if index < len(gaps) else 50
        words.append(Word(text, ms(at), ms(at + 300)))
        at += 300
    return words


def packets(
    words: Sequence[Word], cuts: Iterable[int] = (), *, ahead: int = 0, ends: str = "end"
) -> list[Packet[Text]]:
    """The words in packets cut at these indices, each with the next `ahead` words as its tail."""
    edges = [0, *sorted(set(cuts) & set(range(1, len(words)))), len(words)]
    return [
        Packet(
            Text(
                tuple(words[a:b]),
                " ".join(word.text for word in words[b : b + ahead]),
                "en",
                ends if b == len(words) else "",
            ),
            words[a].start,
            words[b - 1].end,
        )
        for a, b in pairwise(edges)
    ]


def one_by_one(text: str, *, ahead: int = 0, ends: str = "end") -> list[Packet[Text]]:
    """A text as a recogniser that commits word by word would give it."""
    words = timed(text.split())
    return packets(words, range(len(words)), ahead=ahead, ends=ends)


@st.composite
def streams(draw: st.DrawFn) -> list[Packet[Text]]:
    """Any words, any pauses, any packets, any tail."""
    texts = draw(st.lists(st.sampled_from(VOCABULARY.split()), min_size=1, max_size=40))
    gaps = draw(st.lists(st.sampled_from([0, 50, 200, 400, 1500]), max_size=len(texts)))
    cuts = draw(st.lists(st.integers(1, 40), max_size=20))
    return packets(
        timed(texts, gaps),
        cuts,
        ahead=draw(st.integers(0, 3)),
        ends=draw(st.sampled_from(["end", "pause", ""])),
    )


def committed(packets: Iterable[Packet[Text]]) -> list[Word]:
    """All committed words, one after another."""
    return [word for packet in packets for word in packet.payload.committed]


def texts(packets: Iterable[Packet[Text]]) -> list[str]:
    """The committed units as strings."""
    return [packet.payload.text for packet in packets if packet.payload.committed]
