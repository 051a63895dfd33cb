"""Timeline: one recording as columns of whole milliseconds that the page's script draws. Some 150 bytes a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.measure.recording import Recording, unit_of
from pipeline.measure.trace import Piece, Stream, Trace
from pipeline.packet import PARTS


def timeline(recording: Recording, trace: Trace) -> dict[str, Any]:
    """What was said, meant and heard when, as plain data."""
    return {
        "id": recording.id,
        "from": recording.from_,
        "to": recording.to,
        "joints": [joint(recording.from_), joint(recording.to)],
        "ms": round(max(trace.source_ms, recording.seconds * 1000)),
        "end": round(end_ms(recording, trace)),
        "transcript": _stream(trace.transcript),
        "units": _stream(trace.units),
        "translation": _stream(trace.translation),
        "speech": [_piece(piece) for piece in trace.speech],
        "sentences": [
            [sentence.text, round(sentence.start_ms), round(sentence.end_ms)]
            for sentence in recording.sentences
        ],
    }


def joint(lang: str) -> str:
    """What stands between two words of a language."""
    return " " if unit_of(lang) == "word" else ""


def end_ms(recording: Recording, trace: Trace) -> float:
    """The moment at which everything is over: source, text and speech."""
    ends = [trace.source_ms, recording.seconds * 1000]
    ends += [stream.said[-1].out for stream in (trace.transcript, trace.translation) if stream.said]
    ends += [piece.plays_at + piece.duration for piece in trace.speech[-1:]]
    return max(ends)


def _stream(stream: Stream) -> dict[str, Any]:
    said = stream.said
    return {
        "lang": stream.lang,
        "text": [word.text for word in said],
        "start": _whole(word.start for word in said),
        "end": _whole(word.end for word in said),
        "heard": _whole(word.heard for word in said),
        "compute": _whole(word.compute for word in said),
        "out": _whole(word.out for word in said),
        "cuts": [[cut.first, cut.last, cut.reason, _parts(cut.lag_ms)] for cut in stream.cuts],
    }


def _piece(piece: Piece) -> list[Any]:
    times = (piece.out, piece.plays_at, piece.duration, piece.start, piece.end)
    return [piece.text, *(round(value) for value in times), piece.skipped, _parts(piece.lag_ms)]


def _parts(lag_ms: Mapping[str, float]) -> list[int]:
    return [round(lag_ms.get(part, 0.0)) for part in PARTS]


def _whole(values: Any) -> Sequence[int]:
    return [round(value) for value in values]
