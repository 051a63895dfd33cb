"""The command `dragoman`: what it understands, and what it returns: 0 done, 1 the run failed, 2 wrong input.

Each verb is one function in pipeline/commands/, imported when it is asked for, so that `dragoman nodes` or a
mistyped word answers at once.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
from collections.abc import Sequence

from pipeline.errors import DragomanError

PROG = "dragoman"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
    level = logging.DEBUG if given.verbose else logging.WARNING if given.quiet else logging.INFO
    logging.basicConfig(level=level, format="%(message)s", stream=sys.stderr)
    logging.captureWarnings(True)
    module, _, function = given.run.partition(":")
    sys.path.insert(0, "")  # nodes of one's own, `uses: mine:Mine`, lie in the folder where one works
    try:
        return int(getattr(importlib.import_module(f"pipeline.commands.{module}"), function)(given) or 0)
    except DragomanError as error:
        _say(error, given.verbose)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; there is nobody to tell
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        return 1


def _say(error: DragomanError, verbose: bool) -> None:
    if verbose:
        logging.getLogger(__name__).debug("", exc_info=error)
    sys.stderr.write(f"{PROG}: {error}\n")
    for note in getattr(error, "__notes__", ()):
        sys.stderr.write(f"  {note}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROG, description="A live interpreter, and the framework it is made of."
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="say more, with tracebacks")
    parser.add_argument("-q", "--quiet", action="store_true", help="say only what is wrong")
    verbs = parser.add_subparsers(metavar="COMMAND", required=True)
    for add in (_interpret, _run, _graphs, _nodes, _models, _machine):
        add(verbs)
    return parser


Verbs = argparse._SubParsersAction  # the only name that argparse has for it


def _verb(verbs: Verbs[argparse.ArgumentParser], name: str, run: str, about: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
    verb.set_defaults(run=run)
    return verb


def _interpret(verbs: Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(
        verbs, "interpret", "interpret:interpret", "interpret a recording, a stream or a microphone, live"
    )
    verb.add_argument("source", help="a file, any URL that FFmpeg opens, or mic: (mic:2 for input device 2)")
    verb.add_argument(
        "--from", dest="from_", default="auto", metavar="LANG", help="language spoken; default: auto"
    )
    verb.add_argument("--to", required=True, metavar="LANG", help="language wanted, such as pt")
    verb.add_argument("--out", default="out", metavar="DIR", help="folder for the results; default: out")
    verb.add_argument("--pace", choices=("realtime", "asap"), default="realtime", help="default: realtime")
    verb.add_argument("--speak", action="store_true", help="play the translated speech")
    verb.add_argument(
        "--voice", metavar="NODE", help="node that speaks, such as tts.espeak; none: captions only"
    )
    verb.add_argument(
        "--no-source-captions", action="store_true", help="skip the transcript where the route does without"
    )
    verb.add_argument("--terms", metavar="WORDS", help="words to expect, separated by commas")
    _settings(verb)


def _run(verbs: Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "run", "run:run", "run a graph file")
    verb.add_argument("graph", help="a graph file, or the name of a shipped graph")
    verb.add_argument(
        "--out", metavar="DIR", help="folder for the files that its sinks write, and for report.json"
    )
    verb.add_argument("--virtual", action="store_true", help="in virtual time: live delays, faster than life")
    verb.add_argument("--trio", action="store_true", help="on trio instead of asyncio")
    _settings(verb)


def _settings(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NODE.KEY=VALUE",
        help="overrule a setting; may be repeated",
    )
    verb.add_argument(
        "--stop-s", type=float, default=10.0, metavar="S", help="time to drain when stopped; default: 10"
    )


def _graphs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    _verb(verbs, "graphs", "graphs:graphs", "list the graphs that come with Dragoman")
    verb = _verb(verbs, "check", "graphs:check", "check graph files; every fault with file:line:column")
    verb.add_argument("graph", nargs="+")
    verb.add_argument("--json", action="store_true", help="faults as JSON")
    _only_set(verb)
    verb = _verb(verbs, "draw", "graphs:draw", "draw a graph: Mermaid, or SVG where graphviz is there")
    verb.add_argument("graph")
    verb.add_argument("--svg", metavar="FILE", help="write SVG")
    _only_set(verb)
    verb = _verb(verbs, "schema", "graphs:schema", "print the JSON Schema of graph files, for editors")
    verb.add_argument("--out", metavar="FILE")


def _only_set(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--set", action="append", default=[], metavar="NODE.KEY=VALUE")


def _nodes(verbs: Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "nodes", "nodes:nodes", "list the nodes, or describe one")
    verb.add_argument("name", nargs="?", help="such as vad.webrtc")
    verb = _verb(verbs, "new-node", "nodes:new_node", "write a node and its test from a template")
    verb.add_argument("name", help="such as vad.mine")
    verb.add_argument("--dir", default=".", help="where; default: here")


def _models(verbs: Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "models", "models:models", "list, fetch or verify model files")
    verb.add_argument("action", choices=("list", "fetch", "verify"))
    verb.add_argument("names", nargs="*", metavar="NAME", help="default: all (list, verify)")


def _machine(verbs: Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(
        verbs, "languages", "languages:languages", "list the languages: from, to, route, voice, what to fetch"
    )
    verb.add_argument("--from", dest="from_", metavar="LANG", help="only from this language")
    verb.add_argument("--to", metavar="LANG", help="only to this language")
    _verb(verbs, "doctor", "doctor:doctor", "say what is installed, what is missing, and what to type")


if __name__ == "__main__":
    sys.exit(main())
