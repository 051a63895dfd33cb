"""Which languages Tesseract can read here. Its data are packages of the system, one for each language."""

from __future__ import annotations

import shutil
import subprocess

INSTALL = "apt-get install tesseract-ocr tesseract-ocr-LANG, such as tesseract-ocr-deu"
_PATIENCE_S = 10
_NO_LANGUAGES = {"osd", "equ"}  # data for the direction of a page, and for formulas


def languages(listed: str) -> list[str]:
    """The languages in what `tesseract --list-langs` prints: a heading, then one a line."""
    return sorted({line.strip() for line in listed.splitlines()[1:]} - _NO_LANGUAGES - {""})


def state() -> str:
    """Where it is and what it can read, or what to type."""
    program = shutil.which("tesseract")
    if program is None:
        return f"missing: {INSTALL}"
    try:
        done = subprocess.run(
            [program, "--list-langs"], capture_output=True, text=True, timeout=_PATIENCE_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"{program}, which does not run ({error}): {INSTALL}"
    found = languages(done.stdout)
    return f"{program}: {' '.join(found)}" if found else f"{program}, without a language: {INSTALL}"
