"""All scores of a recording and of many: complete, explained, and those of the field's scorers."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from pipeline.measure.recording import Recording, Sentence
from pipeline.measure.scores import longform, score
from pipeline.measure.trace import Clock, Piece, Said, Stream, Trace

LINES = (
    "It was the best of times, it was the worst of times,",
    "it was the age of wisdom, it was the age of foolishness,",
    "it was the epoch of belief, it was the epoch of incredulity.",
)


def recording(
    name: str = "tale", to: str = "en", lines: tuple[str, ...] = LINES, transcript: str = ""
) -> Recording:
    """Five seconds a sentence."""
    sentences = tuple(Sentence(text, i * 5000, (i + 1) * 5000) for i, text in enumerate(lines))
    return Recording(name, Path(f"/{name}.wav"), "pt", to, 5.0 * len(lines), sentences, transcript)


def words_of(text: str, late: float = 1000.0, every: float = 400.0) -> tuple[Said, ...]:
    """Words in pairs, each pair a step of 50 ms of compute and 20 ms of queueing."""
    found = []
    for i, word in enumerate(text.split()):
        heard = (i // 2 + 1) * 2 * every
        found.append(Said(word, heard, 50.0, heard + late, i * every, (i + 1) * every))
    return tuple(found)


def trace(text: str, *, speech: tuple[Piece, ...] = (), transcript: str = "", erased: int = 0) -> Trace:
    """An interpretation that said this."""
    said = words_of(text)
    heard = Stream("pt", words_of(transcript))
    translation = Stream("en", said, shown=len(said) + erased, erased=erased)
    return Trace("tale", 15_000.0, heard, Stream(), translation, speech)


SPEECH = (
    Piece("It was the best of times,", 2000, 2000, 1500, 0, 2500, 0),
    Piece("it was the worst of times,", 4000, 4200, 1500, 2500, 5000, 0),
)
TEXT = " ".join(LINES)


def test_every_key_has_a_value_or_a_reason() -> None:
    for given in (trace(TEXT, speech=SPEECH, transcript="Foi"), trace(""), trace("Hm")):
        for what in (recording(transcript="Foi o melhor"), recording(lines=())):
            found = score.score(what, given)
            assert set(found.values) | set(found.notes) == set(score.KEYS)
            assert set(found.values) & set(found.notes) == set()
            assert all(found.notes.values())


def test_a_perfect_interpretation() -> None:
    found = score.score(recording(), trace(TEXT)).values
    assert (found["chrf"], found["bleu"], found["erasure"]) == pytest.approx((100, 100, 0))
    assert (found["word_delay_p50_ms"], found["words"]) == (1200, 36)


def test_reasons_are_told() -> None:
    empty = score.score(recording(lines=("", "")), trace(TEXT)).notes
    notes = score.score(recording(lines=()), trace(TEXT)).notes
    assert empty["chrf"] == empty["al_ms_cu"] == "no reference translation"
    assert notes["chrf"] == notes["al_ms_cu"] == notes["long_yaal_ms_queue"] == "no reference translation"
    assert notes["wer"] == "no transcript to compare with"
    assert notes["speech_gap_s"] == "nothing was spoken"
    assert notes["word_delay_growth_ms"] == "all words came within a minute"
    assert score.score(recording(), trace("")).notes["laal_ms_cu"] == "nothing was translated"
    silent = score.score(recording(transcript="Foi o melhor"), trace(TEXT))
    assert silent.notes["wer"] == "the graph gives no transcript"


def test_signatures_say_how_a_score_was_made() -> None:
    found = score.score(recording(transcript="Foi o melhor"), trace(TEXT, transcript="Foi o pior")).signatures
    assert set(found) == {"bleu", "chrf", "wer", "cer"}
    assert "tok:13a" in found["bleu"]


def test_the_clocks_are_in_order() -> None:
    found = score.score(recording(), trace(TEXT)).values
    for metric in ("laal_ms", "dal_ms", "atd_ms", "long_yaal_ms", "start_offset_ms"):
        cu, ca, queue = (found[f"{metric}_{by}"] for by in ("cu", "ca", "queue"))
        assert cu < ca < queue
        assert found[f"{metric}_ca_simuleval"] >= ca


def test_speech_is_late_by_when_it_plays() -> None:
    found = score.score(recording(), trace(TEXT, speech=SPEECH)).values
    assert found["speech_start_offset_ms"] == 2000
    assert found["speech_end_offset_ms"] == 5700 - 15_000
    assert (found["speech_gap_s"], found["speech_overlap_s"]) == (0.7, 0.0)
    assert found["speech_long_yaal_ms"] > found["long_yaal_ms_queue"]


def test_words_taken_back_are_counted_over_all_recordings() -> None:
    both = [(recording("a"), trace("one two three", erased=6)), (recording("b"), trace("one"))]
    assert score.corpus(both).values["erasure"] == 6 / 4


def test_the_score_of_many_is_that_of_one_where_there_is_one() -> None:
    pair = (recording(), trace(TEXT, speech=SPEECH))
    assert score.corpus([pair]) == score.score(*pair)


def test_a_corpus_weighs_sentences_in_long_form_and_recordings_as_a_whole() -> None:
    long, short = (
        (recording("a"), trace(TEXT)),
        (recording("b", lines=LINES[:1]), trace(LINES[0] + " at last")),
    )
    whole, one, other = score.corpus([long, short]), score.score(*long), score.score(*short)
    for key, weight in (("long_laal_ms_queue", 3), ("dal_ms_queue", 1)):
        expected = (weight * one.values[key] + other.values[key]) / (weight + 1)
        assert whole.values[key] == pytest.approx(expected)
    assert whole.values["words"] == one.values["words"] + other.values["words"]


def test_languages_with_different_tokenizers_have_no_bleu_together() -> None:
    found = score.corpus([(recording("a"), trace(TEXT)), (recording("b", to="zh"), trace("它是最好的"))])
    assert found.notes["bleu"] == "target languages with different tokenizers"
    assert "chrf" in found.values


def test_a_language_without_spaces_is_scored_by_characters() -> None:
    what = recording(to="zh", lines=("这是最好的时代,", "这是最坏的时代。"))
    found = score.score(what, trace("这是最好的 时代, 这是最坏的 时代。")).values
    assert found["words"] == 16
    assert found["bleu"] == pytest.approx(100)


def test_what_is_heard_in_a_language_without_spaces_has_no_word_errors() -> None:
    what = Recording("t", Path("/t.wav"), "ja", "en", 5.0, (Sentence("It was.", 0, 5000),), "それは最高")
    found = score.score(what, trace("It was.", transcript="それは最悪"))
    assert found.values["cer"] == pytest.approx(1 / 5)
    assert found.notes["wer"] == "written without spaces: see cer"


def oracle(what: Recording, said: list[tuple[str, float, float]]) -> dict[str, float]:
    """Scores by OmniSTEval of one utterance, from the text, CU and CA of each unit."""
    scoring = pytest.importorskip("omnisteval.scoring", reason="OmniSTEval is not installed")
    from omnisteval.data import Instance

    instance = Instance(
        prediction=" ".join(text for text, _, _ in said),
        reference=what.reference,
        source_length=what.seconds * 1000,
        emission_cu=[cu for _, cu, _ in said],
        emission_ca=[ca for _, _, ca in said],
    )
    found, _, _ = scoring.evaluate_instances([instance], is_longform=False)
    return dict(found)


@pytest.mark.parametrize("by", ["ca", "queue"])
def test_one_utterance_agrees_with_omnisteval(by: Clock) -> None:
    what = Recording("t", Path("/t.wav"), "pt", "en", 15.0, (Sentence(TEXT, 0, 15_000),))
    given = trace("It was the best of all the times, it was the worst of times, wisdom! " * 2)
    said = given.translation.said
    ca = [word.out if by == "queue" else word.heard + word.compute for word in said]
    rows = [(word.text, word.heard, later) for word, later in zip(said, ca, strict=True)]
    expected, found = oracle(what, rows), score.score(what, given).values
    for metric in ("al", "laal", "dal", "yaal"):
        assert found[f"{metric}_ms_cu"] == pytest.approx(expected[metric], abs=1e-6)
        assert found[f"{metric}_ms_{by}"] == pytest.approx(expected[f"ca_{metric}"], abs=1e-6)
    assert found[f"ap_{by}"] == pytest.approx(expected["ca_ap"], abs=1e-6)
    for key in ("bleu", "chrf", "swf", "efsw", "dsptv"):
        assert found[key] == pytest.approx(expected[key], abs=1e-6)


def test_sentences_are_kept_for_confidence_and_for_pages() -> None:
    measured = score.measure(recording(), trace(TEXT))
    assert [line.hypothesis for line in measured.lines] == list(LINES)
    values = longform.mean_scores(line.lags for line in measured.lines)
    assert values["long_yaal_ms_queue"] == score.total([measured]).values["long_yaal_ms_queue"]


def test_no_recordings_have_no_scores() -> None:
    found = score.total([])
    assert found.values == {"words": 0}
    assert set(found.notes) == set(score.KEYS) - {"words"}
    assert all(itertools.chain(found.notes.values()))
