"""Who speaks, and what their voice is like: the beginning of every cloned voice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from msgspec import Meta

from nodes.voice._utterances import RATE_HZ, Utterances
from nodes.voice._voices import Frequency, Voices
from pipeline.clock import Ns
from pipeline.errors import SettingsError
from pipeline.media import Activity, AudioFrame, VoiceProfile, VoiceTurn
from pipeline.node import JoinName, Node, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

if TYPE_CHECKING:
    from nodes._engines.voice.speaker_encoder import SpeakerEncoder
    from pipeline.shared import Lease


@dataclass
class SpeakerProfile(Node):
    """Tell speakers apart by their voices, and measure each voice on clean speech, so that it can be imitated.

    Emits `turn` when somebody else is heard than before, 1.6 to 2.4 s after they began, and `profile` when some three
    seconds of clean speech of one speaker were heard, and again when there is a better one of the same speaker. What
    is noisy, clipped, whispered, music or of two voices is refused, and the log says why. Speakers have the same number
    whenever they come back. Two who speak at once are not separated: what they say then is left out. Nothing is
    written to disk. Whoever is heard must have agreed: without `consent` it does not open.

    Example:
        who: {uses: voice.profile, inputs: {audio: talk.audio, activity: speech.activity}, with: {consent: true}}

    Source: Wan et al. 2018, "Generalized end-to-end loss for speaker verification" (the embedding).
    """

    consent: bool = False  # whoever is heard has agreed to have their voice imitated
    frequency: Frequency = "always"  # better profiles: up to a good one, ever on, none
    min_s: Annotated[float, Meta(ge=2.5, le=10)] = 3.0  # speech of a speaker for the first profile, s
    good_s: Annotated[float, Meta(ge=3, le=30)] = 7.0  # speech of a speaker for a good one, s
    max_s: Annotated[float, Meta(ge=3, le=60)] = 10.0  # speech of a speaker that is used at most, s
    lang: str = ""  # language spoken, BCP 47, for the profile; empty: not known
    model: str = "ge2e"  # name of a model, or a folder with Resemblyzer's pretrained.pt

    runs_on: ClassVar[Place] = "thread"
    nice: ClassVar[int] = 5  # words come before voices
    join: ClassVar[JoinName] = "covering"

    audio = Input(AudioFrame, rate_hz=RATE_HZ, gather_ms=200)
    activity = Input(Activity, whole_span=True)
    profile = Output(VoiceProfile)
    turn = Output(VoiceTurn)

    def __post_init__(self) -> None:
        if not self.min_s <= self.good_s <= self.max_s:
            raise ValueError(
                f"min_s {self.min_s:g}, good_s {self.good_s:g} and max_s {self.max_s:g} do not rise; "
                "give each at least the one before"
            )

    @property
    def held_since(self) -> Ns | None:
        return self._utterances.held_since

    def open(self) -> None:
        if not self.consent:
            raise SettingsError(
                "voice.profile: nobody has agreed to have their voice imitated; "
                "set consent: true when whoever is heard did, or take the node out"
            )
        from nodes._engines.voice import pitch
        from nodes._engines.voice.speaker_encoder import shared_encoder

        pitch.detector()  # what is missing is to be told now
        self._lease: Lease[SpeakerEncoder] = shared_encoder(self.model)
        self._utterances = Utterances()
        self._voices = Voices(self, self._lease.value)

    def process(
        self, audio: Packet[AudioFrame], activity: tuple[Packet[Activity], ...]
    ) -> Iterator[Emission[Any]]:
        for part in self._utterances.hear(audio, activity):
            for told in self._voices.hear(part):
                yield self._port(told)(told, part.end, part.end)

    def finish(self) -> Iterator[Emission[Any]]:
        for part in self._utterances.stop(0):
            for told in self._voices.hear(part):
                yield self._port(told)(told)

    def close(self) -> None:
        self._lease.close()

    def _port(self, told: VoiceTurn | VoiceProfile) -> Output[Any]:
        return self.turn if isinstance(told, VoiceTurn) else self.profile
