"""Whether a run was slowed: by others, and not by its own threads."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pipeline.measure.evaluation import disturbance
from pipeline.measure.evaluation.disturbance import Disturbance, Watching

COUNTED = Path("/proc/self/schedstat").is_file()


@pytest.mark.parametrize(
    ("met", "slowed", "by_others"),
    [
        (Disturbance(10.0, 1.0, 1.5), 1.1, False),  # others had what it did not want
        (Disturbance(10.0, 8.0, 0.1), 1.8, False),  # its threads stood in line behind one another
        (Disturbance(10.0, 8.0, 1.0), 1.8, True),
        (Disturbance(0.0, 0.0, 1.0), 1.0, False),
        (Disturbance(0.1, 0.2, 1.0), 3.0, False),  # too little to show
    ],
)
def test_a_run_is_disturbed_when_it_waits_and_others_have_the_cores(
    met: Disturbance, slowed: float, by_others: bool
) -> None:
    assert met.slowed == pytest.approx(slowed)
    assert met.by_others is by_others


@pytest.mark.skipif(not COUNTED, reason="this system does not count how long threads wait")
def test_the_work_of_every_thread_counts(tmp_path: Path) -> None:
    at_work, ended = threading.Event(), threading.Event()

    def compute() -> None:
        sum(n * n for n in range(300_000))
        at_work.set()
        ended.wait(10)

    with Watching() as watching:
        other = threading.Thread(target=compute)
        other.start()
        at_work.wait(10)
    ended.set()
    other.join()
    assert watching.found is not None
    assert watching.found.had_s > 0.005
    assert watching.found.slowed >= 1
    disturbance.write(tmp_path, watching)
    assert disturbance.read(tmp_path) == watching.found


def test_where_nothing_was_counted_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disturbance, "_threads", dict)
    with Watching() as watching:
        pass
    disturbance.write(tmp_path, watching)
    assert disturbance.read(tmp_path) is None
