"""Workers: processes that run recordings side by side, and what they say of it.

Decides: how many run at once. In virtual time the clock passes while a run computes, so one that is slowed by a
neighbour would show delays that it does not have: no more run than there are cores for.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import Literal, TypeAlias

import msgspec

from pipeline.clock import stopwatch_ns
from pipeline.graph import Graph
from pipeline.measure.evaluation.process import FAILED, MESSAGES, Job
from pipeline.measure.evaluation.wiring import EVENTS

State: TypeAlias = Literal["kept", "begun", "at", "done", "failed"]
LOOK_S = 0.5  # between looks at how far runs are


class Step(msgspec.Struct, frozen=True):
    """Something that happened to a recording of an evaluation."""

    id: str
    state: State
    at_s: float = 0.0  # how far the run is, seconds of the recording
    took_s: float = 0.0  # how long it took
    why: str = ""  # it failed


Watch: TypeAlias = Callable[[Step], None]


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def load_average() -> float:
    """Programs that wanted a core during the last minute; 0 where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def threads_of(graph: Graph) -> int:
    """Threads that compute at once in a run: those of its largest engine, and one for all else."""
    return 1 + max((int(getattr(member.node, "threads", 1)) for member in graph.members.values()), default=1)


def fitting(graphs: Sequence[Graph]) -> int:
    """How many runs do not slow one another."""
    return max(1, cores() // max(map(threads_of, graphs), default=1))


def work(jobs: Sequence[Job], at_once: int, watch: Watch) -> None:
    """Run all jobs, `at_once` at a time, in their order. Stops its processes whatever happens."""
    waiting: SimpleQueue[Job | None] = SimpleQueue()
    for job in [*jobs, *[None] * at_once]:
        waiting.put(job)
    steps: SimpleQueue[Step] = SimpleQueue()
    workers = [_Worker(waiting, steps) for _ in range(min(at_once, len(jobs)))]
    try:
        for worker in workers:
            worker.start()
        for step in _steps(steps, workers, len(jobs)):
            watch(step)
    finally:
        for worker in workers:
            worker.end()


def _steps(steps: SimpleQueue[Step], workers: Sequence[_Worker], count: int) -> Iterator[Step]:
    """What happens, until as many runs as there are have ended."""
    ended = 0
    while ended < count:
        try:
            step = steps.get(timeout=LOOK_S)
        except Empty:
            for job in [worker.job for worker in workers]:
                if job is not None:
                    yield Step(job.id, "at", at_s=_reached(job))
            continue
        ended += step.state in ("done", "failed")
        yield step


def _reached(job: Job) -> float:
    """Seconds of the recording that the last event of a run speaks of."""
    try:
        with open(job.folder / EVENTS, "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 8192))
            lines = file.read().splitlines()
        return float(msgspec.json.decode(lines[-1])["end_s"])
    except (OSError, IndexError, KeyError, TypeError, ValueError):  # nothing is there yet, or half a line
        return 0.0


class _Worker:
    """A process, and the thread that hands it one job after another; a process that crashed is replaced."""

    def __init__(self, waiting: SimpleQueue[Job | None], steps: SimpleQueue[Step]) -> None:
        self.job: Job | None = None  # what it runs now
        self._waiting = waiting
        self._steps = steps
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()
        self._lock = threading.Lock()  # so that no process is begun once all are to end
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """End the process now, and the thread with it."""
        with self._lock:
            self._ending.set()
            if self._process is not None:
                self._process.kill()
        self._thread.join()

    def _serve(self) -> None:
        while not self._ending.is_set() and (job := self._waiting.get()) is not None:
            self.job = job
            self._steps.put(Step(job.id, "begun"))
            began = stopwatch_ns()
            try:
                why = self._run(job)
            except OSError as error:  # no process, or no room for a file: nobody else could tell of it
                why = f"{job.folder}: {error.strerror}"
            self.job = None
            took_s = (stopwatch_ns() - began) / 1e9
            self._steps.put(Step(job.id, "failed" if why else "done", took_s=took_s, why=why))
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def _run(self, job: Job) -> str:
        """Hand a job to the process and wait for its answer. Returns why the run failed; empty where it did not."""
        with self._lock:
            if self._ending.is_set():
                return "ended"
            process = self._process = self._process or _started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(msgspec.json.encode(job, enc_hook=str) + b"\n")
            process.stdin.flush()
            answered = process.stdout.readline() != b""
        except BrokenPipeError:
            answered = False
        if not answered:
            process.communicate()
            self._process = None
            if self._ending.is_set():
                return "ended"
            why = f"the process that ran it ended with code {process.returncode}; see {job.folder / MESSAGES}"
            (job.folder / FAILED).write_text(f"{why}\n", encoding="utf-8")
        failed = job.folder / FAILED
        return failed.read_text(encoding="utf-8").strip() if failed.is_file() else ""


def _started() -> subprocess.Popen[bytes]:
    # A group of its own: Ctrl-C is for us, and ends it; it must not drain half a recording and call it done.
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline.measure.evaluation.process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
