"""A voice like that of a recording: measured, imitated, spoken; for `dragoman voices clone`.

Decides: which nodes are asked, in which order, and which of their figures people are told. The nodes are those that a
graph would have (pipeline/cloning.py), but asked here one after another, so that what is searched for is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from pipeline import speaking
from pipeline.clock import stopwatch_ns
from pipeline.cloning import CONVERTS, IMITATES, KNOWS, conversion, missing, takes
from pipeline.errors import InputError
from pipeline.graph import Graph
from pipeline.media import Speech, Timbre, VoiceProfile
from pipeline.node import step
from pipeline.packet import Packet
from pipeline.resolve import node_class
from pipeline.settings import build
from pipeline.spec import GraphSpec, NodeSpec

SEARCH = 0  # renders; what voice.imitate takes by itself
ENOUGH_S = 4.0  # speech of a recording by which its voice is known well; nothing better will come, so no more is waited for

Tell = Callable[[str], None]


class Likeness(msgspec.Struct, frozen=True, eq=False):
    """What is known of a voice, and how an engine is to speak so as to be like it."""

    profile: VoiceProfile
    timbre: Timbre | None  # None for an engine that takes the profile itself


def of(
    reference: str, uses: str, lang: str = "en", *, consent: bool, search: int = SEARCH, tell: Tell = print
) -> Likeness:
    """The likeness of the speaker of a recording, for one engine and the language that it is to speak.

    The recording may be a profile that was kept (.npz). `search`: renders that looking for a better one may take.
    `tell` is told each step. Raises `InputError` without consent, where nobody is heard well enough, and for what is not at hand.
    """
    if not consent:
        raise InputError(
            f"voices clone {reference}: imitates whoever speaks there; add --consent if they agreed to it"
        )
    if not Path(reference).is_file():
        raise InputError(f"voices clone {reference}: there is no such file; give a recording of one speaker")
    if needs := missing():
        raise InputError(f"voices clone: not at hand; type: {' && '.join(needs)}")
    profile = kept(reference) if reference.endswith(".npz") else measured(reference)
    tell(heard(profile))
    if takes(uses, VoiceProfile):
        return Likeness(profile, None)
    begun, timbre = stopwatch_ns(), None
    for timbre in imitated(profile, uses if takes(uses, Timbre) else "", lang, search):
        tell(f"{(stopwatch_ns() - begun) / 1e9:5.1f} s  {described(timbre)}")
    if timbre is None:
        raise InputError(f"voices clone {reference}: {uses} cannot be made like it; name another --voice")
    return Likeness(profile, timbre)


def measured(recording: str) -> VoiceProfile:
    """The voice that is heard in a recording. Raises `InputError` where none is heard well enough."""
    graph = Graph(
        GraphSpec({"talk": NodeSpec("source.file", {}, {"path": recording, "pace": "asap"})}, recording)
    )
    graph = graph.plus("speech", "vad.silero", {"audio": "talk.audio"})
    inputs = {"audio": "talk.audio", "activity": "speech.activity"}
    graph = graph.plus("who", KNOWS, inputs, consent=True, good_s=ENOUGH_S)
    found = [packet.payload for _, packet in graph.stream("who.profile")]
    if not found:
        raise InputError(
            f"voices clone {recording}: no voice can be known by it; "
            "give three to ten seconds of one speaker, without music or noise"
        )
    profile: VoiceProfile = found[-1]  # the last one rests on the most speech
    return profile


def kept(file: str) -> VoiceProfile:
    """The voice that `keep` kept. Raises `MediaError`."""
    who = NodeSpec("source.profile", {}, {"path": file, "consent": True})
    [(_, packet)] = Graph(GraphSpec({"who": who}, file)).stream("who.profile")
    profile: VoiceProfile = packet.payload
    return profile


def keep(profile: VoiceProfile, file: str) -> None:
    """Keep a voice in a file that its owner alone may read. Raises `OutputError`."""
    step(build(node_class("sink.profile"), {"path": file}), {"profile": Packet(profile, 0, 0)})


def imitated(profile: VoiceProfile, engine: str, lang: str = "en", search: int = SEARCH) -> Iterator[Timbre]:
    """Timbres for an engine, each better than the one before; empty: for whatever speech there is."""
    node: Any = build(node_class(IMITATES), {"engine": engine, "lang": lang, "search": search})
    node.open()
    try:
        for item in node.process(profile=Packet(profile, 0, 0)):
            if item is not None:
                yield item.payload
    finally:
        node.close()


def speak(found: Likeness, uses: str, name: str, text: str, lang: str) -> tuple[Speech, ...]:
    """A text in that voice. Raises what the node that speaks raises."""
    node = speaking.speaker(uses, lang, name)
    if found.timbre is None:
        return speaking.speak(node, text, lang, found.profile).pieces
    if takes(uses, Timbre):
        return speaking.speak(node, text, lang, found.timbre).pieces
    said = speaking.speak(node, text, lang).pieces
    return speaking.converted(build(node_class(CONVERTS), conversion(uses)), found.timbre, said)


def similarity(profile: VoiceProfile, said: Iterable[Speech]) -> float | None:
    """How like the speaker some speech is: the cosine of embeddings. None where it is too short to tell."""
    with TemporaryDirectory() as folder:
        file = str(Path(folder) / "said.wav")
        speaking.keep(said, file)
        try:
            return float(measured(file).embedding @ profile.embedding)
        except InputError:
            return None


def heard(profile: VoiceProfile) -> str:
    """What was measured, for people."""
    return (
        f"heard {profile.heard_s:.1f} s: pitch {profile.pitch_hz:.0f} Hz, "
        f"{profile.snr_db:.0f} dB above the noise, sound to {profile.bandwidth_hz / 1000:.1f} kHz"
    )


def described(timbre: Timbre) -> str:
    """A timbre, for people."""
    like = f", likeness {timbre.similarity:.2f}" if timbre.similarity else ""
    words = "" if timbre.word_errors is None else f", {timbre.word_errors:.0%} of the words not understood"
    reason = f": {timbre.reason}" if timbre.reason else ""
    return f"{timbre.stage}: strength {timbre.strength:.2f}{like}{words}{reason}"
