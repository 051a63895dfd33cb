"""`dragoman doctor`: what is installed, what is missing, and what to type."""

from __future__ import annotations

import platform
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from pipeline import models, resolve

PACKAGES = {  # module: (distribution, extra, what it is for)
    "av": ("av", "", "reading and writing media"),
    "ctranslate2": ("ctranslate2", "asr", "running recognisers"),
    "faster_whisper": ("faster-whisper", "asr", "features for Whisper"),
    "fxtranslate": ("fxtranslate", "asr", "translating text"),
    "onnxruntime": ("onnxruntime", "asr", "voice activity"),
    "webrtcvad": ("webrtcvad-wheels", "asr", "voice activity, the light way"),
    "soxr": ("soxr", "asr", "changing sample rates"),
    "hibari": ("hibari-tts", "tts", "English speech"),
    "espeakng_loader": ("espeakng-loader", "tts", "speech in over 100 languages"),
    "sounddevice": ("sounddevice", "live", "microphone and loudspeaker"),
    "rich": ("rich", "cli", "live captions in the terminal"),
    "trio": ("trio", "cli", "virtual time"),
}
PROGRAMS = {  # program: (Debian package, what it is for)
    "dot": ("graphviz", "drawing graphs as SVG"),
    "apertium": ("apertium apertium-eng-spa", "rule-based translation, English and Spanish"),
}


def doctor(given: Namespace) -> int:
    """Print one line for each thing, and what to type for those that are missing."""
    out = sys.stdout
    out.write(f"dragoman {_version('dragoman') or '(not installed)'}, Python {platform.python_version()}, ")
    out.write(f"{platform.system()} {platform.machine()}\n\npackages\n")
    out.writelines(_packages())
    out.write("\nprograms\n")
    for program, (package, about) in PROGRAMS.items():
        found = shutil.which(program)
        state = found or f"missing: apt-get install {package}"
        out.write(f"  {program:<16}{state:<44}{about}\n")
    out.write(f"\nmodels in {models.root()}\n")
    for name, model in models.catalogue().items():
        state = "at hand" if models.at_hand(name) else f"missing: dragoman models fetch {name}"
        out.write(f"  {name:<16}{state:<44}{model.title}\n")
    out.write(f"\n{len(resolve.names())} nodes; `dragoman nodes` lists them\n")
    return 0


def _packages() -> Iterator[str]:
    for module, (distribution, extra, about) in PACKAGES.items():
        if find_spec(module) is not None:
            state = _version(distribution) or "there"
        else:
            state = (
                f"missing: pip install 'dragoman[{extra}]'"
                if extra
                else f"missing: pip install {distribution}"
            )
        yield f"  {distribution:<16}{state:<44}{about}\n"


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
