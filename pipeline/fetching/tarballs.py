"""npm packages, by the user's own `npm pack`.

npm knows the user's registry, proxy and certificates; nothing of the package is installed or run, and nothing is
unpacked: a member is read out of the tarball by its path, whatever else lies there. The tarball is unzipped once, so
that fifty members do not unzip it fifty times.
"""

import re
from collections.abc import Callable, Generator
from pathlib import Path

from pipeline.fetching import program
from pipeline.fetching.sources import Member, Package, SourceFault

_CHUNK = 1 << 20  # bytes
_LARGEST = 32  # times the size of what was downloaded: what is larger once unzipped is no package
_FOLDER = "package"  # where npm puts the files of every package
_NO_NETWORK = (
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT"
)


def download(package: Package, folder: Path, tell: Callable[[int], None]) -> Path:
    """Bring the package into an empty folder. Raises SourceFault if npm cannot, and OSError if the disk fails."""
    from shutil import which

    npm = which("npm")
    if npm is None:
        raise SourceFault("there is no npm here (it comes with Node.js)")
    code, said = program.run(_command(npm, package, folder), folder, tell, cwd=folder)
    packed = next(folder.glob("*.tgz"), None)
    if code or packed is None:
        raise _fault(said)
    return _unzipped(packed, package)


def member(tarball: Path, part: Member) -> Generator[bytes, None, None]:
    """The bytes of one file of a package. Raises SourceFault if there is none, or if the tarball is broken."""
    import tarfile

    try:
        with tarfile.open(tarball, "r:") as archive:
            found = archive.getmember(f"{_FOLDER}/{part.path}")
            inside = archive.extractfile(found) if found.isfile() else None
            if inside is None:
                raise SourceFault(f"{part.package}: {part.path} is not a file")
            while chunk := inside.read(_CHUNK):
                yield chunk
    except KeyError:
        raise SourceFault(f"{part.package} has no member {part.path}") from None
    except (tarfile.TarError, EOFError) as fault:
        raise SourceFault(f"the tarball of {part.package} cannot be read ({fault})") from fault


def _unzipped(packed: Path, package: Package) -> Path:
    import gzip
    import zlib

    plain = packed.with_suffix(".tar")
    room = _LARGEST * package.size
    try:
        with gzip.open(packed) as source, plain.open("wb") as target:
            while chunk := source.read(_CHUNK):
                room -= len(chunk)
                if room < 0:
                    raise SourceFault(f"the tarball of {package} is larger than any package of its size")
                target.write(chunk)
    except (gzip.BadGzipFile, EOFError, zlib.error) as fault:
        raise SourceFault(f"the tarball of {package} cannot be read ({fault})") from fault
    packed.unlink()
    return plain


def _command(npm: str, package: Package, folder: Path) -> list[str]:
    # Run in the empty folder: old versions of npm pack where they are, and no project's settings are meant.
    # A cache of its own: the bytes lie with us afterwards, and the right disk is filled.
    plain = ["--ignore-scripts", "--loglevel=error", "--no-update-notifier", "--fetch-retries=1"]
    return [npm, "pack", f"{package.name}@{package.version}", *plain, f"--cache={folder / 'cache'}"]


def _fault(said: str) -> SourceFault:
    """What npm's words mean."""
    if re.search(_NO_NETWORK, said):
        return SourceFault("the npm registry is out of reach")
    lines = [re.sub(r"^npm (ERR!|error) ?", "", line) for line in said.splitlines()]
    told = [line for line in lines if line.strip() and not line.startswith("code ")]
    return SourceFault(f"npm says: {told[0] if told else 'nothing'}")
