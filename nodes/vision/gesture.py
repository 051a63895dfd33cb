"""Gestures of hands and head, by MediaPipe's Gesture Recognizer and the pose of the face."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from nodes._engines.optional import or_none
from nodes.vision._following import Following
from nodes.vision._gesture_bundle import bundle
from nodes.vision._hand import hand_in, sign, swing
from nodes.vision._head import Head
from nodes.vision._holding import Holding, Sign
from nodes.vision._mediapipe import Eye, opened, packages
from nodes.vision._pace import Pace
from nodes.vision._swings import Swings
from pipeline import models
from pipeline.clock import Ns, ms
from pipeline.media import Face, Faces, Gesture, Hand, Hands, VideoFrame
from pipeline.node import JoinName, Node, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

FILE = "gesture_recognizer.task"  # the publisher's own bundle, in a folder of the user's
PARTS = "operations.task"  # what can be fetched; see _gesture_bundle.py
LOOKS, SURE = 5, 3  # a sign counts in three of five looks
IDLE = 2  # while no hand is there, every second look is enough: looking for one costs more than following one
WAVE_SPAN, WAVE_PALMS, WAVE_TIMES = ms(1500), 0.25, 3


class _HandSeen:
    """What is remembered of one hand."""

    def __init__(self) -> None:
        self.holding = Holding(LOOKS, SURE)
        self.swings = Swings(WAVE_SPAN, WAVE_PALMS)


@dataclass
class GestureRecogniser(Node):
    """See gestures: thumb up and down, open palm, fist, victory, pointing up, I love you, a number, pointing, a wave.

    Emits `gesture` when one is sure (in three of five looks) and again when it is over, with its start and end, and
    `hands` for each picture it looks at. With `faces` (of vision.lips) also nods and shakes of the largest head, and a
    finger on the lips is no pointing up. A finger that points at the camera and the back of a hand are not seen. What
    a gesture means differs between cultures: it is described, not translated.

    Example:
        gestures: {uses: vision.gesture, inputs: {video: talk.video, faces: lips.faces}}

    Source: Zhang et al. 2020, "MediaPipe Hands: on-device real-time hand tracking" (the landmarks).
    """

    fps: Annotated[float, Meta(ge=0, le=120)] = 7  # looks a second, half without a hand; 0: all
    hands_at_most: Annotated[int, Meta(ge=1, le=10)] = 1  # hands followed; a second doubles the cost
    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.55  # score from which a shape of a hand counts, 0 to 1
    model: str = "mediapipe-hand"  # name of a model, or a folder with gesture_recognizer.task
    required: bool = True  # false: where it cannot run, say so and see no hand, so that the rest goes on

    runs_on: ClassVar[Place] = "thread"
    nice: ClassVar[int] = 4
    join: ClassVar[JoinName] = "covering"

    video = Input(VideoFrame)
    faces = Input(Faces, optional=True, whole_span=True, lateness_ms=300)
    gesture = Output(Gesture)
    hands = Output(Hands)

    @property
    def held_since(self) -> Ns | None:
        """While a gesture goes on its end is still to be told, at the picture just seen or later."""
        going_on = self._head.holds or any(seen.holding.holds for seen in self._seen.values())
        return self._at if going_on else None

    def open(self) -> None:
        self._at: Ns = 0  # start of the last picture
        self._pace = Pace(self.fps)
        self._following = Following()
        self._seen: dict[int, _HandSeen] = {}
        self._head = Head()
        self._faces: tuple[Face, ...] = ()
        self._heads_until: Ns = -1  # start of the last picture whose faces were looked at
        self._eye = or_none(lambda: _eye(self.model, self.hands_at_most), self.required)

    def process(
        self, video: Packet[VideoFrame], faces: tuple[Packet[Faces], ...] | None
    ) -> Iterator[Emission[Any]]:
        self._at = video.start
        for packet in faces or ():
            if packet.start > self._heads_until:  # a long picture overlaps two
                self._heads_until, self._faces = packet.start, packet.payload.faces
                yield from self._told(self._head.see(packet))
        every = 1 if self._following.numbers else IDLE
        if self._eye is not None and self._pace.takes(video.start, every):
            yield from self._look(self._eye, video)

    def finish(self) -> Iterator[Emission[Any]]:
        for seen in self._seen.values():
            yield from self._told(seen.holding.stop())
        yield from self._told(self._head.stop())

    def close(self) -> None:
        if self._eye is not None:
            self._eye.close()

    def _look(self, eye: Eye, video: Packet[VideoFrame]) -> Iterator[Emission[Any]]:
        pixels = video.payload.pixels
        found = eye.see(pixels, video.start)
        aspect = pixels.shape[1] / pixels.shape[0]
        shown = [
            self._off_lips(hand_in(found, i, self.threshold, aspect)) for i in range(len(found.gestures))
        ]
        numbers = self._following.follow([hand.box for hand in shown], video.start)
        signs: dict[int, Sign | None] = {}
        for index, (number, hand) in enumerate(zip(numbers, shown, strict=True)):
            seen = self._seen.setdefault(number, _HandSeen())
            across = swing(found, index, aspect)
            if across is not None:
                seen.swings.add(video.start, across)
            waves = seen.swings.count()[0] >= WAVE_TIMES
            signs[number] = Sign("wave", hand.side) if waves else _sign(hand)
        for number, seen in self._seen.items():
            yield from self._told(seen.holding.look(video.start, video.end, signs.get(number)))
        self._seen = {
            number: seen for number, seen in self._seen.items() if not seen.holding.idle or number in signs
        }
        yield self.hands(Hands(tuple(shown)))

    def _off_lips(self, hand: Hand) -> Hand:
        """The hand, whose finger on the lips asks for silence and points nowhere."""
        x, y = hand.tip
        for face in self._faces:
            wide, high = face.mouth.right - face.mouth.left, face.mouth.bottom - face.mouth.top
            across = face.mouth.left - wide / 2 <= x <= face.mouth.right + wide / 2
            if across and face.mouth.top - 2 * high <= y <= face.mouth.bottom + high:
                return replace(hand, shape="", towards=None)
        return hand

    def _told(self, gestures: list[Gesture]) -> Iterator[Emission[Any]]:
        for gesture in gestures:
            yield self.gesture(gesture)


def _sign(hand: Hand) -> Sign | None:
    name = sign(hand)
    if not name:
        return None
    score = hand.score if hand.shape else 1.0
    tip = hand.tip if hand.towards else None
    return Sign(name, hand.side, score, hand.fingers, tip, hand.towards)


def _eye(model: str, hands: int) -> Eye:
    folder = models.ensure(model)
    mediapipe, cv2 = packages("vision.gesture")
    from mediapipe.tasks.python import BaseOptions, vision

    own = folder / FILE
    file = own if own.is_file() else folder / PARTS

    def make() -> Any:
        data = file.read_bytes()
        options = vision.GestureRecognizerOptions(
            base_options=BaseOptions(model_asset_buffer=data if file == own else bundle(data)),
            running_mode=vision.RunningMode.VIDEO,
            num_hands=hands,
        )
        return vision.GestureRecognizer.create_from_options(options)

    return Eye(mediapipe, cv2, opened(make, file, "vision.gesture"), "recognize_for_video")
