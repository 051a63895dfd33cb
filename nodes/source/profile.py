"""A voice that was kept in a file."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nodes._engines.voice.keeping import load
from pipeline.clock import RunClock
from pipeline.errors import SettingsError
from pipeline.media import VoiceProfile
from pipeline.node import Source
from pipeline.port import Emission, Output


@dataclass
class ProfileSource(Source):
    """Give the voice that `sink.profile` or `dragoman voices clone --save` kept, at the beginning of a run.

    In the place of `voice.profile` it has a graph speak with one voice from its first word on, whoever is heard. Refuses
    without consent: whose voice it is must have agreed to be imitated in this graph, too.

    Example:
        who: {uses: source.profile, with: {path: speaker.npz, consent: true}}
    """

    path: str = "speaker.npz"  # the file, as it was kept
    consent: bool = False  # whose voice it is agreed to be imitated

    profile = Output(VoiceProfile)

    def open(self) -> None:
        if not self.consent:
            raise SettingsError(
                "source.profile: nobody is imitated without consent; set consent: true if they agreed to it"
            )
        self._profile = load(Path(self.path).expanduser())

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        yield self.profile(self._profile, 0, 0)
