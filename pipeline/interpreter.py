"""Interpreter: the graph that interprets one talk: a shipped graph by the route, its source, voice and outputs.

Decides: which shipped graph a route stands on, which node speaks, and which files come out. What a graph does is
in graphs/*.yaml; here its settings are filled in and sinks are added. Works on names of nodes only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from pipeline import eyes, resolve, routes
from pipeline.cloning import Heard, with_clone
from pipeline.edge import WhenFull
from pipeline.errors import InputError, RouteError
from pipeline.graph import Graph
from pipeline.languages import language
from pipeline.latency import with_latency
from pipeline.media import Speech, Terms
from pipeline.node import Node
from pipeline.routes import Route
from pipeline.settings import build, settings_of
from pipeline.spec import EdgeSpec

BASES = {
    "cascade": "interpret",
    "direct": "interpret-direct",
    "pivot": "interpret-pivot",
    "same": "transcribe",
}
TARGETS = {  # shape: the output that is the translation
    "cascade": "target.translation",
    "direct": "english.translation",
    "pivot": "target.translation",
    "same": "words.transcript",
}
UNKNOWN = "und"  # BCP 47 for a language that is not known (yet)
MARKS = ("captions", "mouths", "speaker", "hands", "text")  # all that sink.video draws
ROOM = 1500  # frames of 20 ms that may wait while a recogniser is busy


class Talk(msgspec.Struct, frozen=True):
    """What to interpret, from which language into which, and how."""

    source: str  # a file, a URL, or mic: (mic:DEVICE)
    to: str
    from_: str = "auto"
    pace: str = "realtime"
    latency: str = "balanced"  # how soon against how well: low, balanced or quality; see pipeline/latency.py
    voice: str = ""  # node that speaks; empty: the best at hand; "none": captions only
    clone: bool = False  # speak with the voice of whoever is heard: see pipeline/cloning.py
    consent: bool = False  # whoever is heard agreed to that
    terms: tuple[str, ...] = ()  # words to expect
    glossary: str = ""  # file with words to expect and their renderings; see docs/terms.md
    source_captions: bool = True  # for routes that translate the speech itself: recognise it too
    video: bool = False  # the source has pictures: write dubbed.mp4
    see: str = "auto"  # what is looked for in them: auto, all, none, or names of cues; see pipeline/eyes.py
    overlay: bool = False  # draw into dubbed.mp4 what was seen


class Interpretation(msgspec.Struct, frozen=True):
    """A graph ready to run, and what to read of it."""

    graph: Graph
    route: Route
    source_text: str  # the output that is the transcript; empty when the route has none
    target_text: str  # the output that is the translation
    speech: str  # the output that is the speech; empty when nothing speaks
    source_lang: str
    target_lang: str
    screen_text: str = ""  # the output that is the text on the screen; empty when nobody reads it


def interpretation(talk: Talk) -> Interpretation:
    """The graph for a talk.

    Raises `RouteError` when there is no way, `InputError` for a voice that does not speak, for a voice to be cloned
    without consent, for an unknown latency and for cues that there are not.
    """
    cues = eyes.cues(talk.see, pictures=talk.video)
    route = routes.find(talk.from_, talk.to)
    source, target = route.from_ or UNKNOWN, route.to
    graph = _with_source(Graph.load(BASES[route.shape]), talk)
    graph = with_latency(_with_languages(graph, route), talk.latency)
    transcript = "words.transcript"
    if "words" not in graph.members:
        graph, transcript = _with_transcript(graph, route, talk)
    graph = eyes.with_eyes(graph, cues, route.from_)
    graph = _with_terms(graph, talk, target, screen="text" in cues)
    graph, speech = _with_voice(graph, talk, target)
    if talk.clone:
        graph, speech = with_clone(graph, speech, Heard(), consent=talk.consent)
    ready = Interpretation(graph, route, transcript, TARGETS[route.shape], speech, source, target)
    ready = msgspec.structs.replace(ready, screen_text=eyes.SCREEN_TEXT if "text" in cues else "")
    return msgspec.structs.replace(ready, graph=_with_outputs(ready, talk, cues))


def has_pictures(source: str) -> bool:
    """Whether a source has pictures, found out before anything heavy is loaded.

    Raises `MediaError` where it cannot be opened or has no sound.
    """
    path = Path(source)
    if is_microphone(source) or (
        "://" not in source and path.exists() and not (path.is_file() or path.is_dir())
    ):
        return False  # what comes through a pipe can be read only once
    player: Any = build(resolve.node_class("source.file"), {"path": source})
    player.wanted = frozenset({"audio"})
    player.open()
    try:
        return bool(player.has_video)
    finally:
        player.close()


def is_microphone(source: str) -> bool:
    """Whether a source is written `mic:` or `mic:DEVICE`."""
    return source.startswith("mic:")


def _with_source(graph: Graph, talk: Talk) -> Graph:
    if is_microphone(talk.source):
        device = talk.source.removeprefix("mic:")
        return graph.replace("talk", "source.microphone", **({"device": device} if device else {}))
    return graph.with_settings({"talk.path": talk.source, "talk.pace": talk.pace})


def _with_languages(graph: Graph, route: Route) -> Graph:
    settings: dict[str, object] = {}
    if "words" in graph.members:
        settings["words.lang"] = route.from_
    if "english" in graph.members:
        settings["english.lang"] = route.from_
    if route.leg is not None:
        graph = graph.replace("target", route.leg.uses, **route.leg.settings)
        settings["units.confirm"] = {"uses": route.leg.uses, "with": route.leg.settings}
        settings["units.lang"] = route.leg.from_
    return graph.with_settings(settings)


def _with_transcript(graph: Graph, route: Route, talk: Talk) -> tuple[Graph, str]:
    """For routes that translate the speech itself: its own words beside it, for captions only."""
    if not talk.source_captions:
        return graph, ""
    inputs = {"audio": EdgeSpec("talk.audio", ROOM), "speech": EdgeSpec("speech.activity", ROOM)}
    # Nobody waits for these words, so they are made at a slower pace.
    graph = graph.plus("words", "asr.whisper", inputs, lang=route.from_, hear_ms=1000, step_ms=2000)
    return graph, "words.transcript"


def _with_terms(graph: Graph, talk: Talk, target: str, *, screen: bool) -> Graph:
    """Words to expect, told to whoever recognises speech, and their renderings to whoever translates."""
    told = ""
    if talk.terms or talk.glossary:
        given = {"terms": list(talk.terms), "glossary": talk.glossary, "to": target}
        graph, told = graph.plus("terms", "context.terms", {}, **given), "terms.expected"
    if screen:
        inputs = {"screen": eyes.SCREEN_TEXT, **({"glossary": told} if told else {})}
        graph = graph.plus("keys", "context.keywords", inputs, lang=talk.from_, required=False)
        told = "keys.terms"
    return with_terms(graph, told) if told else graph


def with_terms(graph: Graph, terms: str) -> Graph:
    """The graph with every node that takes terms and is told none told those of one output."""
    for name, member in graph.members.items():
        for port in member.node.inputs.values():
            if Terms in port.kinds and port.name not in member.inputs and _expects(member.uses):
                graph = graph.wired(name, **{port.name: terms})
    return graph


def _expects(uses: str) -> bool:
    """Whether a node acts on terms, other than writing them down or gathering them."""
    return uses.partition(".")[0] not in ("sink", "context")


def _with_voice(graph: Graph, talk: Talk, target: str) -> tuple[Graph, str]:
    if "voice" not in graph.members:
        if talk.voice not in ("", "none"):
            raise InputError(f"--voice {talk.voice}: this route gives captions only; leave it out")
        return graph, ""
    voice = talk.voice or routes.voice(target)
    if voice == "none":
        return graph.without("voice", "sound"), ""
    if not voice:
        name = language(target).name
        raise RouteError(
            f"--to {target}: nothing speaks {name}; type --voice none for captions, or pip install 'dragoman[tts]'"
        )
    known = settings_of(_speaker(voice))
    settings = {**graph.spec.nodes["voice"].with_, "lang": target}  # what the graph says of keeping up stays
    kept = {key: value for key, value in settings.items() if key in known}
    return graph.replace("voice", voice, **kept), "voice.speech"


def _speaker(voice: str) -> type[Node]:
    """The class of a node that speaks. Raises `InputError` when it is none."""
    listed = ", ".join(name for name in resolve.names() if name.startswith("tts."))
    remedy = f"there are: {listed}; --voice none gives captions only"
    if ":" not in voice and voice not in resolve.names():
        raise InputError(f"--voice {voice}: no such node; {remedy}")
    cls = resolve.node_class(voice)
    needed = {name for name, port in cls.inputs.items() if not port.optional}
    if needed != {"text"} or "speech" not in cls.outputs or Speech not in cls.outputs["speech"].kinds:
        raise InputError(f"--voice {voice}: does not speak (from text to speech); {remedy}")
    return cls


def _with_outputs(ready: Interpretation, talk: Talk, cues: tuple[str, ...]) -> Graph:
    """Every file that comes out; see docs/outputs.md."""
    graph = ready.graph
    for name in ("captions", "source_captions", "transcript"):
        if name in graph.members:
            graph = graph.without(name)
    texts = {ready.target_lang: ready.target_text}
    if ready.source_text:
        texts[ready.source_lang] = ready.source_text
    shown = eyes.events(cues) if "gestures" in cues else {}
    shown = {port: output for port, output in shown.items() if port in ("gesture", "screen_text")}
    for lang, text in texts.items():
        for stem, suffix in (("captions", "vtt"), ("captions", "srt"), ("transcript", "txt")):
            node = f"{suffix}-{lang}"
            inputs = {"text": text} | (shown if stem == "captions" else {})
            graph = graph.plus(node, "sink.subtitles", inputs, path=f"{stem}.{lang}.{suffix}")
    graph = _with_logs(graph, ready, talk, cues)
    if ready.speech:
        graph = graph.with_settings({"sound.path": f"speech.{ready.target_lang}.wav"})
        if talk.video:
            graph = _with_film(graph, ready, talk, cues)
    return graph


def _with_film(graph: Graph, ready: Interpretation, talk: Talk, cues: tuple[str, ...]) -> Graph:
    # A film that is behind loses pictures; it may not hold up the source, and so the words.
    rule: WhenFull = "drop_oldest" if graph.live else "wait"
    inputs: dict[str, str | EdgeSpec] = {
        "video": EdgeSpec("talk.video", when_full=rule),
        "audio": EdgeSpec("talk.audio", ROOM),
        "speech": ready.speech,
        "text": ready.target_text,
        **{port: EdgeSpec(seen, when_full=rule) for port, seen in eyes.marks(cues).items()},
    }
    # A cheap encoder: it shares two cores with a recogniser that must not wait.
    cheap = {"path": "dubbed.mp4", "preset": "superfast", "overlay": list(MARKS) if talk.overlay else []}
    return graph.plus("dub", "sink.video", inputs, **cheap)


def _with_logs(graph: Graph, ready: Interpretation, talk: Talk, cues: tuple[str, ...]) -> Graph:
    events = {"transcript": ready.source_text, "translation": ready.target_text, "speech": ready.speech}
    if ready.route.shape == "same":
        events["translation"] = ""
    wired = {k: v for k, v in events.items() if v} | eyes.events(cues)
    graph = graph.without("events").plus("events", "sink.jsonl", wired, path="events.jsonl")
    name = Path(talk.source).name
    heard = {"translation": ready.target_text, "audio": "talk.audio"}
    graph = graph.plus("simuleval", "sink.simuleval", heard, path="instances.log", name=name)
    return graph.plus(
        "simulstream",
        "sink.simulstream",
        {"translation": ready.target_text},
        path="simulstream.jsonl",
        name=name,
    )


__all__ = ["BASES", "UNKNOWN", "Interpretation", "Talk", "has_pictures", "interpretation", "is_microphone"]
