"""Choice: which points of a sweep are run: none twice, none that does not fit. Builds every graph, runs none.

Decides: what happens to a setting that the node at a point does not know (it is left out there, for a policy has
settings of its own), to settings that do not go together (the point is left out), to two points that are the same
graph (one is run), and which of them is the default. A value that fits nowhere is an error before anything runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.errors import InputError
from pipeline.graph import Graph
from pipeline.measure.evaluation import wiring
from pipeline.measure.evaluation.changes import POLICY
from pipeline.measure.evaluation.plan import Plan
from pipeline.measure.recording import Recording
from pipeline.measure.sweep.points import DEFAULT, PRESET, Point, written
from pipeline.settings import settings_of

POINTS = "points"  # the folder of the evaluations


class Chosen(msgspec.Struct, frozen=True):
    """A point that is to be run."""

    point: Point
    default: bool

    @property
    def folder(self) -> str:
        """The folder of its evaluation, inside the sweep's; the default has one name whatever is varied."""
        return f"{POINTS}/{DEFAULT if self.default else self.point.folder}"


def choose(plan: Plan, found: Sequence[Point]) -> tuple[list[Chosen], list[str]]:
    """The points that are to be run, and what was left out and why.

    Raises `InputError` for a setting or value that fits at no point, or that only some recordings have.
    """
    choice = _Choice(plan)
    for point in found:
        choice.take(point)
    choice.complain()
    return list(choice.chosen.values()), list(dict.fromkeys(choice.notes))


def plan_at(plan: Plan, point: Point, out: Path) -> Plan:
    """The plan of the evaluation at a point."""
    settings = {**plan.settings, **point.changes}
    latency = settings.pop(PRESET, plan.latency)
    return msgspec.structs.replace(plan, settings=settings, latency=latency, out=out)


class _Choice:
    """The points so far."""

    def __init__(self, plan: Plan) -> None:
        self.chosen: dict[str, Chosen] = {}  # by what their graphs do
        self.notes: list[str] = []
        self._plan = plan
        self._kinds = list({(one.from_, one.to): one for one in plan.recordings}.values())
        self._fits: set[tuple[str, str]] = set()  # settings and values that some point has
        self._wrong: list[tuple[Point, InputError]] = []
        self._beside: list[tuple[Point, InputError]] = []

    def take(self, point: Point) -> None:
        """Choose a point, or note why not."""
        try:
            fitting, beside = self._fitting(point)
            same = "".join(map(_signature, self._graphs(fitting)))
        except InputError as error:
            self._wrong.append((point, error))
            return
        self._fits |= _values(fitting)
        if beside:
            told = ", ".join(beside)
            self.notes.append(f"{point.name}: run without {told}, which its node does not know")
            nowhere = InputError(f"--vary {told}: no node at any point has it; vary it with a node that does")
            self._beside.append((Point({key: point.changes[key] for key in beside}), nowhere))
        self._add(fitting, same)

    def complain(self) -> None:
        """Raise for a value that fitted nowhere; note the points whose settings do not go together."""
        for point, error in [*self._wrong, *self._beside]:
            for key, _ in sorted(_values(point) - self._fits):
                self._graphs(Point({key: point.changes[key]}))  # says best what is wrong with it
                raise error
        self.notes += [
            f"{point.name}: {str(error).removeprefix(f'--vary {point.name}: ')}"
            for point, error in self._wrong
        ]

    def _add(self, point: Point, same: str) -> None:
        before = self.chosen.get(same)
        if before is None:
            self.chosen[same] = Chosen(point, default=not point.changes)
        elif not before.point.changes and point.changes:
            self.chosen[same] = Chosen(point, default=True)  # the default, under the value that it has
        elif before.point.name != point.name:
            self.notes.append(f"{point.name}: the same as {before.point.name}")

    def _graphs(self, point: Point) -> list[Graph]:
        """The graph of each kind of recording. Raises `InputError` that names the point."""
        at = plan_at(self._plan, point, self._plan.out)
        try:
            return [wiring.graph_of(at, one) for one in self._kinds]
        except InputError as error:
            if point.changes:
                raise InputError(f"--vary {point.name}: {error}") from error
            raise

    def _fitting(self, point: Point) -> tuple[Point, list[str]]:
        """The point less the settings that its nodes do not know, and those."""
        kinds = {key: value for key, value in point.changes.items() if _exchanges(key)}
        graphs = self._graphs(Point(kinds))
        beside = []
        for key in point.changes:
            known = [_exchanges(key) or _knows(graph, key) for graph in graphs]
            if any(known) and not all(known):
                raise InputError(_only(key, self._kinds, known))
            if not any(known):
                beside.append(key)
        return Point({key: value for key, value in point.changes.items() if key not in beside}), beside


def _exchanges(key: str) -> bool:
    """Whether a change puts other nodes in, whose settings may differ."""
    return key in (POLICY, PRESET) or key.endswith(".uses")


def _values(point: Point) -> set[tuple[str, str]]:
    return {(key, written(value)) for key, value in point.changes.items()}


def _only(key: str, kinds: Sequence[Recording], known: Sequence[bool]) -> str:
    fit = ", ".join(f"{one.from_}-{one.to}" for one, is_known in zip(kinds, known, strict=True) if is_known)
    return f"--vary {key}: only the graphs of {fit} have it; sweep these alone"


def _knows(graph: Graph, key: str) -> bool:
    name, _, setting = key.partition(".")
    return name in graph.members and setting.partition(".")[0] in settings_of(type(graph[name]))


def _signature(graph: Graph) -> str:
    """What a graph does, in words: two that are alike need only one run."""
    return repr([(one.name, one.uses, one.inputs, one.node, one.runs_on) for one in graph.members.values()])


__all__ = ["Chosen", "choose", "plan_at"]
