"""Terms come once, at the beginning, in the order in which they were written."""

from __future__ import annotations

from nodes.context.terms import FixedTerms
from pipeline.graph import Graph


def test_the_terms_come_once_at_the_beginning() -> None:
    graph = Graph.of({"names": FixedTerms(["Defarge", "Carton"])}, {})
    [(_, packet)] = graph.stream("names.expected")
    assert packet.payload.terms == ("Defarge", "Carton")
    assert (packet.start, packet.end) == (0, 0)


def test_without_terms_nothing_comes() -> None:
    assert list(Graph.of({"names": FixedTerms()}, {}).stream("names.expected")) == []
