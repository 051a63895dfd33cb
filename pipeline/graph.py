"""Graph: nodes and edges, checked. From a spec (YAML) or made in Python; the same either way.

Decides: whether a graph makes sense. Names, settings, payload kinds and formats, required inputs, cycles, rules
that would drop committed text; all faults at once, each at its place in the file. A `Graph` that exists is
sound, but nothing is opened: models, devices and files come with the run (pipeline/scheduler.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline import spec as specs
from pipeline.errors import Fault, GraphError, InputError, SettingsError, did_you_mean
from pipeline.media import NEVER_DROPPED
from pipeline.node import Node, Place, Source
from pipeline.port import Port, misfit
from pipeline.resolve import node_class
from pipeline.settings import build, faults, fields_of, settings_of
from pipeline.spec import EdgeSpec, ErrorSpec, GraphSpec, NodeSpec

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from pipeline.packet import Packet
    from pipeline.scheduler import Run


class Member(msgspec.Struct):
    """A node in a graph: its settings made into a node, and how it is wired and run."""

    name: str
    uses: str
    node: Node
    inputs: dict[str, EdgeSpec]
    runs_on: Place
    on_error: ErrorSpec
    fallback: Node | None = None

    def __str__(self) -> str:
        return f"node {self.name!r} ({self.uses})"


class Graph:
    """A checked graph. Immutable: the methods that change something return a new graph."""

    def __init__(self, spec: GraphSpec) -> None:
        """Check a spec. Raises `GraphError` with every fault."""
        self.spec = spec
        found: list[Fault] = []
        self.members: dict[str, Member] = {}
        for name, node_spec in spec.nodes.items():
            member = _member(name, node_spec, spec, found)
            if member is not None:
                self.members[name] = member
        unsound = set(spec.nodes) - set(self.members)
        for member in self.members.values():
            _check_wires(self, member, unsound, found)
        _check_cycles(spec, found)
        if found:
            raise GraphError(found)

    @classmethod
    def load(cls, file: str | Path, settings: Mapping[str, Any] | None = None) -> Graph:
        """A graph from a file, or a shipped one by its name. `settings` maps `node.key` to a value; text
        is read as in the file, as `--set` does it (`with_settings` takes values as they are).

        Raises `GraphError` with every fault of the file, `InputError` when it cannot be read.
        """
        return cls(specs.read(find(file), {key: _written(value) for key, value in (settings or {}).items()}))

    @classmethod
    def parse(cls, text: str, settings: Mapping[str, Any] | None = None, file: str = "graph") -> Graph:
        """A graph from YAML text."""
        return cls(specs.parse(text, file, {key: _written(value) for key, value in (settings or {}).items()}))

    @classmethod
    def of(cls, nodes: Mapping[str, Node], wires: Mapping[str, str | EdgeSpec]) -> Graph:
        """A graph made in Python: name to node, and `node.input` to `node.output` or an `EdgeSpec`."""
        graph_spec = GraphSpec({})
        for name, node in nodes.items():
            uses = f"{type(node).__module__}:{type(node).__qualname__}"
            graph_spec.nodes[name] = NodeSpec(uses, {}, {_MADE: node})
        for target, source in wires.items():
            name, _, port = target.partition(".")
            if name not in graph_spec.nodes:
                raise GraphError(
                    [Fault(f"wire {target}", 0, f"no node {name!r}", did_you_mean(name, list(nodes)))]
                )
            edge = EdgeSpec(source) if isinstance(source, str) else source
            graph_spec.nodes[name].inputs[port] = edge
        return cls(graph_spec)

    def __getitem__(self, name: str) -> Node:
        """A node by name. Raises `InputError` with the nearest name."""
        return self.member(name).node

    def __iter__(self) -> Iterator[str]:
        return iter(self.members)

    def member(self, name: str) -> Member:
        """A node with its wiring, by name. Raises `InputError` with the nearest name."""
        if name not in self.members:
            raise InputError(f"{self.spec.file}: no node {name!r}; {did_you_mean(name, list(self.members))}")
        return self.members[name]

    def with_settings(self, settings: Mapping[str, Any]) -> Graph:
        """The same graph with other settings, `node.key` to value. Raises `GraphError`, `InputError`."""
        nodes = {name: _copy(node) for name, node in self.spec.nodes.items()}
        for target, value in settings.items():
            name, _, key = target.partition(".")
            self.member(name)
            nodes[name].with_ = _changed(nodes[name].with_, key, value)
        return Graph(GraphSpec(nodes, self.spec.file, self.spec.marks))

    def replace(self, name: str, uses: str | Node, /, **settings: Any) -> Graph:
        """The same graph with another node in one place; its wires stay. Raises `GraphError`, `InputError`."""
        self.member(name)
        nodes = {key: _copy(node) for key, node in self.spec.nodes.items()}
        if isinstance(uses, Node):
            nodes[name].uses = f"{type(uses).__module__}:{type(uses).__qualname__}"
            nodes[name].with_ = {_MADE: uses}
        else:
            nodes[name].uses, nodes[name].with_ = uses, dict(settings)
        return Graph(GraphSpec(nodes, self.spec.file, self.spec.marks))

    def plus(self, name: str, uses: str, inputs: Mapping[str, str | EdgeSpec], /, **settings: Any) -> Graph:
        """The same graph with one more node. Raises `GraphError`, `InputError`."""
        if name in self.members:
            raise InputError(f"{self.spec.file}: there is a node {name!r} already; choose another name")
        edges = {port: EdgeSpec(edge) if isinstance(edge, str) else edge for port, edge in inputs.items()}
        nodes = {key: _copy(node) for key, node in self.spec.nodes.items()}
        nodes[name] = NodeSpec(uses, edges, dict(settings))
        return Graph(GraphSpec(nodes, self.spec.file, self.spec.marks))

    def wired(self, name: str, /, **inputs: str | EdgeSpec) -> Graph:
        """The same graph with more inputs of a node connected. Raises `GraphError`, `InputError`."""
        self.member(name)
        nodes = {key: _copy(node) for key, node in self.spec.nodes.items()}
        edges = {port: EdgeSpec(edge) if isinstance(edge, str) else edge for port, edge in inputs.items()}
        nodes[name].inputs.update(edges)
        return Graph(GraphSpec(nodes, self.spec.file, self.spec.marks))

    def without(self, *names: str) -> Graph:
        """The same graph less some nodes and their wires. Raises `GraphError` when others need them."""
        for name in names:
            self.member(name)
        nodes = {key: _copy(node) for key, node in self.spec.nodes.items() if key not in names}
        for node in nodes.values():
            node.inputs = {port: edge for port, edge in node.inputs.items() if _owner(edge) not in names}
        return Graph(GraphSpec(nodes, self.spec.file, self.spec.marks))

    def run(self, *outputs: str, **options: Any) -> AbstractAsyncContextManager[Run]:
        """Run it: `async with graph.run("node.output") as run: async for name, packet in run: …`.

        See `start` in pipeline/scheduler.py for the options, and for what leaving the block does.
        """
        from pipeline.scheduler import start

        return start(self, outputs, **options)

    def stream(self, *outputs: str) -> Iterator[tuple[str, Packet[Any]]]:
        """Run it to its end in a thread and iterate over the packets of one or more outputs, by name."""
        from pipeline.scheduler import stream

        return stream(self, outputs)

    def fresh_nodes(self) -> dict[str, Node]:
        """New, unopened nodes with the same settings: what one run works with."""
        return {name: fresh(member.node) for name, member in self.members.items()}

    @property
    def live(self) -> bool:
        """Whether a source keeps the pace of life."""
        return any(isinstance(member.node, Source) and member.node.live for member in self.members.values())


_MADE = "<node made in Python>"


def find(file: str | Path) -> Path:
    """The path of a graph file; a bare name or a path that is not there is looked up among the shipped graphs."""
    path = Path(file)
    if path.is_file() or path.is_absolute():
        return path
    stem = path.name.removesuffix(".yaml")
    return next((shipped for shipped in shipped_graphs() if shipped.stem == stem), path)


def shipped_graphs() -> list[Path]:
    """The graph files that come with Dragoman: inside the installed package, or in the checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "graphs", here.parent / "graphs"):
        if folder.is_dir():
            return sorted(folder.glob("*.yaml"))
    return []


def _member(name: str, node: NodeSpec, spec: GraphSpec, found: list[Fault]) -> Member | None:
    path = ("nodes", name)
    made = node.with_.get(_MADE)
    try:
        cls = type(made) if made is not None else node_class(node.uses)
    except InputError as error:
        what, _, remedy = str(error).partition("; ")
        found.append(spec.fault((*path, "uses"), what, remedy))
        return None
    built = made if made is not None else _built(cls, node.with_, (*path, "with"), spec, found)
    fallback = _fallback(node.on_error, cls, (*path, "on_error"), spec, found)
    if built is None:
        return None
    return Member(name, node.uses, built, node.inputs, node.runs_on or cls.runs_on, node.on_error, fallback)


def _built(
    cls: type[Node], values: Mapping[str, Any], path: specs.Path_, spec: GraphSpec, found: list[Fault]
) -> Node | None:
    wrong = faults(cls, values)
    for key, sentence in wrong.items():
        what, _, remedy = sentence.partition("; ")
        found.append(spec.fault((*path, key), what, remedy))
    if wrong:
        return None
    try:
        return build(cls, values)
    except SettingsError as error:
        what, _, remedy = str(error).partition("; ")
        found.append(spec.fault(path, what, remedy))
        return None


def _fallback(
    policy: ErrorSpec, cls: type[Node], path: specs.Path_, spec: GraphSpec, found: list[Fault]
) -> Node | None:
    if policy.policy != "fallback":
        return None
    try:
        other = node_class(policy.uses)
    except InputError as error:
        what, _, remedy = str(error).partition("; ")
        found.append(spec.fault((*path, "fallback", "uses"), what, remedy))
        return None
    why = _cannot_stand_in(other, cls)
    if why:
        found.append(
            spec.fault(
                path, f"{policy.uses} cannot stand in: {why}", "name a node with the same inputs and outputs"
            )
        )
    return _built(other, policy.with_, (*path, "fallback", "with"), spec, found)


def _cannot_stand_in(other: type[Node], cls: type[Node]) -> str | None:
    """Why a node cannot take over from another in the middle of a run; None when it can."""
    lacking = (set(cls.inputs) - set(other.inputs)) | (set(cls.outputs) - set(other.outputs))
    if lacking:
        return f"it has no port {', '.join(sorted(lacking))}"
    more = [name for name, port in other.inputs.items() if name not in cls.inputs and not port.optional]
    if more:
        return f"nothing feeds its input {', '.join(more)}"
    if other.join != cls.join and len(cls.inputs) > 1:
        return f"its inputs come together by {other.join}, not {cls.join}"
    for name, port in cls.inputs.items():
        if not _within(port, other.inputs[name]):
            return f"its input {name} takes {other.inputs[name].describe()}, not {port.describe()}"
    for name, output in cls.outputs.items():
        if not _within(other.outputs[name], output):
            return f"its output {name} carries {other.outputs[name].describe()}, not {output.describe()}"
    return None


def _within(inner: Port[Any], outer: Port[Any]) -> bool:
    """Whether all kinds of one port are kinds of the other."""
    return all(issubclass(kind, outer.kinds) for kind in inner.kinds)


def _check_wires(graph: Graph, member: Member, unsound: set[str], found: list[Fault]) -> None:
    path = ("nodes", member.name, "inputs")
    fault, inputs = graph.spec.fault, member.node.inputs
    found.extend(
        fault((*path, port), f"{member.uses} has no input {port!r}", did_you_mean(port, list(inputs)))
        for port in set(member.inputs) - set(inputs)
    )
    for port in set(member.inputs) & set(inputs):
        owner = _owner(member.inputs[port])
        wrong = (
            None if owner in unsound else _wire_fault(graph, member, port)
        )  # unsound: its own fault says it
        if wrong:
            what, _, remedy = wrong.partition("; ")
            found.append(fault((*path, port), what, remedy))
    for name, input_ in inputs.items():
        if name not in member.inputs and not input_.optional:
            remedy = f"write inputs: {{{name}: node.output}}, one that carries {input_.describe()}"
            found.append(fault(path, f"{member} has nothing at its input {name!r}", remedy))
    if isinstance(member.node, Source) and member.on_error.policy != "stop":
        path_ = ("nodes", member.name, "on_error")
        found.append(fault(path_, "the error of a source always stops the run", "leave on_error out"))
    if not inputs and not isinstance(member.node, Source):
        found.append(fault(path, f"{member} has no inputs and is no source", "make its class a Source"))
    if inputs and not member.inputs and all(input_.optional for input_ in inputs.values()):
        found.append(fault(path, f"nothing feeds {member}", f"connect one of: {', '.join(inputs)}"))


def _wire_fault(graph: Graph, member: Member, port: str) -> str | None:
    """What is wrong with one edge, as `fault; remedy`; None when nothing is."""
    edge = member.inputs[port]
    owner, _, output = edge.source.partition(".")
    if owner not in graph.members:
        return f"no node {owner!r}; {did_you_mean(owner, list(graph.members))}"
    source = graph.members[owner].node
    if output not in source.outputs:
        return f"{graph.members[owner].uses} has no output {output!r}; {did_you_mean(output, list(source.outputs))}"
    wrong = misfit(source.outputs[output], source, member.node.inputs[port], member.node)
    if wrong:
        return f"{edge.source} {wrong}"
    if edge.when_full != "wait" and any(kind in NEVER_DROPPED for kind in source.outputs[output].kinds):
        return f"{edge.when_full} would drop committed text or speech; use when_full: wait"
    return None


def _check_cycles(spec: GraphSpec, found: list[Fault]) -> None:
    import networkx

    edges = [(_owner(edge), name) for name, node in spec.nodes.items() for edge in node.inputs.values()]
    wiring = networkx.DiGraph(edges)
    if not networkx.is_directed_acyclic_graph(wiring):
        cycle = [pair[0] for pair in networkx.find_cycle(wiring)]
        loop = " -> ".join([*cycle, cycle[0]])
        found.append(spec.fault(("nodes", cycle[0], "inputs"), f"a cycle: {loop}", "a graph flows one way"))


def _owner(edge: EdgeSpec) -> str:
    return edge.source.partition(".")[0]


def fresh(node: Node) -> Node:
    """A new, unopened node with the same settings."""
    return type(node)(
        **{field.name: getattr(node, field.name) for field in fields_of(type(node)) if field.init}
    )


def _copy(node: NodeSpec) -> NodeSpec:
    return NodeSpec(node.uses, dict(node.inputs), dict(node.with_), node.runs_on, node.on_error)


def _changed(with_: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """Settings with one value changed; a node made in Python is copied with it."""
    made = with_.get(_MADE)
    if made is None:
        group, _, rest = key.partition(".")
        return {**with_, group: _changed(dict(with_.get(group, {})), rest, value) if rest else value}
    known = settings_of(type(made))
    if key not in known:
        raise SettingsError(
            f"{type(made).__name__}: unknown setting {key!r}; {did_you_mean(key, list(known))}"
        )
    return {_MADE: dataclasses.replace(made, **{key: value})}


def _written(value: Any) -> str:
    """A value as YAML text."""
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


__all__ = ["Graph", "Member", "find", "fresh", "shipped_graphs"]
