"""Bringing one file of a model here, from whichever of its sources gives the right bytes.

Decides: how a source is asked, how its answer is checked, and what is said when none of them will do.
Must not know: which models there are, where they lie in the end, who wants them (`models.py`).

How it works. `Fetch` is one errand: a temporary folder on the disk of the target, the wheels that lie in it
so far, and who has not answered. `bring()` tries the sources of a file in order. A source is a stream of
bytes; the stream goes into a `.part` file and through SHA-256 at once, and only a file with the right digest
is renamed into place, in one step, so that nobody ever sees half a file. A source that fails says why and
the next one is asked.

- `Hub`: the place of the publisher, over HTTPS. A host that is out of reach is not asked again in this
  errand.
- `Members`: members of wheels on the Python package index, one after another. The wheels come with `pip
  download`, because pip knows the user's index, proxy, certificates and find-links; nothing of the package
  is installed or run. A wheel is downloaded once an errand however many files it carries. Old pips say
  nothing while they download, so progress is the size of pip's temporary folder against the size of the
  wheel, which the list tells.

A fault of the source is `_SourceFault` and leads to the next source; an `OSError` is a fault of this
machine's disk and ends the errand, for another source would meet it too.
"""

import errno
import os
import re
import sys
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ModelError

if TYPE_CHECKING:
    import subprocess

Progress = Callable[
    [int, int, str], None
]  # bytes so far, bytes in all, what of; starts anew for each download

HUBS = {
    "huggingface": "{site}/{repo}/resolve/{revision}/{path}",
    "github": "https://github.com/{repo}/raw/{revision}/{path}",
    "mediapipe": "https://storage.googleapis.com/mediapipe-models/{repo}/{revision}/{path}",
}
_CHUNK = 1 << 20  # bytes
_TIMEOUT_S = 30  # without a byte from a hub
_POLL_S = 0.1  # between two looks at what pip has so far
_NO_NETWORK = (
    r"(?i)connection broken by|NewConnectionError|Max retries exceeded|name resolution|timed out|ProxyError"
    r"|Connection ?(reset|refused|aborted)|Network is unreachable"
)


@dataclass(frozen=True)
class Hub:
    """A file in a repository of its publisher, at one revision."""

    hub: str  # a key of HUBS
    repo: str
    revision: str
    path: str

    @property
    def url(self) -> str:
        """Where the file is. A mirror of Hugging Face is named by $HF_ENDPOINT, as everywhere."""
        site = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
        return HUBS[self.hub].format(site=site, repo=self.repo, revision=self.revision, path=self.path)

    @property
    def host(self) -> str:
        return self.url.split("/")[2]

    def __str__(self) -> str:
        return f"{self.host}/{self.repo}"


@dataclass(frozen=True)
class Package:
    """One wheel on the Python package index."""

    name: str
    version: str
    size: int  # bytes of the wheel
    platform: str | None = None  # tag of the wheel to ask for, where there is no wheel for every platform

    def __str__(self) -> str:
        return f"package {self.name} {self.version}"


@dataclass(frozen=True)
class Member:
    """A file inside a wheel."""

    package: Package
    path: str


@dataclass(frozen=True)
class Members:
    """Members of wheels that make one file, one after another."""

    parts: tuple[Member, ...]

    def __str__(self) -> str:
        return " and ".join(dict.fromkeys(str(part.package) for part in self.parts))


@dataclass(frozen=True)
class File:
    """One file of a model."""

    name: str
    size: int  # bytes
    sha256: str  # 64 hexadecimal digits, small letters
    licence: str  # SPDX where there is one
    sources: tuple[Hub | Members, ...]  # in the order in which they are tried


class _SourceFault(Exception):
    """Why a source did not give the file; the next one is asked."""


class Fetch:
    """One errand for files of one model; `work` is an empty folder on the disk of the target."""

    def __init__(self, model: str, work: Path, progress: Progress | None) -> None:
        self._model = model  # its name, for the words of errors
        self._work = work
        self._progress = progress or (lambda done, total, label: None)
        self._wheels: dict[Package, Path] = {}
        self._silent: dict[str, str] = {}  # host or package that did not answer: why

    def bring(self, file: File, target: Path) -> None:
        """Put `file` at `target` in one step.

        Raises ModelError if no source gave the right bytes, saying of each why; OSError if the disk fails.
        """
        part = self._work / f"{file.name}.part"
        faults: list[str] = []
        for source in file.sources:
            chunks = self._from_hub(source, file) if isinstance(source, Hub) else self._from_wheels(source)
            try:
                with closing(chunks):
                    _write(chunks, file, part)
            except _SourceFault as fault:
                faults.append(f"  {source}: {fault}")
            else:
                part.replace(target)
                return
        tried = "\n".join(faults)
        raise ModelError(
            f"model {self._model}: none of its sources gave {file.name}:\n{tried};\n"
            f"when the network is there type: dragoman models fetch {self._model}\n"
            f"or put a copy of your own (SHA-256 {file.sha256}) at {target}"
        )

    def _from_hub(self, source: Hub, file: File) -> Generator[bytes, None, None]:
        from http.client import HTTPException
        from urllib.error import HTTPError
        from urllib.request import Request, urlopen

        host = source.host
        if host in self._silent:
            raise _SourceFault(self._silent[host])
        done = 0
        try:
            request = Request(source.url, headers={"User-Agent": "dragoman"})
            with urlopen(request, timeout=_TIMEOUT_S) as answer:
                while chunk := answer.read(_CHUNK):
                    done += len(chunk)
                    self._progress(done, file.size, f"{file.name} from {host}")
                    yield chunk
        except HTTPError as fault:
            fault.close()
            raise _SourceFault(f"the answer was {fault.code} {fault.reason}") from fault
        except (OSError, HTTPException) as fault:
            why = getattr(fault, "reason", None) or str(fault) or type(fault).__name__
            self._silent[host] = f"out of reach ({why})"
            raise _SourceFault(self._silent[host]) from fault

    def _from_wheels(self, source: Members) -> Generator[bytes, None, None]:
        import zlib
        from zipfile import BadZipFile, ZipFile

        for part in source.parts:
            wheel = self._wheel(part.package)
            try:
                with ZipFile(wheel) as archive, archive.open(part.path) as inside:
                    while chunk := inside.read(_CHUNK):
                        yield chunk
            except KeyError:
                raise _SourceFault(f"{part.package} has no member {part.path}") from None
            except (BadZipFile, EOFError, zlib.error) as fault:
                raise _SourceFault(f"the wheel of {part.package} cannot be read ({fault})") from fault

    def _wheel(self, package: Package) -> Path:
        key = str(package)
        if key in self._silent:
            raise _SourceFault(self._silent[key])
        if package not in self._wheels:
            try:
                self._wheels[package] = self._download(package)
            except _SourceFault as fault:
                self._silent[key] = str(fault)
                raise
        return self._wheels[package]

    def _download(self, package: Package) -> Path:
        import subprocess

        folder = self._work / package.name
        temporary = folder / "tmp"  # pip's own, so that it fills the right disk and can be watched
        temporary.mkdir(parents=True)
        log = folder / "pip.log"
        own = {"TMPDIR": str(temporary), "TEMP": str(temporary), "TMP": str(temporary), "PIP_NO_INPUT": "1"}
        env = {"PIP_RETRIES": "2", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **os.environ, **own}
        command, nothing = _command(package, folder), subprocess.DEVNULL
        with (
            log.open("wb") as out,
            subprocess.Popen(command, env=env, stdin=nothing, stdout=out, stderr=out) as pip,
        ):
            try:
                self._watch(pip, package, folder)
            except BaseException:  # Ctrl-C, or a progress callback that raised: pip must not go on alone
                pip.kill()
                raise
        wheel = next(folder.glob("*.whl"), None)
        if pip.returncode or wheel is None:
            raise _pip_fault(log.read_text(encoding="utf-8", errors="replace"), self._work)
        self._progress(package.size, package.size, str(package))
        return wheel

    def _watch(self, pip: "subprocess.Popen[bytes]", package: Package, folder: Path) -> None:
        from subprocess import TimeoutExpired

        done = 0
        while True:
            try:
                pip.wait(_POLL_S)
            except TimeoutExpired:
                # never back, and never the whole: a wheel that pip is copying is not here yet
                done = max(done, min(_bytes_in(folder), package.size - 1))
                self._progress(done, package.size, str(package))
            else:
                return


def _write(chunks: Generator[bytes, None, None], file: File, part: Path) -> None:
    from hashlib import sha256

    digest, size = sha256(), 0
    with part.open("wb") as out:
        for chunk in chunks:
            size += len(chunk)
            if size > file.size:
                raise _SourceFault(f"it gave more than the {file.size} bytes of the file")
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())  # at_hand() trusts sizes, so no file may keep its name and lose its bytes
    if size < file.size:
        raise _SourceFault(f"it gave {size} of {file.size} bytes")
    if digest.hexdigest() != file.sha256:
        raise _SourceFault(
            f"it gave other bytes (SHA-256 {digest.hexdigest()[:12]}…, not {file.sha256[:12]}…)"
        )


def _command(package: Package, folder: Path) -> list[str]:
    # -P: a folder called pip in the current directory is not meant. No cache: the bytes lie with us
    # afterwards. Wheels only: to look at a source distribution pip would run its code.
    python = [sys.executable, "-P", "-m", "pip", "download"]
    plain = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--progress-bar=off", f"--dest={folder}"]
    tags = [f"--platform={package.platform}", "--python-version=3.11", "--implementation=cp"]
    return [*python, *plain, *(tags if package.platform else ()), f"{package.name}=={package.version}"]


def _pip_fault(said: str, work: Path) -> _SourceFault:
    """What pip's words mean. Raises OSError if they mean that the disk is full."""
    if "No space left" in said:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(work))
    if "No module named pip" in said:
        return _SourceFault(f"this Python has no pip (type: {sys.executable} -m ensurepip)")
    if re.search(_NO_NETWORK, said):
        return _SourceFault("the package index is out of reach")
    errors = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR: ")]
    return _SourceFault(f"pip says: {errors[0] if errors else said.strip()[-300:] or 'nothing'}")


def _bytes_in(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(root, name)).st_size
            except OSError:  # pip has just moved it
                continue
    return total
