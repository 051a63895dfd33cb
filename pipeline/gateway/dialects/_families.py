"""The families of LiveTranslate models: what their protocols have in common, and what not."""

from __future__ import annotations

import msgspec

from pipeline.languages import of_service

EARLY_VOICES = frozenset({"Cherry", "Nofish", "Jada", "Dylan", "Sunny", "Eric", "Peter", "Kiki"})
VOICES = frozenset({"Tina", "Cindy", "Liora Mira", "Sunnybobi", "Raymond", "Theo Calm"})


class Family(msgspec.Struct, frozen=True):
    """What is particular to a family."""

    name: str
    languages: frozenset[str]
    voice: str  # the default
    foreign: frozenset[str]  # voices of another family
    tokens_s: float  # tokens of a second of sound heard
    block: int  # pixels on the side of what half a token stands for
    input_format: str = "pcm"
    output_format: str = "pcm"
    transcribes: bool = True  # the source text is told unless it is switched off
    always_transcribes: bool = False
    source: str = ""  # language spoken where the client says none; empty: detected
    deltas: bool = False  # text comes as what is new, not as all there is
    nested: bool = False  # settings of sound lie in session.audio
    skips: bool = False  # same_language_skip_options


QWEN3 = Family(
    name="qwen3",
    languages=of_service("early"),
    voice="Cherry",
    foreign=VOICES,
    tokens_s=12.5,
    block=28,
    input_format="pcm16",
    output_format="pcm24",
    transcribes=False,
    source="en",
)
QWEN3_5 = Family(
    name="qwen3.5",
    languages=of_service("text"),
    voice="Tina",
    foreign=EARLY_VOICES,
    tokens_s=7,
    block=32,
    skips=True,
)
QWEN3_8 = Family(
    name="qwen3.8",
    languages=of_service("text"),
    voice="Tina",
    foreign=EARLY_VOICES,
    tokens_s=7,
    block=32,
    always_transcribes=True,
    deltas=True,
    nested=True,
)
OUTPUT_TOKENS_S = 12.5


def family(model: str) -> Family | None:
    """The family of a model by its name; None for a model of no family."""
    for prefix, found in (("qwen3.8-", QWEN3_8), ("qwen3.5-", QWEN3_5), ("qwen3-", QWEN3)):
        if model.startswith(f"{prefix}livetranslate-"):
            return found
    return None
