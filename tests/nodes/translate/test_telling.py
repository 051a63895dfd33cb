import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nodes.translate._telling import REACH, Grew, Telling
from pipeline.clock import Ns, ms, seconds
from pipeline.media import Speech, Text


def test_words_stand_between_those_before_them_and_the_sound_sent_so_far() -> None:
    telling = Telling("pt")
    telling.given(seconds(2), 0)
    [first] = telling.grown(Grew("translation", "O pacote "))
    telling.given(seconds(3), 0)
    [second] = telling.grown(Grew("translation", "chega. "))
    assert isinstance(first.payload, Text)
    assert isinstance(second.payload, Text)
    spans = [(word.text, word.start, word.end) for word in first.payload.committed + second.payload.committed]
    assert spans == [
        ("O", 0, seconds(1)),
        ("pacote", seconds(1), seconds(2)),
        ("chega.", seconds(2), seconds(3)),
    ]


def test_the_last_word_is_told_when_nothing_follows_it_for_a_while() -> None:
    telling = Telling("pt")
    telling.given(seconds(2), 0)
    [open_] = telling.grown(Grew("translation", "amanhã"))
    assert open_.payload == Text((), "amanhã", "pt")
    telling.given(seconds(2) + ms(799), 0)
    assert list(telling.settled()) == []
    telling.given(seconds(2) + ms(800), 0)
    [settled] = telling.settled()
    assert settled.final


def test_items_that_overlap_do_not_mix() -> None:
    telling = Telling("en")
    outs = [
        *telling.grown(Grew("transcript", "ab", "one")),
        *telling.grown(Grew("transcript", "cd", "two")),
        *telling.grown(Grew("transcript", "", "one", over=True)),
        *telling.ended(),
    ]
    texts = [out.payload.text for out in outs if isinstance(out.payload, Text) and out.final]
    assert texts == ["ab", "cd"]


def test_speech_plays_after_the_speech_before_it_and_not_before_it_came() -> None:
    telling = Telling("pt")
    second = np.zeros(24_000, np.float32)
    telling.given(seconds(2), seconds(2.5))
    plays = []
    for out in (telling.spoken(second), telling.spoken(second)):
        assert isinstance(out.payload, Speech)
        plays.append(out.payload.plays_at)
    assert plays == [seconds(2.5), seconds(3.5)]


STEPS = st.lists(
    st.tuples(
        st.integers(0, seconds(20)),
        st.sampled_from(["transcript", "translation", "speech", "settled", "ended"]),
        st.text("ab .", max_size=4),
    ),
    max_size=20,
)


@given(STEPS)
def test_what_is_told_keeps_the_order_and_what_was_promised(steps: list[tuple[Ns, str, str]]) -> None:
    telling, at, starts = Telling("pt"), 0, {"transcript": 0, "translation": 0, "speech": 0}
    for step, what, said in steps:
        promised = telling.held_since
        at += step
        telling.given(at, at)
        match what:
            case "speech":
                outs = [telling.spoken(np.zeros(240, np.float32))]
            case "transcript" | "translation":
                outs = list(
                    telling.grown(Grew("transcript" if what == "transcript" else "translation", said))
                )
            case "settled":
                outs = list(telling.settled())
            case _:
                outs = list(telling.ended())
        for out in outs:
            assert max(starts[out.port], promised, at - REACH) <= out.start <= out.end == at
            starts[out.port] = out.start
