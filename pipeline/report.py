"""Report: what a run did: edges, nodes, delays. As plain data, as JSON, and as a table for people."""

from __future__ import annotations

from typing import Any

import msgspec

from pipeline.edge import Edge
from pipeline.statistics import NodeCounts


class EdgeReport(msgspec.Struct, frozen=True):
    """What went through one edge: `offered == passed + dropped + waiting`."""

    source: str
    target: str
    name: str
    offered: int
    passed: int
    dropped: int
    waiting: int
    peak: int
    capacity: int
    when_full: str

    @classmethod
    def of(cls, source: str, target: str, edge: Edge) -> EdgeReport:
        """The report of an edge."""
        return cls(source, target, edge.name, **msgspec.structs.asdict(edge.statistics()))


class NodeReport(msgspec.Struct, frozen=True):
    """What one node did. Times are of its steps: in a thread or process with the way there and back."""

    name: str
    uses: str
    runs_on: str
    calls: int
    failed: int
    restarts: int
    busy_s: float
    p50_ms: float
    p99_ms: float

    @classmethod
    def of(cls, name: str, uses: str, runs_on: str, counts: NodeCounts) -> NodeReport:
        """The report of a node."""
        busy = counts.busy
        times = (busy.total / 1e9, busy.quantile(0.5) / 1e6, busy.quantile(0.99) / 1e6)
        return cls(name, uses, runs_on, counts.calls, counts.failed, counts.restarts, *times)


class Report(msgspec.Struct, frozen=True):
    """What a run did."""

    graph: str
    ended: str  # running, done, stopped, failed, aborted
    clock_s: float  # how long it ran, on its own clock
    media_s: float  # how much media its sources gave
    cpu_s: float  # CPU seconds of the process meanwhile
    nodes: list[NodeReport]
    edges: list[EdgeReport]
    lag: dict[str, dict[str, dict[str, float]]]  # live runs: output -> part -> mean, p50, p95 in seconds

    @property
    def cpu_per_second(self) -> float:
        """CPU seconds for a second of media."""
        return self.cpu_s / self.media_s if self.media_s else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `report.json`."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data | {"cpu_s_per_media_s": round(self.cpu_per_second, 4)}

    def __str__(self) -> str:
        lines = [
            f"{self.graph}: {self.ended}; {self.media_s:.1f} s of media in {self.clock_s:.1f} s, "
            f"{self.cpu_per_second:.2f} CPU seconds a second"
        ]
        lines += _table(
            ("edge", "passed", "dropped", "peak", "room"),
            [
                (e.name, f"{e.passed}", f"{e.dropped}", f"{e.peak}", f"{e.capacity} {e.when_full}")
                for e in self.edges
            ],
        )
        lines += _table(
            ("node", "uses", "on", "calls", "failed", "p50 ms", "p99 ms", "busy s"),
            [
                (
                    n.name,
                    n.uses,
                    n.runs_on,
                    f"{n.calls}",
                    f"{n.failed}",
                    *_ms(n.p50_ms, n.p99_ms),
                    f"{n.busy_s:.2f}",
                )
                for n in self.nodes
            ],
        )
        lines += _table(
            (
                "lag, s",
                "words",
                "mean",
                "p50",
                "p95",
                "= hearing",
                "deciding",
                "translating",
                "speaking",
                "queueing",
            ),
            [_lag_row(output, parts) for output, parts in self.lag.items()],
        )
        return "\n".join(lines)


def _ms(*values: float) -> tuple[str, ...]:
    return tuple(f"{value:.2f}" for value in values)


def _lag_row(output: str, parts: dict[str, dict[str, float]]) -> tuple[str, ...]:
    total = parts["total"]
    means = [f"{parts[part]['mean']:.2f}" for part in parts if part != "total"]
    return (output, f"{total['words']:.0f}", *(f"{total[key]:.2f}" for key in ("mean", "p50", "p95")), *means)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """A plain table: first column to the left, figures to the right."""
    if not rows:
        return []
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    text = [2] if head[0] == "node" else []  # "uses" and "on" read better to the left

    def line(row: tuple[str, ...]) -> str:
        left = (0, 1, 2) if text else (0,)
        cells = [
            cell.ljust(w) if i in left else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        return "  " + "  ".join(cells).rstrip()

    return ["", line(head), *(line(row) for row in rows)]
