"""What a recogniser must not be believed: words that nobody said.

What it decides: whether a hypothesis may stand, and where it begins to repeat itself. What it must not know: sound,
models, streams. Pure functions on tokens and figures, so that each rule has its own test.

How it works. Whisper invents text where there is no speech, and falls into loops (Koenecke et al., Careless Whisper,
FAccT 2024; Baranski et al., arXiv 2501.11378). What gives it away is structure, not wording: nobody speaks, with a
poor score; more words than a mouth can say; the same few tokens again and again; text that packs too well.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

NO_SPEECH = 0.6  # above it, with a poor score, nobody spoke: Whisper's own rule
POOR_LOGPROB = -1.0  # mean log probability of a token
HOPELESS_LOGPROB = -2.2  # whatever the rest says
SURELY_NO_SPEECH = 0.85  # above it a word or two is a hiccup, such as "you" in silence
PACKED = 2.4  # length of a text over its length when packed: Whisper's own rule
WORDS_PER_S = 6.0  # of voiced sound; fast speech has 4
CROWDED_WORDS = 3  # may begin at one moment: when a word begins is not known to the syllable
ECHO_WORDS_PER_S = 3.5  # a phrase that comes twice, and faster than this, was said once
SPARSE_WORDS_PER_S = 1.5  # slower than anybody speaks for seconds on end
SHORTEST_VOICE_S = 0.2  # less voice than this has no word in it


def unrepeated(tokens: Sequence[int], *, times: int = 3, longest: int = 12) -> int:
    """How many tokens stand before a phrase begins its second of `times` or more rounds in a row.

    A phrase is up to `longest` tokens long; single tokens must come `times + 2` times ("no, no, no" is speech).
    """
    count = len(tokens)
    for size in range(1, longest + 1):
        rounds = times + 2 if size == 1 else times
        for start in range(count - size * rounds + 1):
            phrase = tokens[start : start + size]
            if all(tokens[start + k * size : start + (k + 1) * size] == phrase for k in range(1, rounds)):
                return min(count, start + size)
    return count


def unechoed(tokens: Sequence[int], *, shortest: int = 3, longest: int = 20) -> int:
    """How many tokens stand before the end of a hypothesis echoes what it has just said.

    A model that was trained on whole sentences fills the end of half a sentence with its beginning. An echo is at
    least `shortest` tokens, and half of the phrase that it repeats; said in earnest, more will follow it.
    """
    for period in range(shortest, min(longest, len(tokens) - 1) + 1):
        same = 0
        while same + period < len(tokens) and tokens[-1 - same] == tokens[-1 - same - period]:
            same += 1
        if same >= max(shortest, period / 2):
            return len(tokens) - min(same, period * (same // period or 1))
    return len(tokens)


def uncrowded(starts_s: Sequence[float], end_s: float, opens: Sequence[bool]) -> int:
    """How many words stand before those to come are more than anybody says between their beginning and the end.

    A model that goes on when all was said has nowhere to point to but the end of the sound. `opens` says of each word
    whether an invention may begin with it.
    """
    for count, start_s in enumerate(starts_s):
        if opens[count] and len(starts_s) - count > CROWDED_WORDS + WORDS_PER_S * max(0.0, end_s - start_s):
            return count
    return len(starts_s)


def packing(text: str) -> float:
    """Length of a text over its packed length; speech lies near 1 to 2, loops above 2.4."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0


def believable(*, text: str, words: int, voiced_s: float, logprob: float, no_speech: float) -> bool:
    """Whether a hypothesis about `voiced_s` seconds of voice may stand."""
    if voiced_s < SHORTEST_VOICE_S or words > 2 + WORDS_PER_S * voiced_s:
        return False
    if no_speech > SURELY_NO_SPEECH and words <= 2:
        return False
    spoken = words >= SPARSE_WORDS_PER_S * voiced_s
    # Much voice is proof against the model's own doubt, if there are as many words as somebody would have said.
    poor = POOR_LOGPROB - (min(0.6, 0.15 * voiced_s) if spoken else 0.0)
    if logprob < HOPELESS_LOGPROB or (no_speech > NO_SPEECH and logprob < poor):
        return False
    return packing(text) <= PACKED
