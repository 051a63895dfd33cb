"""The Whisper engine: short windows of sound in, tokens and their times out.

What it decides: how sound becomes features (only what was heard, then a short pad of silence), how a prompt is
laid out, which symbols are never spoken, and how tokens make whole words. What it must not know: streams, voice
activity, what is committed; that is `live.py`.

How it works. CTranslate2 takes feature windows of any length, so a window of 5 s costs a tenth of the padded
30 s that Whisper was trained on. A window is encoded once and may be decoded, aligned and asked for its language.
The prompt is `<|startofprev|> earlier text <|startoftranscript|> <|language|> <|task|> <|notimestamps|> forced`,
(Radford et al. 2022, section 2.3); forced tokens are words that were already given out, so a hypothesis only ever
continues them. Word times come from the cross-attention (`Whisper.align`, dynamic time warping).

What must change with it: `live.Engine`, the protocol that the state machine asks for.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE_HZ = 16_000
FRAME_S = 0.02  # one position of the encoder
PAD_S = 1.0  # silence after what was heard; with less the tail loops, with more it only costs
LONGEST_S = 29.0  # the encoder has positions for 30 s
FILES = ("model.bin", "config.json", "tokenizer.json")


class EngineError(RuntimeError):
    """A model folder or a request that this engine cannot serve; says what and how to put it right."""


@dataclass(frozen=True)
class Window:
    """Sound once encoded."""

    encoded: Any  # ctranslate2.StorageView, (1, positions, width)
    seconds: float  # of sound, without the pad


@dataclass(frozen=True)
class Hypothesis:
    """What was said in a window, after the forced tokens."""

    tokens: tuple[int, ...]
    logprob: float  # mean natural log probability of a token
    no_speech: float  # probability that nobody speaks, 0 to 1


@dataclass(frozen=True)
class TokenTime:
    """Where in a window a token was spoken, in seconds, and how sure of it the model is."""

    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True)
class Word:
    """A whole word: its tokens, its text without the space, and whether it joins the word before without one."""

    tokens: tuple[int, ...]
    text: str
    glue: bool


class WhisperEngine:
    """One loaded model; `load` makes it. Not bound to a thread, but one call at a time.

    Raises: EngineError for a language that the model has no token for.
    """

    def __init__(self, model: Any, tokenizer: Any, features: Any, config: dict[str, Any]) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._features = features
        token = tokenizer.token_to_id
        self._start = token("<|startoftranscript|>")
        self._earlier = token("<|startofprev|>")
        self._end = token("<|endoftext|>")
        self._plain = token("<|notimestamps|>")
        self._tasks = {name: token(f"<|{name}|>") for name in ("transcribe", "translate")}
        self._suppressed = sorted({*config.get("suppress_ids", ()), *_unspoken(tokenizer)})

    @classmethod
    def load(cls, folder: str | Path, *, threads: int = 1, compute_type: str = "int8") -> WhisperEngine:
        """Load a CTranslate2 Whisper model from a folder.

        Raises: EngineError when a file is missing or a package is not installed.
        """
        import json

        path = Path(folder)
        missing = [name for name in FILES if not (path / name).is_file()]
        if missing:
            raise EngineError(
                f"{path}: no {', '.join(missing)} here; give a folder with a CTranslate2 Whisper model "
                "(dragoman models fetch whisper-base)"
            )
        # Its OpenMP reads this once, and without it spins on every core whatever `threads` says.
        os.environ.setdefault("OMP_NUM_THREADS", str(threads))
        # Its oneDNN keeps code for every length of window that it has met, 1 MB each; windows are of all lengths.
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "8")
        try:
            import ctranslate2
            import tokenizers
            from faster_whisper.feature_extractor import FeatureExtractor
        except ImportError as error:
            raise EngineError(
                f"{error.name} is not installed; $ python -m pip install faster-whisper"
            ) from error
        model = ctranslate2.models.Whisper(
            str(path),
            device="cpu",
            compute_type=compute_type,
            intra_threads=threads,
            inter_threads=max(
                1, (os.cpu_count() or 1) // threads
            ),  # callers that share the weights do not wait in line
        )
        config = json.loads((path / "config.json").read_text(encoding="utf-8"))
        tokenizer = tokenizers.Tokenizer.from_file(str(path / "tokenizer.json"))
        return cls(model, tokenizer, FeatureExtractor(feature_size=model.n_mels), config)

    def window(self, samples: NDArray[np.float32]) -> Window:
        """Encode `samples`, (n,) float32 mono 16 kHz, at most 29 s of them."""
        import ctranslate2

        seconds = len(samples) / RATE_HZ
        if seconds > LONGEST_S:
            raise EngineError(f"a window of {seconds:.1f} s; give at most {LONGEST_S:.0f} s")
        frames = self._features(samples, padding=int(PAD_S * RATE_HZ))  # (80, n) float32
        even = frames.shape[1] // 2 * 2
        batch = np.ascontiguousarray(frames[None, :, :even], dtype=np.float32)
        return Window(self._model.encode(ctranslate2.StorageView.from_array(batch)), seconds)

    def decode(
        self,
        window: Window,
        *,
        language: str,
        task: str,
        earlier: Sequence[int] = (),
        forced: Sequence[int] = (),
        beam: int = 1,
        room: int = 64,
    ) -> Hypothesis:
        """Continue `forced` with at most `room` tokens, given the text `earlier` as context."""
        head = [self._earlier, *earlier] if earlier else []
        prompt = [*head, *self._head(language, task), self._plain, *forced]
        [result] = self._model.generate(
            window.encoded,
            [prompt],
            beam_size=beam,
            max_length=_length(len(prompt), len(forced) + room),
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
        )
        tokens = tuple(t for t in result.sequences_ids[0][len(forced) :] if t < self._end)
        # the engine sums over the tokens it chose (and the end) but divides by the forced ones too
        total = result.scores[0] * (len(forced) + len(tokens))
        return Hypothesis(tokens, float(total) / (len(tokens) + 1), float(result.no_speech_prob))

    def times(self, window: Window, tokens: Sequence[int], *, language: str, task: str) -> list[TokenTime]:
        """Where each token lies in the window; monotone, one for each token."""
        if not tokens:
            return []
        frames = max(2, int(window.seconds / FRAME_S) * 2)
        [found] = self._model.align(window.encoded, self._head(language, task), [list(tokens)], frames)
        last = frames // 2 - 1
        first: dict[int, int] = {}
        for token, position in found.alignments:
            first.setdefault(token, position)
        starts = [min(first.get(i, last), last) for i in range(len(tokens) + 1)]
        return [
            TokenTime(starts[i] * FRAME_S, starts[i + 1] * FRAME_S, float(found.text_token_probs[i]))
            for i in range(len(tokens))
        ]

    def language(self, window: Window) -> tuple[str, float]:
        """The likeliest language code of a window and its probability."""
        [ranked] = self._model.detect_language(window.encoded)
        return ranked[0][0].strip("<|>"), float(ranked[0][1])

    def words(self, tokens: Sequence[int], *, spaced: bool) -> list[Word]:
        """Group tokens into whole words: by their spaces, or where `spaced` is false by complete characters.

        Characters that are not complete yet are left out at the end.
        """
        words: list[Word] = []
        group: list[int] = []
        for token in tokens:
            group.append(token)
            text = self._tokenizer.decode(group)
            if "\ufffd" in text:
                continue
            if spaced and words and not text.startswith(" "):
                before = words[-1]
                words[-1] = Word((*before.tokens, *group), before.text + text, before.glue)
            else:
                words.append(Word(tuple(group), text.strip(), glue=not text.startswith(" ")))
            group = []
        return words

    def tokens(self, text: str) -> list[int]:
        """The tokens of a text, with the space before it."""
        return list(self._tokenizer.encode(" " + text.strip(), add_special_tokens=False).ids)

    def _head(self, language: str, task: str) -> list[int]:
        code = self._tokenizer.token_to_id(f"<|{language}|>")
        if code is None:
            raise EngineError(f"this model knows no language {language!r}; give a code such as 'es' or 'pt'")
        return [self._start, code, self._tasks[task]]


def _length(prompt: int, text: int) -> int:
    """The `max_length` that leaves room for `text` tokens, forced ones included.

    CTranslate2 stops the text at half of `max_length`, as Whisper does, or at what the prompt leaves of it.
    """
    return min(448, max(2 * text, prompt + text))


def _unspoken(tokenizer: Any) -> set[int]:
    """Tokens for music signs and speaker tags, which stand for sounds that nobody spoke.

    After `Tokenizer.non_speech_tokens` of openai/whisper; hyphen and apostrophe stay inside words.
    """

    def ids(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False).ids)

    signs = [*'"#()*+/:;<=>@[\\]^_`{|}~「」『』', "<<", ">>", "<<<", ">>>", "--", "---", "-(", "-["]
    signs += ["('", '("', "((", "))", "(((", ")))", "[[", "]]", "{{", "}}"]
    found = {ids(" -")[0], ids(" '")[0]}
    for sign in signs:
        found.update(ids(form)[0] for form in (sign, " " + sign) if len(ids(form)) == 1)
    for sign in "♩♪♫♬♭♮♯":
        found.update((ids(sign)[0], ids(" " + sign)[0]))
    return found
