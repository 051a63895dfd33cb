"""The espeak-ng library, called through ctypes.

All that espeak-ng knows (voice, rate, phase of its oscillators) is state of the loaded library, one for the whole
process. So each node loads a private copy of the library file: two graphs do not disturb one another and need no
lock, and a run does not depend on what was spoken before it. (Measured: 2 to 3 ms to load. The one thing left to
chance are the voices with breath, such as f2, f3, f5 and whisper: the library reads memory there that it never set.)

The order of fields in `_Voice` and the numbers are those of espeak-ng's public header `speak_lib.h`.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import PackageError
from pipeline.media import Samples

_SYNCHRONOUS, _RATE, _UTF8, _EE_OK, _IPA, _TIED = 2, 1, 1, 0, 2, 0x80
LIBRARIES = ("/usr/lib", "/usr/local/lib", "/usr/lib64", "/opt/homebrew/lib")  # where systems keep them
_DONT_EXIT = 0x8000

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


class EspeakLibrary:
    """A private copy of the library, open until `close()`. Raises `PackageError` when there is none.

    `wanted_by`: the node that errors name.
    """

    def __init__(self, wanted_by: str = "tts.espeak") -> None:
        self._wanted_by = wanted_by
        path, data = _find(wanted_by)
        self._library: Any = _private_copy(path, wanted_by)
        self._parts: list[bytes] = []
        self._callback = _Callback(self._collect)  # kept: the library holds only its address
        data_path = str(data).encode() if data else None
        self.rate_hz: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data_path, _DONT_EXIT)
        if self.rate_hz <= 0:
            raise PackageError(
                f"{wanted_by}: {path} finds no voice data at {data or 'its own place'}; {_remedy()}"
            )
        self._library.espeak_SetSynthCallback(self._callback)

    def voices(self) -> dict[str, str]:
        """Language tag (lower case) to the identifier of the voice that suits it best."""
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        listed = self._library.espeak_ListVoices(None)
        best: dict[str, tuple[int, str]] = {}
        index = 0
        while listed[index]:
            voice = listed[index].contents
            for priority, tag in _languages(voice.languages):
                best[tag] = min(best.get(tag, (256, "")), (priority, voice.identifier.decode()))
            index += 1
        return {tag: identifier for tag, (_, identifier) in best.items()}

    def variants(self) -> list[str]:
        """Names of the voices that can be laid over any language."""
        data = ctypes.c_char_p()
        self._library.espeak_Info.restype = ctypes.c_char_p
        self._library.espeak_Info(ctypes.byref(data))
        folder = Path((data.value or b"").decode()) / "voices" / "!v"
        return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []

    def say(self, text: str, voice: str, words_per_minute: int) -> Samples:
        """Samples of a text, (n,) float32, at `rate_hz`."""
        self._parts.clear()
        self._choose(voice)
        self._library.espeak_SetParameter(_RATE, words_per_minute, 0)
        raw = text.replace("\0", " ").encode() + b"\0"
        self._library.espeak_Synth(raw, ctypes.c_size_t(len(raw)), 0, 1, 0, _UTF8, None, None)
        return np.frombuffer(b"".join(self._parts), "<i2").astype(np.float32) / np.float32(32768)

    def phonemes(self, text: str, voice: str, tie: str = "") -> list[tuple[str, str]]:
        """The clauses of a text, each as its phonemes (IPA, stress before the vowel) and as it was written.

        `tie`: a character put between the letters of one phoneme ("t^ʃ"); empty: none.
        """
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._choose(voice)
        mode = _IPA | (_TIED | ord(tie) << 8 if tie else 0)
        raw = text.replace("\0", " ").encode()
        rest, found = ctypes.c_char_p(raw), []
        while rest.value:
            left = rest.value
            said: bytes | None = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, mode)
            written = left[: len(left) - len(rest.value or b"")]
            found.append(((said or b"").decode(errors="replace"), written.decode(errors="replace")))
        return found

    def _choose(self, voice: str) -> None:
        if self._library.espeak_SetVoiceByName(voice.encode()) != _EE_OK:
            raise PackageError(
                f"{self._wanted_by}: the voice {voice!r} is listed but cannot be loaded; {_remedy()}"
            )

    def close(self) -> None:
        """Let the library go."""
        self._library.espeak_Terminate()
        if sys.platform != "win32":
            import _ctypes

            _ctypes.dlclose(self._library._handle)

    def _collect(self, samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            self._parts.append(ctypes.string_at(samples, 2 * count))
        return 0


def _languages(address: int) -> list[tuple[int, str]]:
    """The list at `address`: a byte of priority and a tag that ends in 0, again and again until a priority of 0."""
    found: list[tuple[int, str]] = []
    while priority := ctypes.string_at(address, 1)[0]:
        tag = ctypes.string_at(address + 1)
        found.append((priority, tag.decode().lower()))
        address += len(tag) + 2
    return found


def _find(wanted_by: str) -> tuple[Path, Path | None]:
    """Where the library lies, and its data if they do not lie where it looks by itself."""
    try:
        import espeakng_loader
    except ImportError:
        name = ctypes.util.find_library("espeak-ng")
        if name is None:
            raise PackageError(f"{wanted_by}: espeak-ng is not installed; {_remedy()}") from None
        return _path_of(name), None
    return Path(espeakng_loader.get_library_path()), Path(espeakng_loader.get_data_path())


def _path_of(name: str) -> Path:
    """The file behind a library's name, where such files lie; else the loader knows, once it has loaded it."""
    if Path(name).is_absolute():
        return Path(name)
    ctypes.CDLL(name)
    for folder in LIBRARIES:
        if found := sorted(Path(folder).glob(f"*/{name}")) or sorted(Path(folder).glob(name)):
            return found[0]
    stem = name.split(".so", maxsplit=1)[0]
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    loaded = (Path(line.split(maxsplit=5)[-1]) for line in lines if stem in line)
    return next(
        path for path in loaded if path.is_file()
    )  # our own copies are deleted as soon as they are loaded


def _private_copy(path: Path, wanted_by: str) -> Any:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            return ctypes.CDLL(shutil.copy(path, folder))
        except OSError as error:
            raise PackageError(
                f"{wanted_by}: a copy of {path} cannot be loaded from {folder}: {error}; "
                "set TMPDIR to a folder from which programs may run"
            ) from error


def _remedy() -> str:
    return "type: pip install 'dragoman[tts]' (or: apt-get install espeak-ng)"
