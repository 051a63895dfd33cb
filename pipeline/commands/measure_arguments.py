"""The arguments of the verbs that measure: `evaluate`, `sweep`, `compare`, `score`."""

from __future__ import annotations

import argparse


def add_evaluate(verb: argparse.ArgumentParser) -> None:
    """The arguments of `evaluate`, less --set."""
    _recordings(verb)
    _evaluated(verb)
    verb.add_argument(
        "--out",
        default="out/evaluation",
        metavar="DIR",
        help="folder for the results; default: out/evaluation",
    )
    verb.add_argument("--name", metavar="NAME", help="what to call it in tables")
    verb.add_argument("--policy", metavar="NAME", help="a policy of the field: units, sentences, wait-k, …")


def add_sweep(verb: argparse.ArgumentParser) -> None:
    """The arguments of `sweep`, less --set."""
    _recordings(verb)
    _evaluated(verb)
    verb.add_argument(
        "--out", default="out/sweep", metavar="DIR", help="folder for the results; default: out/sweep"
    )
    verb.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="NODE.KEY=A,B,C",
        help="values of a setting, or LOW..HIGH/STEP; NODE.uses=… another node; may be repeated",
    )
    verb.add_argument(
        "--policy",
        action="append",
        metavar="A,B",
        dest="policies",
        help="policies of the field: units, sentences, fixed, wait-k, agreement, hold, attention",
    )
    verb.add_argument(
        "--one-at-a-time", action="store_true", help="each change alone instead of every combination"
    )
    verb.add_argument(
        "--x", default="long_yaal_ms_queue", metavar="SCORE", help="across; default: %(default)s"
    )
    verb.add_argument("--y", default="chrf", metavar="SCORE", help="up; default: %(default)s")


def add_compare(verb: argparse.ArgumentParser) -> None:
    """The arguments of `compare`."""
    verb.add_argument("a", metavar="A", help="a folder that `dragoman evaluate` wrote")
    verb.add_argument("b", metavar="B", help="another; differences are B less A")
    verb.add_argument("--out", default="compare.html", metavar="FILE", help="default: compare.html")


def add_score(verb: argparse.ArgumentParser) -> None:
    """The arguments of `score`."""
    verb.add_argument("log", metavar="LOG", help="instances.log, simulstream's JSONL, or events.jsonl")
    _recordings(verb)
    verb.add_argument("--name", metavar="NAME", help="of the system; default: the folder of its log")
    verb.add_argument(
        "--out", default="out/score", metavar="DIR", help="folder for the results; default: out/score"
    )


def _recordings(verb: argparse.ArgumentParser) -> None:
    """Which recordings an evaluation takes."""
    verb.add_argument("manifest", help="recordings with references; docs/evaluate.md lists the kinds")
    verb.add_argument("--kind", metavar="KIND", help="of manifest, where its content does not tell")
    verb.add_argument("--from", dest="from_", metavar="LANG", help="only from this language")
    verb.add_argument("--to", metavar="LANG", help="only into this language")
    verb.add_argument(
        "--only", nargs="+", metavar="ID", help="only recordings with these ids; patterns: 'talk-*'"
    )
    verb.add_argument("--limit", type=_count, metavar="N", help="at most the first N")
    verb.add_argument("--reference", metavar="FILE", help="references, a line each, for kinds that need them")
    verb.add_argument("--audio", metavar="DIR", help="folder of the recordings, where it is another")


def _evaluated(verb: argparse.ArgumentParser) -> None:
    """What interprets them in an evaluation, and how it is run."""
    verb.add_argument(
        "--graph", metavar="G", help="a graph file or a shipped graph; default: what `interpret` runs"
    )
    verb.add_argument("--latency", choices=("low", "balanced", "quality"), help="default: balanced")
    verb.add_argument("--voice", metavar="NODE", help="node that speaks; none: captions only")
    verb.add_argument(
        "--no-source-captions", action="store_true", help="skip the transcript where the route does without"
    )
    verb.add_argument(
        "--pace",
        choices=("virtual", "realtime"),
        default="virtual",
        help="in virtual time (the delays of a live run, sooner), or at the pace of life; default: virtual",
    )
    verb.add_argument(
        "--jobs", type=_count, default=0, metavar="N", help="recordings at once; default: as many as fit"
    )
    verb.add_argument("--again", action="store_true", help="run again what is there already")
    verb.add_argument(
        "--listen", action="store_true", help="recognise the speech that came out, and score it"
    )


def _count(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word!r} is no number of recordings; give 1 or more")
    return int(word)
