"""Whisper's decoder at work: tokens in, the probabilities of what follows and where the sound attended out.

Decides: how passes are laid out (all that is known in one, then token by token), and the search, greedy or by beam.
Knows nothing of languages, prompts and words.

Any number of callers may read at once: what one of them has read so far is in its own `Reader`.

Source: Radford et al. 2022, section 2.3; Freitag and Al-Onaizan 2017 (beam search; a hypothesis is finished at its end
token, hypotheses of different length are compared by their mean log probability).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from nodes._engines.whisper.graphs import memory_graph, step_graph
from nodes._engines.whisper.layers import Half
from nodes._engines.whisper.session import session
from nodes._engines.whisper.weights import Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float32]

UNSEEN = np.float32(-1e9)  # in the mask: what comes later


class Memory(dict[str, Any]):
    """What the decoder attends to in one sound, by the names of the graph."""


@dataclass(frozen=True)
class Found:
    """What a search found."""

    tokens: tuple[int, ...] = ()  # without the end
    logprob: float = 0.0  # sum of natural log probabilities, that of the end too
    attended: tuple[Floats, ...] = ()  # for each token, where in the sound it pointed: (heads, n)

    @property
    def mean(self) -> float:
        """Mean log probability of a token; the end is one."""
        return self.logprob / (len(self.tokens) + 1)


class Decoder:
    """The decoder of one model.

    Raises: ValueError where the file is not such a model, ImportError where `onnx` is missing, PackageError where
    `onnxruntime` is.
    """

    def __init__(self, model: Path, *, threads: int, aligned: Sequence[tuple[int, int]] = ()) -> None:
        """`aligned`: layer and number of the heads by which words are placed; with none, those of the upper half."""
        half = Half(Weights(model), "decoder")
        self._weights = half.weights
        self.layers, self.heads, self.size = half.layers, half.heads, half.size
        self.vocabulary = int(half.weights.array("decoder/embeddings/weight").shape[0])
        upper = range(half.layers // 2, half.layers)
        heads = sorted(aligned) or [(layer, head) for layer in upper for head in range(half.heads)]
        self._memory = session(memory_graph(half), threads)
        self._step = session(step_graph(half, heads), threads)
        new = (f"new_{what}.{layer}" for layer in range(half.layers) for what in ("keys", "values"))
        self._given = ["logits", "attention", *new]
        self._positions = half.floats("position_encodings/encodings")
        self.longest = len(self._positions)  # tokens that it has places for, the prompt included

    def memory(self, states: Floats, after: Memory | None = None, settled: int = 0) -> Memory:
        """Make encoder states, (1, n, width), ready to be decoded, as often as wanted.

        They stand behind the first `settled` positions of `after`, if that is given.
        """
        names = [output.name for output in self._memory.get_outputs()]
        memory = Memory(zip(names, self._memory.run(names, {"states": states}), strict=True))
        if after is None:
            return memory
        for name, new in memory.items():
            axis = 3 if name.startswith("keys") else 2
            stays, _ = np.split(after[name], [settled], axis)  # a view: nothing is copied twice
            memory[name] = np.concatenate([stays, new], axis)
        return memory

    def reader(self, memory: Memory) -> Reader:
        """Begin to decode."""
        return Reader(self, memory)

    def embedded(self, tokens: NDArray[np.int64], before: int) -> Floats:
        """(b, t) tokens to (b, t, width)."""
        rows = self._weights.rows("decoder/embeddings/weight", tokens.ravel())
        return rows.reshape(*tokens.shape, -1) + self._positions[before : before + tokens.shape[1]]

    def run(self, fed: dict[str, Any]) -> list[Any]:
        """One pass; logits, attention, then the new keys and values of each layer."""
        result: list[Any] = self._step.run(self._given, fed)
        return result


class Reader:
    """One or several hypotheses about one sound, as far as they have been read."""

    def __init__(self, decoder: Decoder, memory: Memory) -> None:
        self._decoder = decoder
        self._memory = memory
        none = np.zeros((1, decoder.heads, 0, decoder.size), np.float32)
        self._kept = {
            f"self_{what}.{layer}": none for layer in range(decoder.layers) for what in ("keys", "values")
        }
        self.before = 0  # tokens read
        self.attention: Floats = np.zeros((1, 0, 0, 0), np.float32)  # of the last pass: (b, heads, t, n)

    def read(
        self, tokens: Sequence[Sequence[int]] | NDArray[np.int64], rows: Sequence[int] = (-1,)
    ) -> Floats:
        """Read (b, t) tokens on; the logits after those at `rows` of them, (b, r, vocabulary)."""
        ids = np.asarray(tokens, np.int64)
        count = ids.shape[1]
        whole = self.before + count
        mask = np.triu(np.full((count, whole), UNSEEN, np.float32), self.before + 1)
        fed = {"x": self._decoder.embedded(ids, self.before), "mask": mask, **self._memory, **self._kept}
        fed["rows"] = np.arange(count)[list(rows)]
        logits: Floats
        logits, self.attention, *new = self._decoder.run(fed)
        self._kept = dict(zip(self._kept, new, strict=True))
        self.before = whole
        return logits

    def follow(self, hypotheses: NDArray[np.int64]) -> None:
        """Go on with these of the hypotheses, in this order; one may be taken several times."""
        self._kept = {name: kept[hypotheses] for name, kept in self._kept.items()}


class Search:
    """The continuation of a prompt that is the likeliest.

    `end` is the token that ends it; `suppressed` are tokens that never come, `suppressed_first` none that come first.
    """

    def __init__(self, end: int, suppressed: Sequence[int], suppressed_first: Sequence[int]) -> None:
        self._end = end
        self._suppressed = list(suppressed)
        self._first = list(suppressed_first)

    def likely(self, logits: Floats, *, first: bool) -> Floats:
        """Natural log probabilities, (b, vocabulary), of logits of that shape; those of suppressed tokens are -inf."""
        scores = logits.copy()
        scores[:, self._suppressed] = -np.inf
        if first:
            scores[:, self._first] = -np.inf
        scores -= scores.max(axis=1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return scores

    def greedy(self, reader: Reader, logits: Floats, room: int, *, begins: bool = True) -> Found:
        """Take the likeliest token each time, at most `room`. `logits`, (1, vocabulary), follow the prompt.

        `begins` says that no text is in the prompt: what comes next is the first.
        """
        found = Found()
        while len(found.tokens) < room:
            scores = self.likely(logits, first=begins and not found.tokens)[0]
            token = int(scores.argmax())
            total = found.logprob + float(scores[token])
            if token == self._end:
                return replace(found, logprob=total)
            logits = reader.read([[token]])[:, -1]
            found = Found((*found.tokens, token), total, (*found.attended, reader.attention[0, :, 0]))
        return found

    def beam(self, reader: Reader, logits: Floats, room: int, width: int, *, begins: bool = True) -> Found:
        """Follow the `width` likeliest hypotheses side by side, until as many have ended."""
        ended: list[Found] = []
        going = [Found()]
        for taken in range(room):
            totals = np.array([found.logprob for found in going])
            scores = totals[:, None] + self.likely(logits, first=begins and taken == 0)
            rows, tokens = _likeliest(scores, 2 * width)
            ends = tokens == self._end
            # an end counts only among the best: the others have not been outlived by one that is far behind
            ended += [
                replace(going[row], logprob=float(scores[row, self._end]))
                for row in rows[:width][ends[:width]]
            ]
            rows, tokens = rows[~ends][:width], tokens[~ends][:width]
            if len(ended) >= width or not len(rows):
                break
            reader.follow(rows)
            logits = reader.read(tokens[:, None])[:, -1]
            seen = reader.attention[:, :, 0]
            going = [
                Found(
                    (*going[row].tokens, int(token)), float(scores[row, token]), (*going[row].attended, where)
                )
                for row, token, where in zip(rows, tokens, seen, strict=True)
            ]
        else:
            ended += going
        return max(ended, key=lambda found: found.mean)


def _likeliest(scores: Floats, count: int) -> tuple[NDArray[np.intp], ...]:
    """Rows and columns of the highest scores, the highest first; of those that are possible at all, at most `count`."""
    flat = scores.ravel()
    best = np.argpartition(flat, -min(count, len(flat)))[-count:]
    best = best[np.argsort(flat[best])[::-1]]
    return np.unravel_index(best[np.isfinite(flat[best])], scores.shape)
