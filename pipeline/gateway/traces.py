"""Traces: a span for each session and one for each of its turns, for OpenTelemetry. Counts and times, no texts.

Only the API is used: without the package nothing is traced, and without an SDK that somebody configured (as
`opentelemetry-instrument` does) its spans cost next to nothing and go nowhere.
"""

from __future__ import annotations

from typing import Any

import msgspec

from pipeline.gateway.happenings import Failed, Happening, Heard, Rendered, TurnDone, TurnStarted

NAME = "dragoman.gateway"


def _tracer() -> Any:
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    return trace.get_tracer(NAME)


class _Turn(msgspec.Struct):
    span: Any
    words: dict[str, int] = {}  # msgspec gives each turn its own


class Trace:
    """The spans of one session."""

    def __init__(self, session_id: str, dialect: str) -> None:
        self._tracer = _tracer()
        self._turns: dict[int, _Turn] = {}
        if self._tracer is not None:
            attributes = {"session.id": session_id, "dragoman.dialect": dialect}
            self._session = self._tracer.start_span("session", attributes=attributes)

    def told(self, happening: Happening) -> None:
        """What the session tells."""
        if self._tracer is None:
            return
        match happening:
            case TurnStarted():
                self._start(happening.turn)
            case Heard() | Rendered() if happening.turn in self._turns and happening.committed:
                self._step(self._turns[happening.turn], happening)
            case TurnDone() if happening.turn in self._turns:
                span = self._turns.pop(happening.turn).span
                span.set_attribute("dragoman.heard_ms", happening.heard_ms)
                span.end()
            case Failed():
                self._session.add_event("graph failed")

    def end(self) -> None:
        """The session is gone; so are its turns."""
        if self._tracer is None:
            return
        for turn in self._turns.values():
            turn.span.end()
        self._turns.clear()
        self._session.end()

    def _start(self, turn: int) -> None:
        from opentelemetry import trace

        inside = trace.set_span_in_context(self._session)
        span = self._tracer.start_span("turn", context=inside, attributes={"dragoman.turn": turn})
        self._turns[turn] = _Turn(span)

    def _step(self, turn: _Turn, step: Heard | Rendered) -> None:
        kind = "source" if isinstance(step, Heard) else "target"
        turn.words[kind] = turn.words.get(kind, 0) + len(step.committed)
        turn.span.set_attribute(f"dragoman.{kind}.words", turn.words[kind])
        if step.lag_ms is not None:
            turn.span.set_attribute(f"dragoman.{kind}.lag_ms", round(step.lag_ms))
