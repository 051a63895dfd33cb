"""The settings that every node with a live recogniser has: which model, which language, by which policy.

Decides: their names, ranges and defaults, once for `asr.whisper` and `translate.whisper`. The figures themselves are
those of `policy.py`; what is not worth turning stays there alone.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated

from msgspec import Meta

from nodes._engines.policy import Policy, Rule


@dataclass
class Recognition:
    """Settings; a node adds them to its own by inheriting them. Raises `ValueError` where two do not go together."""

    model: str = "whisper-base"  # name of a model, or a folder with a CTranslate2 Whisper model
    lang: str = ""  # language spoken, BCP 47; empty: detected from the first utterance
    policy: Rule = Policy.policy  # which words are given out while somebody speaks
    agree: Annotated[int, Meta(ge=1, le=10)] = Policy.agree  # agreement: hypotheses in a row that must agree
    behind_ms: Annotated[int, Meta(ge=0, le=10_000)] = Policy.behind_ms  # attention: sound in doubt, ms
    hold_words: Annotated[int, Meta(ge=1, le=20)] = Policy.hold_words  # hold: words that wait
    step_ms: Annotated[int, Meta(ge=100, le=5000)] = Policy.step_ms  # new sound between two hypotheses, ms
    longest_ms: Annotated[int, Meta(ge=2000, le=15_000)] = Policy.longest_ms  # sound cut without a pause, ms
    keep_ms: Annotated[int, Meta(ge=500, le=10_000)] = Policy.keep_ms  # about what is kept of it then, ms
    beam: Annotated[int, Meta(ge=1, le=10)] = Policy.beam  # hypotheses tried at once while somebody speaks
    hear_ms: Annotated[float, Meta(ge=50, le=2000)] = 200  # sound taken at once, milliseconds
    threads: Annotated[int, Meta(ge=1, le=16)] = 1  # threads of the engine

    def __post_init__(self) -> None:
        if self.keep_ms >= self.longest_ms:
            raise ValueError(
                f"keep_ms {self.keep_ms} is not below longest_ms {self.longest_ms}, so nothing would be cut; "
                "give a keep_ms below it"
            )

    def live_policy(self) -> Policy:
        """What of these the live recogniser decides by."""
        return Policy(
            **{field.name: getattr(self, field.name) for field in fields(Policy) if hasattr(self, field.name)}
        )
