"""The engines that can be made to sound like somebody, by the node that speaks with each. They are loaded when leased."""

from __future__ import annotations

from typing import cast

from nodes._engines.voice.engine import Imitating
from pipeline.errors import SettingsError, did_you_mean
from pipeline.shared import Lease

IMITATING = ("tts.hibari", "tts.kokoro")


def engine_of(node: str, voice: str = "") -> Lease[Imitating]:
    """A lease of the engine that a node speaks with, the same one; close it.

    voice: the node's own setting, where it has a model for each; empty: its default. Raises `SettingsError` for a node
    that cannot imitate, and what loading its engine raises.
    """
    if node == "tts.hibari":
        from nodes._engines import hibari_voice

        return cast("Lease[Imitating]", hibari_voice.shared_voice(voice or hibari_voice.VOICE))
    if node == "tts.kokoro":
        from nodes._engines import kokoro_voice

        return cast("Lease[Imitating]", kokoro_voice.shared_voice())
    raise SettingsError(
        f"voice.imitate: {node!r} cannot be made to sound like somebody; {did_you_mean(node, list(IMITATING))}, or leave "
        "engine empty and put voice.convert behind it"
    )
