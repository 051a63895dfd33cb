"""What a packet says, as a line of JSON. Pure.

Times are seconds with a resolution of a millisecond. The parts of `lag` are rounded first and their sum is its
total, so they add up in the file as they do in the packet.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from pipeline.clock import Ns
from pipeline.media import (
    ActiveSpeaker,
    Activity,
    Box,
    Face,
    Faces,
    Gesture,
    Hand,
    Hands,
    ScreenText,
    Speech,
    SpeechSegment,
    Term,
    Terms,
    Text,
    Word,
)
from pipeline.packet import PARTS, Packet


def seconds_of(at: Ns) -> float:
    """Nanoseconds as seconds, to the millisecond."""
    return round(at / 1_000_000) / 1000


def lag(packet: Packet[Any]) -> dict[str, float]:
    """The delay of a packet by part, in seconds, and its total."""
    delay = packet.delay()
    parts_ms = {part: round(getattr(delay, part) / 1_000_000) for part in PARTS}
    found = {f"{part}_s": value / 1000 for part, value in parts_ms.items()}
    return {**found, "total_s": sum(parts_ms.values()) / 1000}


def event(kind: str, packet: Packet[Any]) -> dict[str, Any]:
    """A packet as a mapping: its kind, its times, what it says."""
    base = {
        "kind": kind,
        "clock_s": seconds_of(packet.left),
        "start_s": seconds_of(packet.start),
        "end_s": seconds_of(packet.end),
    }
    if packet.heard:
        base["heard_s"] = seconds_of(packet.heard)
        base["work_s"] = max(0.0, seconds_of(packet.left - packet.heard - packet.waited))
    payload = packet.payload
    if isinstance(payload, Text):
        return base | _text(packet, payload)
    if isinstance(payload, Speech):
        return base | _speech(packet, payload)
    if isinstance(payload, Activity):
        return base | {"speaking": payload.speaking, "probability": round(payload.probability, 3)}
    if isinstance(payload, SpeechSegment):
        return base | {"mean_probability": round(payload.mean_probability, 3)}
    if isinstance(payload, Terms):
        return base | {"terms": [_term(term) for term in payload.terms]}
    return base | _seen(payload)


def _seen(payload: Any) -> dict[str, Any]:
    """What a payload of the eyes says."""
    if isinstance(payload, Faces):
        return {"faces": [_face(face) for face in payload.faces]}
    if isinstance(payload, ActiveSpeaker):
        return {"face": payload.face, "confidence": round(payload.confidence, 3)}
    if isinstance(payload, Hands):
        return {"hands": [_hand(hand) for hand in payload.hands]}
    if isinstance(payload, ScreenText):
        return _screen_text(payload)
    return _gesture(payload) if isinstance(payload, Gesture) else {}


def line(kind: str, packet: Packet[Any]) -> bytes:
    """An event as a line."""
    return msgspec.json.encode(event(kind, packet)) + b"\n"


def _text(packet: Packet[Any], text: Text) -> dict[str, Any]:
    found: dict[str, Any] = {
        "text": text.text,
        "tentative": text.tentative,
        "committed": bool(text.committed),
        "lang": text.lang,
        "ends": text.ends,
        "reason": text.reason,
        "words": _words(text.committed),
    }
    if text.committed and text.committed[0].glue:
        found["glued"] = True  # it goes on without a space
    if text.source:
        found["source"] = _words(text.source)
    return found | ({"lag": lag(packet)} if text.committed and packet.left else {})


def _term(term: Term) -> dict[str, Any]:
    found: dict[str, Any] = {"text": term.text, "origin": term.origin}
    if term.rendering:
        found["rendering"] = term.rendering
    return found | ({} if term.until is None else {"until_s": seconds_of(term.until)})


def _speech(packet: Packet[Any], speech: Speech) -> dict[str, Any]:
    found: dict[str, Any] = {
        "text": speech.text,
        "lang": speech.lang,
        "plays_at_s": seconds_of(max(speech.plays_at, packet.left)),
        "duration_s": seconds_of(speech.duration),
        "speed": speech.speed,
        "skipped": speech.skipped,
        "words": _words(speech.words),
    }
    return found | ({"lag": lag(packet)} if packet.left else {})


def _face(face: Face) -> dict[str, Any]:
    figures = ("aperture", "movement", "activity", "yaw", "pitch", "roll")
    found: dict[str, Any] = {"id": face.id, "box": _box(face.box), "mouth": _box(face.mouth)}
    found |= {name: round(getattr(face, name), 3) for name in figures}
    return found | {"reliable": face.reliable}


def _hand(hand: Hand) -> dict[str, Any]:
    found = {"side": hand.side, "box": _box(hand.box), "shape": hand.shape, "score": round(hand.score, 3)}
    return found | {"fingers": hand.fingers} | _direction(hand.tip, hand.towards)


def _gesture(gesture: Gesture) -> dict[str, Any]:
    found: dict[str, Any] = {
        "gesture": gesture.name,
        "by": gesture.by,
        "over": gesture.over,
        "began_s": seconds_of(gesture.start),
        "seen_until_s": seconds_of(gesture.end),
        "score": round(gesture.score, 3),
        "count": gesture.count,
    }
    return found | (_direction(gesture.tip, gesture.towards) if gesture.tip else {})


def _screen_text(seen: ScreenText) -> dict[str, Any]:
    return {
        "id": seen.id,
        "text": seen.text,
        "box": _box(seen.box),
        "lang": seen.lang,
        "confidence": round(seen.confidence, 3),
        "over": seen.over,
        "began_s": seconds_of(seen.start),
        "seen_until_s": seconds_of(seen.end),
    }


def _direction(tip: tuple[float, float], towards: tuple[float, float] | None) -> dict[str, Any]:
    """Where a finger is, and where it points if it does."""
    found: dict[str, Any] = {"tip": [round(part, 3) for part in tip]}
    return found | ({"towards": [round(part, 3) for part in towards]} if towards else {})


def _box(box: Box) -> list[float]:
    return [round(side, 3) for side in (box.left, box.top, box.right, box.bottom)]


def _words(words: Iterable[Word]) -> list[list[Any]]:
    return [[word.text, seconds_of(word.start), seconds_of(word.end)] for word in words]
