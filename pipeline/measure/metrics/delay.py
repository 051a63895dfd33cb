"""Delay: how far an interpretation lags behind one that keeps pace, in the field's metrics.

All take `delays`, for each unit of the translation (word or character) the time from the start of the source at
which it came, ms, not falling; `source_ms`, the length of the source; `reference`, the units of the reference.
Which clock the delays are read from (source heard, with compute, with queueing) is the caller's: `trace.clock`.

Nearly all compare unit i with an ideal interpreter who speaks evenly, unit i at (i - 1) * source_ms / units: the *lag*
of unit i. They differ in how many units the ideal has and in which lags are averaged. None is returned where a
metric is not defined, never a number that looks like one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipeline.measure.metrics import queueing

TOKEN_MS = 300.0  # length of a token of speech: Kano et al. 2023 (arXiv:2311.14353)


def al(delays: Sequence[float], source_ms: float, reference: int) -> float | None:
    """Average Lagging, ms: the ideal speaks as many units as the reference.

    Ma et al. 2019 (arXiv:1810.08398), with the reference's length as in Ma et al. 2020 (arXiv:2007.16193) eq. 8:
    1/tau * sum_(i <= tau) (d_i - (i - 1) * T / |Y*|), tau the first unit that came at the end of the source or later.
    Rewards saying too much.
    """
    return _average_lag(delays, source_ms, reference)


def laal(delays: Sequence[float], source_ms: float, reference: int) -> float | None:
    """Length-Adaptive Average Lagging, ms: AL with the longer of translation and reference.

    Papi et al. 2022 (arXiv:2206.05807), Polák et al. 2022 (arXiv:2204.06028): AL with max(|Y|, |Y*|) for |Y*|.
    """
    return _average_lag(delays, source_ms, max(len(delays), reference))


def ap(delays: Sequence[float], source_ms: float, reference: int) -> float | None:
    """Average Proportion: the mean share of the source heard before a unit, usually 0 to 1; depends on the length.

    Cho and Esipova 2016 (arXiv:1606.02012): sum d_i / (T * |Y*|); the paper has |Y|, the field's scorers |Y*|.
    """
    if not len(delays) or source_ms <= 0 or reference <= 0:
        return None
    return float(np.sum(delays)) / (source_ms * reference)


def dal(delays: Sequence[float], source_ms: float) -> float | None:
    """Differentiable Average Lagging, ms: no unit comes sooner after the one before than an even pace allows.

    Arivazhagan et al. 2019 (arXiv:1906.05218), with the translation's own length. The recurrence
    d'_i = max(d_i, d'_(i-1) + pace) makes the lag of d'_i the largest lag so far, so DAL is their mean.
    """
    if not len(delays) or source_ms <= 0:
        return None
    return float(np.maximum.accumulate(_lags(delays, source_ms, len(delays))).mean())


def yaal(
    delays: Sequence[float], source_ms: float, reference: int, until_ms: float | None = None
) -> float | None:
    """Yet Another Average Lagging, ms: LAAL over the units that came before the source ended; None if there are none.

    Polák et al. 2025 (arXiv:2509.17349). What is said at once at the end tells nothing of a policy, so it is left out
    where LAAL counts its first unit. `until_ms`, where given, stands for the end: of the recording, seen from the start
    of a sentence, for LongYAAL.
    """
    end = source_ms if until_ms is None else until_ms
    late = np.greater_equal(delays, end)
    count = int(late.argmax()) if late.any() else len(delays)
    if not count or source_ms <= 0:
        return None
    return float(_lags(delays, source_ms, max(len(delays), reference))[:count].mean())


def atd(
    delays: Sequence[float], work: Sequence[float] | None = None, ends: Sequence[float] | None = None
) -> float | None:
    """Average Token Delay, ms: from the end of the source token that a unit stands for to the end of the unit.

    Kano et al. 2023 (arXiv:2211.13173, arXiv:2311.14353). The source is cut into tokens of 300 ms, anew in each
    chunk that was heard between two outputs; unit t stands for token t, or an earlier one where more was said than
    heard. `work` is the compute of each unit's step (0 for all but its first unit): one worker does it in turn. `ends`,
    where the clock is known, are the times at which units were there. For one utterance: over minutes, token t says
    nothing of what unit t renders.
    """
    if not len(delays):
        return None
    said = np.asarray(delays, np.float64)  # (n,) float64, ms
    spent = np.zeros(len(said)) if work is None else work
    there = queueing.finished(said, spent) if ends is None else np.asarray(ends, np.float64)
    chunk = np.cumsum(np.diff(said, prepend=said[0]) > 0)  # (n,) of each unit, from 0
    heard = np.append(0.0, said[np.flatnonzero(np.diff(chunk, prepend=-1))])  # (chunks + 1,) ms
    tokens, known = _source_tokens(heard)
    units = np.append(0, np.cumsum(np.bincount(chunk)))  # (chunks + 1,) units said when a chunk begins
    ahead = np.maximum(0, units - known)[chunk]  # more said than heard, when the unit's chunk begins
    stands_for = np.minimum(np.arange(1, len(said) + 1) - ahead, known[chunk + 1])
    return float(np.mean(there - tokens[stands_for]))


def rtf(delays: Sequence[float], source_ms: float) -> float | None:
    """Real-time factor as the field's scorers have it: when the last unit came over the length of the source."""
    return delays[-1] / source_ms if len(delays) and source_ms > 0 else None


def _lags(delays: Sequence[float], source_ms: float, units: int) -> npt.NDArray[np.float64]:
    """(n,) float64, ms: each unit's delay less that of an ideal who speaks `units` evenly over the source."""
    return np.asarray(delays, np.float64) - np.arange(len(delays)) * (source_ms / units)


def _average_lag(delays: Sequence[float], source_ms: float, units: int) -> float | None:
    if not len(delays) or source_ms <= 0 or units <= 0:
        return None
    if delays[0] > source_ms:
        return float(delays[0])
    late = np.greater_equal(delays, source_ms)
    count = int(late.argmax()) + 1 if late.any() else len(delays)
    return float(_lags(delays, source_ms, units)[:count].mean())


def _source_tokens(heard: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Ends of the source's tokens, ms, after a 0 for "none yet"; and how many of them each bound of a chunk knows."""
    ends, known = [np.zeros(1)], [0]
    for start, end in pairwise(heard):
        whole = start + TOKEN_MS * np.arange(1, int((end - start) // TOKEN_MS) + 1)
        rest = [end] if (end - start) % TOKEN_MS > 0 else []
        ends += [whole, np.asarray(rest)]
        known.append(known[-1] + len(whole) + len(rest))
    return np.concatenate(ends), np.asarray(known, np.int64)
