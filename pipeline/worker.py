"""Worker: where a node's work is done: loop, thread or process.

Decides: in which thread or process the four calls of a node run, and how their results come back. Knows nothing
of edges or graphs. All four have one face (`open`, `step`, `finish`, `close`, all awaitable), so that the
scheduler does not care; it steps a light node on the loop itself, which costs a call and not a task switch.

Each thread worker owns one daemon thread for the whole run, because some libraries are bound to the thread that
made them, and because a hung library must not keep the program from ending. A process worker is a thread worker
whose calls go down a pipe. A call that is cancelled is left to finish by itself; its result is thrown away.

A node that says `nice` gets less of a core that is wanted by others too: its process, or on Linux its thread and the
threads that it starts. Elsewhere a thread has no priority of its own, and only the rules of the edges protect the rest.
"""

from __future__ import annotations

import inspect
import multiprocessing
import os
import pickle
import queue
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import aclosing, suppress
from multiprocessing.connection import Connection
from typing import Any, Protocol, TypeAlias, TypeVar, cast

import anyio
import anyio.from_thread
import anyio.lowlevel

from pipeline import node as nodes
from pipeline.clock import Ns, hold_virtual_time
from pipeline.errors import NodeError
from pipeline.node import Given, Node, Place
from pipeline.port import Emission

T = TypeVar("T")
Result: TypeAlias = tuple[list[Emission[Any]], Ns | None]  # what came out, and the node's held_since after it


class Worker(Protocol):
    """The four calls of one node, wherever they run. Each raises what the node raises."""

    async def open(self) -> None: ...

    async def step(self, given: Given) -> Result: ...

    async def finish(self, at: Ns) -> Result: ...

    async def close(self) -> None: ...


class OnLoop:
    """The event loop itself: for light nodes. `process` may be an async generator (remote services)."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.remote = inspect.isasyncgenfunction(node.process)

    async def open(self) -> None:
        await _settle(self.node.open)

    async def step(self, given: Given) -> Result:
        if not self.remote:
            return nodes.step(self.node, given), self.node.held_since
        lead = nodes.lead_of(given)
        items: list[Emission[Any]] = []
        async with aclosing(cast(Any, self.node.process(**given))) as stream:
            async for item in stream:
                if len(items) == nodes.MAX_YIELD:
                    raise nodes.flooded(self.node)
                items.append(nodes.checked(self.node, item, lead.start, lead.end))
        return items, self.node.held_since

    async def finish(self, at: Ns) -> Result:
        return nodes.finish(self.node, at), self.node.held_since

    async def close(self) -> None:
        await _settle(self.node.close)


async def _settle(call: Callable[[], Any]) -> None:
    """Call, and await what comes if it is awaitable: nodes for remote services may open and close so."""
    value = call()
    if inspect.isawaitable(value):
        await value


class OwnThread:
    """One daemon thread that runs what it is given, in order; it starts with the first call."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._started = False

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """Run a function in the thread and wait for it. Raises what it raises."""
        token = anyio.lowlevel.current_token()
        done = anyio.Event()
        box: list[tuple[bool, Any]] = []

        def job() -> None:
            try:
                box.append((True, function(*args)))
            except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
                box.append((False, error))
            with suppress(RuntimeError):  # the loop has ended: nobody waits any more
                anyio.from_thread.run_sync(done.set, token=token)

        self._jobs.put(job)
        if not self._started:
            self._started = True
            self._thread.start()
        with hold_virtual_time():
            await done.wait()
        good, value = box[0]
        if not good:
            raise value
        return value  # type: ignore[no-any-return]

    def end(self) -> None:
        """Let the thread end after the jobs that it has."""
        self._jobs.put(None)


def _stand_back(nice: int) -> None:
    """Lower the priority of the calling thread, and so of those that it starts."""
    if sys.platform == "linux" and nice:
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, min(19, os.getpriority(os.PRIO_PROCESS, thread) + nice))


class InThread:
    """A thread of the node's own. A step of a node with `streams` gives what is yielded first, `go_on` what is next."""

    def __init__(self, node: Node, name: str) -> None:
        self.node = node
        self._rest: nodes.Streaming | None = None
        self._thread = OwnThread(f"node {name}")

    async def open(self) -> None:
        try:
            await self._thread.call(_stand_back, self.node.nice)
            await self._thread.call(self.node.open)
        except BaseException:
            self._thread.end()
            raise

    def _step(self, given: Given) -> Result:
        if self.node.streams:
            self._rest = nodes.Streaming(self.node, given)
            return self._next()
        return nodes.step(self.node, given), self.node.held_since

    def _next(self) -> Result:
        rest, self._rest = self._rest, None
        assert rest is not None
        items = rest.next()
        self._rest = None if rest.over else rest
        return items, self.node.held_since

    @property
    def unfinished(self) -> bool:
        """Whether the last step has more to give."""
        return self._rest is not None

    async def go_on(self) -> Result:
        """What the last step yields next. Raises what the node raises."""
        return await self._thread.call(self._next)

    async def leave_off(self) -> None:
        """Ask no more of the last step."""
        rest, self._rest = self._rest, None
        if rest is not None:
            await self._thread.call(rest.close)

    async def step(self, given: Given) -> Result:
        return await self._thread.call(self._step, given)

    def _finish(self, at: Ns) -> Result:
        return nodes.finish(self.node, at), self.node.held_since

    async def finish(self, at: Ns) -> Result:
        return await self._thread.call(self._finish, at)

    async def close(self) -> None:
        try:
            await self._thread.call(self.node.close)
        finally:
            self._thread.end()


class InProcess:
    """A process of the node's own; packets are pickled on the way there and back."""

    def __init__(self, node: Node, name: str) -> None:
        self.node = node
        self._name = name
        self._thread = OwnThread(f"process of {name}")
        self._process: Any = None
        self._pipe: Connection | None = None

    async def open(self) -> None:
        try:
            await self._thread.call(self._start)
            await self._call("open")
        except BaseException:
            self._end()
            raise

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")  # fork would copy the threads' locks
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.node), daemon=True, name=self._name)
        self._process.start()
        theirs.close()

    async def _call(self, operation: str, *args: Any) -> Any:
        return await self._thread.call(self._exchange, operation, args)

    def _exchange(self, operation: str, args: tuple[Any, ...]) -> Any:
        assert self._pipe is not None
        try:
            self._pipe.send((operation, args))
            good, value = self._pipe.recv()
        except (EOFError, OSError) as error:
            self._process.join(1)
            code = self._process.exitcode
            raise NodeError(
                f"node {self._name!r}: its process ended with code {code} during {operation}(); "
                "see what it printed"
            ) from error
        if not good:
            raise value
        return value

    async def step(self, given: Given) -> Result:
        result: Result = await self._call("step", dict(given))
        return result

    async def finish(self, at: Ns) -> Result:
        result: Result = await self._call("finish", at)
        return result

    async def close(self) -> None:
        try:
            if self._process is not None and self._process.is_alive():
                await self._call("close")
        finally:
            self._end()

    def _end(self) -> None:
        self._thread.end()
        if self._process is not None:
            self._process.terminate()
        if self._pipe is not None:
            self._pipe.close()


def _serve(pipe: Connection, node: Node) -> None:
    """The other end of the pipe: run the node's calls until the pipe closes."""
    calls: dict[str, Callable[..., Any]] = {
        "open": node.open,
        "step": lambda given: (nodes.step(node, given), node.held_since),
        "finish": lambda at: (nodes.finish(node, at), node.held_since),
        "close": node.close,
    }
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which drains and then closes this
    if sys.platform != "win32":
        os.nice(node.nice)
    while True:
        try:
            operation, args = pipe.recv()
        except EOFError:
            return
        try:
            answer: tuple[bool, Any] = (True, calls[operation](*args))
        except Exception as error:  # noqa: BLE001 - it is raised again at the other end
            answer = (False, _portable(error))
        try:
            pipe.send(answer)
        except (TypeError, AttributeError, ValueError, pickle.PicklingError) as error:
            pipe.send((False, NodeError(f"{type(node).__name__}: what it yields cannot be sent: {error}")))


def _portable(error: Exception) -> Exception:
    """The error itself, or one that says the same where it cannot be sent down a pipe."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - errors may raise anything when they are made again
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def make_worker(node: Node, place: Place, name: str) -> Worker:
    """The worker for a node."""
    if place == "thread":
        return InThread(node, name)
    if place == "process":
        return InProcess(node, name)
    return OnLoop(node)
