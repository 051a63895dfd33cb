"""What a run says, as events: one JSON object a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import msgspec

from nodes.sink._events import line
from nodes.sink._file import OutputFile
from pipeline.clock import Ns
from pipeline.media import (
    ActiveSpeaker,
    Activity,
    Faces,
    Gesture,
    Hands,
    ScreenText,
    Speech,
    SpeechSegment,
    Terms,
    Text,
)
from pipeline.node import JoinName, Node, Place
from pipeline.packet import Packet
from pipeline.port import Input


@dataclass
class EventLog(Node):
    """Write everything that comes out as events, a line of JSON each, at the moment it comes.

    An event has the name of its input as `kind`, `clock_s` (when it came out, on the run's clock), `start_s` and
    `end_s` (what it speaks of), and what it says: `text`, `tentative`, `words` with their source spans, and for
    committed text and speech of a scheduled run `lag`, the delay by part. Activity is written when it changes.
    Nothing is held back; each line is whole as soon as it is there, so the file can be followed while it grows.

    Example:
        log: {uses: sink.jsonl, inputs: {translation: target.translation, speech: voice.speech}}
    """

    path: str = "events.jsonl"  # the file; its folder is made, an old file is written over

    transcript = Input(Text, optional=True)
    unit = Input(Text, optional=True)
    translation = Input(Text, optional=True)
    speech = Input(Speech, optional=True)
    activity = Input(Activity, optional=True)
    segment = Input(SpeechSegment, optional=True)
    terms = Input(Terms, optional=True)
    faces = Input(Faces, optional=True)
    speaker = Input(ActiveSpeaker, optional=True)
    hands = Input(Hands, optional=True)
    gesture = Input(Gesture, optional=True)
    screen_text = Input(ScreenText, optional=True)

    join: ClassVar[JoinName] = "arrival"
    runs_on: ClassVar[Place] = "thread"

    def open(self) -> None:
        self._file = OutputFile("sink.jsonl", self.path)
        self._speaking: bool | None = None
        self._voice_end: Ns = 0

    def process(  # noqa: PLR0917 - one argument for each input
        self,
        transcript: Packet[Text] | None,
        unit: Packet[Text] | None,
        translation: Packet[Text] | None,
        speech: Packet[Speech] | None,
        activity: Packet[Activity] | None,
        segment: Packet[SpeechSegment] | None,
        terms: Packet[Terms] | None,
        faces: Packet[Faces] | None,
        speaker: Packet[ActiveSpeaker] | None,
        hands: Packet[Hands] | None,
        gesture: Packet[Gesture] | None,
        screen_text: Packet[ScreenText] | None,
    ) -> None:
        if activity is not None and activity.payload.speaking == self._speaking:
            activity = None
        if activity is not None:
            self._speaking = activity.payload.speaking
        if speech is not None:
            speech = self._placed(speech)
        heard = (transcript, unit, translation, speech, activity, segment, terms)
        packets = (*heard, faces, speaker, hands, gesture, screen_text)
        for kind, packet in zip(self.inputs, packets, strict=True):
            if packet is not None:
                self._file.append(line(kind, packet))

    def _placed(self, packet: Packet[Speech]) -> Packet[Speech]:
        """Speech at the time at which it plays: when it is there, and the piece before it is over."""
        speech = packet.payload
        at = max(speech.plays_at, packet.left, self._voice_end)
        self._voice_end = at + speech.duration
        return msgspec.structs.replace(packet, payload=msgspec.structs.replace(speech, plays_at=at))

    def close(self) -> None:
        self._file.close()
