"""What the live recogniser asks for, and the figures that it decides by.

What it decides: nothing; `live.py` does. Here is what an engine must offer, and `Policy`, the durations and bounds,
each with its unit. What must change with it: `whisper.WhisperEngine`, which is such an engine.

The defaults were measured with Whisper base (int8, one thread) on composed recordings in four languages, speech to
English. Sound kept (`longest_ms`, `keep_ms`) buys quality and costs work; the step buys latency and costs work; text
from before a cut as a prompt made it worse, so there is none; waiting for a probability of 0.35 as well tripled the
slowest delays and gained no chrF in the mean, so attention and agreement decide alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nodes._engines.whisper import Hypothesis, TokenTime, Word


Rule: TypeAlias = Literal["agreement+attention", "agreement", "hold", "attention"]  # see stability.py


class Engine(Protocol):
    """What a speech model must offer; see `whisper.WhisperEngine`."""

    def window(self, samples: NDArray[np.float32], after: Any = None) -> Any: ...
    def decode(
        self,
        window: Any,
        *,
        language: str,
        task: str,
        earlier: Sequence[int],
        forced: Sequence[int],
        beam: int,
        room: int,
    ) -> Hypothesis: ...
    def times(self, window: Any, heard: Hypothesis, tokens: Sequence[int]) -> list[TokenTime]: ...
    def language(self, window: Any) -> tuple[str, float]: ...
    def words(self, tokens: Sequence[int], *, spaced: bool) -> list[Word]: ...
    def tokens(self, text: str) -> list[int]: ...


@dataclass(frozen=True)
class Policy:
    """When and where; the defaults are the measured best for Whisper base on two cores."""

    policy: Rule = "agreement+attention"  # which words of a hypothesis are given out while somebody speaks
    agree: int = 2  # hypotheses that must agree
    hold_words: int = 2  # words at the end of each hypothesis that are held back, where the policy is to hold
    behind_ms: int = 600  # words that end so near the end of the sound are not settled by attention
    young_ms: int = 2000  # sound of an utterance that has just begun: in it attention alone settles nothing
    step_ms: int = 1000  # new sound between two hypotheses
    hush_ms: int = 300  # silence that brings a hypothesis at once
    say_ms: int = 400  # silence after which the whole hypothesis is given out
    cut_ms: int = 600  # silence after which the sound is cut
    long_ms: int = 6000  # sound that is already cut at a silence of `say_ms`
    longest_ms: int = 10_000  # sound that is cut without a silence, at a word
    keep_ms: int = 4000  # about what is kept then
    beam: int = 1  # while somebody speaks
    final_beam: int = 5  # at a silence
    bias_tokens: int = 60  # at most, of words to expect
    voice_on: float = 0.5  # probability that opens an utterance
    voice_off: float = 0.35  # and below which it is silence
    preroll_ms: int = 200  # sound before the voice that belongs to it
    tail_ms: int = 300  # and after it
    tokens_per_s: float = 6.0  # at most, of sound not given out yet; a bound for loops
    sure_language: float = 0.5  # probability that ends the search for the language
