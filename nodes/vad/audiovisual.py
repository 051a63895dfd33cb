"""Voice activity of those who are seen, and which of them it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from nodes.vad._gate import Gate, When
from nodes.vad._hysteresis import Hysteresis, Stretch
from nodes.vad._listening import check_thresholds
from nodes.vad._who_speaks import WhoSpeaks, loudness
from pipeline.clock import Ns, ms
from pipeline.media import ActiveSpeaker, Activity, AudioFrame, Faces, SpeechSegment
from pipeline.node import JoinName, Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

STALE = ms(200)  # a picture older than this says nothing of now
TOLERANCE = ms(1)  # sources that round their times are not broken


@dataclass
class AudiovisualVad(Node):
    """Tell whether somebody who is seen speaks, and who: among many voices, the speech of the one whose lips move.

    Takes the activity of another detector and the faces of vision.lips. In a busy room (other people talk all the time)
    speech counts only while a mouth that is seen speaks; in a quiet one, or where no face is seen well, sound alone
    decides and the answer is that of the other detector. Emits `activity` for each of its windows, `speech` as other
    detectors do, and `speaker` whenever another face speaks; `audio` makes that choice better. Whoever answers from
    outside of the picture while somebody in it has just spoken may be lost in a busy room; `gate: never` loses nobody.

    Pictures come later than sound. In a live run it waits `lateness_ms` of 300 at most, then goes by sound alone.

    Example:
        speech:
          uses: vad.audiovisual
          inputs: {heard: ear.activity, faces: lips.faces, audio: talk.audio}
    """

    gate: When = "busy"  # when lips have a say: busy, always or never
    lips: Annotated[float, Meta(ge=0, le=1)] = 0.35  # activity from which a mouth counts as speaking, 0 to 1
    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.5  # probability at which speech begins, 0 to 1
    release: Annotated[float, Meta(ge=0, le=1)] = 0.35  # probability below which it may be over, 0 to 1
    min_speech_ms: Annotated[float, Meta(ge=0)] = 90.0  # shorter sounds are not speech, ms
    hang_ms: Annotated[float, Meta(ge=0)] = 300.0  # quiet that ends a stretch, ms

    join: ClassVar[JoinName] = "covering"

    heard = Input(Activity)
    faces = Input(Faces, optional=True, latest=True, lateness_ms=300)
    audio = Input(AudioFrame, optional=True, whole_span=True)
    activity = Output(Activity)
    speech = Output(SpeechSegment)
    speaker = Output(ActiveSpeaker)

    def __post_init__(self) -> None:
        check_thresholds(self.threshold, self.release)

    @property
    def held_since(self) -> Ns | None:
        return self._hysteresis.held_since

    def open(self) -> None:
        self._hysteresis = Hysteresis(self.threshold, self.release, self.min_speech_ms, self.hang_ms)
        self._gate = Gate(self.gate, self.lips)
        self._who = WhoSpeaks(self.lips)
        self._speaker: int | None = None
        self._until: Ns | None = None  # end of the last window

    def process(
        self,
        heard: Packet[Activity],
        faces: Packet[Faces] | None,
        audio: tuple[Packet[AudioFrame], ...] | None,
    ) -> Iterator[Emission[Any]]:
        if self._until is not None and abs(heard.start - self._until) > TOLERANCE:
            yield from self._told(self._hysteresis.stop())
        self._until = heard.end
        mouths = _mouths(faces, heard.start)
        probability = heard.payload.probability
        mouth = max(mouths.values(), default=None)
        loud = loudness(audio, heard.start, heard.end) if audio else None
        if not self._gate.admits(heard.start, heard.end, probability >= self.threshold, mouth, loud):
            probability = min(probability, mouth or 0.0)
        ended = self._hysteresis.hear(heard.start, heard.end, probability)
        speaking = self._hysteresis.speaking
        yield self.activity(Activity(probability, speaking))
        yield from self._told(ended)
        # Without sound, how likely it is speech stands for how loud it is.
        self._who.hear(heard.end, heard.payload.probability if loud is None else loud, mouths)
        yield from self._tell_who(speaking, mouths)

    def finish(self) -> Iterator[Emission[Any]]:
        yield from self._told(self._hysteresis.stop())

    def _told(self, stretch: Stretch | None) -> Iterator[Emission[Any]]:
        if stretch is not None:
            yield self.speech(SpeechSegment(stretch.mean_probability), stretch.start, stretch.end)

    def _tell_who(self, speaking: bool, mouths: dict[int, float]) -> Iterator[Emission[Any]]:
        face, confidence = self._who.now() if speaking else (None, 0.0)
        if speaking and face is None and self._speaker in mouths:
            return  # a mouth rests between words
        if face != self._speaker:
            self._speaker = face
            yield self.speaker(ActiveSpeaker(face, confidence))


def _mouths(faces: Packet[Faces] | None, at: Ns) -> dict[int, float]:
    """Face to activity of its mouth, of those that are seen well just now."""
    if faces is None or at - faces.start > STALE:
        return {}
    return {face.id: face.activity for face in faces.payload.faces if face.reliable}
