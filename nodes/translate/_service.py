"""One WebSocket to a service that interprets, for a node with a thread of its own: it may wait there, but not long.

Decides: how a connection is opened, how long its answers are waited for, and which failure is whose fault. Knows no
protocol. Nothing is queued without bound: websockets reads ahead some frames and then lets the service wait; what is
sent waits in the socket, and a connection on which no pong comes back is closed.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from pipeline.errors import InputError, MediaError, need

OPEN_S = 10.0  # for a handshake, and for the first answers
LARGEST = 4_194_304  # bytes of a frame
GIVE_UP = (400, 401, 403, 404)  # statuses that the next try gets, too


class Lost(Exception):
    """The connection is gone, or was never there; another one may do."""


class Service:
    """A connection. `place` is the node's name, for errors."""

    def __init__(self, place: str, url: str, key: str) -> None:
        self._place = place
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}"}
        self._socket: Any = None
        self._opened = ExitStack()

    def open(self) -> None:
        """Raises `Lost` where the service is out of reach, `InputError` where it does not want this client."""
        try:
            from websockets.exceptions import InvalidStatus, WebSocketException
            from websockets.sync.client import connect
        except ImportError:
            raise need("websockets", "remote", self._place) from None
        try:
            self._socket = self._opened.enter_context(
                connect(self._url, additional_headers=self._headers, open_timeout=OPEN_S, max_size=LARGEST)
            )
        except InvalidStatus as error:
            status = error.response.status_code
            said = (error.response.body or b"").decode(errors="replace")[:200]
            if status in GIVE_UP:
                raise InputError(
                    f"{self._place}: {self._url} answers {status} ({said}); check the key, the model and the URL"
                ) from None
            raise Lost(f"answers {status}") from None
        except (OSError, WebSocketException) as error:
            raise Lost(str(error) or type(error).__name__) from None

    def send(self, event: Mapping[str, Any]) -> None:
        """Raises `Lost`."""
        from websockets.exceptions import ConnectionClosed

        try:
            self._socket.send(msgspec.json.encode(event).decode())
        except (ConnectionClosed, OSError) as error:
            raise Lost(str(error)) from None

    def receive(self, wait_s: float) -> dict[str, Any] | None:
        """The next event; None where none comes within that time. Raises `Lost`."""
        from websockets.exceptions import ConnectionClosed

        try:
            event = msgspec.json.decode(self._socket.recv(timeout=wait_s))
        except TimeoutError:
            return None
        except (ConnectionClosed, OSError) as error:
            raise Lost(str(error)) from None
        except msgspec.DecodeError:
            return {}
        return event if isinstance(event, dict) else {}

    def close(self) -> None:
        """Safe to call at any time."""
        with suppress(OSError):
            self._opened.close()


def addressed(url: str, model: str) -> str:
    """The URL with the model in its query."""
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode({'model': model})}"


def check_url(url: str) -> None:
    """Raises `ValueError` for what is no WebSocket, and for one that would show the key to the network."""
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not parts.hostname:
        raise ValueError(f"url {url!r} is none of a WebSocket; give wss://host/path")
    if parts.scheme == "ws" and not _local(parts.hostname):
        raise ValueError(f"url {url!r} would send the key unencrypted; give wss://")


def _local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def key_of(place: str, variable: str, file: str) -> str:
    """The key: what a file holds, else an environment variable. Raises `InputError`."""
    remedy = f"put it into {variable}, or into a file that key_file names"
    if not file:
        found = os.environ.get(variable, "").strip()
    else:
        try:
            found = Path(file).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "no text"
            raise InputError(f"{place}: key_file {file}: cannot be read ({why}); {remedy}") from None
    if not found or not found.isascii() or not found.isprintable():
        raise InputError(f"{place}: there is no key; {remedy}")
    return found


def unreachable(place: str, why: str) -> MediaError:
    """The error for a service that was tried long enough."""
    return MediaError(f"{place}: the service is out of reach ({why}); check the network and the url")


def refused(place: str, why: str) -> InputError:
    """The error for a service that does not take these settings."""
    return InputError(f"{place}: the service refuses: {why}; change the settings")
