"""The program apertium, kept running: one text in, its translation out.

Decides: how a text is written to the pipeline and read from it, and when the program counts as hung. Knows nothing of
streams or words.

How it works. A language pair is a pipeline of programs, listed in a `.mode` file; `apertium-wblank-mode -z` prints it
with null flush, so that each text ends with a zero byte and so does each answer. The `apertium` script itself is not
used: it passes the text through gawk, which waits for the byte behind the zero and so keeps each answer back until
the next question. The empty format marks that end a text make the tagger let go of its last word. Characters that
mean something to the pipeline are escaped, as `apertium-destxt` does.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import shutil
import signal
import subprocess
import threading
from pathlib import Path

from pipeline.errors import NodeError, PackageError, RouteError
from pipeline.languages import code

ANSWERS_WITHIN_S = 10.0  # the first answer takes 0.2 s, the others some milliseconds

_SPECIAL = re.compile(r"([\\\[\]{}^$/@<>~])")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_FORMAT = "[][\n]"

# Languages that are not in the table of the house: ISO 639-1 to 639-3, by which newer pairs are named.
THREE_LETTERS = {"an": "arg", "eo": "epo", "sc": "srd", "se": "sme"}


def modes_folder() -> Path:
    """Where the pairs lie. Raises `PackageError` where apertium is not installed."""
    program = shutil.which("apertium-wblank-mode")
    if program is None:
        raise PackageError(
            "translate.apertium: the program apertium is not installed; "
            "type: apt-get install apertium apertium-eng-spa (or the pair that you want)"
        )
    own = os.environ.get("APERTIUM_DATADIR")
    return (Path(own) if own else Path(program).parent.parent / "share" / "apertium") / "modes"


def mode_of(source: str, target: str) -> Path:
    """The `.mode` file of a pair. Raises `RouteError` where that pair is not installed."""
    folder = modes_folder()
    for names in ((_long(source), _long(target)), (source, target)):
        if (file := folder / f"{'-'.join(names)}.mode").is_file():
            return file
    installed = ", ".join(sorted(file.stem for file in folder.glob("*.mode"))) or "none"
    raise RouteError(
        f"translate.apertium: the pair {_long(source)}-{_long(target)} is not installed (there are: {installed}); "
        f"look for it: apt-cache search apertium-{_long(source)}"
    )


def _long(tag: str) -> str:
    plain = tag.partition("-")[0].lower()
    return code("apertium", tag) or THREE_LETTERS.get(plain, plain)


class Apertium:
    """A running pipeline; any thread may ask, one at a time. Started again once when it dies or hangs."""

    def __init__(self, mode: Path, *, answers_within_s: float = ANSWERS_WITHIN_S) -> None:
        self._mode = mode
        self._within = answers_within_s
        self._turn = threading.Lock()  # answers come in the order of the questions: one asks at a time
        self._program = self._start()

    @property
    def group(self) -> int:
        """Process group of the pipeline."""
        return self._program.pid

    def translate(self, text: str) -> str:
        """The translation of a text. Raises `NodeError` when the program does not answer."""
        text = " ".join(text.replace("\0", " ").split())
        if not text:
            return ""
        with self._turn:
            answer = self._ask(text)
            if answer is None:
                self.close()
                self._program = self._start()
                answer = self._ask(text)
        if answer is None:
            raise NodeError(
                f"translate.apertium: {self._mode.stem} gave no answer to {text[:60]!r} within {self._within:g} s, "
                "twice; try the text by hand: apertium " + self._mode.stem
            )
        return answer

    def close(self) -> None:
        """End the pipeline and all its programs. Safe to call twice."""
        for stream in (self._program.stdin, self._program.stdout):
            if stream:
                stream.close()
        with contextlib.suppress(ProcessLookupError):  # all of it has ended already
            os.killpg(self._program.pid, signal.SIGKILL)
        self._program.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        pipeline = subprocess.run(
            ["apertium-wblank-mode", "-z", str(self._mode)], capture_output=True, text=True, check=False
        ).stdout
        # `-n`: words that it does not know come without a mark. A group of its own: `close` ends every program.
        return subprocess.Popen(
            ["bash", "-c", pipeline, "apertium", "-n", ""],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )

    def _ask(self, text: str) -> str | None:
        """One question, one answer; None when the program died or hung."""
        given, taken = self._program.stdin, self._program.stdout
        assert given is not None
        assert taken is not None
        try:
            given.write(_SPECIAL.sub(r"\\\1", text).encode() + _FORMAT.encode() + b"\0")
        except OSError:
            return None
        answer = b""
        while not answer.endswith(b"\0"):
            if not select.select([taken], [], [], self._within)[0]:
                return None
            part = taken.read(65536)
            if not part:
                return None
            answer += part
        return _plain(answer[:-1].decode(errors="replace"))


def _plain(answer: str) -> str:
    """An answer without the format marks, the escapes and marks of unknown words."""
    answer = answer.replace(_FORMAT, "")
    answer = re.sub(r"(?<!\S)[*#@](?=\w)", "", answer)
    return " ".join(_ESCAPED.sub(r"\1", answer).split())
