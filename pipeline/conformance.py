"""Conformance: `check_node` holds any node to its promises, without a graph and without a test framework.

How it works: the node is run again and again over the same short streams, each time with one thing changed that must
not matter (how sound is cut, when it begins, where the node runs) or must matter in one way only (less input says
the beginning of the same). Each promise is one function in the table `PROMISES`; its first line says what is
promised. A promise that is broken raises `NodeError` as `node: what is wrong; how to put it right`.

Must not know: any particular node. What must change with it: docs/testing.md.
"""

from __future__ import annotations

import gc
import inspect
import pickle
import threading
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from pipeline import elsewhere
from pipeline import trial as trials
from pipeline.clock import seconds
from pipeline.errors import NodeError, did_you_mean
from pipeline.media import AudioFrame
from pipeline.node import Node, Source
from pipeline.packet import Packet
from pipeline.port import Port
from pipeline.sameness import shifted
from pipeline.settings import settings_of
from pipeline.trial import Stream, Trial


def check_node(
    node: type[Node] | Callable[[], Node],
    *streams: Stream,
    settings: Mapping[str, Any] | None = None,
    without: Collection[str] = (),
    thorough: bool = False,
    leaves: Callable[[], object] | None = None,
    **named: Stream,
) -> None:
    """Hold a node to its promises; raise `NodeError` at the first that is broken, or what the node raises.

    node: its class, or a function that makes it. The class is built with `settings`, else with its attribute
        `EXAMPLE`, else with its defaults.
    streams: what it is run over, as for `feed`; a specimen of its kind for each input when none is given.
    without: names of promises that it does not make (the keys of `PROMISES`), such as "cutting".
    thorough: try it in a thread, in a process and in a fresh interpreter too; takes a second or two.
    leaves: reads what a run leaves outside (a file's bytes); it must be the same as often as the outputs must.

    Nodes for remote services (`async def process`) are not run; what they declare is still checked.
    """
    unknown = next((name for name in without if name not in PROMISES), None)
    if unknown is not None:
        raise NodeError(f"check_node: no promise {unknown!r}; {did_you_mean(unknown, list(PROMISES))}")
    trial = trials.begin(node, settings, streams, named, leaves)
    for name, promise in PROMISES.items():
        wanted = name not in without and (thorough or name not in THOROUGH)
        if not wanted or (trial.remote and name not in DECLARED):
            continue
        try:
            promise(trial)
        except Exception as error:
            error.add_note(f"while checking {trial.name} for {name!r}: {inspect.getdoc(promise)}")
            raise


def documented(trial: Trial) -> None:
    """Its docstring says what it does for the user, and each setting has a comment with unit and range."""
    written = (vars(trial.cls).get("__doc__") or "").strip()
    if not written or written.startswith(f"{trial.name}("):  # the signature that @dataclass puts there
        raise trial.broken(
            "has no docstring", "say in its first line what it does for the user, then its limits"
        )
    bare = [key for key, setting in settings_of(trial.cls).items() if not setting.comment]
    if bare:
        remedy = "write the comment behind the field, on its line: `hang_ms: float = 300  # quiet that ends it, ms`"
        raise trial.broken(f"no comment says what {', '.join(bare)} means", remedy)


def typed(trial: Trial) -> None:
    """Its ports carry immutable payload kinds (`object` takes any), and it has at least one."""
    ports: list[Port[Any]] = [*trial.cls.inputs.values(), *trial.cls.outputs.values()]
    if not ports:
        raise trial.broken("has no ports", "declare class attributes such as `audio = Input(AudioFrame)`")
    for port in ports:
        for kind in port.kinds:
            frozen = issubclass(kind, msgspec.Struct) and kind.__struct_config__.frozen
            if not frozen and kind is not object:
                remedy = (
                    "a payload kind is a msgspec.Struct with frozen=True, because one packet has many readers"
                )
                raise trial.broken(f"{port.name} carries {kind.__name__}", remedy)


def pickles(trial: Trial) -> None:
    """Before it is opened it can be sent to another process, settings and all."""
    node = trial.make()
    try:
        copy = pickle.loads(pickle.dumps(node))
    except Exception as error:
        remedy = "define its class at the top of a module, and keep what is not a setting for open()"
        raise trial.broken(f"cannot be pickled ({error})", remedy) from error
    trial.same(
        trials.settings_in(node),
        trials.settings_in(copy),
        "its settings change on the way",
        "keep them plain",
    )


def repeats(trial: Trial) -> None:
    """The same input gives the same output, in a new node and in one that was closed and opened again."""
    node = trial.make()
    before = trials.settings_in(node)
    first = trial.run(node=node)
    remedy = "seed what is random, and let nothing depend on time or on the order of a set"
    trial.same(first, trial.whole, "two runs differ", remedy)
    remedy = "set all state in open(), because a node that failed is closed and opened again"
    trial.same(first, trial.run(node=node), "it differs when it is opened again after close()", remedy)
    remedy = "settings are the user's: keep what changes in attributes that open() sets"
    trial.same(before, trials.settings_in(node), "its settings changed while it ran", remedy)


def untouched(trial: Trial) -> None:
    """What it is given stays as it is: others read it too."""
    assert trial.whole is not None
    if pickle.dumps(trial.streams) != trial.given:
        raise trial.broken("it changes what it is given", "copy an array before you write into it")


def closes(trial: Trial) -> None:
    """It can be closed right after it was opened, and leaves nothing open and no thread behind."""
    gc.collect()
    threads = set(threading.enumerate())
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        node: Node | None = trial.make()
        assert node is not None
        node.open()
        node.close()
        node = None
        trial.run()
        gc.collect()
    unclosed = [str(warning.message) for warning in told if issubclass(warning.category, ResourceWarning)]
    if unclosed:
        raise trial.broken(f"close() leaves something open: {unclosed[0]}", "close there what open() opened")
    left = [thread for thread in set(threading.enumerate()) - threads if _lives(thread)]
    if left:
        raise trial.broken(f"the thread {left[0].name!r} outlives close()", "end it there and join it")


def _lives(thread: threading.Thread) -> bool:
    thread.join(1)
    return thread.is_alive()


def empty(trial: Trial) -> None:
    """An input that ends before its first packet is no error."""
    trial.run({name: [] for name in trial.streams})


def formats(trial: Trial) -> None:
    """What it says has the format that its outputs declare."""
    node = trial.make()
    for name, packets in trial.run(node=node).items():
        declared = node.outputs[name].format_of(node) if name in node.outputs else {}
        for key, value in declared.items():
            got = {getattr(payload, key, value) for payload, _, _ in packets} - {value}
            if got:
                raise trial.broken(
                    f"{name} declares {key} {value} but carries {got.pop()}", "declare what it yields"
                )


def wanted(trial: Trial) -> None:
    """An output is the same when nobody listens to the others."""
    for name in trial.cls.outputs if len(trial.cls.outputs) > 1 else ():
        node = trial.make()
        node.wanted = frozenset({name})
        remedy = "leave out only the work that `wanted` says nobody listens to"
        trial.same(trial.whole[name], trial.run(node=node)[name], f"{name} alone differs", remedy)


def causal(trial: Trial) -> None:
    """Later input never changes what was said: less input says the beginning of the same."""
    if not trial.streams:
        return
    for share in (0.3, 0.7):
        until = int(trial.end * share)
        begun = {name: [p for p in packets if p.start < until] for name, packets in trial.streams.items()}
        for name, items in trial.run(begun, ended=False).items():
            if name in trial.cls.outputs:
                remedy = "yield what is final, and copy a buffer before you write into it again"
                trial.same(
                    items,
                    trial.whole[name][: len(items)],
                    f"{name} depends on input that comes later",
                    remedy,
                )


def cutting(trial: Trial) -> None:
    """Sound gives the same however it is cut into packets."""
    if not any(isinstance(p.payload, AudioFrame) for packets in trial.streams.values() for p in packets[:1]):
        return
    whole = trials.uncut(trial.whole)
    rng = np.random.default_rng(0)
    for sizes in ([10**9], [331], rng.integers(1, 2000, 400).tolist()):
        cut = {name: trials.recut(packets, sizes) for name, packets in trial.streams.items()}
        remedy = "gather samples into windows of the node's own, and give times from sample indices"
        trial.same(whole, trials.uncut(trial.run(cut)), "its outputs depend on how sound is cut", remedy)


def late(trial: Trial) -> None:
    """Input that begins later gives the same, that much later."""
    by = seconds(7)
    moved = {name: [shifted(packet, by) for packet in packets] for name, packets in trial.streams.items()}
    for name, items in trial.run(moved).items():
        if name in trial.cls.outputs and moved:
            remedy = "count from the start of the first packet, not from 0"
            expected = [shifted(item, by) for item in _timed(trial.whole[name])]
            trial.same(expected, _timed(items), f"{name} differs when the stream begins later", remedy)


def _timed(items: Sequence[tuple[Any, int, int]]) -> list[Packet[Any]]:
    return [Packet(*item) for item in items]


def gaps(trial: Trial) -> None:
    """A hole in the stream (packets dropped on the way) is no error, and its times stay in order."""
    trial.run({name: trials.with_gap(packets, trial.end // 2) for name, packets in trial.streams.items()})


def places(trial: Trial) -> None:
    """It gives the same on the loop, in a thread and in a process."""
    if issubclass(trial.cls, Source) or (trial.cls.join == "arrival" and len(trial.streams) > 1):
        return  # sources are always on the loop; what arrives first is not for a node to promise
    here = trial.whole
    for place in ("loop", "thread", "process"):
        remedy = "keep state in the node, set by open(), and none in the module"
        there = elsewhere.run_in_graph(trial, place)
        trial.same({name: here[name] for name in there}, there, f"it differs in a graph, on {place}", remedy)


def light(trial: Trial) -> None:
    """To import it is cheap, so that listing nodes is instant: heavy packages are for `open()`."""
    heavy = elsewhere.heavy_imports(trial.cls.__module__)
    if heavy:
        raise trial.broken(f"importing it imports {', '.join(heavy)}", "import what is heavy in open()")


PROMISES: dict[str, Callable[[Trial], None]] = {
    promise.__name__: promise
    for promise in (
        documented,
        typed,
        pickles,
        light,
        closes,
        untouched,
        empty,
        repeats,
        formats,
        wanted,
        causal,
        cutting,
        late,
        gaps,
        places,
    )
}
DECLARED = ("documented", "typed", "pickles", "light")  # what can be said of a node without running it
THOROUGH = ("light", "places")
