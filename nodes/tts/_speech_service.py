"""A service that speaks texts over HTTP (`POST /v1/audio/speech`), for a node with a thread of its own.

Decides: how often a text is tried, and which failure is whose fault. A connection is kept open from one text to the next.
A text is tried again, at once, only as long as nothing of it was heard; redirects are not followed, for they would show
the key to another host.
"""

from __future__ import annotations

import ipaddress
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from nodes.tts._pcm_stream import samples_of
from nodes.tts._pieces import Unspoken
from pipeline.errors import InputError, MediaError, need
from pipeline.media import Samples

OPEN_S = 5.0  # to connect
CHUNK_MS = 100  # sound that is handed on at once
TRIES = 3
OURS = (401, 403, 404, 405)  # statuses that every text would get
LATER = (408, 409, 425, 429)  # another try may do, as from 500 on
OTHER = ("application/json", "text/", "audio/mp", "audio/aac", "audio/flac", "audio/ogg", "audio/opus")

log = logging.getLogger(__name__)


class _Again(Exception):
    """This try failed; another one may do."""


class SpeechService(msgspec.Struct):
    """One service and what is asked of it with every text. `open()` first."""

    place: str  # the node's name, for errors
    url: str
    key: str  # empty: none is sent
    asked: dict[str, Any]  # members of every request
    rate_hz: int  # of PCM without a header
    timeout_s: float  # without a byte
    patience: int  # texts in a row that may fail
    client: Any = None
    failed: int = 0

    def open(self) -> None:
        """Raises `PackageError`. Nothing is sent yet."""
        try:
            import httpx
        except ImportError:
            raise need("httpx", "remote", self.place) from None
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        timeout = httpx.Timeout(self.timeout_s, connect=min(OPEN_S, self.timeout_s))
        self.client = httpx.Client(headers=headers, timeout=timeout, follow_redirects=False)

    def close(self) -> None:
        """Let the connection go."""
        self.client.close()

    def say(self, text: str, more: dict[str, Any]) -> Iterator[Samples]:
        """Samples of a text, as they come. Raises `Unspoken`, `InputError`, `MediaError`."""
        body = {**self.asked, **more, "input": text}
        why = ""
        for _ in range(TRIES):
            heard = False
            try:
                for samples in self._tried(body):
                    heard = True
                    yield samples
            except _Again as again:
                why = str(again)
                if heard:
                    break
            else:
                self.failed = 0
                return
        raise self._given_up(why)

    def _given_up(self, why: str) -> Exception:
        self.failed += 1
        if self.failed <= self.patience:
            return Unspoken(why)
        return MediaError(
            f"{self.place}: {self.url} failed to speak {self.failed} texts in a row ({why}); "
            "check the network and the url"
        )

    def _tried(self, body: dict[str, Any]) -> Iterator[Samples]:
        import httpx

        size = self.rate_hz * 2 * CHUNK_MS // 1000
        try:
            with self.client.stream("POST", self.url, json=body) as answer:
                self._check(answer)
                yield from samples_of(answer.iter_bytes(size), self.rate_hz)
        except ValueError as error:
            raise InputError(f"{self.place}: {self.url}: {error}") from None
        except httpx.TimeoutException as error:
            raise _Again(f"no answer within {self.timeout_s:g} s") from error
        except httpx.HTTPError as error:
            raise _Again(str(error) or type(error).__name__) from error

    def _check(self, answer: Any) -> None:
        """Raises `_Again`, `Unspoken` or `InputError` for what is no sound."""
        status, kind = answer.status_code, answer.headers.get("content-type", "")
        if status == 200 and not kind.startswith(OTHER):
            return
        if status == 200:
            raise InputError(
                f"{self.place}: {self.url} answers with {kind}, not with PCM or WAV; set format to wav, or check the url"
            )
        said = answer.read().decode(errors="replace")[:200].strip()
        if status in LATER or status >= 500:
            raise _Again(f"it answers {status}: {said}")
        if status in OURS or status < 400:
            raise InputError(
                f"{self.place}: {self.url} answers {status} ({said}); check the key, the model and the url"
            )
        raise Unspoken(f"the service refuses it: {status}: {said}")


def check_url(url: str) -> None:
    """Raises `ValueError` for what is no address of a web service."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"url {url!r} is none of a web service; give https://host/v1/audio/speech")


def key_of(place: str, url: str, variable: str, file: str) -> str:
    """The key: what a file holds, else an environment variable; a server on this machine needs none.

    Raises `InputError` where there is none, or where it would go unencrypted over a network.
    """
    remedy = f"put it into {variable or 'key_variable'}, or into a file that key_file names"
    try:
        found = Path(file).expanduser().read_text(encoding="utf-8") if file else os.environ.get(variable, "")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "no text"
        raise InputError(f"{place}: key_file {file}: cannot be read ({why}); {remedy}") from None
    found, parts = found.strip(), urlsplit(url)
    local = _local(parts.hostname or "")
    if not found and variable and not local:
        raise InputError(f"{place}: there is no key; {remedy}; key_variable '' sends none")
    if found and not (found.isascii() and found.isprintable()):
        raise InputError(f"{place}: the key has characters that no key has; {remedy}")
    if found and parts.scheme == "http" and not local:
        raise InputError(f"{place}: {url} would send the key unencrypted; give https://")
    return found


def _local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
