"""A voice kept in a file, on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from nodes._engines.voice.keeping import save
from pipeline.media import VoiceProfile
from pipeline.node import Node, Place
from pipeline.packet import Packet
from pipeline.port import Input


@dataclass
class ProfileFile(Node):
    """Keep the voice that was heard in a file, which its owner alone may read: only for those who agreed to that.

    Written whenever a better profile comes, in one step, so the file always is whole; of several speakers the last one
    stays. `source.profile` gives it back to a graph.

    Example:
        kept: {uses: sink.profile, inputs: {profile: who.profile}, with: {path: speaker.npz}}
    """

    path: str = "speaker.npz"  # the file, NumPy's .npz; its folder must be there, an old file is written over

    profile = Input(VoiceProfile)

    runs_on: ClassVar[Place] = "thread"

    def process(self, profile: Packet[VoiceProfile]) -> None:
        save(profile.payload, Path(self.path))
