"""Reading: in which language a hypothesis is, which words its tokens make, and how much of it is believed.

What it decides: that. What it must not know: streams and stream time, what was given out when, where sound is cut. The rules
for what is believed are in `guards.py`; here they are put in order, because which one holds depends on the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from nodes._engines.draft import join
from nodes._engines.guards import ECHO_WORDS_PER_S, believable, uncrowded, unechoed, unrepeated
from nodes._engines.policy import Engine
from nodes._engines.sound import SECOND_NS
from nodes._engines.stability import Placed

if TYPE_CHECKING:
    from nodes._engines.whisper import Hypothesis, Word

LANGUAGE_S = 1.5  # voice that it takes to know a language
Task = Literal["transcribe", "translate"]
SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！")  # noqa: RUF001 - full-width marks are meant
UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "yue", "km"})


class Reading:
    """One speaker's hypotheses, read.

    `language` None finds it out from the beginning of each utterance, with a probability of `sure` or more.
    """

    def __init__(self, engine: Engine, *, language: str | None, task: Task, sure: float) -> None:
        self.language = language  # code of Whisper; None while it is not known
        self.task: Task = task
        self._engine = engine
        self._sure = sure
        self._given = language is not None
        self._searching = not self._given

    def begin(self) -> None:
        """An utterance begins; its speaker may be another."""
        self._searching = not self._given

    def spoken(self, window: Any, voiced_s: float, *, fresh: bool) -> str:
        """The language: given, or found at the beginning of this utterance, or else that of the one before.

        `fresh` says that no word of the sound in the window was given out.
        """
        if self._searching and fresh:
            code, likely = self._engine.language(window)
            sure = likely >= self._sure and voiced_s >= LANGUAGE_S
            self._searching = not sure
            if sure or self.language is None:
                self.language = code
        return self.language or "en"

    def words(self, tokens: Sequence[int]) -> list[Word]:
        """The whole words that tokens make."""
        return self._engine.words(tokens, spaced=self._spaced)

    def begins(self, word: Word) -> bool:
        """Whether a word at the beginning of its sound stands alone: not punctuation, in a script with spaces."""
        return self._spaced and any(character.isalnum() for character in word.text)

    def believed(
        self, heard: Hypothesis, said: Sequence[int], voiced_s: float, *, at_pause: bool
    ) -> list[int]:
        """What may stand of a hypothesis about `voiced_s` seconds of voice: tokens that begin with those said; or none."""
        tokens = [*said, *heard.tokens]
        once = max(len(said), unrepeated(tokens))
        if once < len(tokens):
            # The second round of a loop begins anywhere; what was said ends with a sentence.
            tokens = tokens[: self._sentence(tokens[:once], len(said))]
        less = tokens[: max(len(said), unechoed(tokens))]
        hasty = self._count(tokens) > ECHO_WORDS_PER_S * voiced_s  # said twice in earnest takes its time
        tried = [tokens, less] if at_pause and not hasty else [less]
        return next((some for some in tried if self._believable(some, heard, voiced_s)), [])

    def placeable(self, placed: Sequence[Placed], said: int, until_ns: int) -> int:
        """How many tokens stand, the `said` first ones anyhow, given where they were heard in sound that ends at `until_ns`.

        Several words of a translation may well come from one moment, but no whole sentence does.
        """
        starts_s, begins, opens = [], [], []
        at, ended = 0, False
        for word in self.words([one.token for one in placed]):
            if at >= said:
                begins.append(at)
                starts_s.append(placed[at].start_ns / SECOND_NS)
                opens.append(ended or self.task != "translate")
            at += len(word.tokens)
            ended = word.text.endswith(SENTENCE_ENDS)
        count = uncrowded(starts_s, until_ns / SECOND_NS, opens)
        return begins[count] if count < len(begins) else len(placed)

    def _sentence(self, tokens: Sequence[int], least: int) -> int:
        """How many tokens there are to the end of the last sentence behind `least`; all of them if none ends."""
        at, found = 0, len(tokens)
        for word in self.words(tokens):
            at += len(word.tokens)
            if at > least and word.text.endswith(SENTENCE_ENDS):
                found = at
        return found

    def _believable(self, tokens: Sequence[int], heard: Hypothesis, voiced_s: float) -> bool:
        return believable(
            text=join(self.words(tokens)),
            words=self._count(tokens),
            voiced_s=voiced_s,
            logprob=heard.logprob,
            no_speech=heard.no_speech,
        )

    def _count(self, tokens: Sequence[int]) -> int:
        """Words in tokens; two characters count as one in scripts without spaces."""
        words = self.words(tokens)
        return len(words) if self._spaced else len(join(words)) // 2

    @property
    def _spaced(self) -> bool:
        """Whether what is written has spaces between its words; a translation is English."""
        return self.task == "translate" or self.language not in UNSPACED
