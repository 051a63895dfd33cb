"""A long recording is scored sentence by sentence, and as the field's own scorer does it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.measure.recording import Recording, Sentence
from pipeline.measure.scores.longform import long_scores, mean_scores, segments, sentence_scores
from pipeline.measure.trace import Clock, Said
from tests.measure import oracle
from tests.measure.golden import CASES

LONG_YAAL = {"A": 916.667, "B": 750.0, "C": 1333.333, "D": 1333.333}  # of a recording that ends at 6 s
NUMBERS = "one two three four five six seven eight"
SPEECH = "the The a mat Matte don't well-known end. end, (see) 4, 3.14 u.s. vs. house. - ! “no” x l'eau"
WORDS = st.sampled_from(SPEECH.split())
CHARACTERS = st.sampled_from("的是不了。、人我在ABa")


def recording(*sentences: Sentence, to: str = "en") -> Recording:
    """A recording with a reference."""
    return Recording("talk", Path("talk.wav"), "de", to, sentences[-1].end_ms / 1000, sentences)


def said(text: str, times_ms: list[float]) -> list[Said]:
    """Words that were heard and came out at these times."""
    return [Said(word, at, 0, at, at, at) for word, at in zip(text.split(), times_ms, strict=True)]


@pytest.mark.parametrize("name", CASES)
def test_the_golden_numbers(name: str) -> None:
    case = CASES[name]
    text = " ".join(NUMBERS.split()[: len(case.delays)])
    reference = " ".join(NUMBERS.split()[: case.reference])
    talk = recording(Sentence(reference, 0, case.source_ms), Sentence(".", case.source_ms, 6000))
    found = long_scores(talk, said(text, list(case.delays)), "cu")
    assert found["long_yaal"] == pytest.approx(LONG_YAAL[name], abs=1e-3)


def test_each_sentence_is_scored_from_its_own_beginning() -> None:
    talk = recording(Sentence("good morning", 0, 2000), Sentence("how are you", 10_000, 12_000))
    words = said("good morning how are you", [2000, 2000, 12_000, 12_000, 12_000])
    first, second = sentence_scores(segments(talk, words), words, "cu")
    assert first["long_laal"] == second["long_laal"] == 2000


def test_words_fall_to_the_sentence_that_they_render() -> None:
    talk = recording(Sentence("Good morning.", 0, 2000), Sentence("How are you?", 2000, 4000))
    words = said("Good morning, everyone. And how are you?", [2000.0] * 7)
    assert [segment.text for segment in segments(talk, words)] == [
        "Good morning, everyone.",
        "And how are you?",
    ]


def test_a_sentence_of_which_nothing_was_said_has_no_score() -> None:
    talk = recording(Sentence("one two", 0, 1000), Sentence("eight", 1000, 2000))
    words = said("one two", [500, 1500])
    assert sentence_scores(segments(talk, words), words, "cu")[1] == {}
    means = long_scores(talk, words, "cu")
    means.pop("stream_laal")
    assert means == sentence_scores(segments(talk, words), words, "cu")[0]


def test_characters_have_the_times_of_their_word() -> None:
    talk = recording(Sentence("早上好", 0, 1000), Sentence("你好 吗", 1000, 2000), to="zh")
    first, second = segments(talk, said("早上好 你好吗", [900, 1900]))
    assert (first.text, second.text, second.reference) == ("早上好", "你好吗", "你好吗")
    assert [unit.heard for unit in second.said] == [1900] * 3


@pytest.mark.parametrize("sentences", [(), (Sentence("", 0, 1000),)], ids=["none", "empty"])
def test_without_a_reference_there_are_no_scores(sentences: tuple[Sentence, ...]) -> None:
    talk = Recording("talk", Path("talk.wav"), "de", "en", 1, sentences)
    assert long_scores(talk, said("one", [1]), "queue") == {}


def test_stream_laal_is_laal_by_sentence() -> None:
    talk = recording(Sentence("one two", 0, 2000), Sentence("three four", 2000, 4000))
    words = said("one two three four", [1000, 1000, 3000, 5000])
    assert long_scores(talk, words, "cu")["stream_laal"] == (500 + (1000 + 2000) / 2) / 2


def test_silence_has_no_scores() -> None:
    assert long_scores(recording(Sentence("one", 0, 1000)), [], "cu") == {}


def test_every_sentence_counts_the_same() -> None:
    assert mean_scores([{"long_al": 1.0}, {}, {"long_al": 3.0, "long_dal": 5.0}]) == {
        "long_al": 2.0,
        "long_dal": 5.0,
    }


@st.composite
def talks(draw: st.DrawFn, *, to: str) -> tuple[Recording, list[Said]]:
    """A recording and an interpretation that has something of its reference, and something else."""
    pieces = CHARACTERS if to == "zh" else WORDS
    space = "" if to == "zh" else " "
    sentences, words, start = [], [], 0.0
    for _ in range(draw(st.integers(1, 4))):
        text = draw(st.lists(pieces, min_size=1, max_size=6))
        end = start + draw(st.integers(1, 9)) * 500.0
        sentences.append(Sentence(space.join(text), start, end))
        words += [word for word in text if draw(st.integers(0, 3))] + draw(st.lists(pieces, max_size=2))
        start = end + draw(st.sampled_from([0.0, 250.0]))
    steps = [draw(st.integers(0, 4)) * 300.0 for _ in words]
    times = [sum(steps[: index + 1]) for index in range(len(steps))]
    return recording(*sentences, to=to), [
        Said(word, at, 0, at + 40, at, at) for word, at in zip(words, times, strict=True)
    ]


def agrees(talk: Recording, words: list[Said]) -> None:
    """All that the field's scorer computes of it is what we compute, and each word falls to the same sentence."""
    theirs, texts = oracle.long_scores(talk, words)
    laid = segments(talk, words)
    assert [segment.text for segment in laid] == texts
    both: tuple[tuple[str, Clock], ...] = (("", "cu"), ("ca_", "queue"))
    for prefix, by in both:
        ours = {prefix + name: value for name, value in mean_scores(sentence_scores(laid, words, by)).items()}
        expected = {
            name: value
            for name, value in theirs.items()
            if name.startswith(prefix + "long_") and not math.isnan(value)
        }
        assert ours == pytest.approx(expected, abs=1e-6)


@settings(max_examples=40)
@given(talks(to="en"))
def test_it_agrees_with_omnisteval_on_words(case: tuple[Recording, list[Said]]) -> None:
    agrees(*case)


@settings(max_examples=60)
@given(talks(to="zh"))
def test_it_agrees_with_omnisteval_on_characters(case: tuple[Recording, list[Said]]) -> None:
    agrees(*case)
