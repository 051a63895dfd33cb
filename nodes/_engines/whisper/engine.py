"""A loaded Whisper model: windows of sound, prompts, hypotheses, times and languages.

What it decides: how sound becomes features (only what was heard, then a short pad of silence), how a prompt is
laid out, which symbols are never spoken, and how tokens make whole words.

How it works. Sound is encoded as long as it is, so a window of 5 s costs a tenth of the padded 30 s that Whisper was
trained on; of a window that grows only its end (`encoder.py`). It is encoded once and may be decoded, aligned and asked
for its language.
The prompt is `<|startofprev|> earlier text <|startoftranscript|> <|language|> <|task|> <|notimestamps|> forced`,
(Radford et al. 2022, section 2.3); forced tokens are words that were already given out, so a hypothesis only ever
continues them. All of it goes through the decoder in one pass (docs/adr/0011-whisper-decoder.md).

What must change with it: `policy.Engine`, the protocol that the state machine asks for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nodes._engines.whisper.alignment import first_positions
from nodes._engines.whisper.decoder import Decoder, Memory, Search
from nodes._engines.whisper.encoder import Encoded, Encoder
from nodes._engines.whisper.features import RATE_HZ, LogMel, levelled, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAME_S = 0.02  # one position of the encoder
PAD_S = 1.0  # silence after what was heard; with less the tail loops, with more it only costs
SETTLE_S = 1.5  # what a position must have heard after it before it is encoded no more
LONGEST_S = 29.0  # the encoder has positions for 30 s
_LANGUAGE = re.compile(r"<\|[a-z]{2,3}\|>")
FILES = ("model.bin", "config.json", "tokenizer.json")


class EngineError(RuntimeError):
    """A model folder or a request that this engine cannot serve; says what and how to put it right."""


@dataclass(frozen=True)
class Window:
    """Sound once encoded."""

    memory: Memory  # what the decoder attends to
    samples: int  # of sound, without the pad
    heard: NDArray[np.float32]  # features, for the window that comes after
    encoded: Encoded  # for that too

    @property
    def seconds(self) -> float:
        """How long the sound is."""
        return self.samples / RATE_HZ

    @property
    def settled(self) -> int:
        """Positions that heard enough of what came after them to stay as they are."""
        return max(0, int((self.seconds - SETTLE_S) / FRAME_S))


@dataclass(frozen=True)
class Hypothesis:
    """What was said in a window, after the forced tokens."""

    tokens: tuple[int, ...]
    logprob: float  # mean natural log probability of a token
    no_speech: float  # probability that nobody speaks, 0 to 1
    attended: Any = None  # for the engine: where in the window each token, forced ones too, was heard


@dataclass(frozen=True)
class TokenTime:
    """Where in a window a token was spoken, in seconds."""

    start_s: float
    end_s: float


@dataclass(frozen=True)
class Word:
    """A whole word: its tokens, its text without the space, and whether it joins the word before without one."""

    tokens: tuple[int, ...]
    text: str
    glue: bool


class WhisperEngine:
    """One loaded model; `load` makes it. Several threads may call it at once.

    Raises: EngineError for a language that the model has no token for.
    """

    def __init__(self, encoder: Encoder, decoder: Decoder, tokenizer: Any, config: dict[str, Any]) -> None:
        self._encoder = encoder
        self._decoder = decoder
        self._tokenizer = tokenizer
        self._features = LogMel(encoder.mels)
        token = tokenizer.token_to_id
        self._start = token("<|startoftranscript|>")
        self._earlier = token("<|startofprev|>")
        self._end = token("<|endoftext|>")
        self._plain = token("<|notimestamps|>")
        self._nobody = self._plain - 1  # <|nospeech|>, which some tokenizers call <|nocaptions|>
        self._tasks = {name: token(f"<|{name}|>") for name in ("transcribe", "translate")}
        special = range(self._end + 1, decoder.vocabulary)
        never = {*config.get("suppress_ids", ()), *_unspoken(tokenizer), *special}
        self._search = Search(self._end, sorted(never), config.get("suppress_ids_begin", ()))
        self._languages = {
            id_: text.strip("<|>")
            for id_ in special
            if _LANGUAGE.fullmatch(text := tokenizer.id_to_token(id_) or "")
        }

    @classmethod
    def load(cls, folder: str | Path, *, threads: int = 1) -> WhisperEngine:
        """Load a Whisper model in CTranslate2's form from a folder.

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
        config = json.loads((path / "config.json").read_text(encoding="utf-8"))
        try:
            import tokenizers

            heads = [(int(layer), int(head)) for layer, head in config.get("alignment_heads") or ()]
            encoder = Encoder(path / "model.bin", threads=threads)
            decoder = Decoder(path / "model.bin", threads=threads, aligned=heads)
            tokenizer = tokenizers.Tokenizer.from_file(str(path / "tokenizer.json"))
            return cls(encoder, decoder, tokenizer, config)
        except ImportError as error:
            raise EngineError(
                f"{error.name} is not installed; $ python -m pip install 'dragoman[asr]'"
            ) from error
        except ValueError as error:
            raise EngineError(str(error)) from error

    def window(self, samples: NDArray[np.float32], after: Window | None = None) -> Window:
        """Encode `samples`, (n,) float32 mono 16 kHz, at most 29 s of them.

        `after` is a window of the first of these samples, of which all is taken over that is settled.
        """
        seconds = len(samples) / RATE_HZ
        if seconds > LONGEST_S:
            raise EngineError(f"a window of {seconds:.1f} s; give at most {LONGEST_S:.0f} s")
        sound = np.concatenate([samples, np.zeros(int(PAD_S * RATE_HZ), np.float32)])
        known, encoded_before, memory_before, settled = None, None, None, 0
        if after is not None:
            known = after.heard[:, : whole(after.samples)]
            encoded_before, memory_before, settled = after.encoded, after.memory, after.settled
        heard = self._features.of(sound, known)
        encoded = self._encoder.encode(levelled(heard), encoded_before, settled)
        memory = self._decoder.memory(encoded.states, memory_before, settled)
        return Window(memory, len(samples), heard, encoded)

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
        prompt = [*head, *self._head(language, task), *forced]
        reader = self._decoder.reader(window.memory)
        at_start, follows = reader.read([prompt], rows=(len(head), -1))[0]
        before = reader.attention[0, :, len(prompt) - len(forced) - 1 :]
        room = min(room, self._decoder.longest - len(prompt))
        begins = not forced  # where words were said, nothing more may be what follows
        if beam > 1:
            found = self._search.beam(reader, follows[None], room, beam, begins=begins)
        else:
            found = self._search.greedy(reader, follows[None], room, begins=begins)
        attended = np.concatenate([before, *(rows[:, None] for rows in found.attended)], axis=1)
        return Hypothesis(found.tokens, found.mean, float(_softmax(at_start)[self._nobody]), attended)

    def times(self, window: Window, heard: Hypothesis, tokens: Sequence[int]) -> list[TokenTime]:
        """Where in the window each of `tokens` lies, the first of those forced and `heard` there; monotone."""
        if not tokens:
            return []
        # what is attended to when a token is read says where the next one is, and at the last where it ends
        attended = heard.attended[:, : len(tokens) + 1]
        positions = max(1, int(window.seconds / FRAME_S))
        starts = [position * FRAME_S for position in first_positions(attended, positions)]
        return [TokenTime(start, end) for start, end in pairwise(starts)]

    def language(self, window: Window) -> tuple[str, float]:
        """The likeliest language code of a window and its probability."""
        logits = self._decoder.reader(window.memory).read([[self._start]])[0, -1]
        ids = list(self._languages)
        likely = _softmax(logits[ids])
        best = int(likely.argmax())
        return self._languages[ids[best]], float(likely[best])

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
        return [self._start, code, self._tasks[task], self._plain]


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    likely: NDArray[np.float32] = np.exp(logits - logits.max())
    likely /= likely.sum()
    return likely


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
