"""Watching: what the graph of a session does, as boxes and arrows with counts. Counts only, none of what was said."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec

from pipeline.clock import SECOND, now
from pipeline.gateway.gateway import Seat
from pipeline.gateway.layers import Drawn, Point, layers
from pipeline.graph import Member
from pipeline.report import EdgeReport, NodeReport, Report


class Box(msgspec.Struct, frozen=True):
    """A node: where it stands (layers.py), and what it did."""

    name: str
    uses: str
    runs_on: str
    column: int
    top: float
    calls: int
    failed: int
    busy_s: float
    p99_ms: float


class Arrow(msgspec.Struct, frozen=True):
    """An edge: what went through it, and what waits."""

    source: str  # node
    output: str
    target: str  # node
    via: tuple[Point, ...]  # between the two
    passed: int
    dropped: int
    waiting: int
    capacity: int


class Watched(msgspec.Struct, frozen=True):
    """One look at the graph of a session. Without boxes: no graph runs, as while nobody speaks."""

    session: dict[str, Any]
    clock_s: float = 0.0
    cpu_s: float = 0.0  # of the whole process, since the graph was opened
    boxes: tuple[Box, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    lag: dict[str, dict[str, float]] = {}  # output: words, mean, p50, p95 in seconds


def session_name(seat: Seat) -> str:
    """A name of a session for people who watch. It tells nothing of the name by which its client comes back."""
    return sha256(b"graph of " + seat.id.encode()).hexdigest()[:12]


def session_line(seat: Seat) -> dict[str, Any]:
    """What is known of a session from outside."""
    session = seat.session
    wish = seat.dialect.wish
    return {
        "name": session_name(seat),
        "key": seat.key.name,
        "from": wish.from_,
        "to": wish.to,
        "age_s": round((now() - seat.opened_at) / SECOND, 1),
        "attached": seat.detached_at is None,
        "active": session is not None and session.active,
        "waiting": len(seat.outbox),
        "dropped_audio": seat.outbox.dropped_audio,
    }


def watched(seat: Seat) -> Watched:
    """One look at a session."""
    run = seat.session.run if seat.session is not None else None
    if run is None:
        return Watched(session_line(seat))
    report: Report = run.report()
    drawn = layers({name: _sources(member) for name, member in run.graph.members.items()})
    return Watched(
        session_line(seat),
        report.clock_s,
        report.cpu_s,
        tuple(_box(node, drawn.boxes[node.name]) for node in report.nodes),
        tuple(_arrow(edge, drawn) for edge in report.edges if edge.target in drawn.boxes),
        {output: parts["total"] for output, parts in report.lag.items()},
    )


def _sources(member: Member) -> list[str]:
    return [edge.source.partition(".")[0] for edge in member.inputs.values()]


def _box(node: NodeReport, at: Point) -> Box:
    return Box(
        node.name,
        node.uses.removeprefix("pipeline."),
        node.runs_on,
        at.column,
        at.top,
        node.calls,
        node.failed,
        node.busy_s,
        node.p99_ms,
    )


def _arrow(edge: EdgeReport, drawn: Drawn) -> Arrow:
    output = edge.name.partition(" ")[0].partition(".")[2]
    via = drawn.via.get((edge.source, edge.target), ())
    counts = (edge.passed, edge.dropped, edge.waiting, edge.capacity)
    return Arrow(edge.source, output, edge.target, via, *counts)
