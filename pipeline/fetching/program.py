"""A program that downloads into a folder, watched.

Old programs say nothing while they download, so progress is the size of what lies in the folder; whoever asks knows
how large the whole is. The program is killed if whoever watches breaks off.
"""

import errno
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

_POLL_S = 0.1  # between two looks at what there is so far


def run(
    command: Sequence[str],
    folder: Path,
    tell: Callable[[int], None],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> tuple[int, str]:
    """Run a program that fills `folder` until it ends: its exit code and what it said. `tell` gets the bytes so far.

    Raises OSError if the program cannot be started, or if it says that the disk is full.
    """
    import subprocess

    log, nothing = folder / "said.log", subprocess.DEVNULL
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command, env={**os.environ, **(env or {})}, cwd=cwd, stdin=nothing, stdout=out, stderr=out
        ) as program,
    ):
        try:
            _watch(program, folder, tell)
        except BaseException:  # Ctrl-C, or a progress callback that raised: the program must not go on alone
            program.kill()
            raise
    said = log.read_text(encoding="utf-8", errors="replace")
    if "No space left" in said or "ENOSPC" in said:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder.parent))
    return program.returncode, said


def _watch(program: "subprocess.Popen[bytes]", folder: Path, tell: Callable[[int], None]) -> None:
    from subprocess import TimeoutExpired

    done = 0
    while True:
        try:
            program.wait(_POLL_S)
        except TimeoutExpired:
            done = max(done, _bytes_in(folder))  # never back
            tell(done)
        else:
            return


def _bytes_in(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(root, name)).st_size
            except OSError:  # it has just been moved
                continue
    return total
