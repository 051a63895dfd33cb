"""Between packets and the live recogniser: what asr.whisper and translate.whisper have in common.

Decides: which span a packet of text has, and when there is something to say. Knows nothing of the policy, which
is in live.py. Sound and voice activity come in as packets that cover the same stream time; text goes out whenever
words were committed, the tentative tail changed, or an utterance ended.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from nodes._engines.live import Heard, LiveRecogniser, Task
from nodes._engines.recognition import Recognition
from nodes._engines.whisper import WhisperEngine
from pipeline import models
from pipeline.clock import Ns, ms
from pipeline.languages import canonical, code
from pipeline.media import Activity, AudioFrame, Term, Terms, Text, Word
from pipeline.packet import Packet
from pipeline.shared import Lease, shared

ONSET = ms(1000)  # sound before voice activity that an utterance may reach back to


class Said(msgspec.Struct, frozen=True):
    """A step of the text and the stream time that it speaks of."""

    text: Text
    start: Ns
    end: Ns


class Listening:
    """One live recogniser on a shared engine. `open` first; `close` gives the engine back."""

    def __init__(self, settings: Recognition, task: Task) -> None:
        self._settings = settings
        self._lang = canonical(settings.lang)  # of the text; what the engine calls it is another matter
        self._task: Task = task
        self._shown = ""
        self._said_until: Ns = 0
        self._heard_until: Ns = 0
        self._expected: tuple[Term, ...] = ()

    def open(self) -> None:
        """Load the model, or share the one that is loaded. Raises `ModelError`, `PackageError`."""
        folder, threads = models.ensure(self._settings.model), self._settings.threads
        self._lease: Lease[WhisperEngine] = shared(
            ("whisper", str(folder), threads), lambda: WhisperEngine.load(folder, threads=threads)
        )
        self._live = LiveRecogniser(
            self._lease.value,
            language=code("whisper", self._lang) or self._lang or None,
            task=self._task,
            policy=self._settings.live_policy(),
        )

    def close(self) -> None:
        """Give the engine back."""
        self._lease.close()

    @property
    def held_since(self) -> Ns:
        """Stream time since which sound is held that may still become words."""
        held = self._live.held_since
        return max(self._said_until, self._heard_until - ONSET) if held is None else held

    def hear(
        self,
        audio: Packet[AudioFrame],
        speech: tuple[Packet[Activity], ...],
        terms: Packet[Terms] | None,
    ) -> Iterator[Said]:
        """Listen to a stretch of sound with its voice activity; yields what there is to say."""
        if terms is not None:
            self._expect(terms.payload.at(audio.start))
        windows = [(packet.start, packet.end, packet.payload.probability) for packet in speech]
        heard = self._live.hear(audio.payload.samples, audio.start, windows)
        self._heard_until = audio.end
        yield from self._said(heard, audio.end, "pause")

    def _expect(self, terms: tuple[Term, ...]) -> None:
        """Tell the recogniser which words may come, as it would write them: a translator into English, in English."""
        if terms is self._expected or terms == self._expected:
            return
        self._expected = terms
        english = self._task == "translate"
        given = (term.rendering if english and _is_english(term) else term.text for term in terms)
        self._live.expect(tuple(dict.fromkeys(given)))

    def finish(self) -> Iterator[Said]:
        """Say what is held back; nothing more will be heard."""
        heard = self._live.finish()
        yield from self._said(heard, self._said_until, "end")

    def _said(self, heard: Heard, until: Ns, why: str) -> Iterator[Said]:
        if not heard.committed and not heard.ends and heard.tentative == self._shown:
            return
        self._shown = heard.tentative
        committed = tuple(Word(word.text, word.start_ns, word.end_ns, word.glue) for word in heard.committed)
        lang = "en" if self._task == "translate" else self._lang or canonical(heard.language or "")
        text = Text(committed, heard.tentative, lang, why if heard.ends else "")
        start = committed[0].start if committed else max(self._said_until, self.held_since)
        end = committed[-1].end if committed else max(until, start)
        self._said_until = max(self._said_until, committed[-1].end if committed else 0)
        yield Said(text, start, end)


def _is_english(term: Term) -> bool:
    """Whether a term has an English rendering."""
    return bool(term.rendering) and term.to.partition("-")[0] in ("", "en")
