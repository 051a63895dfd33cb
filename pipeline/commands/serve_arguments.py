"""The arguments of `dragoman serve`."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def add_serving(verb: argparse.ArgumentParser, seconds: Callable[[str], float]) -> None:
    """Add them to a parser; `seconds` reads a number that is not negative."""
    verb.add_argument(
        "graph",
        nargs="?",
        help="a graph file with a source.external; default: graphs by the languages asked for",
    )
    verb.add_argument("--host", default="127.0.0.1", help="address to listen on; default: 127.0.0.1")
    verb.add_argument("--port", type=int, default=8080, help="port to listen on; default: 8080; 0: any")
    verb.add_argument(
        "--from", dest="from_", default="auto", metavar="LANG", help="language spoken, where clients say none"
    )
    verb.add_argument("--to", metavar="LANG", help="language wanted, where clients say none; default: en")
    verb.add_argument("--voice", metavar="NODE", help="node that speaks, such as tts.espeak; none: text only")
    verb.add_argument("--keys", metavar="FILE", help="keys of clients, TOML; also: $DRAGOMAN_API_KEYS")
    verb.add_argument(
        "--new-key", metavar="NAME", help="print a new key, and its lines for the file; serve nothing"
    )
    verb.add_argument("--no-keys", action="store_true", help="let everybody in who reaches a public address")
    verb.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="URL",
        help="a page that may connect; may be repeated",
    )
    verb.add_argument("--tls-cert", metavar="FILE", help="certificate, PEM; else TLS is for a proxy in front")
    verb.add_argument("--tls-key", metavar="FILE", help="its key, PEM")
    for output in ("transcript", "translation", "speech"):
        verb.add_argument(f"--{output}", metavar="NODE.OUTPUT", help=f"the {output} of a graph of your own")
    _limits(verb, seconds)


def _limits(verb: argparse.ArgumentParser, seconds: Callable[[str], float]) -> None:
    for flag, default, what in (
        ("--max-load", 0.95, "share of the cores from which nobody else is admitted"),
        ("--max-lag-s", 6.0, "delay of translations from which nobody else is admitted"),
        ("--idle-s", 120.0, "a session without a frame ends after"),
        ("--length-s", 7200.0, "a session ends after"),
        ("--resume-s", 30.0, "a client that vanished may come back for"),
        ("--drain-s", 20.0, "time to finish what was heard when stopped"),
    ):
        verb.add_argument(
            flag, type=seconds, default=default, metavar="N", help=f"{what}; default: {default:g}"
        )
    verb.add_argument(
        "--max-sessions", type=int, default=1000, metavar="N", help="connected at a time; default: 1000"
    )
