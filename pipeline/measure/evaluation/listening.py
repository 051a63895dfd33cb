"""Listening: how an interpretation sounds to whoever hears only the dubbed track.

The track that a run wrote (speech.<lang>.wav, on the time line of the source) goes through our own recogniser, the
one that the language's route uses, with long windows, as offline as it gets. What it hears is scored as the field
scores speech out: chrF against the reference, LongYAAL by the moment at which each word has been heard to its end,
words misheard against what was to be spoken. The recogniser's own errors are in all of it, so compare voices and
policies by these figures, never with those of text.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import numpy as np

from pipeline.errors import PackageError, RouteError
from pipeline.graph import Graph
from pipeline.languages import language
from pipeline.measure.evaluation import mos
from pipeline.measure.recording import Recording
from pipeline.measure.scores import longform
from pipeline.measure.text import quality
from pipeline.measure.trace import Said, Trace
from pipeline.media import Samples

RATE_HZ = 16_000
CACHE = "listened.json"
KEYS = (  # every score that listening may give
    "listened_chrf",
    "listened_wer",
    "listened_cer",
    "listened_long_yaal_ms",
    "listened_start_offset_ms",
    "speech_mos",
)
LISTENING = """\
nodes:
  track:  {uses: source.file, with: {path: "", pace: asap}}
  voice:  {uses: vad.silero, inputs: {audio: track.audio}, runs_on: thread}
  words:
    uses: asr.whisper
    inputs: {audio: {from: track.audio, capacity: 1500}, speech: {from: voice.activity, capacity: 1500}}
    with: {policy: hold, hold_words: 20, step_ms: 5000, longest_ms: 15000, beam: 5, hear_ms: 2000}
"""


class Listened(msgspec.Struct, frozen=True):
    """What was measured by listening, and why the rest was not."""

    values: dict[str, float] = {}
    notes: dict[str, str] = {}


class Hearing(msgspec.Struct, frozen=True):
    """What the recogniser heard on a track."""

    track: str  # SHA-256 of the file
    words: tuple[tuple[str, float, float], ...]  # text, start and end on the time line of the source, ms
    opinion: mos.Opinion | None = None
    no_opinion: str = ""  # why there is none


def listen(recording: Recording, trace: Trace, folder: Path) -> Listened:
    """Scores of the dubbed track in the folder of a run, heard by our own recogniser; kept in listened.json there.

    Raises `ModelError`, `PackageError` where the recogniser cannot be had, `InputError` for a track that is none.
    """
    track = folder / f"speech.{recording.to}.wav"
    if not track.is_file():
        return _unheard(f"no {track.name}: nothing spoke")
    try:
        tag = language(recording.to).tag
    except RouteError as error:
        return _unheard(str(error))
    heard = _before(folder / CACHE, track) or _heard(track, tag, trace)
    (folder / CACHE).write_bytes(msgspec.json.encode(heard) + b"\n")
    return _scored(recording, trace, heard)


def kept(recording: Recording, trace: Trace, folder: Path) -> Listened | None:
    """Scores of what was heard on the same track before; None where nobody listened, or the track is another."""
    track = folder / f"speech.{recording.to}.wav"
    heard = _before(folder / CACHE, track)
    return None if heard is None else _scored(recording, trace, heard)


def _unheard(why: str) -> Listened:
    return Listened(notes=dict.fromkeys(KEYS, why))


def _digest(track: Path) -> str:
    return hashlib.sha256(track.read_bytes()).hexdigest()


def _before(cache: Path, track: Path) -> Hearing | None:
    """What was heard before on the same track; None where there is nothing."""
    try:
        heard = msgspec.json.decode(cache.read_bytes(), type=Hearing)
        return heard if heard.track == _digest(track) else None
    except (OSError, msgspec.DecodeError):  # ValidationError is one
        return None


def _heard(track: Path, lang: str, trace: Trace) -> Hearing:
    graph = Graph.parse(LISTENING, file="listening").with_settings(
        {"track.path": str(track), "words.lang": lang}
    )
    words: list[tuple[str, float, float]] = []
    sound: list[Samples] = []
    for name, packet in graph.stream("track.audio", "words.transcript"):
        if name == "track.audio":
            sound.append(packet.payload.samples)
        else:
            words += [(word.text, word.start / 1e6, word.end / 1e6) for word in packet.payload.committed]
    opinion, why = _opinion(sound, trace)
    return Hearing(_digest(track), tuple(words), opinion, why)


def _opinion(sound: list[Samples], trace: Trace) -> tuple[mos.Opinion | None, str]:
    """The opinion on what is spoken, without the silence between; or why there is none."""
    whole: Samples = np.concatenate(sound) if sound else np.zeros(0, np.float32)  # (n,) float32
    spans = [(piece.plays_at, piece.plays_at + piece.duration) for piece in trace.speech]
    spoken = [whole[int(a * RATE_HZ / 1000) : int(b * RATE_HZ / 1000)] for a, b in spans] or [whole]
    try:
        return mos.predict(np.concatenate(spoken)), ""
    except (PackageError, ValueError) as error:
        return None, str(error)


def _scored(recording: Recording, trace: Trace, heard: Hearing) -> Listened:
    values: dict[str, float] = {}
    notes: dict[str, str] = {}
    if heard.opinion is None:
        notes["speech_mos"] = heard.no_opinion
    else:
        values["speech_mos"] = heard.opinion.overall
    said = [Said(text, end, 0.0, end, start, end) for text, start, end in heard.words]
    if not said:
        silent = _unheard("nothing was understood on the track").notes
        return Listened(values, {key: why for key, why in silent.items() if key not in values} | notes)
    values["listened_start_offset_ms"] = said[0].start
    values |= _misheard(recording, trace, said)
    values |= _against_reference(recording, said)
    late = (
        "every word was heard after the source had ended"
        if recording.sentences
        else "no reference translation"
    )
    missing = dict.fromkeys({"listened_chrf", "listened_long_yaal_ms"} - set(values), late)
    return Listened(values, missing | notes)


def _misheard(recording: Recording, trace: Trace, said: list[Said]) -> dict[str, float]:
    """The error rate of what was understood against what was spoken, which is the translation where pieces are not known."""
    spoken = " ".join(piece.text for piece in trace.speech) or trace.translation.text
    rate, key = (quality.wer, "wer") if recording.unit == "word" else (quality.cer, "cer")
    found = rate([" ".join(word.text for word in said)], [spoken])
    return {} if found is None else {f"listened_{key}": found.value}


def _against_reference(recording: Recording, said: list[Said]) -> dict[str, float]:
    laid = longform.segments(recording, said)
    if not laid:
        return {}
    found = {"listened_chrf": quality.chrf([one.text for one in laid], [one.reference for one in laid]).value}
    delays = longform.mean_scores(longform.sentence_scores(laid, said, "queue"))
    if "long_yaal" in delays:
        found["listened_long_yaal_ms"] = delays["long_yaal"]
    return found


__all__ = ["KEYS", "Listened", "kept", "listen"]
