"""The arguments of `dragoman voices`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeAlias

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Verb: TypeAlias = Callable[[Verbs, str, str, str], argparse.ArgumentParser]


def add_voices(voices: argparse.ArgumentParser, verb: Verb) -> None:
    """Add them to a parser; `verb` makes a parser for one of its verbs."""
    verbs = voices.add_subparsers(metavar="list|try|clone", required=True)
    _list(verb(verbs, "list", "voices:listed", "list the voices: engine, language, quality, what to fetch"))
    _try(verb(verbs, "try", "voices:tried", "have a voice speak, and say how soon and how fast it does"))
    _clone(verb(verbs, "clone", "voices:cloned", "have a voice speak like the one in a recording"))


def _list(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--lang", metavar="LANG", help="only of this language, a line for each voice")


def _try(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("lang", metavar="LANG", help="language, such as pt")
    verb.add_argument("text", metavar="TEXT", nargs="?", default="", help="what to say; default: a sentence")
    _common(verb)


def _clone(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "reference", metavar="RECORDING", help="somebody speaking, three to ten seconds; or a profile, .npz"
    )
    verb.add_argument("--text", default="", help="what to say; default: a sentence")
    verb.add_argument("--lang", default="en", metavar="LANG", help="language of the text; default: en")
    verb.add_argument(
        "--search", type=int, default=0, metavar="N", help="tries to come nearer; default: 0, none"
    )
    verb.add_argument("--save", metavar="PROFILE", help="keep what is known of the voice in this file, .npz")
    verb.add_argument("--consent", action="store_true", help="whoever speaks in the recording agreed to this")
    _common(verb)


def _common(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--voice", default="", metavar="NODE[:NAME]", help="such as tts.espeak:f2; default: the best at hand"
    )
    verb.add_argument("--out", metavar="FILE", help="write the speech into a WAV file")
    verb.add_argument("--no-play", action="store_true", help="do not play it")
