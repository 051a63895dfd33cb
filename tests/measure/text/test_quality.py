"""Quality scores: those of the libraries, with the settings that the language asks for."""

from __future__ import annotations

import importlib.util

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import PackageError
from pipeline.measure.text import quality

REFERENCES = ["It was the best of times.", "It was the worst of times, it was the age of wisdom."]
NEAR = ["It was the best of times.", "It was the worst time, it was an age of wisdom."]


def test_a_perfect_translation_has_full_marks() -> None:
    assert quality.bleu(REFERENCES, REFERENCES, "en").value == pytest.approx(100)
    assert quality.chrf(REFERENCES, REFERENCES).value == pytest.approx(100)


def test_scores_say_how_they_were_made() -> None:
    assert "tok:13a" in quality.bleu(NEAR, REFERENCES, "en").signature
    assert quality.chrf(NEAR, REFERENCES).signature.startswith(
        "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|"
    )


@pytest.mark.parametrize(
    ("lang", "tokenizer"),
    [("en", "13a"), ("pt-BR", "13a"), ("zh", "zh"), ("zh-Hant", "zh"), ("yue", "zh"), ("th", "char")],
)
def test_words_are_cut_as_the_language_is_written(lang: str, tokenizer: str) -> None:
    assert quality.bleu_tokenizer(lang) == tokenizer


@pytest.mark.parametrize("lang", ["ja", "ko"])
def test_japanese_and_korean_are_cut_by_mecab_where_it_is_there(lang: str) -> None:
    tokenizer, package = quality.MECAB[lang]
    there = importlib.util.find_spec(package) is not None
    assert quality.bleu_tokenizer(lang) == (tokenizer if there else "char")
    assert quality.bleu(["こんにちは、世界です。"], ["こんにちは、世界です。"], lang).value == pytest.approx(
        100
    )


def test_chinese_is_not_one_word() -> None:
    assert quality.bleu(["这是最好的时代。"], ["这是最坏的时代。"], "zh").value > 20


def test_it_agrees_with_omnisteval() -> None:
    scoring = pytest.importorskip("omnisteval.scoring", reason="OmniSTEval is not installed")
    from omnisteval.data import Instance

    instances = [Instance(prediction=h, reference=r) for h, r in zip(NEAR, REFERENCES, strict=True)]
    assert quality.bleu(NEAR, REFERENCES, "en").value == pytest.approx(
        scoring.SacreBLEUScorer("13a")(instances), abs=1e-9
    )
    assert quality.chrf(NEAR, REFERENCES).value == pytest.approx(scoring.ChrFScorer()(instances), abs=1e-9)


SENTENCES = st.lists(
    st.tuples(st.text("abc ,.", max_size=40), st.text("abc ,.", min_size=1)), min_size=1, max_size=8
)


@given(SENTENCES)
def test_tables_give_the_same_scores(pairs: list[tuple[str, str]]) -> None:
    hypotheses, references = [h for h, _ in pairs], [r for _, r in pairs]
    bleu = quality.bleu(hypotheses, references, "en").value
    assert quality.bleu_table(hypotheses, references, "en").value == pytest.approx(bleu, abs=1e-9)
    chrf = quality.chrf(hypotheses, references).value
    assert quality.chrf_table(hypotheses, references).value == pytest.approx(chrf, abs=1e-9)


def test_word_errors_are_counted_over_all_transcripts_together() -> None:
    heard, said = ["it was the beast", "of times"], ["It was the best", "of times, really!"]
    found = quality.wer(heard, said)
    assert found is not None
    assert found.value == pytest.approx(2 / 7)  # one substituted, one deleted
    assert found.signature.startswith("wer|case:lower|punct:no|norm:nfkc|jiwer:")


def test_writing_is_no_error() -> None:
    found = quality.wer(["IT WAS — the BEST…"], ["“It was the best.”"])
    assert found is not None
    assert found.value == 0


def test_characters_are_compared_without_spaces() -> None:
    found = quality.cer(["今日 は良い天気"], ["今日は、悪い天気。"])
    assert found is not None
    assert found.value == pytest.approx(1 / 7)


def test_where_nothing_was_said_there_is_no_error_rate() -> None:
    assert quality.wer(["hm"], ["…"]) is None
    assert quality.cer([], []) is None


def test_nothing_heard_is_all_errors() -> None:
    found = quality.wer([""], ["it was"])
    assert found is not None
    assert found.value == 1


def test_a_translation_without_its_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="2 translations, 1 references; give one of each a sentence"):
        quality.chrf(NEAR, REFERENCES[:1])


def test_comet_says_how_to_install_it() -> None:
    if importlib.util.find_spec("comet"):
        pytest.skip("COMET is installed")
    with pytest.raises(PackageError, match=r"pip install 'dragoman\[comet\]'"):
        quality.comet(["Foi o melhor"], ["It was the best"], ["It was the best"])
