"""Process: it runs the recordings of an evaluation, one after another, each into its folder.

It reads a job a line from its stdin and answers each with a line; what the run itself prints and logs goes into
`messages.txt` of its folder. It ends when its stdin does: when whoever started it has gone, there is nobody to
run for. A process of its own has its own CPU time, and can crash without taking the evaluation along.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import IO

import msgspec

from pipeline.commands.running import run_graph, write_to
from pipeline.errors import DragomanError
from pipeline.graph import Graph
from pipeline.measure.evaluation import disturbance

DONE, FAILED, MESSAGES = "done", "failed.txt", "messages.txt"
DRAIN_S = 60.0  # nothing is lost for want of patience


class Job(msgspec.Struct, frozen=True):
    """A run to make."""

    folder: Path
    recording: Path
    graph: str  # YAML
    virtual: bool
    digest: str  # goes into `done`

    @property
    def id(self) -> str:
        """The recording, by its folder."""
        return self.folder.name


def run(job: Job) -> None:
    """Run a graph at the pace of life or in virtual time; leaves `done` or `failed.txt` behind, written last."""
    try:
        (job.folder / "graph.yaml").write_text(job.graph, encoding="utf-8")
        graph = write_to(Graph.parse(job.graph, file=str(job.folder / "graph.yaml")), job.folder)
        with disturbance.Watching() as watching:
            report = run_graph(graph, virtual=job.virtual, stop_s=DRAIN_S, report_in=job.folder)
        disturbance.write(job.folder, watching)
        fault = "" if report.ended == "done" else f"the run was {report.ended}"
    except Exception as error:  # noqa: BLE001 - whatever it was, the other recordings go on
        traceback.print_exception(error)
        fault = str(error) if isinstance(error, DragomanError) else f"{type(error).__name__}: {error}"
    (job.folder / (FAILED if fault else DONE)).write_text(f"{fault or job.digest}\n", encoding="utf-8")


def main() -> None:
    """Serve until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    jobs: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, jobs), daemon=True).start()
    while line := jobs.get():
        job = msgspec.json.decode(line, type=Job, dec_hook=lambda _, value: Path(value))
        with open(job.folder / MESSAGES, "wb", buffering=0) as messages:
            os.dup2(messages.fileno(), 2)
            os.dup2(messages.fileno(), 1)
            run(job)
        answers.write("\n")
        answers.flush()


def _read(jobs_in: IO[bytes], jobs: SimpleQueue[bytes]) -> None:
    """Hand over the jobs; end the process with its stdin, in the middle of a run too."""
    for line in jobs_in:
        jobs.put(line)
    with suppress(OSError):
        sys.stderr.write("ended: the evaluation was\n")
    os._exit(1)


if __name__ == "__main__":
    main()
