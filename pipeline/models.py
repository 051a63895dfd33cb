"""Model files: which there are, where they lie, whether they are whole.

Decides: the form of `models.toml`, the folder of a model, what "at hand" means, and that nothing is fetched
unless somebody asked for it by name.
Must not know: what a model is for, how it is loaded, how a source is asked (`fetching/`), how progress is
shown.

How it works. `models.toml` beside this file lists every model: a named set of files, each with size,
SHA-256, licence and sources. A `models.toml` of the same form in the models folder adds models of the user's
own. A model lies in `root() / name`. `at_hand` compares sizes and is cheap; `verify` reads every byte.
`fetch` keeps a file whose digest is right, replaces every other, and holds a lock on the folder meanwhile: a
second fetch of the same model waits and then finds it there. The lock falls with the process that held it,
whatever became of it; where the system has none, two fetches both work and the renames still leave whole
files.

    path(name)    the folder, or an error that says what to type      never fetches
    folder(name)  the same, but a folder of the user's will do too    never fetches
    ensure(name)  the same, and fetches what is missing               what a node calls in open()

What must change with it: `models.toml`, `tests/pipeline/test_models.py`, the words of `dragoman models` in
`cli.py`.
"""

import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from pipeline.errors import ModelError, did_you_mean
from pipeline.fetching import FETCHERS, HUBS, Fetch, File, Hub, Member, Members, Package, Progress

__all__ = [
    "File",
    "Hub",
    "Member",
    "Members",
    "Model",
    "Package",
    "Progress",
    "at_hand",
    "catalogue",
    "ensure",
    "fetch",
    "folder",
    "model",
    "path",
    "root",
    "verify",
]

CAPABILITIES = ("asr", "mt", "tts", "vad", "voice", "vision", "media")

_log = logging.getLogger(__name__)
_NAME = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9_.+!-]*"
)  # of models, files and packages: no folders, no options of pip
_SHA256 = re.compile(r"[0-9a-f]{64}")

_MODEL = {"title": str, "capability": str, "licence": str, "origin": str, "languages": list, "files": list}
_FILE = {"name": str, "size": int, "sha256": str, "sources": list}
_HUB = {"hub": str, "repo": str, "revision": str, "path": str}
_PACKAGE = {"version": str, "size": int}


@dataclass(frozen=True)
class Model:
    """A named set of files."""

    name: str
    title: str
    capability: str  # one of CAPABILITIES
    licence: str  # SPDX where there is one
    origin: str  # the publisher's page
    languages: tuple[str, ...]  # codes as the model itself spells them; for mt from, to; empty: any
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.size for file in self.files)


def root() -> Path:
    """The folder of all models: $DRAGOMAN_MODELS, or dragoman/models in the user's cache."""
    if own := os.environ.get("DRAGOMAN_MODELS"):
        return Path(own).expanduser()
    if sys.platform == "darwin":
        cache = "~/Library/Caches"
    elif sys.platform == "win32":
        cache = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    else:
        cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "dragoman" / "models"


def catalogue() -> dict[str, Model]:
    """Every model by name: those of the house, then those of the models.toml in the models folder.

    Raises ModelError if a list is malformed, or if the user's gives a name of the house to something else.
    """
    models = dict(_as_it_is(Path(__file__).with_name("models.toml")))
    own = root() / "models.toml"
    if own.is_file():
        added = _as_it_is(own)
        for name in sorted(models.keys() & added.keys()):
            raise ModelError(f"{own}: the house has a model {name!r} already; give yours another name")
        models |= added
    return models


def model(name: str) -> Model:
    """What is known of a model.

    Raises ModelError if there is none of that name, with the nearest one.
    """
    models = catalogue()
    if name not in models:
        raise ModelError(f"model {name!r}: there is none of that name; {did_you_mean(name, list(models))}")
    return models[name]


def at_hand(name: str) -> bool:
    """Whether every file is there with the right size; reads no bytes.

    Raises ModelError if there is no model of that name.
    """
    place = root() / name
    return not any(_size_fault(place / file.name, file) for file in model(name).files)


def verify(name: str) -> list[str]:
    """What is wrong with the files of a model, one line each; reads every byte. Empty: nothing.

    Raises ModelError if there is no model of that name, or if a file cannot be read.
    """
    place = root() / name
    try:
        faults = [_fault(place / file.name, file) for file in model(name).files]
    except OSError as fault:
        raise _disk_fault(name, place, fault) from fault
    return [fault for fault in faults if fault]


def path(name: str) -> Path:
    """The folder of a model that is at hand.

    Raises ModelError if there is no model of that name, or if it is not here; then it says what to type.
    """
    place = root() / name
    faults = [_size_fault(place / file.name, file) for file in model(name).files]
    if any(faults):
        what = ", ".join(fault for fault in faults if fault)
        raise ModelError(f"model {name}: not at hand in {place} ({what}); type: dragoman models fetch {name}")
    return place


def folder(name_or_path: str | Path) -> Path:
    """The folder of a model of the list, or a folder of your own; a name of the list wins over a folder.

    Raises ModelError if it is neither, or a model of the list that is not at hand.
    """
    name = str(name_or_path)
    return _own_folder(name) or path(name)


def ensure(name_or_path: str | Path, log: logging.Logger | None = None) -> Path:
    """The folder of a model, fetched first if it is not at hand, and `log` (or this module's) says so.

    Blocks while it fetches. Raises what `folder` and `fetch` raise.
    """
    name = str(name_or_path)
    if own := _own_folder(name):
        return own
    if not at_hand(name):
        log = log or _log
        wanted = model(name)
        log.info(
            "model %s: fetching %s (%s) into %s", name, _megabytes(wanted.size), wanted.licence, root() / name
        )
        fetch(name)
        log.info("model %s: here, every digest is right", name)
    return path(name)


def fetch(name: str, progress: Progress | None = None) -> Path:
    """Bring every file of a model that is missing or altered, and give its folder. Blocks.

    `progress(done, total, label)` counts the bytes of one download after another, in this thread.
    Raises ModelError if there is no model of that name, if no source gives a file (it says of each why), or
    if the disk is full or may not be written to.
    """
    from tempfile import TemporaryDirectory

    wanted, place = model(name), root() / name
    if not verify(name):
        return place  # without a lock, so that a shared folder may be read-only
    try:
        place.mkdir(parents=True, exist_ok=True)
        with _locked(place):
            missing = [file for file in wanted.files if _fault(place / file.name, file)]
            _check_room(name, place, sum(file.size for file in missing))
            if missing:
                with TemporaryDirectory(prefix=".fetch-", dir=place) as work:
                    errand = Fetch(name, Path(work), progress)
                    for file in missing:
                        errand.bring(file, place / file.name)
    except OSError as fault:
        raise _disk_fault(name, place, fault) from fault
    return place


# --- files on the disk


def _own_folder(name: str) -> Path | None:
    """The user's own folder that is meant; None: it can only be a name.

    Raises ModelError for a path to nothing.
    """
    own = Path(name).expanduser()
    if name in catalogue():
        return None
    if own.is_dir():
        return own
    if "/" in name or os.sep in name:
        raise ModelError(
            f"model folder {own}: there is no such folder; "
            "give one that exists or a name of `dragoman models`"
        )
    return None


def _size_fault(place: Path, file: File) -> str:
    if not place.is_file():
        return f"{file.name}: missing"
    size = place.stat().st_size
    return "" if size == file.size else f"{file.name}: {size} bytes, should be {file.size}"


def _fault(place: Path, file: File) -> str:
    if fault := _size_fault(place, file):
        return fault
    from hashlib import file_digest

    with place.open("rb") as data:
        found = file_digest(data, "sha256").hexdigest()
    return (
        ""
        if found == file.sha256
        else f"{file.name}: altered (SHA-256 {found[:12]}…, not {file.sha256[:12]}…)"
    )


def _check_room(name: str, place: Path, needed: int) -> None:
    from shutil import disk_usage

    free = disk_usage(place).free
    if needed > free:
        raise ModelError(
            f"model {name}: it needs {_megabytes(needed)} and {place} has {_megabytes(free)} free; "
            "make room or set DRAGOMAN_MODELS to a folder on another disk"
        )


def _disk_fault(name: str, place: Path, fault: OSError) -> ModelError:
    why = fault.strerror or str(fault)
    return ModelError(
        f"model {name}: {place} cannot be used ({why}); "
        "make room, look at its permissions, or set DRAGOMAN_MODELS to another folder"
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    """Alone in the folder if the system can lock it; then what a killed fetch left there is taken away."""
    from shutil import rmtree

    with (place / ".lock").open("ab") as lock:
        if _alone(lock, place.name):
            for left in place.glob(".fetch-*"):
                rmtree(left, ignore_errors=True)
        yield


def _alone(lock: IO[bytes], name: str) -> bool:
    if sys.platform == "win32":
        return False
    from fcntl import LOCK_EX, LOCK_NB, flock

    try:
        flock(lock, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        _log.info("model %s: another fetch of it is under way; waiting", name)
        flock(lock, LOCK_EX)
    except OSError:  # a network disk without locks
        return False
    return True


# --- models.toml


def _as_it_is(file: Path) -> dict[str, Model]:
    """A list, read again only when its file has changed: a command may ask hundreds of times."""
    try:
        seen = file.stat()
    except OSError:
        return _read(file)  # says why
    return _read_as_of(file, seen.st_mtime_ns, seen.st_size)


@lru_cache(maxsize=8)
def _read_as_of(file: Path, mtime_ns: int, size: int) -> dict[str, Model]:
    return _read(file)


def _read(file: Path) -> dict[str, Model]:
    import tomllib

    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise ModelError(f"{file}: cannot be read ({fault}); put it right or take it away") from fault
    _checked(str(file), raw, {"models": dict}, {"packages": dict})
    packages = {}
    for name, entry in raw.get("packages", {}).items():
        where = f"{file}: packages.{name}"
        _checked(where, entry, _PACKAGE, {"platform": str, "by": str})
        _matched(where, _NAME, name, entry["version"], entry.get("platform", "any"))
        if entry.get("by", "pip") not in FETCHERS:
            raise ModelError(f"{where}: by {entry['by']!r}; it is one of {', '.join(FETCHERS)}")
        packages[name] = Package(name, **entry)
    return {
        name: _read_model(f"{file}: models.{name}", name, raw, packages)
        for name, raw in raw["models"].items()
    }


def _read_model(where: str, name: str, raw: Any, packages: Mapping[str, Package]) -> Model:
    _checked(where, raw, _MODEL)
    _matched(where, _NAME, name)
    if raw["capability"] not in CAPABILITIES:
        raise ModelError(f"{where}: capability {raw['capability']!r}; it is one of {', '.join(CAPABILITIES)}")
    files = tuple(
        _read_file(f"{where}.files[{n}]", file, raw["licence"], packages)
        for n, file in enumerate(raw["files"])
    )
    return Model(**{**raw, "name": name, "languages": tuple(raw["languages"]), "files": files})


def _read_file(where: str, raw: Any, licence: str, packages: Mapping[str, Package]) -> File:
    _checked(where, raw, _FILE, {"licence": str})
    _matched(where, _NAME, raw["name"])
    _matched(where, _SHA256, raw["sha256"])
    sources = tuple(
        _read_source(f"{where}.sources[{n}]", source, packages) for n, source in enumerate(raw["sources"])
    )
    return File(**{"licence": licence, **raw, "sources": sources})


def _read_source(where: str, raw: Any, packages: Mapping[str, Package]) -> Hub | Members:
    if isinstance(raw, dict) and "hub" in raw:
        _checked(where, raw, _HUB)
        if raw["hub"] not in HUBS:
            raise ModelError(f"{where}: hub {raw['hub']!r}; it is one of {', '.join(HUBS)}")
        return Hub(**raw)
    _checked(where, raw, {"members": list})
    parts = []
    for member in raw["members"]:
        name, _, inside = str(member).partition(": ")
        if name not in packages or not inside:
            raise ModelError(
                f"{where}: member {member!r}; "
                "write 'package: path/in/the/package' and list the package in [packages]"
            )
        parts.append(Member(packages[name], inside.strip()))
    return Members(tuple(parts))


def _checked(
    where: str, raw: Any, needed: Mapping[str, type], optional: Mapping[str, type] | None = None
) -> None:
    known = {**needed, **(optional or {})}
    if not isinstance(raw, dict):
        raise ModelError(f"{where}: a table is needed; its keys are {', '.join(known)}")
    for key, value in raw.items():
        if key not in known:
            raise ModelError(f"{where}: unknown key {key!r}; the keys are {', '.join(known)}")
        if type(value) is not known[key]:
            raise ModelError(f"{where}: {key} is {value!r}; it must be of type {known[key].__name__}")
        if value == [] and key != "languages":
            raise ModelError(f"{where}: {key} is empty; name at least one")
    for key in needed:
        if key not in raw:
            raise ModelError(f"{where}: {key!r} is missing; add it")


def _matched(where: str, form: re.Pattern[str], *words: str) -> None:
    for word in words:
        if not form.fullmatch(word):
            raise ModelError(f"{where}: {word!r} is not of the form {form.pattern}; write it so")
