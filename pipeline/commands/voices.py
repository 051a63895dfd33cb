"""`dragoman voices list|try|clone`: what speaks, how it sounds, and how like somebody it can be made."""

from __future__ import annotations

import sys
import tomllib
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from pipeline import likeness, routes, speaking
from pipeline import voices as known
from pipeline.commands.columns import columns, show
from pipeline.errors import InputError, did_you_mean
from pipeline.languages import language, languages
from pipeline.media import Speech
from pipeline.voices import Voice


def listed(given: Namespace) -> int:
    """Print the voices: by engine and language, or those of one language, a line each."""
    if given.lang:
        lang = language(given.lang)
        rows = [_row(voice) for voice in known.voices(lang.tag)]
        if not rows:
            sys.stdout.write(f"nothing speaks {lang.name} here; dragoman doctor says what is missing\n")
            return 0
        show(columns(rows))
        sys.stdout.write(f"hear one: dragoman voices try {lang.tag} --voice {rows[0][0]}\n")
        return 0
    show(columns(_overview()))
    sys.stdout.write("one language: dragoman voices list --lang LANG\n")
    return 0


def _row(voice: Voice) -> tuple[str, str, str, str, str]:
    name = f"{voice.node}:{voice.name}" if voice.name else voice.node
    return name, voice.title or voice.name, voice.sex, voice.quality, _state(voice.needs)


def _overview() -> list[tuple[str, str, str]]:
    """A line for the same voices of an engine in the same state, with all the languages that they speak."""
    shared: dict[tuple[str, str, str], list[str]] = {}
    for tag in languages():
        groups: dict[tuple[str, str], list[str]] = {}
        for voice in known.voices(tag):
            groups.setdefault((voice.node, _state(voice.needs)), []).append(voice.name or "(plain)")
        for (node, state), names in groups.items():
            shared.setdefault((node, state, ", ".join(names)), []).append(tag)
    lines = sorted(shared.items(), key=lambda line: (len(line[1]), line[0]))
    return [(node, state, f"{' '.join(tags)}: {names}") for (node, state, names), tags in lines]


def _state(needs: str) -> str:
    return needs or "at hand"


def tried(given: Namespace) -> int:
    """Have a voice say a sentence; print how soon and how fast, write it, play it."""
    lang = language(given.lang).tag
    uses, name = voice_asked(given.voice, lang)
    said = speaking.speak(speaking.speaker(uses, lang, name), given.text or sentence(lang), lang)
    facts = [
        ("voice", f"{uses}{':' + name if name else ''}, {language(lang).name}"),
        ("loaded in", f"{said.ready_s:.2f} s"),
        ("first sound", f"{said.first_s:.2f} s after the text"),
        (
            "speech",
            f"{said.duration_s:.2f} s, made in {said.whole_s:.2f} s: {said.whole_s / said.duration_s:.2f} of its length",
        ),
    ]
    show(columns(facts))
    _hand_out(given, said.pieces)
    return 0


def cloned(given: Namespace) -> int:
    """Have a voice say a sentence as the speaker of a recording would; print how like it is, and why no more."""
    lang = language(given.lang).tag
    uses, name = voice_asked(given.voice, lang)
    text = given.text or sentence(lang)
    found = likeness.of(given.reference, uses, lang, consent=given.consent, search=given.search, tell=_tell)
    if given.save:
        likeness.keep(found.profile, given.save)
        _tell(f"kept: {given.save}")
    stock = speaking.speak(speaking.speaker(uses, lang, name), text, lang).pieces
    said = likeness.speak(found, uses, name, text, lang)
    for what, pieces in ((f"{uses} as it is", stock), ("in that voice", said)):
        like = likeness.similarity(found.profile, pieces)
        _tell(f"{what}: " + ("too short to compare" if like is None else f"likeness {like:.2f}"))
    _hand_out(given, said)
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def voice_asked(asked: str, lang: str) -> tuple[str, str]:
    """A node and the name of a voice, from `NODE[:NAME]`; empty: the best for the language at hand.

    Raises `InputError` where nothing speaks it, and for a voice that the list does not have.
    """
    if not asked:
        best = routes.voice(lang)
        if not best:
            raise InputError(f"nothing speaks {language(lang).name} here; type: dragoman voices list")
        return best, ""
    uses, _, name = asked.partition(":")
    names = [voice.name for voice in known.voices(lang, uses)]
    if name and uses == known.KOKORO and name not in names:
        raise InputError(f"--voice {asked}: no such voice of {lang}; {did_you_mean(name, names)}")
    return uses, name


def sentence(lang: str) -> str:
    """A sentence to hear a voice by. Raises `InputError` for a language in which the house has none."""
    table = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8"))
    if lang not in table:
        raise InputError(f"{lang}: there is no sentence for it; give one, such as: voices try {lang} 'TEXT'")
    return str(table[lang])


def _hand_out(given: Namespace, pieces: Iterable[Speech]) -> None:
    """Into a file where one is named, and to the loudspeaker where there is one."""
    pieces = list(pieces)
    if given.out:
        speaking.keep(pieces, given.out)
        sys.stdout.write(f"written: {given.out}\n")
    if not given.no_play and not speaking.play(pieces) and not given.out:
        sys.stdout.write(
            "not played: no loudspeaker, or pip install 'dragoman[live]'; --out FILE.wav keeps it\n"
        )
