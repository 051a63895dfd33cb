"""Client secrets: keys that expire, for clients that must not see the key of whoever pays for them (a browser).

A secret stands for the key that made it and for the settings that it was made with. It starts any number of sessions
until it expires; those that run go on. Secrets live in memory, as digests: after a restart clients ask for new ones.
"""

from __future__ import annotations

import secrets
from hashlib import sha256

import msgspec

from pipeline.clock import SECOND, Ns
from pipeline.gateway.calls import Refused
from pipeline.gateway.dialects._translation import Settings
from pipeline.gateway.keys import Key

PREFIX = "ek_"
MOST = 1000  # of one key, at the same time


class ClientSecret(msgspec.Struct, frozen=True):
    """What a secret stands for."""

    key: Key
    model: str
    settings: Settings
    expires: Ns  # by the clock of the event loop


class ClientSecrets:
    """The secrets that have not expired. The time is an argument."""

    def __init__(self) -> None:
        self._kept: dict[str, ClientSecret] = {}  # by digest: looking one up tells nothing of the others

    def __len__(self) -> int:
        return len(self._kept)

    def make(self, key: Key, model: str, settings: Settings, lifetime_s: float, at: Ns) -> str:
        """A new secret: its text, which is kept nowhere else. Raises `Refused` where a key has too many."""
        self._forget(at)
        if sum(1 for secret in self._kept.values() if secret.key.name == key.name) >= MOST:
            raise Refused(f"this key has {MOST} client secrets; wait until some expire", reason="limit")
        token = PREFIX + secrets.token_urlsafe(32)
        self._kept[_digest(token)] = ClientSecret(key, model, settings, at + round(lifetime_s * SECOND))
        return token

    def find(self, token: str, at: Ns) -> ClientSecret | None:
        """What a text stands for; None where it is no secret, or has expired."""
        self._forget(at)
        return self._kept.get(_digest(token))

    def _forget(self, at: Ns) -> None:
        expired = [digest for digest, secret in self._kept.items() if secret.expires <= at]
        for digest in expired:
            del self._kept[digest]


def _digest(token: str) -> str:
    return sha256(token.encode(errors="surrogateescape")).hexdigest()
