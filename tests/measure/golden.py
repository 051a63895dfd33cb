"""Utterances whose scores are known: computed once with the field's own scorers. Milliseconds, words."""

from __future__ import annotations

from pipeline.measure.metrics.degeneracy import Case

A = Case((1000, 1500, 2000, 2500, 3000, 3000), 3000, 6)  # keeps pace
B = Case((1000, 1000, 2000, 2000, 3000, 3000, 4000, 4000), 4000, 4)  # says twice as much as it should
C = Case((2000, 2000, 2000), 2000, 3)  # waits for the end
D = Case((500, 1500, 5000), 5000, 5)  # says too little, and some of it at the end
ELAPSED = {  # the same with compute, as SimulEval logs it
    "A": (1100, 1700, 2300, 2900, 3500, 3500),
    "B": (1200, 1200, 2300, 2300, 3400, 3400, 4500, 4500),
    "C": (2500, 2500, 2500),
    "D": (600, 1700, 5300),
}
CASES = {"A": A, "B": B, "C": C, "D": D}
ELAPSED_CASES = {name: Case(ELAPSED[name], case.source_ms, case.reference) for name, case in CASES.items()}
