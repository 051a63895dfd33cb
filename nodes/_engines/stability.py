"""Stability: the policies by which the beginning of a hypothesis is taken as said for good.

What it decides: how many tokens of a hypothesis no later one will change. What it must not know: sound, models,
whole utterances; that a pause gives out everything, and that only whole words leave, is decided by `live.py` and
`draft.py`. Every policy is a `Stability`: three methods, no more. To try one of your own, write it here and give it
a name in `policy.Rule` and in `stability`.

    agreement    what the last n hypotheses say alike (LocalAgreement-n: Liu, Spanakis, Niehues, Interspeech 2020,
                 section 3.2; see `agreement.py`)
    hold         all but the last n words of each hypothesis (hold-n: the same paper)
    attention    what the model's attention places well before the end of the sound, up to the first token that it
                 does not, so that nothing still to come can change it (AlignAtt: Papi, Turchi, Negri, Interspeech
                 2023, section 2)
    agreement+attention
                 either is enough: the first catches what attention places late, the second needs no second look
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from nodes._engines.agreement import Agreement
from nodes._engines.policy import Policy
from nodes._engines.whisper import Word

Words = Callable[[Sequence[int]], list[Word]]  # tokens to the whole words that they make


@dataclass(frozen=True)
class Placed:
    """A token and where in stream time it was heard."""

    token: int
    start_ns: int
    end_ns: int


class Stability(Protocol):
    """A policy, fed with the tail of each hypothesis: what follows the tokens that were given out."""

    def hear(self, tail: Sequence[Placed], settled_ns: int) -> int:
        """How many tokens of a new tail are stable; those heard before `settled_ns` lie well before the end."""
        ...

    def advance(self, count: int) -> None:
        """The first `count` tokens of the tail were given out, and are no longer in question."""
        ...

    def forget(self) -> None:
        """The next tail is about other sound."""
        ...


class Agreed:
    """LocalAgreement-n. Raises `ValueError` for n below 1."""

    def __init__(self, n: int) -> None:
        self._agreement: Agreement[int] = Agreement(n)

    def hear(self, tail: Sequence[Placed], settled_ns: int) -> int:
        return self._agreement.hear([each.token for each in tail])

    def advance(self, count: int) -> None:
        self._agreement.advance(count)

    def forget(self) -> None:
        self._agreement.forget()


class Attended:
    """AlignAtt, on the times that the cross-attention gives."""

    def hear(self, tail: Sequence[Placed], settled_ns: int) -> int:
        return next((n for n, each in enumerate(tail) if each.end_ns > settled_ns), len(tail))

    def advance(self, count: int) -> None:
        pass

    def forget(self) -> None:
        pass


class Held:
    """Hold-n, in words."""

    def __init__(self, n: int, words: Words) -> None:
        self._n = n
        self._words = words

    def hear(self, tail: Sequence[Placed], settled_ns: int) -> int:
        words = self._words([each.token for each in tail])
        return sum(len(word.tokens) for word in words[: max(0, len(words) - self._n)])

    def advance(self, count: int) -> None:
        pass

    def forget(self) -> None:
        pass


class Either:
    """What any of several policies takes as said."""

    def __init__(self, *policies: Stability) -> None:
        self._policies = policies

    def hear(self, tail: Sequence[Placed], settled_ns: int) -> int:
        return max(policy.hear(tail, settled_ns) for policy in self._policies)

    def advance(self, count: int) -> None:
        for policy in self._policies:
            policy.advance(count)

    def forget(self) -> None:
        for policy in self._policies:
            policy.forget()


def stability(policy: Policy, words: Words) -> Stability:
    """The policy that the settings name."""
    if policy.policy == "hold":
        return Held(policy.hold_words, words)
    if policy.policy == "attention":
        return Attended()
    agreed = Agreed(policy.agree)
    return agreed if policy.policy == "agreement" else Either(agreed, Attended())
