"""The live recogniser: when to listen again, which words are said for good, where the sound is cut.

What it decides: that, and nothing else. What it must not know: clocks (it counts the stream time of its calls), the
framework, how a model works (`policy.Engine` is all it asks for). The same calls give the same words.

How it works. Voice opens an utterance; from then on, every `step_ms` of new sound, the engine hears everything since the last
cut and continues the words already given out. `reading.py` says how much of that is believed, `draft.py` which words of it are
stable. A short silence brings a hypothesis at once, a longer one gives out all of it, a long one cuts the sound. When nobody
pauses, the sound is cut at the end of a word given out, where the voice is weakest, so that cost and memory for a second of
sound stay the same for hours. When more sound comes at once, because the machine is behind, one hypothesis hears all.

    silence ──voice──▶ listening ──hush──▶ looked at ──say──▶ given out ──cut──▶ silence
                          ▲ step: a hypothesis        │
                          └───────────voice───────────┘

What must change with it: `nodes/asr/whisper.py` and `nodes/translate/whisper.py`, which turn `Heard` into packets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nodes._engines.draft import Draft, LiveWord
from nodes._engines.policy import Engine, Policy
from nodes._engines.reading import LANGUAGE_S, Reading, Task
from nodes._engines.sound import RATE_HZ, SECOND_NS, Sound, VoiceWindow
from nodes._engines.stability import Placed, stability

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nodes._engines.whisper import Hypothesis

__all__ = ["Engine", "Heard", "LiveRecogniser", "LiveWord", "Policy", "Task"]

MS = 1_000_000
GAP_NS = 50 * MS  # a jump of stream time that is no rounding
NEAR_NS = 150 * MS  # attention places words about so well
AT_ONCE_S = 10  # sound that one hypothesis catches up with; with what is held it fits the engine's window


@dataclass(frozen=True)
class Heard:
    """What one call brought."""

    committed: tuple[LiveWord, ...] = ()  # new words, for good
    tentative: str = ""  # how it may go on; the next call replaces it
    language: str | None = None  # code of Whisper; None while it is not known
    ends: bool = False  # the speaker paused after the committed words


class LiveRecogniser:
    """One speaker's stream of sound to words.

    `task` "translate" gives English whatever is spoken. `language` None finds it out from the first seconds of an
    utterance. `bias` names words to expect, the likeliest first.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        language: str | None = None,
        task: Task = "transcribe",
        policy: Policy | None = None,
        bias: Sequence[str] = (),
    ) -> None:
        self._engine = engine
        self._policy = policy or Policy()
        self._reading = Reading(engine, language=language, task=task, sure=self._policy.sure_language)
        self._sound: Sound | None = None
        words = self._reading.words
        self._draft = Draft(words, begins=self._reading.begins, stability=stability(self._policy, words))
        self._speaking = False  # an utterance is open
        self._voice_end_ns = 0  # where the voice was heard last
        self._looked_ns = 0  # up to where the last hypothesis heard
        self._encoded: tuple[int, Any] = (0, None)  # its window, and where the sound began then
        self._bias: list[int] = []
        self.expect(bias)

    @property
    def held_since(self) -> int | None:
        """No word to come begins before this stream time; None before the first sound."""
        return None if self._sound is None else max(self._sound.start_ns, self._draft.told_ns)

    def expect(self, terms: Sequence[str]) -> None:
        """Words to expect from now on, the likeliest first; those over the budget are left out."""
        budget, self._bias = self._policy.bias_tokens, []
        for count in range(min(len(terms), budget), 0, -1):
            # The words alone: a heading before them is heard in what is said, and makes loops.
            tokens = self._engine.tokens(f"{', '.join(terms[:count])}.")
            if len(tokens) <= budget:
                self._bias = tokens
                return

    def hear(self, samples: NDArray[np.float32], start_ns: int, speaking: Sequence[VoiceWindow]) -> Heard:
        """Take sound, (n,) float32 mono 16 kHz, and the voice windows that have become known with it."""
        if len(samples) > AT_ONCE_S * RATE_HZ:
            cut = start_ns + AT_ONCE_S * SECOND_NS
            most = AT_ONCE_S * RATE_HZ
            one = self.hear(samples[:most], start_ns, [window for window in speaking if window[1] <= cut])
            two = self.hear(samples[most:], cut, [window for window in speaking if window[1] > cut])
            return Heard(one.committed + two.committed, two.tentative, two.language, one.ends or two.ends)
        words = self._follow(start_ns)
        ends = bool(words)
        self._sound = self._sound or Sound(start_ns)
        self._sound.add(samples)
        for window in speaking:
            self._sound.add_voice(window)
            closed = self._voice(window)
            words += closed or []
            ends = ends or closed is not None
        if self._speaking:
            words += self._listen()
        else:
            self._sound.drop_before(self._sound.end_ns - 2 * self._policy.preroll_ms * MS)
        return Heard(tuple(words), self._draft.tentative, self._reading.language, ends)

    def finish(self) -> Heard:
        """Nothing more comes: give out what is held."""
        return Heard(tuple(self._close()) if self._speaking else (), "", self._reading.language, ends=True)

    def _follow(self, start_ns: int) -> list[LiveWord]:
        """Sound that does not follow the last one begins anew; what was held is given out first."""
        if self._sound is None or abs(start_ns - self._sound.end_ns) <= GAP_NS:
            return []
        words = self._close() if self._speaking else []
        self._sound = None
        return words

    def _voice(self, window: VoiceWindow) -> list[LiveWord] | None:
        """Follow the voice through one window; the last words of an utterance if it ends here."""
        policy = self._policy
        start, end, likely = window
        if likely >= (policy.voice_off if self._speaking else policy.voice_on):
            if not self._speaking:
                self._open(start)
            self._voice_end_ns = end
        if not self._speaking:
            return None
        held = self._voice_end_ns - self._held.start_ns
        enough_ms = policy.cut_ms if held < policy.long_ms * MS else policy.say_ms
        return self._close() if end - self._voice_end_ns >= enough_ms * MS else None

    def _open(self, voice_ns: int) -> None:
        self._held.drop_before(voice_ns - self._policy.preroll_ms * MS)
        self._speaking = True
        self._looked_ns = self._held.start_ns
        self._reading.begin()

    def _listen(self) -> list[LiveWord]:
        """Look at the sound if it is time to, and cut it if it has grown too long."""
        policy, end = self._policy, self._held.end_ns
        quiet = end - self._voice_end_ns
        words: list[LiveWord] = []
        if quiet >= policy.say_ms * MS:
            words = self._everything()
        elif quiet >= policy.hush_ms * MS:
            words = self._look(at_pause=True) if self._unseen() else []
        elif end - self._looked_ns >= self._step_ns():
            words = self._look(at_pause=False)
        while end - self._held.start_ns > policy.longest_ms * MS:
            words += self._shorten()
        return words

    def _step_ns(self) -> int:
        """New sound that it takes to look again; more while the language is not known."""
        if self._reading.language is None:
            return max(int((LANGUAGE_S + 0.3) * SECOND_NS), self._policy.step_ms * MS)
        return self._policy.step_ms * MS

    def _everything(self) -> list[LiveWord]:
        """All that was said up to the silence."""
        words = self._look(at_pause=True) if self._unseen() else []
        return words + self._draft.commit()

    def _unseen(self) -> bool:
        """Whether the end of the voice has not been looked at; a word is whole only with some silence after it."""
        return self._looked_ns < min(self._held.end_ns, self._voice_end_ns + self._policy.tail_ms * MS)

    def _close(self) -> list[LiveWord]:
        """End the utterance."""
        words = self._everything()
        self._draft.clear()
        self._encoded = 0, None
        self._held.drop_before(min(self._held.end_ns, self._voice_end_ns + self._policy.tail_ms * MS))
        self._speaking = False
        return words

    def _look(self, *, at_pause: bool) -> list[LiveWord]:
        """One hypothesis about all the sound held; the words of it that are stable."""
        policy, sound, draft = self._policy, self._held, self._draft
        until = sound.end_ns
        if at_pause:
            until = min(until, self._voice_end_ns + policy.tail_ms * MS)
        voiced_s = sound.voiced_s(until, above=policy.voice_off)
        window = self._encode(until)
        self._looked_ns = until
        said = draft.said
        language = self._reading.spoken(window, voiced_s, fresh=not said)
        untold_s = (until - max(draft.told_ns, sound.start_ns)) / SECOND_NS
        heard = self._engine.decode(
            window,
            language=language,
            task=self._reading.task,
            earlier=self._bias,
            forced=said,
            beam=max(policy.beam, policy.final_beam) if at_pause else policy.beam,
            room=10 + int(policy.tokens_per_s * max(0.5, untold_s)),
        )
        tokens = self._reading.believed(heard, said, voiced_s, at_pause=at_pause)
        if not tokens:
            return []  # what earlier hypotheses said of this sound stands
        young = not said and until - sound.start_ns < policy.young_ms * MS
        settled = sound.start_ns if young else until - policy.behind_ms * MS
        placed = self._placed(window, heard, tokens)
        placed = placed[: self._reading.placeable(placed, len(said), until)]
        stable = draft.revise(placed, settled_ns=settled)
        return draft.commit(stable)

    def _encode(self, until_ns: int) -> Any:
        """The sound held up to a moment; of what the last look encoded only the end is encoded again."""
        sound, (start_ns, before) = self._held, self._encoded
        window = self._engine.window(sound.until(until_ns), before if start_ns == sound.start_ns else None)
        self._encoded = sound.start_ns, window
        return window

    def _placed(self, window: Any, heard: Hypothesis, tokens: Sequence[int]) -> list[Placed]:
        start = self._held.start_ns
        times = self._engine.times(window, heard, tokens)
        return [
            Placed(token, start + int(time.start_s * SECOND_NS), start + int(time.end_s * SECOND_NS))
            for token, time in zip(tokens, times, strict=True)
        ]

    def _shorten(self) -> list[LiveWord]:
        """Cut sound that has grown too long: at the end of a word given out, where the voice is weak."""
        policy, sound = self._policy, self._held
        ends = self._draft.ends()
        if not ends:  # nothing in it was believed or agreed on for so long: give out all, keep the end
            words = self._draft.commit()
            self._draft.clear()
            sound.drop_before(sound.end_ns - policy.keep_ms * MS)
            return words
        at = min(ends, key=lambda end: self._regret(end, ends[-1]))
        self._draft.cut(at)
        sound.drop_before(at)
        return []

    def _regret(self, at_ns: int, last_ns: int) -> float:
        """How bad a place to cut is: voice there, too little or too much sound kept, words that go again."""
        sound, keep = self._held, self._policy.keep_ms * MS
        kept = sound.end_ns - at_ns
        loud = sound.quietest(at_ns, within_ns=NEAR_NS)
        short = 1.0 if kept < keep / 2 else 0.0
        return loud + short + max(0.0, (kept - keep) / (4 * SECOND_NS))

    @property
    def _held(self) -> Sound:
        if self._sound is None:
            raise RuntimeError("no sound yet; call hear() first")
        return self._sound
