"""Running graphs in tests: make one from nodes, run it to its end, look at what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import anyio

from pipeline.graph import Graph
from pipeline.node import Node, Place
from pipeline.packet import Packet
from pipeline.report import EdgeReport, NodeReport, Report
from pipeline.settings import settings_of
from pipeline.spec import EdgeSpec, ErrorSpec, GraphSpec, NodeSpec

Value = tuple[int, int, int]  # start and end in milliseconds, value of the frame


def graph(
    nodes: Mapping[str, Node],
    wires: Mapping[str, str | EdgeSpec],
    *,
    runs_on: Mapping[str, Place] | None = None,
    on_error: Mapping[str, ErrorSpec] | None = None,
) -> Graph:
    """A graph of nodes as a file would say it, so that places and policies can be given."""
    spec = GraphSpec({})
    for name, node in nodes.items():
        cls = type(node)
        fields = {key: getattr(node, key) for key in settings_of(cls)}
        spec.nodes[name] = NodeSpec(
            f"{cls.__module__}:{cls.__qualname__}",
            {},
            fields,
            (runs_on or {}).get(name),
            (on_error or {}).get(name, ErrorSpec()),
        )
    for target, source in wires.items():
        name, _, port = target.partition(".")
        spec.nodes[name].inputs[port] = EdgeSpec(source) if isinstance(source, str) else source
    return Graph(spec)


def chain(*nodes: Node, place: Place | None = None, on_error: ErrorSpec | None = None, **edge: Any) -> Graph:
    """Nodes in a row, called a, b, c …; all but the first run in `place`, the second with `on_error`."""
    names = "abcdefgh"[: len(nodes)]
    wires = {}
    for i in range(1, len(nodes)):
        [source], [target] = nodes[i - 1].outputs, nodes[i].inputs
        wires[f"{names[i]}.{target}"] = EdgeSpec(f"{names[i - 1]}.{source}", **edge)
    places = dict.fromkeys(names[1:], place) if place else {}
    return graph(
        dict(zip(names, nodes, strict=True)),
        wires,
        runs_on=places,
        on_error={"b": on_error} if on_error else None,
    )


def plain(packet: Packet[Any]) -> Value:
    """A frame as its span and value."""
    return packet.start // 1_000_000, packet.end // 1_000_000, int(packet.payload.samples[0])


async def collected(
    what: Graph, *outputs: str, within_s: float = 3600, **options: Any
) -> dict[str, list[Value]]:
    """Every packet of some outputs; a run that does not end in time fails the test."""
    found: dict[str, list[Value]] = {name: [] for name in outputs}
    with anyio.fail_after(within_s):
        async with what.run(*outputs, **options) as run:
            async for name, packet in run:
                found[name].append(plain(packet))
    return found


async def values(what: Graph, output: str, **options: Any) -> list[int]:
    """The values of the frames of one output."""
    return [value for _, _, value in (await collected(what, output, **options))[output]]


async def finished(what: Graph, within_s: float = 3600, **options: Any) -> tuple[Report, Any]:
    """Run to the end; the report, and the run to look at."""
    with anyio.fail_after(within_s):
        async with what.run(**options) as run:
            await run.wait()
    return run.report(), run


def edge(report: Report, name: str) -> EdgeReport:
    """The books of one edge."""
    return next(one for one in report.edges if one.name == name)


def node(report: Report, name: str) -> NodeReport:
    """The books of one node."""
    return next(one for one in report.nodes if one.name == name)


def balanced(report: Report) -> bool:
    """Whether the books of every edge add up, and nothing waits."""
    return all(one.offered == one.passed + one.dropped and one.waiting == 0 for one in report.edges)


__all__: Sequence[str] = ("balanced", "chain", "collected", "edge", "finished", "graph", "node", "values")
