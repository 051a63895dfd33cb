"""Degeneracy: whether a latency can be trusted, or comes of a policy that waits for the end of the source."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from pipeline.measure.metrics import delay

LIMIT = 20.0  # percent points of |DSPTV| from which a policy is held to be degenerate


class Case(msgspec.Struct, frozen=True):
    """One utterance: delays of its units, length of its source, both ms, and units of its reference."""

    delays: Sequence[float]
    source_ms: float
    reference: int


class Degeneracy(msgspec.Struct, frozen=True):
    """Percent; Polák et al. 2025 (arXiv:2509.17349) and OmniSTEval. None where no utterance has a latency."""

    swf: float  # units that came before the source ended, of all units
    efsw: float | None  # share of the source that remains after the average lag: what swf should be
    dsptv: float | None  # efsw - swf

    @property
    def degenerate(self) -> bool:
        """The latency and the share of simultaneous words do not go together."""
        return self.dsptv is not None and abs(self.dsptv) > LIMIT


def degeneracy(cases: Sequence[Case]) -> Degeneracy | None:
    """SWF, EFSW and DSPTV of all utterances together; None where nothing was said.

    SWF = 100 * sum of units with d < T / units; EFSW = 100 * sum max(0, T - YAAL) / sum T, over the utterances that
    have a YAAL. Delays without compute. For short utterances: a recording of minutes is hardly ever degenerate.
    """
    units = sum(len(case.delays) for case in cases)
    if not units:
        return None
    early = sum(int(np.less(case.delays, case.source_ms).sum()) for case in cases)
    lags = [(case.source_ms, delay.yaal(case.delays, case.source_ms, case.reference)) for case in cases]
    known = [(source_ms, lag) for source_ms, lag in lags if lag is not None]
    swf = 100 * early / units
    if not known:
        return Degeneracy(swf, None, None)
    left = sum(max(0.0, source_ms - lag) for source_ms, lag in known)
    efsw = 100 * left / sum(source_ms for source_ms, _ in known)
    return Degeneracy(swf, efsw, efsw - swf)
