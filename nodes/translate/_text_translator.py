"""What the translators of text share: units and terms go in, a translation that is never taken back comes out.

Decides: the ports, the settings that all have, and the steps. What is said of a unit is decided by `_rendering.py`;
which engine translates, by each node in `open()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from nodes.translate._rendering import Rendering
from pipeline.clock import Ns
from pipeline.media import Terms, Text
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.shared import Lease


class Engine(Protocol):
    """What translates one text."""

    def translate(self, text: str) -> str: ...


class TextTranslator(Node):
    """A node that translates text; a node of this kind has these settings, with defaults of its own."""

    from_: str
    to: str
    tentative: bool

    runs_on = "thread"
    join = "covering"
    part = "translating"

    unit = Input(Text)
    terms = Input(Terms, optional=True, latest=True, lateness_ms=0)
    translation = Output(Text)

    def begin(self, lease: Lease[Any]) -> None:
        """Translate with this `Engine` from now on; `close` gives it back."""
        self._lease = lease
        self._rendering = Rendering(self.translate, self.from_, self.to, tentative=self.tentative)

    @property
    def held_since(self) -> Ns | None:
        return self._rendering.held_since

    def process(self, unit: Packet[Text], terms: Packet[Terms] | None) -> Iterator[Emission[Any]]:
        if terms is not None:
            self._rendering.expect(terms.payload.at(unit.start))
        if rendered := self._rendering.render(unit.payload):
            yield self._said(rendered, unit.start)

    def finish(self) -> Iterator[Emission[Any]]:
        if rendered := self._rendering.rest():
            yield self._said(rendered, rendered.source[0].start)

    def close(self) -> None:
        self._lease.close()

    def translate(self, text: str) -> str:
        """One text, as it stands; after `open()`. Other nodes may ask this of any translator."""
        engine: Engine = self._lease.value
        return engine.translate(text)

    def _said(self, rendered: Text, at: Ns) -> Emission[Any]:
        start = min([at, *(word.start for word in rendered.source[:1])])
        return self.translation(rendered, start)
