"""What of a session is traced."""

from typing import Any

import pytest

from pipeline.gateway import traces
from pipeline.gateway.happenings import Failed
from pipeline.gateway.traces import Trace
from tests.gateway.wire import a_turn


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Finished spans of a real SDK."""
    sdk = pytest.importorskip(
        "opentelemetry.sdk.trace", reason="no OpenTelemetry: pip install 'dragoman[otel]'"
    )
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(traces, "_tracer", lambda: provider.get_tracer(traces.NAME))
    return exporter.get_finished_spans


def test_a_session_is_a_span_with_one_for_each_turn_and_none_of_what_was_said(spans: Any) -> None:
    trace = Trace("sess_1", "page")
    for number in range(2):
        for happening in a_turn(number):
            trace.told(happening)
    trace.end()
    first, second, session = spans()
    assert [first.name, second.name, session.name] == ["turn", "turn", "session"]
    assert first.parent.span_id == session.context.span_id
    assert dict(first.attributes) == {
        "dragoman.turn": 0,
        "dragoman.source.words": 3,
        "dragoman.target.words": 3,
        "dragoman.heard_ms": 2000,
    }
    assert "parcel" not in first.to_json() + session.to_json()


def test_a_session_that_breaks_off_ends_its_spans_and_says_that_its_graph_failed(spans: Any) -> None:
    trace = Trace("sess_1", "page")
    trace.told(a_turn()[0])
    trace.told(Failed("broken"))
    trace.end()
    turn, session = spans()
    assert turn.name == "turn"
    assert [event.name for event in session.events] == ["graph failed"]


def test_without_the_package_nothing_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "_tracer", lambda: None)
    trace = Trace("sess_1", "page")
    for happening in [*a_turn(), Failed("broken")]:
        trace.told(happening)
    trace.end()
