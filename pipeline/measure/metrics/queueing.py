"""Queueing: when work is done that is asked for while other work is under way.

A step k hears its input at `arrivals[k]` and takes `work[k]` of compute, both ms. When its output is there depends on
what is believed of the waiting, and the field believes three things:

    simulstream   arrival + own work: as if every step had a machine to itself
    simuleval     arrival + all work since the start: as if the source stood still while the system works
    finished      one worker, one step after another, while the source goes on: a live system

The first hides that a system slower than the source falls behind without bound; the second charges a fast one for work
that hid behind listening. A run of ours needs none: its own clock says when each word came.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Times: TypeAlias = Sequence[float] | npt.NDArray[np.float64]


def finished(arrivals: Times, work: Times) -> npt.NDArray[np.float64]:
    """(n,) float64, ms: the end of each step of one worker, end_k = max(arrival_k, end_(k-1)) + work_k.

    Lindley's recurrence (1952), unrolled: end_k is the largest, over j <= k, of arrival_j + work_j + ... + work_k.
    """
    taken = np.cumsum(np.asarray(work, np.float64))  # (n,) float64, ms
    before = np.asarray(arrivals, np.float64) - taken + work
    return np.asarray(np.maximum.accumulate(before) + taken if len(taken) else taken)


def simulstream(arrivals: Times, work: Times) -> npt.NDArray[np.float64]:
    """(n,) float64, ms: as simulstream counts."""
    return np.asarray(arrivals, np.float64) + np.asarray(work, np.float64)


def simuleval(arrivals: Times, work: Times) -> npt.NDArray[np.float64]:
    """(n,) float64, ms: as SimulEval counts; Ma et al. 2020 (arXiv:2007.16193)."""
    return np.asarray(arrivals, np.float64) + np.cumsum(np.asarray(work, np.float64))


def corrected(delays: Times, elapsed: Times) -> npt.NDArray[np.float64]:
    """(n,) float64, ms: SimulEval's `elapsed` of units with all work but the own taken out again.

    e'_1 = e_1; e'_i = max(e'_(i-1), e_i - e_(i-1) + d_(i-1)), as OmniSTEval corrects them; on why, Xu et al. 2024
    (arXiv:2410.16011).
    """
    e, d = np.asarray(elapsed, np.float64), np.asarray(delays, np.float64)
    return np.maximum.accumulate(np.concatenate([e[:1], e[1:] - e[:-1] + d[:-1]]))


def work_of(delays: Times, elapsed: Times) -> npt.NDArray[np.float64]:
    """(n,) float64, ms: the work of each unit, from SimulEval's two columns; 0 for units that shared a step."""
    spent = np.asarray(elapsed, np.float64) - np.asarray(delays, np.float64)
    return np.maximum(0.0, np.diff(spent, prepend=0.0))


def real_time_factor(work: Times, source_ms: float) -> float | None:
    """Work for a second of source, as simulstream counts it; above 1 a system falls behind for ever."""
    return float(np.sum(work)) / source_ms if source_ms > 0 else None
