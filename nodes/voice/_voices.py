"""Voices: from the windows of utterances to turns and profiles.

Decides: when a turn is told, which sound is surely of one speaker, and when a profile is measured. Sound counts for a
speaker when the window that brought it and the next one both say so, so what is said across a change of speakers counts
for nobody. Works on stream time only; says the same however the stream was cut.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Literal, Protocol, TypeAlias

from nodes._engines.voice.measuring import TooShort, Unfit, profile_of, snr_of, voice_in
from nodes._engines.voice.speaker_encoder import SpeakerEncoder
from nodes.voice._choosing import Collected, Wanted
from nodes.voice._telling_apart import Speakers, Whose
from nodes.voice._utterances import RATE_HZ, Over, Window
from pipeline.clock import to_seconds
from pipeline.media import Samples, VoiceProfile, VoiceTurn

Frequency: TypeAlias = Literal["once", "always", "never"]

PATIENCE = 3  # windows in a row that are no speaking voice, from which the log says so

_log = logging.getLogger(__name__)


class Settings(Protocol):
    """What of the node's settings is decided by here."""

    frequency: Frequency
    min_s: float
    good_s: float
    max_s: float
    lang: str


class _Held:
    """A window that waits for the next one to bear it out."""

    def __init__(self, window: Window, whose: Whose) -> None:
        self.window = window
        self.speaker = whose.speaker


class Voices:
    """Everybody who was heard, and what is known of them."""

    def __init__(self, settings: Settings, encoder: SpeakerEncoder) -> None:
        self._settings = settings
        self._wanted = Wanted(settings.min_s, settings.good_s, settings.max_s)
        self._encoder = encoder
        self._speakers = Speakers()
        self._collected: dict[int, Collected] = {}
        self._current: int | None = None  # whose turn it is
        self._before: _Held | None = None  # the window before, of the same utterance
        self._joins: int | None = None  # whose sound was collected just before what comes next
        self._voiceless = 0  # windows in a row without a speaking voice
        self._logged: set[tuple[int, str]] = set()

    def hear(self, part: Window | Over) -> Iterator[VoiceTurn | VoiceProfile]:
        """What the next part of the stream has to say."""
        if isinstance(part, Over):
            before, self._before = self._before, None
            yield from self._collect(before, before.speaker if before else None)
            self._joins = None
            return
        whose = self._whose(part)
        before, self._before = self._before, _Held(part, whose)
        if before is not None and whose.before:
            before.speaker = whose.speaker
        yield from self._turn(before, part, whose)
        yield from self._collect(before, whose.speaker)

    def _whose(self, window: Window) -> Whose:
        try:
            voice_in(window.samples, RATE_HZ)
        except Unfit as unfit:
            self._voiceless += 1
            if self._voiceless == PATIENCE:
                self._log_once(
                    0, f"nothing is learnt from the sound at {to_seconds(window.start):.1f} s", unfit
                )
            return Whose(None)
        self._voiceless = 0
        return self._speakers.hear(self._encoder.windows(window.samples)[0])

    def _turn(self, before: _Held | None, window: Window, whose: Whose) -> Iterator[VoiceTurn]:
        """Somebody else than before: in a running utterance only when the window before was not of the last one."""
        if whose.speaker is None or whose.speaker == self._current:
            return
        if before is not None and before.speaker is not None and before.speaker == self._current:
            return
        self._current = whose.speaker
        borne_out = before is not None and before.speaker == whose.speaker
        since = before.window.start if before is not None and borne_out else window.start
        yield VoiceTurn(whose.speaker, since, whose.similarity)

    def _collect(self, held: _Held | None, speaker: int | None) -> Iterator[VoiceProfile]:
        """Keep the sound of a window that the next one, of `speaker`, bears out; and what profile comes of it."""
        if held is None or held.speaker is None or held.speaker != speaker:
            self._joins = None
            return
        if self._settings.frequency == "never":
            return
        collected = self._collected.setdefault(speaker, Collected(self._wanted, snr_of))
        if collected.finished and self._settings.frequency == "once":
            return
        collected.add(held.window.new, joins=self._joins == speaker)
        self._joins = speaker
        sound = collected.better()
        if sound is not None:
            yield from self._profile(collected, sound, speaker)

    def _profile(self, collected: Collected, sound: Samples, speaker: int) -> Iterator[VoiceProfile]:
        try:
            profile = profile_of(sound, RATE_HZ, speaker, self._settings.lang, encoder=self._encoder)
        except TooShort:
            return  # most of it was silence: it is tried again with what comes next
        except Unfit as unfit:
            collected.refused()
            self._log_once(speaker, f"no profile of speaker {speaker} from this", unfit)
            return
        collected.taken()
        yield profile

    def _log_once(self, speaker: int, what: str, unfit: Unfit) -> None:
        """Say why something is refused, once for each speaker and kind of reason."""
        kind = unfit.reason.partition(":")[0]
        if (speaker, kind) not in self._logged:
            self._logged.add((speaker, kind))
            _log.warning("voice.profile: %s: %s", what, unfit.reason)
