"""OmniSTEval as the judge: it scores the same recording, from its own structures and by its own code."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from unittest.mock import patch

import pytest

from pipeline.measure.recording import Recording, Unit
from pipeline.measure.trace import Said, split


def long_scores(recording: Recording, said: Sequence[Said]) -> tuple[dict[str, float], list[str]]:
    """Its scores, CU from `heard` and CA from `out`, and what it lays on each sentence. Skips where it is absent."""
    scoring = pytest.importorskip("omnisteval.scoring", reason="OmniSTEval is not installed")
    instances = _instances(recording, said)
    found, _, _ = scoring.evaluate_instances(instances, compute_quality=False, is_longform=True)
    return found, [instance.prediction for instance in instances]


def _instances(recording: Recording, said: Sequence[Said]) -> list[Any]:
    from omnisteval.alignment import Word
    from omnisteval.data import Instance

    unit = recording.unit
    texts = [sentence.text.strip() for sentence in recording.sentences]
    if unit == "char":
        texts = [text.replace(" ", "") for text in texts]
    reference = [
        Word(piece, seq_id=index)
        for index, text in enumerate(texts)
        for piece in (list(text.lower()) if unit == "char" else text.lower().split())
    ]
    hypothesis = [Word(one.text, None, one.heard, one.out) for one in split(said, unit)]
    laid = _laid(reference, hypothesis, recording)
    end = max(sentence.end_ms for sentence in recording.sentences)
    return [
        Instance(
            prediction=("" if unit == "char" else " ").join(word.original for word in laid[index]),
            reference=text,
            latency_unit=unit,
            index=index,
            source_length=sentence.end_ms - sentence.start_ms,
            emission_cu=[word.emission_cu - sentence.start_ms for word in laid[index]],
            emission_ca=[word.emission_ca - sentence.start_ms for word in laid[index]],
            time_to_recording_end=end - sentence.start_ms,
        )
        for index, (sentence, text) in enumerate(zip(recording.sentences, texts, strict=True))
    ]


def _laid(reference: list[Any], hypothesis: list[Any], recording: Recording) -> dict[int, list[Any]]:
    from omnisteval.alignment import align_sequences, process_alignment

    by_character = recording.unit == "char"
    cut_reference, cut_hypothesis = (
        _cut(words, recording.to, recording.unit) for words in (reference, hypothesis)
    )
    aligned = align_sequences(cut_reference, cut_hypothesis, by_character)
    laid: dict[int, list[Any]] = {index: [] for index in range(len(recording.sentences))}
    for word in process_alignment(*aligned, by_character):
        if word.main:
            laid[word.seq_id].append(word)
    return laid


def _cut(words: list[Any], lang: str, unit: Unit) -> list[Any]:
    """Its tokens. Its tokenizer is a Perl program: one is kept for all."""
    from omnisteval.tokenization import tokenize_words

    with patch("mosestokenizer.MosesTokenizer", _moses):
        [found] = tokenize_words([words], None if unit == "char" else lang)
    return list(found)


@cache
def _moses(lang: str, *, no_escape: bool) -> Any:
    from mosestokenizer import tokenizer

    return tokenizer.MosesTokenizer(lang=lang, no_escape=no_escape)


__all__ = ["long_scores"]
