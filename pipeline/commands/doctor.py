"""`dragoman doctor`: what is installed, what is missing, and what to type."""

from __future__ import annotations

import platform
import shutil
from argparse import Namespace
from collections.abc import Iterator
from ctypes.util import find_library
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from pipeline import models, resolve
from pipeline.commands import opencv, tesseract
from pipeline.commands.columns import columns, show

PACKAGES = {  # module: (distribution, extra, what it is for)
    "av": ("av", "", "reading and writing media"),
    "tokenizers": ("tokenizers", "asr", "the words of Whisper"),
    "fxtranslate": ("fxtranslate", "asr", "translating text"),
    "onnxruntime": ("onnxruntime", "asr", "running recognisers, voice activity"),
    "onnx": ("onnx", "asr", "making a recogniser's graphs from its weights"),
    "webrtcvad": ("webrtcvad-wheels", "asr", "voice activity, the light way"),
    "soxr": ("soxr", "asr", "changing sample rates"),
    "hibari": ("hibari-tts", "tts", "English speech"),
    "espeakng_loader": ("espeakng-loader", "tts", "speech in over 100 languages"),
    "mediapipe": ("mediapipe", "vision", "faces and hands"),
    "cv2": ("opencv", "vision", "pictures"),
    "rapidocr": ("rapidocr", "vision", "text on the screen"),
    "pytesseract": ("pytesseract", "vision", "text on the screen, by the program tesseract"),
    "tesserocr": ("tesserocr", "vision", "the same without a program, ten times as fast"),
    "PIL": ("pillow", "vision", "letters in films"),
    "matplotlib": ("matplotlib", "vision", "pictures over time"),
    "sounddevice": ("sounddevice", "live", "microphone and loudspeaker"),
    "rich": ("rich", "cli", "live captions in the terminal"),
    "trio": ("trio", "cli", "virtual time"),
}
LIBRARIES: dict[str, tuple[tuple[str, ...], str]] = {  # module: (what it loads, Debian packages)
    "sounddevice": (("portaudio",), "libportaudio2"),
}
if platform.system() == "Linux":  # elsewhere they are part of the system
    LIBRARIES["mediapipe"] = (("EGL", "GLESv2"), "libegl1 libgles2")
PROGRAMS = {  # program: (Debian package, what it is for)
    "dot": ("graphviz", "drawing graphs as SVG"),
    "apertium": ("apertium apertium-eng-spa", "rule-based translation, English and Spanish"),
    "tesseract": ("tesseract-ocr", "text on the screen, in these languages"),
}


def doctor(given: Namespace) -> int:
    """Print one line for each thing, and what to type for those that are missing."""
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    show(f"dragoman {_version('dragoman') or '(not installed)'}, {machine}\n")
    show("\npackages\n" + columns(_packages(), indent=2))
    show("\nprograms\n" + columns(_programs(), indent=2))
    rows = [
        (name, "at hand" if models.at_hand(name) else f"missing: dragoman models fetch {name}", model.title)
        for name, model in models.catalogue().items()
    ]
    show(f"\nmodels in {models.root()}\n" + columns(rows, indent=2))
    show(f"\n{len(resolve.names())} nodes: dragoman nodes\n")
    return 0


def _packages() -> Iterator[tuple[str, str, str]]:
    for module, (distribution, extra, about) in PACKAGES.items():
        wanted = f"'dragoman[{extra}]'" if extra else distribution
        state = f"missing: pip install {wanted}"
        if find_spec(module) is not None:
            state = _version(distribution) or "there"
            state += _without_library(module)
        if module == "cv2":
            state = opencv.state()
        yield distribution, state, about


def _without_library(module: str) -> str:
    """What a package that is there still lacks of the system."""
    libraries, package = LIBRARIES.get(module, ((), ""))
    if all(find_library(library) for library in libraries):
        return ""
    return f", but not its libraries: apt-get install {package}"


def _programs() -> Iterator[tuple[str, str, str]]:
    for program, (package, about) in PROGRAMS.items():
        state = shutil.which(program) or f"missing: apt-get install {package}"
        yield program, tesseract.state() if program == "tesseract" else state, about


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
