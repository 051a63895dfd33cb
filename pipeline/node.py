"""Node: settings + ports + `process`. Computes, never waits.

What a node is
    A dataclass whose fields are its settings and whose class attributes are its ports. `process` is a plain
    generator with one argument for each input; it yields what its outputs make. The same `step()` runs it in
    tests, on the event loop, in a thread and in a process, so it must not care where it is.

Its life
    `__init__` takes settings only. `open()` acquires what it needs. `process()` runs any number of times.
    `finish()` yields what is held back, once, when all inputs have ended. `close()` runs exactly once if
    `open()` returned, whatever happened in between; all state dies with it. Calls never overlap. The thread
    may differ between graphs but not between the calls of one run.

    What `process` yields leaves when it is over. A node with `streams` is for work that takes long and has something to
    give before its end: where it runs in a thread each packet leaves as it is yielded. It may also yield `None`: there it
    is asked to go on only as long as inputs may come, so work that nobody waits for any more is left off.

Time
    What is yielded has the span of the leading input unless it says otherwise. Starts never go back on one
    output. A node that holds data back says since when with `held_since`: it promises that nothing it will
    yield starts before that. `process` never reads a clock.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Iterable, Mapping
from types import GeneratorType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from pipeline.clock import Ns
from pipeline.errors import NodeError
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

if TYPE_CHECKING:
    from pipeline.clock import RunClock

Place: TypeAlias = Literal["loop", "thread", "process"]
JoinName: TypeAlias = Literal["aligned", "covering", "arrival"]
Part: TypeAlias = Literal["hearing", "deciding", "translating", "speaking"]
MAX_YIELD = 100_000  # what one call may yield; a `process` that never ends would fill the memory

Given: TypeAlias = Mapping[str, Any]  # input name to a packet, a tuple of packets, or None


def _ports(cls: type, kind: type[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        found.update({name: port for name, port in vars(base).items() if isinstance(port, kind)})
    return found


def _check_process(cls: type, inputs: dict[str, Input[Any]]) -> None:
    """Refuse, when the class is made, a `process` whose arguments are not the inputs."""
    if "process" not in vars(cls):
        return
    process = vars(cls)["process"]
    if inspect.iscoroutinefunction(process):
        raise TypeError(
            f"{cls.__name__}.process is `async def` without `yield`; "
            "write `def process` (or, for a remote service only, an async generator)"
        )
    arguments = [name for name in inspect.signature(process).parameters if name != "self"]
    if arguments != list(inputs):
        raise TypeError(
            f"{cls.__name__}.process takes ({', '.join(arguments)}), but its inputs are "
            f"({', '.join(inputs)}); give it one argument for each input, in this order"
        )


class Node:
    """Base of all nodes; see the head of this file. Needs no constructor call."""

    inputs: ClassVar[dict[str, Input[Any]]] = {}
    outputs: ClassVar[dict[str, Output[Any]]] = {}
    formed: ClassVar[tuple[str, ...]] = ()  # inputs that take one format only
    runs_on: ClassVar[Place] = "loop"  # YAML may overrule it
    nice: ClassVar[int] = (
        0  # 0 to 19: how far it stands back for the others where cores are short (see worker.py)
    )
    streams: ClassVar[bool] = False  # in a thread, what it yields leaves at once: see "Its life"
    join: ClassVar[JoinName] = "aligned"  # how several inputs come together; see pipeline/join.py
    part: ClassVar[Part] = "hearing"  # the part of the delay that its waiting and work count as
    wanted: frozenset[str] | None = None  # outputs somebody listens to, told before `open()`; None: all

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.inputs = _ports(cls, Input)
        cls.outputs = _ports(cls, Output)
        cls.formed = tuple(name for name, port in cls.inputs.items() if port.form)
        if cls.__module__ != __name__:
            _check_process(cls, cls.inputs)

    @property
    def held_since(self) -> Ns | None:
        """Stream time since which data is held back; None when nothing is."""
        return None

    def open(self) -> None:
        """Acquire models, files, devices. Called once, before the first `process`, in the node's own place."""

    def process(self, *args: Any, **given: Any) -> Iterable[Emission[Any] | None] | None:
        """Take one set of inputs and yield what comes of it."""
        raise NodeError(f"{type(self).__name__}: has no process(); write one with an argument for each input")

    def finish(self) -> Iterable[Emission[Any]] | None:
        """Yield what is held back; the inputs have ended."""
        return None

    def close(self) -> None:
        """Release what `open` acquired. Called once if `open` returned, even after a failure."""


class Source(Node):
    """A node without inputs: the only kind that waits for the world."""

    @property
    def live(self) -> bool:
        """Whether packets come at the pace of life (then consumers that are behind catch up)."""
        return False

    def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        """Yield emissions with `start` and `end`; pace with `await clock.until(...)`. An async generator."""
        raise NodeError(f"{type(self).__name__}: has no produce(); write an async generator")


def step(node: Node, given: Given) -> list[Emission[Any]]:
    """Call `process` with one set of inputs and drain it: checked emissions with their times filled in.

    Raises `NodeError` when the node yields something that is not for one of its outputs, and whatever
    `process` raises.
    """
    lead = lead_of(given)
    if node.formed:
        check_formats(node, given)
    return [timed(node, item, lead.start, lead.end) for item in drain(node, node.process(**given))]


class Streaming:
    """A call of `process` that is drained one by one: each `next()` gives what was yielded since, until it is `over`."""

    def __init__(self, node: Node, given: Given) -> None:
        self._node, self._lead = node, lead_of(given)
        if node.formed:
            check_formats(node, given)
        self._items = iter(node.process(**given) or ())
        self.over = False

    def next(self) -> list[Emission[Any]]:
        """One emission, checked and timed, or none where the node only asks to be asked again. Raises as `step`."""
        try:
            item = next(self._items)
        except StopIteration:
            self.over = True
            return []
        return [
            timed(self._node, found, self._lead.start, self._lead.end) for found in drain(self._node, (item,))
        ]

    def close(self) -> None:
        """Ask for no more."""
        self.over = True
        if isinstance(self._items, GeneratorType):
            self._items.close()


def finish(node: Node, at: Ns) -> list[Emission[Any]]:
    """Call `finish` and drain it, as `step` does; what gives no span stands at `at`."""
    return [timed(node, item, at, at) for item in drain(node, node.finish())]


def lead_of(given: Given) -> Packet[Any]:
    """The leading packet of a set: the first that is there."""
    for value in given.values():
        if isinstance(value, Packet):
            return value
    raise NodeError("a set of inputs without a packet; this is a fault of Dragoman's joins")


def check_formats(node: Node, given: Given) -> None:
    """Raise `NodeError` for a payload that is not in the format of its input, where no port told so before."""
    for name in node.formed:
        port, packet = node.inputs[name], given[name]
        if isinstance(packet, Packet):
            for key, value in port.format_of(node).items():
                if (got := getattr(packet.payload, key, value)) != value:
                    raise NodeError(
                        f"{type(node).__name__}.{name} takes {key} {value}, but got {key} {got}"
                        f"{port.converted_by(key)}"
                    )


def drain(node: Node, yielded: Iterable[Any] | None) -> list[Emission[Any]]:
    """All that a call of a node yields, each checked against the node's outputs; times as the node gave them.

    Raises `NodeError` with the remedy when something is not what an output of this node makes.
    """
    found: list[Emission[Any]] = []
    if yielded is None:
        return found
    if type(yielded) is not GeneratorType and not isinstance(yielded, Iterable):
        raise NodeError(
            f"{type(node).__name__}.process returned {type(yielded).__name__}; "
            "yield what an output makes: `yield self.port(payload)`"
        )
    outputs = node.outputs
    for item in yielded:
        if item is None and node.streams:
            continue
        port = outputs.get(item.port) if type(item) is Emission else None
        if port is None or not isinstance(item.payload, port.kinds):
            raise _not_of(node, item)
        if len(found) == MAX_YIELD:
            raise flooded(node)
        found.append(item)
    return found


def _not_of(node: Node, item: Any) -> NodeError:
    """The error for something yielded that no output made, or with another payload than the port declares."""
    name = type(node).__name__
    port = node.outputs.get(item.port) if isinstance(item, Emission) else None
    if port is None:
        return NodeError(
            f"{name} yielded {type(item).__name__}, which none of its outputs made; "
            f"yield self.<output>(payload), with an output of: {', '.join(node.outputs) or 'none'}"
        )
    return NodeError(
        f"{name}.{port.name} carries {port.describe()}, "
        f"but got {type(item.payload).__name__}; yield the kind that the port declares"
    )


def flooded(node: Node) -> NodeError:
    """The error for a call that does not stop yielding."""
    return NodeError(
        f"{type(node).__name__} yielded more than {MAX_YIELD} times in one call; "
        "give its loop an end, or yield larger pieces"
    )


def timed(node: Node, item: Emission[Any], start: Ns, end: Ns) -> Emission[Any]:
    """An emission with `start` and `end` filled in where the node left them out. Raises `NodeError` if they cross."""
    begins = start if item.start is None else item.start
    ends = max(end, begins) if item.end is None else item.end
    if ends < begins:
        raise NodeError(f"{type(node).__name__}.{item.port}: end {ends} before start {begins}; swap them")
    return Emission(item.port, item.payload, begins, ends)


def checked(node: Node, item: Any, start: Ns, end: Ns) -> Emission[Any]:
    """One yielded item, checked and timed. Raises `NodeError`."""
    return timed(node, drain(node, (item,))[0], start, end)
