"""Faces and their mouths, by MediaPipe's Face Landmarker."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import msgspec
import numpy as np
from msgspec import Meta

from nodes._engines.optional import or_none
from nodes.vision._face import LIPS, Signals, box_of, eye_span, in_pixels, signals
from nodes.vision._following import Following
from nodes.vision._mediapipe import Eye, opened, packages
from nodes.vision._mouth_activity import AHEAD, SLACK, MouthActivity
from nodes.vision._mouth_crop import MouthCrop
from nodes.vision._pace import Pace
from pipeline import models
from pipeline.clock import Ns
from pipeline.media import Box, Face, Faces, Pixels, VideoFrame
from pipeline.node import Node, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

FILE = "face_landmarker.task"


class _Found(msgspec.Struct, frozen=True, eq=False):
    """A face in a picture whose activity is not known yet."""

    id: int
    box: Box
    mouth: Box
    crop: Pixels
    signals: Signals
    eyes_px: float


class _Picture(msgspec.Struct, frozen=True, eq=False):
    start: Ns
    end: Ns
    found: tuple[_Found, ...]


class _Mouth:
    """What is remembered of one face."""

    def __init__(self, cv2: Any) -> None:
        self.crop = MouthCrop(cv2)
        self.activity = MouthActivity()


@dataclass
class Lips(Node):
    """See faces and what their mouths do: a crop of each mouth, how open it is, how likely it speaks, the head's pose.

    Emits `faces` for each picture it looks at, also when nobody is there. Holds each picture back until 80 ms after it
    are seen, because what a mouth does next says whether it speaks. `reliable` is false for a head that is turned
    aside or moves fast, for a tiny face, and in the first moments of a face: then `activity` says nothing. A smile or
    a grimace looks like speech. 12.5 pictures a second are enough to tell who speaks; recognisers of lips want 25.

    Example:
        lips: {uses: vision.lips, inputs: {video: talk.video}}

    Source: Kartynnik et al. 2019, "Real-time facial surface geometry from monocular video on mobile GPUs" (the
    landmarks).
    """

    fps: Annotated[float, Meta(ge=0, le=120)] = 12.5  # pictures looked at a second, at most; 0: all
    faces_at_most: Annotated[int, Meta(ge=1, le=10)] = 3  # faces followed at once, 1 to 10
    max_yaw: Annotated[float, Meta(ge=0, le=90)] = 35  # degrees aside; beyond it is not reliable
    max_turn: Annotated[float, Meta(ge=0)] = 45  # degrees a second of the head; beyond it is not reliable
    min_eyes_px: Annotated[float, Meta(ge=0)] = 20  # pixels between the eyes; less is not reliable
    model: str = "mediapipe-face"  # name of a model, or a folder with face_landmarker.task
    required: bool = True  # false: where it cannot run, say so and see nobody, so that the rest goes on

    runs_on: ClassVar[Place] = "thread"
    nice: ClassVar[int] = 2

    video = Input(VideoFrame)
    faces = Output(Faces)

    @property
    def held_since(self) -> Ns | None:
        return self._waiting[0].start if self._waiting else None

    def open(self) -> None:
        self._waiting: deque[_Picture] = deque()
        self._mouths: dict[int, _Mouth] = {}
        self._following = Following()
        self._pace = Pace(self.fps)
        self._eye = or_none(lambda: _eye(self.model, self.faces_at_most), self.required)

    def process(self, video: Packet[VideoFrame]) -> Iterator[Emission[Any]]:
        if self._eye is None or not self._pace.takes(video.start):
            return
        yield from self._tell(video.start - AHEAD - SLACK)  # what this picture is too late for
        found = self._look(self._eye, video.payload.pixels, video.start)
        self._waiting.append(_Picture(video.start, video.end, found))
        yield from self._tell(video.start - AHEAD + SLACK)

    def finish(self) -> Iterator[Emission[Any]]:
        yield from self._tell(None)

    def close(self) -> None:
        if self._eye is not None:
            self._eye.close()

    def _look(self, eye: Eye, pixels: Pixels, at: Ns) -> tuple[_Found, ...]:
        seen = eye.see(pixels, at)
        height, width = pixels.shape[:2]
        points = [in_pixels(landmarks, width, height) for landmarks in seen.face_landmarks]
        boxes = [box_of(face, width, height) for face in points]
        ids = self._following.follow(boxes, at)
        known = self._following.numbers
        self._mouths = {id: mouth for id, mouth in self._mouths.items() if id in known}
        said = zip(seen.face_blendshapes, seen.facial_transformation_matrixes, strict=True)
        found = []
        for id, face, box, (shapes, matrix) in zip(ids, points, boxes, said, strict=True):
            mouth = self._mouths.setdefault(id, _Mouth(eye.cv2))
            crop = mouth.crop(pixels, face)
            signs = signals(face, shapes, np.asarray(matrix))
            mouth.activity.see(at, signs, crop)
            found.append(_Found(id, box, box_of(face[LIPS], width, height), crop, signs, eye_span(face)))
        return tuple(found)

    def _tell(self, until: Ns | None) -> Iterator[Emission[Any]]:
        """What was seen up to `until`; None: all that waits."""
        while self._waiting and (until is None or self._waiting[0].start <= until):
            picture = self._waiting.popleft()
            yield self.faces(
                Faces(tuple(self._face(found, picture.start) for found in picture.found)),
                picture.start,
                picture.end,
            )

    def _face(self, found: _Found, at: Ns) -> Face:
        movement = self._mouths[found.id].activity.around(at)
        pose = found.signals.pose
        calm = abs(pose.yaw) <= self.max_yaw and movement.head <= self.max_turn
        return Face(
            id=found.id,
            box=found.box,
            mouth=found.mouth,
            crop=found.crop,
            aperture=found.signals.aperture,
            movement=movement.lips,
            activity=movement.activity,
            yaw=pose.yaw,
            pitch=pose.pitch,
            roll=pose.roll,
            reliable=movement.enough and calm and found.eyes_px >= self.min_eyes_px,
        )


def _eye(model: str, faces: int) -> Eye:
    file = models.ensure(model) / FILE
    mediapipe, cv2 = packages("vision.lips")
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(file)),
        running_mode=vision.RunningMode.VIDEO,
        num_faces=faces,
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
    )
    task = opened(lambda: vision.FaceLandmarker.create_from_options(options), file, "vision.lips")
    return Eye(mediapipe, cv2, task, "detect_for_video")
