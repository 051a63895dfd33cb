"""Entry: a recording as a manifest tells of it, before anybody looked at its file. What the readers share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from pipeline.errors import Fault, InputError
from pipeline.languages import canonical
from pipeline.measure.recording import Sentence

WHOLE = float("inf")  # the end of a sentence that lasts as long as its recording
SOUND = {
    ".aac",
    ".flac",
    ".m4a",
    ".mkv",
    ".mov",
    ".mp3",
    ".mp4",
    ".mpg",
    ".oga",
    ".ogg",
    ".opus",
    ".wav",
    ".webm",
}


class Wanted(msgspec.Struct, frozen=True):
    """What the command says of a manifest."""

    from_: str = ""  # BCP 47; fills in what the manifest leaves out, and leaves others out
    to: str = ""
    reference: Path | None = None  # file with the reference translation, a line for each entry
    audio: Path | None = None  # folder with the recordings


class Entry(msgspec.Struct):
    """A recording as its manifest tells of it."""

    place: str  # file:line
    line: int
    id: str
    path: Path
    from_: str = ""
    to: str = ""
    seconds: float | None = None  # as the manifest says
    sentences: tuple[Sentence, ...] = ()
    transcript: str = ""
    terms: tuple[str, ...] = ()

    def fault(self, what: str, remedy: str) -> Fault:
        """Something wrong with this entry."""
        return Fault(self.place, self.line, what, remedy)


class Reading(msgspec.Struct):
    """What a reader found in a manifest."""

    entries: list[Entry] = []
    faults: list[Fault] = []

    def fault(self, path: Path, line: int, what: str, remedy: str) -> None:
        """Note something wrong in a line of a file."""
        self.faults.append(Fault(f"{path}:{line}", line, what, remedy))


def lines_of(path: Path, reading: Reading, *, empty: bool = False) -> Iterator[tuple[int, str]]:
    """The lines of a text file with their numbers; empty ones only if asked for.

    A line that is not UTF-8 is a fault of its own, and an empty one where empty ones count. Raises `InputError`
    when the file cannot be read.
    """
    for number, raw in enumerate(_bytes(path).removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            what = f"not UTF-8 (byte {error.start + 1} of the line is 0x{raw[error.start]:02x})"
            reading.fault(path, number, what, f"save it as UTF-8: iconv -f latin1 -t utf-8 {path.name}")
            text = ""
        if text.strip() or empty:
            yield number, text


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; give the path of one that is there") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); give a text file") from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path}: is UTF-16; save it as UTF-8: iconv -f utf-16 -t utf-8 {path.name}")
    return data


def name_of(text: str) -> str:
    """A text as an id: letters, digits, `.`, `_`, `-`, `+`; it names a folder."""
    return re.sub(r"[^\w.+-]+", "_", text).lstrip(".") or "_"


def is_name(text: str) -> bool:
    """Whether a text can be an id."""
    return text == name_of(text) and len(text.encode()) <= 200


def one_sentence(text: str) -> tuple[Sentence, ...]:
    """A reference without times: one sentence as long as its recording; none where it is empty."""
    return (Sentence(text.strip(), 0.0, WHOLE),) if text.strip() else ()


def found_in(folders: Iterable[Path | None], name: str) -> Path:
    """The first of these folders that has a file; else where it was expected first."""
    paths = [folder / name for folder in folders if folder is not None]
    return next((path for path in paths if path.is_file()), paths[0])


def same_language(tag: str, other: str) -> bool:
    """Whether two tags may mean the same: a region counts only where both have one."""
    one, two = tag.lower().split("-"), other.lower().split("-")
    return one[0] == two[0] and (len(one) == 1 or len(two) == 1 or one == two)


def tag_of(name: str) -> str:
    """A language as corpora write it (`it_it`, `cmn_hans_cn`, `zh-CN`) as BCP 47, without a region."""
    return canonical(re.split(r"[-_]", name.lower())[0])
