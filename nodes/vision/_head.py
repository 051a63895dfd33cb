"""The head: nods and shakes from the pose of a face. Pure.

A nod is three swings of at least five degrees of the pitch within 1.2 s, a shake the same of the yaw; one movement must be
by far the larger, and last 0.4 s, because lively speakers toss their heads.
"""

from __future__ import annotations

from nodes.vision._holding import Holding, Sign
from nodes.vision._swings import Swings
from pipeline.clock import ms
from pipeline.media import Faces, Gesture
from pipeline.packet import Packet

_SPAN = ms(1200)
_DEGREES = 5.0
_TIMES = 3
_LARGER = 2.0  # times as far as the other movement
_LOOKS, _SURE = 6, 5  # pictures


class Head:
    """The head of the largest face, picture after picture."""

    def __init__(self) -> None:
        self._face: int | None = None
        self._forget()

    def see(self, packet: Packet[Faces]) -> list[Gesture]:
        """Take the faces of the next picture; what began or ended with it."""
        faces = packet.payload.faces
        if not faces:
            return self._holding.look(packet.start, packet.end, None)
        face = max(faces, key=lambda one: one.box.bottom - one.box.top)
        told: list[Gesture] = []
        if face.id != self._face:
            told = self._holding.stop()
            self._face = face.id
            self._forget()
        self._pitch.add(packet.start, face.pitch)
        self._yaw.add(packet.start, face.yaw)
        return told + self._holding.look(packet.start, packet.end, self._sign())

    def stop(self) -> list[Gesture]:
        """The stream ends."""
        return self._holding.stop()

    @property
    def holds(self) -> bool:
        """A nod or a shake goes on."""
        return self._holding.holds

    def _forget(self) -> None:
        self._pitch, self._yaw = Swings(_SPAN, _DEGREES), Swings(_SPAN, _DEGREES)
        self._holding = Holding(_LOOKS, _SURE)

    def _sign(self) -> Sign | None:
        (nods, nodded), (shakes, shaken) = self._pitch.count(), self._yaw.count()
        if nods >= _TIMES and nodded > _LARGER * shaken:
            return Sign("nod", "head")
        if shakes >= _TIMES and shaken > _LARGER * nodded:
            return Sign("shake", "head")
        return None
