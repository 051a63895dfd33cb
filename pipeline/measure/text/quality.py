"""Quality: how near a translation is to its reference, and a transcript to what was said.

The scores are those of sacrebleu, jiwer and COMET; here is which of their many settings apply to which language. Each
score comes with a signature that says so: scores with different signatures are not comparable.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np

from pipeline.errors import need
from pipeline.measure.confidence import Array, Table
from pipeline.measure.recording import UNSPACED

COMET_MODEL = "Unbabel/wmt22-comet-da"
MECAB = {"ja": ("ja-mecab", "MeCab"), "ko": ("ko-mecab", "mecab_ko")}  # language: tokenizer and its package


class Score(msgspec.Struct, frozen=True):
    """A score and how it was made."""

    value: float
    signature: str


def bleu_tokenizer(lang: str) -> str:
    """sacrebleu's tokenizer for a target language.

    Characters stand for the words of languages written without spaces. Japanese and Korean are cut by MeCab where
    `sacrebleu[ja]` or `sacrebleu[ko]` is installed, else into characters, as the signature says.
    """
    short = lang.split("-", maxsplit=1)[0]
    if short in ("zh", "yue"):
        return "zh"
    if short in MECAB:
        tokenizer, package = MECAB[short]
        return tokenizer if importlib.util.find_spec(package) else "char"
    return "char" if short in UNSPACED else "13a"


def bleu(hypotheses: Sequence[str], references: Sequence[str], lang: str) -> Score:
    """Corpus BLEU, 0 to 100, of sentences against a reference each (Papineni et al. 2002; Post 2018, sacrebleu)."""
    return _corpus(_bleu(lang), hypotheses, references)


def chrf(hypotheses: Sequence[str], references: Sequence[str]) -> Score:
    """Corpus chrF2, 0 to 100: F-score of character n-grams up to 6 (Popović 2015, 2016). Needs no tokenizer."""
    return _corpus(_sacrebleu().CHRF(), hypotheses, references)


def bleu_table(hypotheses: Sequence[str], references: Sequence[str], lang: str) -> Table:
    """The sums that BLEU is made of, for confidence."""
    return _table(_bleu(lang), hypotheses, references)


def chrf_table(hypotheses: Sequence[str], references: Sequence[str]) -> Table:
    """The sums that chrF is made of, for confidence."""
    return _table(_sacrebleu().CHRF(), hypotheses, references)


def normalised(text: str) -> str:
    """Text as error rates compare it: NFKC, lower case, punctuation and symbols as spaces."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return " ".join("".join(" " if unicodedata.category(c)[0] in "PS" else c for c in plain).split())


def wer(heard: Sequence[str], said: Sequence[str]) -> Score | None:
    """Word error rate of transcripts together: (substituted + deleted + inserted) / words said. May pass 1.

    None where nothing was said (then every error rate is infinite).
    """
    return _error_rate("wer", heard, said)


def cer(heard: Sequence[str], said: Sequence[str]) -> Score | None:
    """Character error rate, spaces left out; for languages written without spaces, in place of `wer`."""
    return _error_rate("cer", heard, said)


def comet(
    sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[str], model: str = COMET_MODEL
) -> Score:
    """COMET, about 0 to 1, by the neural model named (or its checkpoint file); Rei et al. 2020, 2022.

    Needs the source text of each sentence. Fetches the model on first use; takes a GPU where there is one.

    Raises `PackageError` where COMET is not installed.
    """
    try:
        import torch
        from comet import download_model, load_from_checkpoint
    except ImportError:
        raise need("comet", "comet", "measure.quality") from None
    checkpoint = model if Path(model).is_file() else download_model(model)
    rows = [
        {"src": source, "mt": hypothesis, "ref": reference}
        for source, hypothesis, reference in zip(sources, hypotheses, references, strict=True)
    ]
    gpus = int(torch.cuda.is_available())
    found = load_from_checkpoint(checkpoint).predict(rows, batch_size=8, gpus=gpus, progress_bar=False)
    version = importlib.metadata.version("unbabel-comet")
    return Score(float(found.system_score), f"comet|model:{model}|version:{version}")


def _sacrebleu() -> Any:
    try:
        import sacrebleu.metrics
    except ImportError:
        raise need("sacrebleu", "measure", "measure.quality") from None
    return sacrebleu.metrics


def _bleu(lang: str) -> Any:
    return _sacrebleu().BLEU(tokenize=bleu_tokenizer(lang))


def _corpus(metric: Any, hypotheses: Sequence[str], references: Sequence[str]) -> Score:
    _same(hypotheses, references)
    value = metric.corpus_score(list(hypotheses), [list(references)]).score
    return Score(float(value), str(metric.get_signature()))


def _table(metric: Any, hypotheses: Sequence[str], references: Sequence[str]) -> Table:
    """sacrebleu's own sums, by the two methods with which its significance tests make and score them."""
    _same(hypotheses, references)
    rows = metric._extract_corpus_statistics(list(hypotheses), [list(references)])

    def score(sums: Array) -> float:
        return float(metric._compute_score_from_stats(sums).score)

    return Table(np.asarray(rows, np.float64), score)


def _same(hypotheses: Sequence[str], references: Sequence[str]) -> None:
    if not hypotheses or len(hypotheses) != len(references):
        raise ValueError(
            f"quality: {len(hypotheses)} translations, {len(references)} references; give one of each a sentence"
        )


def _error_rate(kind: Literal["wer", "cer"], heard: Sequence[str], said: Sequence[str]) -> Score | None:
    try:
        import jiwer
    except ImportError:
        raise need("jiwer", "measure", "measure.quality") from None
    pairs = [(normalised(h), normalised(s)) for h, s in zip(heard, said, strict=True)]
    if kind == "cer":
        pairs = [(h.replace(" ", ""), s.replace(" ", "")) for h, s in pairs]
    pairs = [(h, s) for h, s in pairs if s]
    if not pairs:
        return None
    hypotheses, references = ([pair[i] for pair in pairs] for i in (0, 1))
    value = getattr(jiwer, kind)(references, hypotheses)
    spaces = "|spaces:no" if kind == "cer" else ""
    version = importlib.metadata.version("jiwer")
    return Score(float(value), f"{kind}|case:lower|punct:no|norm:nfkc{spaces}|jiwer:{version}")
