"""Ports: the named, typed places where packets enter or leave a node, and what fits what.

Ports are class attributes of a node. `Input(AudioFrame, rate_hz=16_000)` accepts one format only;
`Output(AudioFrame, rate_hz="rate_hz")` takes the value from the node's setting of that name. A format that
an output leaves out is unknown until packets flow, and is checked then.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Union, get_args, get_origin

import msgspec

from pipeline.clock import Ns

if TYPE_CHECKING:
    from pipeline.node import Node

T = TypeVar("T")


class Emission(msgspec.Struct, Generic[T], frozen=True):
    """What a node yields: a payload for one of its outputs, and its span where it is not that of the input."""

    port: str
    payload: T
    start: Ns | None = None
    end: Ns | None = None


class Port(Generic[T]):
    """What inputs and outputs have in common: a name, a payload kind, a format."""

    def __init__(self, kind: type[T], **form: object) -> None:
        self.name = ""
        self.kinds = _kinds(kind)
        self.form = form

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def format_of(self, node: Node) -> dict[str, object]:
        """The port's format for one node: names of settings replaced by their values."""
        return {
            key: getattr(node, value) if isinstance(value, str) and hasattr(node, value) else value
            for key, value in self.form.items()
        }

    def describe(self) -> str:
        """Kind and format for people: `AudioFrame (rate_hz 16000)`."""
        kinds = " or ".join(kind.__name__ for kind in self.kinds)
        form = ", ".join(f"{key} {value}" for key, value in self.form.items())
        return kinds + (f" ({form})" if form else "")

    def converted_by(self, key: str) -> str:
        """The remedy for a wrong format: names the node that converts it; empty when none does."""
        node = next((converters(kind)[key] for kind in self.kinds if key in converters(kind)), None)
        return f"; put {node} between them" if node else ""


class Output(Port[T]):
    """A place where packets leave. Call it in `process` to make what is yielded: `yield self.slide(payload)`."""

    def __call__(self, payload: T, start: Ns | None = None, end: Ns | None = None) -> Emission[T]:
        """`payload` for this output; its span is that of the leading input unless `start` and `end` are given."""
        return Emission(self.name, payload, start, end)


class Input(Port[T]):
    """A place where packets enter; `process` has an argument of the same name.

    optional: may be left unconnected; `process` then gets None.
    gather_ms: hand over this much media at once, and all that waits when the node is behind (live runs).
    whole_span: (joins by `covering`) all packets that overlap the leading one, as a tuple.
    latest: (joins by `covering`) the last packet that started before the leading one, however long ago.
    lateness_ms: (joins) wait at most this long for this input; 0 takes what is there. None waits until settled.
    """

    def __init__(
        self,
        kind: type[T],
        *,
        optional: bool = False,
        gather_ms: float | str = 0,
        whole_span: bool = False,
        latest: bool = False,
        lateness_ms: float | None = None,
        **form: object,
    ) -> None:
        super().__init__(kind, **form)
        if gather_ms and lateness_ms is not None:
            raise ValueError("an input is either gathered or waited for; give gather_ms or lateness_ms")
        self.optional = optional
        self.gather_ms = gather_ms
        self.whole_span = whole_span
        self.latest = latest
        self.lateness_ms = lateness_ms

    def gather_of(self, node: Node) -> float:
        """Milliseconds to gather for one node; a name of a setting is replaced by its value."""
        if isinstance(self.gather_ms, str):
            return float(getattr(node, self.gather_ms))
        return self.gather_ms


def _kinds(kind: Any) -> tuple[type, ...]:
    if get_origin(kind) in (Union, types.UnionType):
        return get_args(kind)
    return (kind,)


def misfit(output: Output[Any], source: Node, port: Input[Any], target: Node) -> str | None:
    """Why an output cannot feed an input, with the remedy; None when it can."""
    if not any(issubclass(kind, port.kinds) for kind in output.kinds):
        return f"carries {output.describe()}, but the input takes {port.describe()}"
    given, wanted = output.format_of(source), port.format_of(target)
    for key, value in wanted.items():
        if key in given and given[key] != value:
            return f"has {key} {given[key]}, but the input takes {key} {value}{port.converted_by(key)}"
    return None


def converters(kind: type) -> dict[str, str]:
    """Format key to the node that converts it, for one payload kind."""
    return getattr(kind, "converters", {})
