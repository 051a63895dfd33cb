"""The command `dragoman`: what it understands, and what it returns: 0 done, 1 the run failed, 2 wrong input.

Each verb is one function in pipeline/commands/, imported when it is asked for, so that `dragoman nodes` or a
mistyped word answers at once. Results go to stdout, messages to stderr; a traceback comes with -v only.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NoReturn

from pipeline.errors import DragomanError, GraphError, MediaError, did_you_mean

PROG = "dragoman"
EXAMPLES = """\
examples:
  dragoman interpret talk.mp4 --to pt              captions and speech in Portuguese, while it plays
  dragoman interpret mic: --from en --to pt        the same for whoever speaks into the microphone
  dragoman languages                               from which languages into which, with what is at hand
  dragoman doctor                                  what is installed, what is missing, what to type
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code. Raises `SystemExit` for -h and for wrong options, as argparse does."""
    parser = _parser()
    words = sys.argv[1:] if arguments is None else list(arguments)
    if not words:
        sys.stderr.write(parser.format_help())
        return 2
    given = parser.parse_args(words)
    with _messages(given), _own_nodes():
        return _code_of(given)


def _code_of(given: argparse.Namespace) -> int:
    module, _, function = given.run.partition(":")
    try:
        code = getattr(importlib.import_module(f"pipeline.commands.{module}"), function)(given)
        sys.stdout.flush()
        return int(code or 0)
    except DragomanError as error:
        _say(error, given.verbose)
        return error.exit_code
    except BrokenPipeError:
        _let_go_of_stdout()
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        return 1
    except Exception as error:  # noqa: BLE001 - the edge of the process: nobody above could say it better
        _say_fault(error, given.verbose)
        return 1


def _say(error: DragomanError, verbose: bool) -> None:
    if verbose:
        traceback.print_exception(error)
        return
    # Faults of a graph begin with file:line:column, as editors expect them.
    sys.stderr.write(f"{error}\n" if isinstance(error, GraphError) else f"{PROG}: {error}\n")
    if not isinstance(error, MediaError):  # names its file or device, and that is what the user knows
        for note in getattr(error, "__notes__", ()):
            sys.stderr.write(f"  {note}\n")


def _say_fault(error: Exception, verbose: bool) -> None:
    if verbose:
        traceback.print_exception(error)
    sys.stderr.write(f"{PROG}: {type(error).__name__}: {error}; this is a fault of Dragoman: ")
    sys.stderr.write("please report it with what the option -v says\n")


def _let_go_of_stdout() -> None:
    """Whoever read our output has gone: nothing more is written, not even when Python ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _messages(given: argparse.Namespace) -> Iterator[None]:
    """Messages of the house to stderr; those of other packages only from warnings on, unless -v."""
    house = logging.DEBUG if given.verbose else logging.WARNING if given.quiet else logging.INFO
    loggers = {"": logging.INFO if given.verbose else logging.WARNING, "pipeline": house, "nodes": house}
    before = {name: logging.getLogger(name).level for name in loggers}
    told = logging.StreamHandler(sys.stderr)
    told.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger().addHandler(told)
    logging.captureWarnings(given.verbose is False)
    for name, level in loggers.items():
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        logging.getLogger().removeHandler(told)
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def _own_nodes() -> Iterator[None]:
    """Nodes of one's own, `uses: mine:Mine`, lie in the folder where one works."""
    sys.path.insert(0, "")
    try:
        yield
    finally:
        with suppress(ValueError):
            sys.path.remove("")


class _Parser(argparse.ArgumentParser):
    """argparse with errors in the form of the house."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {_taught(message)}; `{self.prog} -h` lists what there is\n")


def _taught(message: str) -> str:
    """What argparse says, with the nearest word where one was mistyped."""
    wrong = re.fullmatch(r"argument (.+?): invalid choice: '(.*?)' \(choose from (.*)\)", message, re.DOTALL)
    if wrong is None:
        return message
    what = "command" if wrong[1] == "COMMAND" else wrong[1]
    known = re.findall(r"[^', ]+", wrong[3])
    return f"{wrong[2]!r}: no such {what}; {did_you_mean(wrong[2], known)}"


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=PROG,
        description="A live interpreter, and the framework of stream processors that it is made of.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    parser.set_defaults(verbose=False, quiet=False)
    _verbosity(parser)
    verbs = parser.add_subparsers(metavar="COMMAND", required=True)
    for add in (_interpret, _run, _graphs, _nodes, _models, _machine):
        add(verbs)
    return parser


class _Version(argparse.Action):
    """Looked up only when asked for: reading the metadata of a package takes its time."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version(PROG)
        except PackageNotFoundError:
            found = "(not installed)"
        sys.stdout.write(f"{PROG} {found}\n")
        parser.exit(0)


def _verbosity(parser: argparse.ArgumentParser) -> None:
    nothing = argparse.SUPPRESS  # so that a verb does not reset what was said before it
    parser.add_argument(
        "-v", "--verbose", action="store_true", default=nothing, help="say more, with tracebacks"
    )
    parser.add_argument("-q", "--quiet", action="store_true", default=nothing, help="say only what is wrong")


Verbs = argparse._SubParsersAction  # the only name that argparse has for it


def _verb(verbs: Verbs[argparse.ArgumentParser], name: str, run: str, about: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
    verb.set_defaults(run=run)
    _verbosity(verb)
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
    verb.add_argument(
        "--pace",
        choices=("realtime", "asap"),
        default="realtime",
        help="as it was spoken, or as fast as the machine can; default: realtime",
    )
    verb.add_argument("--speak", action="store_true", help="play the translated speech")
    verb.add_argument(
        "--voice", metavar="NODE", help="node that speaks, such as tts.espeak; none: captions only"
    )
    verb.add_argument(
        "--no-source-captions", action="store_true", help="skip the transcript where the route does without"
    )
    verb.add_argument("--terms", metavar="WORDS", help="words to expect, separated by commas")
    _settings(verb)
    _stopping(verb)


def _run(verbs: Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "run", "run:run", "run a graph file")
    verb.add_argument("graph", help="a graph file, or the name of a shipped graph")
    verb.add_argument(
        "--out", metavar="DIR", help="folder for the files that its sinks write, and for report.json"
    )
    verb.add_argument("--virtual", action="store_true", help="in virtual time: live delays, faster than life")
    verb.add_argument("--trio", action="store_true", help="on trio instead of asyncio")
    _settings(verb)
    _stopping(verb)


def _settings(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NODE.KEY=VALUE",
        help="overrule a setting; may be repeated",
    )


def _stopping(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--stop-s", type=_seconds, default=10.0, metavar="S", help="time to drain when stopped; default: 10"
    )


def _seconds(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{word!r} is no time; give seconds, 0 or more")
    return value


def _graphs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    _verb(verbs, "graphs", "graphs:graphs", "list the graphs that come with Dragoman")
    verb = _verb(verbs, "check", "graphs:check", "check graph files; every fault with file:line:column")
    verb.add_argument("graph", nargs="+", help="a graph file, or the name of a shipped graph")
    verb.add_argument("--json", action="store_true", help="faults as JSON")
    _settings(verb)
    verb = _verb(verbs, "draw", "graphs:draw", "draw a graph: Mermaid, or SVG where graphviz is there")
    verb.add_argument("graph", help="a graph file, or the name of a shipped graph")
    verb.add_argument("--svg", metavar="FILE", help="write SVG")
    _settings(verb)
    verb = _verb(verbs, "schema", "graphs:schema", "print the JSON Schema of graph files, for editors")
    verb.add_argument("--out", metavar="FILE", help="write it into a file")


def _nodes(verbs: Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "nodes", "nodes:nodes", "list the nodes, or describe one")
    verb.add_argument("name", nargs="?", help="such as vad.webrtc")
    verb = _verb(verbs, "new-node", "nodes:new_node", "write a node and its test from a template")
    verb.add_argument("name", help="such as vad.mine")
    verb.add_argument("--dir", default=".", help="where; default: here")


def _models(verbs: Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "models", "models:models", "list, fetch or verify model files")
    verb.add_argument("action", nargs="?", default="list", choices=("list", "fetch", "verify"))
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
