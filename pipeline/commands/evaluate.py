"""`dragoman evaluate`: recordings with references go in; how good and how late they are interpreted comes out."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from pipeline.commands.columns import columns, show
from pipeline.commands.evaluating import Progress
from pipeline.commands.running import values
from pipeline.errors import InputError
from pipeline.measure.evaluation import tables
from pipeline.measure.evaluation.evaluate import at_once, built, run
from pipeline.measure.evaluation.plan import Plan
from pipeline.measure.manifests import manifest
from pipeline.measure.manifests.manifest import Manifest, Wanted
from pipeline.measure.recording import LeftOut
from pipeline.measure.scores.evaluation import SLOWED, Evaluation

FEW = 20  # faults that are told one by one
WHAT = {
    "report.html": "open this: plots, a time line of each recording, the worst moments",
    "scores.tsv": "all scores, a line a recording and one for all",
    "scores.json": "the same, with signatures and why a score is absent",
    "instances.log": "for SimulEval and OmniSTEval",
    "simulstream.jsonl": "for simulstream",
    "runs": "what came out of each recording, with its report and its graph",
}


def evaluate(given: Namespace) -> int:
    """Evaluate recordings; 0 when all that the manifest names was scored, 1 when something was left out."""
    plan = planned(given, Path(given.out))
    patterns, left_out = built(plan)
    _tell_left_out(left_out, plan.out)
    _tell_jobs(plan, at_once(plan, patterns.values()))
    recordings = [recording for recording in plan.recordings if recording.id in patterns]
    with Progress(recordings, quiet=given.quiet) as progress:
        found = run(plan, progress.step)
    if not given.quiet:
        _tell_scores(found)
    _tell_left_out([one for one in found.left_out if one not in left_out], plan.out)
    return 1 if found.left_out else 0


def _tell_jobs(plan: Plan, most: int) -> None:
    if plan.jobs > most:
        what = f"--jobs {plan.jobs}: more than {most} at once would slow one another, and show it as delay"
        sys.stderr.write(f"{what}; {most} at once\n")


def planned(given: Namespace, out: Path) -> Plan:
    """What the arguments of `evaluate` (and of `sweep`) ask for. Raises `InputError`."""
    if given.graph and (given.voice or given.latency or given.no_source_captions):
        raise InputError("--voice, --latency, --no-source-captions: a --graph says so itself; leave them out")
    listed = read(given)
    return Plan(
        recordings=listed.recordings,
        out=out,
        graph=given.graph or "",
        settings=_settings(given),
        pace=given.pace,
        voice=given.voice or "",
        latency=given.latency or "balanced",
        source_captions=not given.no_source_captions,
        jobs=given.jobs,
        again=given.again,
        listen=given.listen,
        name=getattr(given, "name", None) or "",
        manifest=str(listed.path),
        digest=listed.digest,
        left_out=listed.left_out,
    )


def _settings(given: Namespace) -> dict[str, Any]:
    policy = getattr(given, "policy", None)  # a sweep varies it
    return ({"policy": policy} if policy else {}) | values(given.set)


def read(given: Namespace) -> Manifest:
    """The manifest that the arguments name. Raises `InputError`, with all faults where nothing is left."""
    wanted = Wanted(
        given.from_ or "",
        given.to or "",
        Path(given.reference) if given.reference else None,
        Path(given.audio) if given.audio else None,
    )
    listed = manifest.read(
        Path(given.manifest), wanted, kind=given.kind or "", only=given.only or (), limit=given.limit
    )
    if not listed.recordings:
        pair = " ".join(
            f"--{name} {value}" for name, value in (("from", given.from_), ("to", given.to)) if value
        )
        nothing = f"{listed.path}: no recording to evaluate" + (f" with {pair}" if pair else "")
        raise InputError("\n".join([nothing, *_told(listed.left_out, "")]))
    return listed


def _told(left_out: tuple[LeftOut, ...] | list[LeftOut], where: str) -> list[str]:
    lines = [line for one in left_out[:FEW] for line in one.why.splitlines()]
    if len(left_out) > FEW:
        lines.append(f"and {len(left_out) - FEW} more{where}")
    return lines


def _tell_left_out(left_out: list[LeftOut], out: Path) -> None:
    if left_out:
        lines = _told(left_out, f"; all are in {out / 'scores.json'}")
        sys.stderr.write("left out:\n" + "".join(f"  {line}\n" for line in lines))


def _tell_scores(found: Evaluation) -> None:
    sys.stdout.write("\n" + columns(tables.shown(found)) + "\n")
    if found.busy:
        sys.stdout.write(
            f"{tables.MARK.strip()} {found.total.notes[SLOWED]}; end other programs, and say --again\n\n"
        )
    rows = [
        (str(found.folder / name), about) for name, about in WHAT.items() if (found.folder / name).exists()
    ]
    show(columns(rows))
