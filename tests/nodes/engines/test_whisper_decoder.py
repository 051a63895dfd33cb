"""The decoder computes what its layers say, however its tokens come; the search finds the likeliest."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nodes._engines.whisper.decoder import Decoder, Search
from tests.nodes.engines.tiny_whisper import LAYERS, POSITIONS, VOCABULARY, WIDTH, Plain, weights, write

pytest.importorskip("onnx", reason="onnx is not installed: pip install 'dragoman[asr]'")
pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: pip install 'dragoman[asr]'")

Floats = NDArray[np.float32]
ALIGNED = ((0, 1), (1, 0), (1, 3))
STATES = np.random.default_rng(1).standard_normal((1, 30, WIDTH)).astype(np.float32)
TOKENS = [7, 3, 44, 12, 3, 0, 49, 21]


@pytest.fixture(scope="module")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Decoder:
    file = write(tmp_path_factory.mktemp("tiny") / "model.bin", weights())
    return Decoder(file, threads=1, aligned=ALIGNED)


def plain(tokens: Sequence[int]) -> tuple[Floats, Floats]:
    """The same layers in numpy, without a cache and without rounding: (t, vocabulary), (aligned, t, n)."""
    layers = Plain()
    seen: dict[tuple[int, int], Any] = {}
    embeddings = layers.w["decoder/embeddings/weight"]
    x = embeddings[list(tokens)] + layers.w["decoder/position_encodings/encodings"][: len(tokens)]
    later = np.triu(np.full((len(tokens), len(tokens)), -1e9), 1)
    for layer in range(LAYERS):
        at = f"decoder/layer_{layer}"
        x = layers.within(x, at, later)
        q = layers.linear(layers.norm(x, f"{at}/attention/layer_norm"), f"{at}/attention/linear_0")
        out, heads = layers.attend(q, *np.split(layers.linear(STATES[0], f"{at}/attention/linear_1"), 2, -1))
        seen |= {(layer, head): share for head, share in enumerate(heads)}
        x = layers.thought(x + layers.linear(out, f"{at}/attention/linear_2"), at)
    return layers.norm(x, "decoder/layer_norm") @ embeddings.T, np.stack([seen[head] for head in ALIGNED])


def test_it_computes_its_layers(decoder: Decoder) -> None:
    reader = decoder.reader(decoder.memory(STATES))
    logits = reader.read([TOKENS], rows=range(len(TOKENS)))[0]
    wanted, attention = plain(TOKENS)
    # 8 bits round; without them it would be 1e-5
    assert np.abs(logits - wanted).mean() < 0.02 * wanted.std()
    assert np.abs(reader.attention[0] - attention).max() < 0.01


@settings(max_examples=20)
@given(cuts=st.sets(st.integers(1, len(TOKENS) - 1)))
def test_any_cutting_of_the_tokens_gives_the_same(decoder: Decoder, cuts: set[int]) -> None:
    memory = decoder.memory(STATES)
    whole = decoder.reader(memory).read([TOKENS], rows=range(len(TOKENS)))
    reader = decoder.reader(memory)
    ends = [0, *sorted(cuts), len(TOKENS)]
    parts = [reader.read([TOKENS[a:b]], rows=range(b - a)) for a, b in pairwise(ends)]
    assert reader.before == len(TOKENS)
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=0.05 * whole.std())


def test_what_comes_later_changes_nothing_before(decoder: Decoder) -> None:
    memory = decoder.memory(STATES)
    one, other = (
        decoder.reader(memory).read([[*TOKENS[:4], *tail]], rows=range(4)) for tail in ([1, 2], [9, 9])
    )
    np.testing.assert_array_equal(one, other)


def test_hypotheses_side_by_side_are_read_as_alone(decoder: Decoder) -> None:
    memory = decoder.memory(STATES)
    beside = decoder.reader(memory)
    beside.read([TOKENS])
    beside.follow(np.array([0, 0]))
    beside.read([[5], [6]])
    beside.follow(np.array([1, 0, 1]))
    both = beside.read([[8], [8], [9]])[:, -1]
    for row, tail in enumerate(([6, 8], [5, 8], [6, 9])):
        alone = decoder.reader(memory).read([[*TOKENS, *tail]])[0, -1]
        np.testing.assert_allclose(both[row], alone, atol=0.05 * alone.std())


def test_a_sound_may_be_made_ready_piece_by_piece(decoder: Decoder) -> None:
    whole = decoder.memory(STATES)
    grown = decoder.memory(STATES[:, 12:], after=whole, settled=12)
    assert grown.keys() == whole.keys()
    for name in whole:
        np.testing.assert_allclose(grown[name], whole[name], atol=1e-5)


def test_there_are_so_many_places(decoder: Decoder) -> None:
    assert decoder.longest == POSITIONS
    assert decoder.vocabulary == VOCABULARY


class Chain:
    """A reader whose next token depends on the last one alone, by a table of logits."""

    def __init__(self, table: Floats) -> None:
        self._table = table
        self.attention: Floats = np.zeros((1, 1, 1, 1), np.float32)
        self.steps = 0

    def read(self, tokens: Any, rows: Sequence[int] = (-1,)) -> Floats:
        self.steps += 1
        ids = np.asarray(tokens)
        self.attention = ids[:, None, :, None].astype(np.float32)
        logits: Floats = self._table[ids[:, list(rows)]]
        return logits

    def follow(self, hypotheses: NDArray[np.int64]) -> None:
        """The table needs to know nothing of what was before."""


def chain(table: Floats) -> Any:
    """It stands for a `Reader`, of which a search wants no more."""
    return Chain(table)


END = 0
TABLES = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).normal(0, 2, (5, 5)).astype(np.float32)
)


def mean_of(table: Floats, tokens: Sequence[int], room: int) -> float:
    """Mean log probability of tokens behind token 4, and of their end where they do not fill the room."""
    likely = table - np.log(np.exp(table).sum(1, keepdims=True))
    path = [4, *tokens, *([END] if len(tokens) < room else [])]
    return float(sum(likely[a, b] for a, b in pairwise(path))) / (len(tokens) + 1)


def by_trying(table: Floats, room: int) -> float:
    """The best mean log probability among all that end within the room or fill it."""
    return max(
        mean_of(table, tokens, room)
        for length in range(room + 1)
        for tokens in product(range(1, 5), repeat=length)
    )


@settings(max_examples=40)
@given(table=TABLES)
def test_a_beam_that_is_wide_enough_finds_the_likeliest(table: Floats) -> None:
    room = 3
    search = Search(END, [], [])
    found = search.beam(chain(table), table[[4]], room, 200)
    assert found.mean == pytest.approx(by_trying(table, room), abs=1e-4)
    assert found.mean == pytest.approx(mean_of(table, found.tokens, room), abs=1e-4)


@settings(max_examples=40)
@given(table=TABLES)
def test_greedy_takes_the_likeliest_each_time(table: Floats) -> None:
    reader = chain(table)
    found = Search(END, [], []).greedy(reader, table[[4]], 6)
    last = 4
    for token in found.tokens:
        assert token == int(table[last].argmax())
        last = token
    assert len(found.tokens) == 6 or int(table[last].argmax()) == END
    assert [float(row[0, 0]) for row in found.attended] == list(found.tokens)


def test_suppressed_tokens_do_not_come() -> None:
    table = np.tile(np.array([5, 4, 3, 2, 1], np.float32), (5, 1))
    search = Search(END, suppressed=[1], suppressed_first=[END, 2])
    for found in (search.greedy(chain(table), table[[4]], 5), search.beam(chain(table), table[[4]], 5, 1)):
        assert found.tokens == (3,)


def test_the_room_is_kept() -> None:
    table = np.tile(np.array([-9, 5, 1, 1, 1], np.float32), (5, 1))
    for width in (1, 3):
        found = Search(END, [], []).beam(chain(table), table[[4]], 4, width)
        assert found.tokens == (1, 1, 1, 1)
