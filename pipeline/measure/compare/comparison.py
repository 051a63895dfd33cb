"""Compare: two evaluations side by side: what became better, what worse, whether by more than chance, where to listen.

Decides: what may be compared (recordings that both have, with the same references), and what must be said because it
may explain a difference (another machine, pace, version, manifest). Differences are B less A.
"""

from __future__ import annotations

import difflib
from typing import Literal, TypeAlias

import msgspec

from pipeline.errors import InputError
from pipeline.measure.confidence import Paired
from pipeline.measure.evaluation.pool import Pool, difference, pool
from pipeline.measure.scores.evaluation import SLOWED, Evaluation
from pipeline.measure.scores.labels import HEADLINE, metric, ordered
from pipeline.measure.scores.score import Line

Verdict: TypeAlias = Literal["better", "worse", "no difference shown", ""]
SIGNIFICANT = 0.05  # p below which a difference is called one
QUALITY = "chrf"  # by which recordings and sentences are put in order
DIGEST = 64  # hexadecimal digits


class Change(msgspec.Struct, frozen=True):
    """A score of both, and whether they differ."""

    key: str
    a: float
    b: float
    test: Paired | None = None
    over: str = ""  # what was drawn anew: "42 sentences"
    verdict: Verdict = ""  # of B

    @property
    def difference(self) -> float:
        """B less A."""
        return self.b - self.a


class Pair(msgspec.Struct, frozen=True):
    """A sentence in both, and the chrF of what was said of it."""

    a: Line
    b: Line
    chrf: tuple[float, float]

    @property
    def gained(self) -> float:
        """chrF of B less that of A."""
        return self.chrf[1] - self.chrf[0]


class Comparison(msgspec.Struct, frozen=True):
    """Two evaluations, compared."""

    a: Evaluation
    b: Evaluation
    common: tuple[str, ...]  # recordings
    warnings: tuple[str, ...]  # what else differs, and what was left out
    changed: tuple[str, ...]  # settings and lines of the graph that differ
    total: tuple[Change, ...]
    recordings: dict[str, tuple[Change, ...]]  # the largest change of quality first
    sentences: tuple[Pair, ...]  # that both have, the one that lost most first


def compare(a: Evaluation, b: Evaluation) -> Comparison:
    """Compare two evaluations. Raises `InputError` where they have no recording in common."""
    common, told = _common(a, b)
    if not common:
        raise InputError(
            f"{b.folder}: has no recording in common with {a.folder}; evaluate the same manifest: {'; '.join(told)}"
        )
    of_a, of_b = (pool(one, common) for one in (a, b))
    total = tuple(_change(key, of_a, of_b) for key in _keys(of_a) if key in of_b.values)
    pairs = [
        Pair(one, other, (one.chrf, other.chrf)) for one, other in zip(of_a.lines, of_b.lines, strict=True)
    ]
    return Comparison(
        a,
        b,
        tuple(common),
        (*_beside(a, b), *told),
        _changed(a, b),
        total,
        _by_recording(of_a, of_b),
        tuple(sorted(pairs, key=lambda pair: pair.gained)),
    )


def _common(a: Evaluation, b: Evaluation) -> tuple[list[str], list[str]]:
    """The recordings that both have with the same references, and why the others are left out."""
    of_a, of_b = ({one.id: one for one in evaluation.recordings} for evaluation in (a, b))
    common, told = [], []
    for id_, one in of_a.items():
        if id_ not in of_b:
            told.append(f"{id_}: only in A ({_why(b, id_)})")
        elif one.sentences != of_b[id_].sentences:
            told.append(f"{id_}: has other references in B, so it was left out")
        else:
            common.append(id_)
    told += [f"{id_}: only in B ({_why(a, id_)})" for id_ in of_b if id_ not in of_a]
    return common, told


def _why(evaluation: Evaluation, id_: str) -> str:
    """Why a recording is not in an evaluation."""
    found = [one.why for one in evaluation.left_out if one.id == id_]
    return found[0] if found else f"not in the manifest of {evaluation.folder}"


ABOUT = {  # what an evaluation says of itself: what it means when it differs
    "manifest_sha256": "other manifests; compared are recordings with the same references",
    "pace": "virtual time and the pace of life; delays may differ by it",
    "dragoman": "other versions of Dragoman",
    "platform": "other machines; delays with compute, and CPU, may differ by it",
    "cores": "another number of cores; delays with compute, and CPU, may differ by it",
}


def _beside(a: Evaluation, b: Evaluation) -> list[str]:
    """What else differs that may explain a difference."""
    slowed = [f"{name}: {one.total.notes[SLOWED]}" for name, one in (("A", a), ("B", b)) if one.busy]
    return slowed + [
        f"{meaning} ({short(a.about.get(key))}, {short(b.about.get(key))})"
        for key, meaning in ABOUT.items()
        if a.about.get(key) != b.about.get(key)
    ]


def short(value: object) -> str:
    """A value that fits a line: of a digest, the beginning."""
    text = "not known" if value is None else str(value)
    return text[:12] if len(text) == DIGEST else text


def _changed(a: Evaluation, b: Evaluation) -> tuple[str, ...]:
    """Lines of the graphs that differ, as `- A` and `+ B`; nothing where both are the same."""
    first, second = (str(one.about.get("graph_text", "")).splitlines() for one in (a, b))
    lines = difflib.unified_diff(first, second, n=0, lineterm="")
    return tuple(line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---"))


def _keys(of: Pool) -> list[str]:
    """Headline scores first, then all others."""
    return ordered(sorted(of.values))


def _change(key: str, a: Pool, b: Pool) -> Change:
    found = difference(key, a, b)
    if found is None:
        return Change(key, a.values[key], b.values[key])
    test, over = found
    return Change(key, a.values[key], b.values[key], test, over, _verdict(key, test))


def _verdict(key: str, test: Paired) -> Verdict:
    better = metric(key).better
    if not better:
        return ""
    if test.p >= SIGNIFICANT:
        return "no difference shown"
    return "better" if (test.difference > 0) == (better == "more") else "worse"


def _by_recording(a: Pool, b: Pool) -> dict[str, tuple[Change, ...]]:
    """The headline scores of each recording, the one whose quality changed most first."""
    found = {
        id_: tuple(
            Change(key, values[key], b.each[id_][key])
            for key in HEADLINE
            if key in values and key in b.each[id_]
        )
        for id_, values in a.each.items()
    }

    def size(item: tuple[str, tuple[Change, ...]]) -> float:
        return max((abs(one.difference) for one in item[1] if one.key == QUALITY), default=0.0)

    return dict(sorted(found.items(), key=size, reverse=True))


__all__ = ["Change", "Comparison", "Pair", "compare", "short"]
