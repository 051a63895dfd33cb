"""Specimens: a short stream of each payload kind, to try a node on when nothing better is given.

About two seconds each, on one time line: silence, sound or words from 0.4 s to 1.3 s, silence. The answers of a
particular node are not known; what can be said about any node on them is in pipeline/conformance.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pipeline.clock import seconds
from pipeline.errors import NodeError
from pipeline.media import (
    ActiveSpeaker,
    Activity,
    AudioFrame,
    Box,
    Face,
    Faces,
    Gesture,
    Hand,
    Hands,
    ScreenChange,
    ScreenText,
    Speech,
    SpeechSegment,
    Term,
    Terms,
    Text,
    Timbre,
    VideoFrame,
    VoiceProfile,
    VoiceTurn,
)
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Port
from pipeline.testing import activity, audio, noise, pictures, silence, text, tone, words


def specimen(port: Port[Any], node: Node) -> list[Packet[Any]]:
    """A stream that fits a port of a node. Raises `NodeError` for a payload kind that has none."""
    form = port.format_of(node)
    for kind in port.kinds:
        if kind in _MAKERS:
            return _MAKERS[kind](form)
    raise NodeError(
        f"{type(node).__name__}.{port.name}: there is no specimen of {port.describe()}; "
        f"give a stream: {port.name}=[Packet(payload, start, end), …]"
    )


def _audio(form: dict[str, object]) -> list[Packet[AudioFrame]]:
    rate_hz = _rate(form, 16_000)
    parts = [
        silence(0.4, rate_hz),
        tone(0.6, 220, -16, rate_hz),
        noise(0.3, -25, rate_hz),
        silence(0.7, rate_hz),
    ]
    return audio(np.concatenate(parts), rate_hz)


def _video(form: dict[str, object]) -> list[Packet[VideoFrame]]:
    across, down = np.arange(64) * 3, np.arange(48)[:, None] * 2
    slide = np.stack([across + 0 * down, 0 * across + down, across + down], -1).astype(
        np.uint8
    )  # (48, 64, 3)
    return pictures([slide] * 5 + [255 - slide] * 5, fps=5)


def _activity(form: dict[str, object]) -> list[Packet[Activity]]:
    return activity([(0.4, 1.3)], until_s=2.0)


def _segments(form: dict[str, object]) -> list[Packet[SpeechSegment]]:
    return [Packet(SpeechSegment(0.9), seconds(0.4), seconds(1.3))]


def _text(form: dict[str, object]) -> list[Packet[Text]]:
    heard = words("The road to the coast is open. We leave at nine.", 0.4, 0.06, 0.02)
    first, second, third = heard[:4], heard[4:7], heard[7:]
    return text(
        Text(tentative="The road", lang="en"),
        Text(first, tentative="coast is", lang="en"),
        Text(second, tentative="We", lang="en", ends="sentence"),
        Text(third, lang="en", ends="pause"),
    )


def _terms(form: dict[str, object]) -> list[Packet[Terms]]:
    return [
        Packet(Terms((Term("coast", "costa"), Term("harbour"))), 0, seconds(1)),
        Packet(Terms(), seconds(1), seconds(2)),
    ]


def _speech(form: dict[str, object]) -> list[Packet[Speech]]:
    rate_hz = _rate(form, 22_050)
    return [
        Packet(
            Speech(
                tone(0.3, 200, -20, rate_hz), rate_hz, said, "en", plays_at=seconds(at), words=words(said, at)
            ),
            seconds(at),
            seconds(at + 0.3),
        )
        for said, at in (("good morning", 0.4), ("and welcome", 1.0))
    ]


def _faces(form: dict[str, object]) -> list[Packet[Faces]]:
    """Two faces from the second picture on; the first one speaks from 0.4 s to 1.3 s."""
    packets = []
    for index in range(25):
        at = index * 0.08
        talking = 0.4 <= at < 1.3
        found = (_face(1, talking, at), _face(2, False, at)) if index else ()
        packets.append(Packet(Faces(found), seconds(at), seconds(at + 0.08)))
    return packets


def _face(number: int, talking: bool, at: float) -> Face:
    box = Box(0.1 + 0.4 * (number - 1), 0.2, 0.4 + 0.4 * (number - 1), 0.7)
    mouth = Box(box.left + 0.1, 0.55, box.right - 0.1, 0.62)
    crop = np.full((96, 96), 60 + 60 * talking, np.uint8)
    wag = 12 * float(np.sin(12 * at)) if number == 2 else 0.0  # the second one nods
    return Face(
        number, box, mouth, crop, 0.2 * talking, 1.0 * talking, 0.9 if talking else 0.05, 0, wag, 0, True
    )


def _active_speaker(form: dict[str, object]) -> list[Packet[ActiveSpeaker]]:
    told = (
        (ActiveSpeaker(None), 0.0, 0.4),
        (ActiveSpeaker(1, 0.8), 0.4, 1.3),
        (ActiveSpeaker(None), 1.3, 2.0),
    )
    return [Packet(payload, seconds(start), seconds(end)) for payload, start, end in told]


def _hands(form: dict[str, object]) -> list[Packet[Hands]]:
    shown = Hand("right", Box(0.6, 0.5, 0.8, 0.9), "thumb_up", 0.8, 1, (0.7, 0.5))
    return [
        Packet(Hands((shown,) if 2 <= index < 9 else ()), seconds(index / 7), seconds((index + 1) / 7))
        for index in range(14)
    ]


def _gestures(form: dict[str, object]) -> list[Packet[Gesture]]:
    return [
        Packet(
            Gesture("thumb_up", "right", seconds(0.4), seconds(until), over, 0.8),
            seconds(at),
            seconds(at + 0.1),
        )
        for at, until, over in ((0.6, 0.7, False), (1.5, 1.3, True))
    ]


def _screen_changes(form: dict[str, object]) -> list[Packet[ScreenChange]]:
    """The pictures of the video specimen: the first one, the other one, and the end."""
    first, other = (_video(form)[index].payload.pixels for index in (0, 5))
    whole = (Box(0, 0, 1, 1),)
    told = ((ScreenChange(first, whole, 0), 0.0), (ScreenChange(other, whole, seconds(1)), 1.2))
    end = ScreenChange(other, (), seconds(1.8), last=True)
    return [Packet(change, seconds(at), seconds(at + 0.2)) for change, at in (*told, (end, 1.8))]


def _screen_texts(form: dict[str, object]) -> list[Packet[ScreenText]]:
    """A heading that stays until 1.5 s, and a line below it that comes at 0.8 s and is there at the end."""
    heading = ("The road to Harrow Bay", Box(0.1, 0.1, 0.6, 0.2), 0.0, 1.5)
    below = ("Open from 9:00", Box(0.1, 0.3, 0.5, 0.37), 0.8, 2.0)
    told = [
        (number, *line, at, over)
        for number, line in enumerate((heading, below), 1)
        for at, over in ((line[2], False), (line[3], True))
    ]
    return [
        Packet(
            ScreenText(
                number, said, box, "en", 0.95, seconds(start), seconds(end if over else start + 0.2), over
            ),
            seconds(at),
            seconds(at + 0.2),
        )
        for number, said, box, start, end, at, over in sorted(told, key=lambda line: line[5])
    ]


def _profiles(form: dict[str, object]) -> list[Packet[VoiceProfile]]:
    """Who was heard at first, and better known later."""
    embedding = np.full(256, 1 / 16, np.float32)
    spectrum = np.linspace(-2, -9, 601, dtype=np.float32)
    return [
        Packet(
            VoiceProfile(
                1,
                tone(heard_s, 120, -20),
                16_000,
                embedding,
                120.0,
                0.2,
                spectrum,
                8000.0,
                30.0,
                "en",
                heard_s,
            ),
            seconds(at),
            seconds(at + 0.1),
        )
        for heard_s, at in ((0.9, 1.3), (1.4, 1.8))
    ]


def _timbres(form: dict[str, object]) -> list[Packet[Timbre]]:
    """Bound for no engine: at once, and given up later."""
    told = (
        (Timbre(1, "", "first", 1.0, equaliser=np.zeros(601, np.float32)), 1.4),
        (Timbre(1, "", "stock"), 1.8),
    )
    return [Packet(timbre, seconds(at), seconds(at + 0.1)) for timbre, at in told]


def _turns(form: dict[str, object]) -> list[Packet[VoiceTurn]]:
    return [
        Packet(VoiceTurn(number, seconds(at)), seconds(at), seconds(at))
        for number, at in ((1, 0.4), (2, 1.0))
    ]


def _rate(form: dict[str, object], otherwise: int) -> int:
    rate_hz = form.get("rate_hz")
    return rate_hz if isinstance(rate_hz, int) and rate_hz else otherwise


_MAKERS: dict[type, Callable[[dict[str, object]], list[Packet[Any]]]] = {
    AudioFrame: _audio,
    VoiceProfile: _profiles,
    Timbre: _timbres,
    VoiceTurn: _turns,
    VideoFrame: _video,
    Activity: _activity,
    SpeechSegment: _segments,
    Text: _text,
    Terms: _terms,
    Speech: _speech,
    Faces: _faces,
    ActiveSpeaker: _active_speaker,
    Hands: _hands,
    Gesture: _gestures,
    ScreenChange: _screen_changes,
    ScreenText: _screen_texts,
    object: _text,
}
