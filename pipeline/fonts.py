"""Fonts: which of this machine's fonts can write a text.

Decides: where fonts are looked for, and which one is taken: the first that has every character, sans serif before
others. Knows nothing of drawing. Files are looked into only until one will do, and each of them once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from pipeline.errors import need

_PREFERRED = (
    "dejavusans",
    "notosans-regular",
    "liberationsans-regular",
    "arial",
    "notosans",
    "notonaskharabic",
)
_SUFFIXES = {".ttf", ".otf", ".ttc"}
_NOT_PLAIN = ("bold", "italic", "oblique", "light", "condensed", "mono", "black", "thin", "emoji")


class Run(msgspec.Struct, frozen=True):
    """A stretch of text that one font can write."""

    text: str
    font: Path | None  # None: no font of this machine has these characters


def runs(text: str, wanted_by: str) -> list[Run]:
    """A text cut where the font has to change; one run where one font has it all.

    Raises `PackageError` where fontTools is not installed.
    """
    characters = {character for character in text if not character.isspace()}
    whole = _with_all(frozenset(characters), wanted_by)
    if whole is not None or not characters:
        return [Run(text, whole)]
    found: list[Run] = []
    for character in text:
        same = character.isspace() and found
        font = found[-1].font if same else _with_all(frozenset(character), wanted_by)
        if found and found[-1].font == font:
            found[-1] = Run(found[-1].text + character, font)
        else:
            found.append(Run(character, font))
    return found


def folders() -> list[Path]:
    """Where fonts lie on this system."""
    home = Path.home()
    if sys.platform == "darwin":
        return [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    data = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    own = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    return [own / "fonts", home / ".fonts", *(Path(folder) / "fonts" for folder in data.split(":") if folder)]


@cache
def _with_all(characters: frozenset[str], wanted_by: str) -> Path | None:
    """The first font that has all of these characters; None where no font has."""
    codes = {ord(character) for character in characters}
    return next((font for font in _fonts() if (has := _codes(font, wanted_by)) and codes <= has), None)


@cache
def _fonts() -> tuple[Path, ...]:
    """All plain fonts of this machine, those that are taken first at the front."""
    found = (file for folder in folders() if folder.is_dir() for file in sorted(folder.rglob("*")))
    return tuple(sorted(_plain(found), key=_rank))


def _plain(files: Iterable[Path]) -> list[Path]:
    return [
        file
        for file in files
        if file.suffix.lower() in _SUFFIXES and not any(word in file.stem.lower() for word in _NOT_PLAIN)
    ]


def _rank(file: Path) -> tuple[int, str]:
    name = file.stem.lower()
    place = next((i for i, start in enumerate(_PREFERRED) if name.startswith(start)), len(_PREFERRED))
    return place + (len(_PREFERRED) if "serif" in name else 0), name


@cache
def _codes(font: Path, wanted_by: str) -> frozenset[int]:
    """The characters of a font; none for a file that is no font."""
    try:
        from fontTools.ttLib import TTFont, TTLibError
    except ModuleNotFoundError:
        raise need("fontTools", "vision", wanted_by) from None
    try:
        with font.open("rb") as file, TTFont(file, lazy=True, fontNumber=0) as opened:
            return frozenset(opened.getBestCmap() or ())
    except (TTLibError, OSError, ValueError):
        return frozenset()
