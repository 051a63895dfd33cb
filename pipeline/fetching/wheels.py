"""Wheels of the Python package index, by the user's own `pip download`.

pip knows the user's index, proxy, certificates and find-links; nothing of the package is installed or run.
"""

import os
import re
import sys
from collections.abc import Callable, Generator
from pathlib import Path

from pipeline.fetching import program
from pipeline.fetching.sources import Member, Package, SourceFault

_CHUNK = 1 << 20  # bytes
_NO_NETWORK = (
    r"(?i)connection broken by|NewConnectionError|Max retries exceeded|name resolution|timed out|ProxyError"
    r"|Connection ?(reset|refused|aborted)|Network is unreachable"
)


def download(package: Package, folder: Path, tell: Callable[[int], None]) -> Path:
    """Bring the wheel into an empty folder. Raises SourceFault if pip cannot, and OSError if the disk fails."""
    temporary = folder / "tmp"  # pip's own, so that it fills the right disk and can be watched
    temporary.mkdir()
    own = {"TMPDIR": str(temporary), "TEMP": str(temporary), "TMP": str(temporary), "PIP_NO_INPUT": "1"}
    spare = {"PIP_RETRIES": "2", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    env = {**{name: os.environ.get(name, value) for name, value in spare.items()}, **own}
    code, said = program.run(_command(package, folder), folder, tell, env=env)
    wheel = next(folder.glob("*.whl"), None)
    if code or wheel is None:
        raise _fault(said)
    return wheel


def member(wheel: Path, part: Member) -> Generator[bytes, None, None]:
    """The bytes of one file of a wheel. Raises SourceFault if there is none, or if the wheel is broken."""
    import zlib
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(wheel) as archive, archive.open(part.path) as inside:
            while chunk := inside.read(_CHUNK):
                yield chunk
    except KeyError:
        raise SourceFault(f"{part.package} has no member {part.path}") from None
    except (BadZipFile, EOFError, zlib.error) as fault:
        raise SourceFault(f"the wheel of {part.package} cannot be read ({fault})") from fault


def _command(package: Package, folder: Path) -> list[str]:
    # -P: a folder called pip in the current directory is not meant. No cache: the bytes lie with us
    # afterwards. Wheels only: to look at a source distribution pip would run its code.
    python = [sys.executable, "-P", "-m", "pip", "download"]
    plain = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--progress-bar=off", f"--dest={folder}"]
    tags = [f"--platform={package.platform}", "--python-version=3.11", "--implementation=cp"]
    return [*python, *plain, *(tags if package.platform else ()), f"{package.name}=={package.version}"]


def _fault(said: str) -> SourceFault:
    """What pip's words mean."""
    if "No module named pip" in said:
        return SourceFault(f"this Python has no pip (type: {sys.executable} -m ensurepip)")
    if re.search(_NO_NETWORK, said):
        return SourceFault("the package index is out of reach")
    errors = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR: ")]
    return SourceFault(f"pip says: {errors[0] if errors else said.strip()[-300:] or 'nothing'}")
