"""API keys: who may connect, and how much of the server each may take.

Keys are made here, from 256 random bits, and only their SHA-256 is kept: what is that random needs no slow hash. A key is
compared with all known ones in constant time, so that neither the time nor the order of the file tells anything.
"""

from __future__ import annotations

import hmac
import secrets
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec

from pipeline.errors import InputError

PREFIX = "sk-dragoman-"
BEARER = "bearer "
SUBPROTOCOLS = ("dragoman-key.", "openai-insecure-api-key.")  # for browsers, which can set no header


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One key: the digest of its text, and its limits."""

    sha256: str  # hexadecimal
    sessions: int = 8  # at the same time
    audio_s_a_minute: float = 600.0  # sound taken, seconds a minute, of all its sessions
    name: str = ""
    operator: bool = False  # may look at the graph of every session, not only of its own


ANYBODY = Key("", sessions=1000, audio_s_a_minute=60_000.0, name="anybody", operator=True)


class Keyring:
    """The keys that are known. Without any, everybody may connect."""

    def __init__(self, keys: list[Key]) -> None:
        self._keys = keys

    @property
    def open(self) -> bool:
        return not self._keys

    def find(self, token: str) -> Key | None:
        """The key of this text; None where there is none."""
        if self.open:
            return ANYBODY
        digest = _digest(token)
        found: Key | None = None
        for key in self._keys:  # all of them, whichever it is
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found


def keyring(file: str | Path | None, environment: Mapping[str, str]) -> Keyring:
    """Keys of a TOML file, and of DRAGOMAN_API_KEYS (separated by commas). Raises `InputError`."""
    words = [word.strip() for word in environment.get("DRAGOMAN_API_KEYS", "").split(",") if word.strip()]
    keys = [Key(_digest(word), name=f"environment-{number}") for number, word in enumerate(words, 1)]
    return Keyring(keys + (_read(Path(file)) if file else []))


def new_key(name: str) -> tuple[str, str]:
    """A new key: its text, for the client, and the lines for the file."""
    token = PREFIX + secrets.token_urlsafe(32)
    return token, f'[{msgspec.json.encode(name).decode()}]\nsha256 = "{_digest(token)}"\n'


def token_of(headers: Mapping[str, str], subprotocols: list[str]) -> str:
    """The key that a client shows; empty where it shows none."""
    given = headers.get("authorization", "")
    if given.lower().startswith(BEARER):
        return given[len(BEARER) :].strip()
    for word in subprotocols:
        for prefix in SUBPROTOCOLS:
            if word.startswith(prefix):
                return word.removeprefix(prefix)
    return ""


def _digest(token: str) -> str:
    return sha256(token.encode(errors="surrogateescape")).hexdigest()


def _read(file: Path) -> list[Key]:
    remedy = "write a table for each key, with sha256; `dragoman serve --new-key NAME` prints one"
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); {remedy}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: is no TOML ({error}); {remedy}") from error
    keys = []
    for name, table in tables.items():
        try:
            key = msgspec.convert(table, Key)
        except msgspec.ValidationError as error:
            raise InputError(f"{file}: [{name}]: {error}; {remedy}") from error
        if len(key.sha256) != 64 or not set(key.sha256) <= set("0123456789abcdef"):
            raise InputError(f"{file}: [{name}]: sha256 is not 64 hexadecimal digits; {remedy}")
        keys.append(msgspec.structs.replace(key, name=name))
    if not keys:
        raise InputError(f"{file}: has no keys; {remedy}")
    return keys
