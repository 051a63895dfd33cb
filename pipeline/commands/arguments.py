"""The arguments of the command `dragoman`: its verbs, their options, and what is said of a mistyped word."""

from __future__ import annotations

import argparse
import re
import sys
from typing import NoReturn

from pipeline.commands.measure_arguments import add_compare, add_evaluate, add_score, add_sweep
from pipeline.commands.serve_arguments import add_serving
from pipeline.commands.voice_arguments import add_voices
from pipeline.errors import did_you_mean

PROG = "dragoman"
EXAMPLES = """\
examples:
  dragoman interpret talk.mp4 --to pt              captions and speech in Portuguese, while it plays
  dragoman interpret mic: --from en --to pt        the same for whoever speaks into the microphone
  dragoman languages                               from which languages into which, with what is at hand
  dragoman evaluate talks.jsonl --to pt            how good and how late, with a page to look at
  dragoman doctor                                  what is installed, what is missing, what to type
"""


class _Parser(argparse.ArgumentParser):
    """argparse with errors in the form of the house."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {_taught(message)}; see {self.prog} -h\n")


def _taught(message: str) -> str:
    """What argparse says, with the nearest word where one was mistyped."""
    wrong = re.fullmatch(r"argument (.+?): invalid choice: '(.*?)' \(choose from (.*)\)", message, re.DOTALL)
    if wrong is None:
        return message
    what = "command" if wrong[1] == "COMMAND" else wrong[1]
    known = re.findall(r"[^', ]+", wrong[3])
    return f"{wrong[2]!r}: no such {what}; {did_you_mean(wrong[2], known)}".rstrip("?")


def parser() -> argparse.ArgumentParser:
    """All that the command understands. `run` names the function of a verb, as `module:function`."""
    whole: argparse.ArgumentParser = _Parser(
        prog=PROG,
        description="A live interpreter, and the framework of stream processors that it is made of.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action=_Version, nargs=0, help="print the version")
    whole.set_defaults(verbose=False, quiet=False)
    _verbosity(whole)
    verbs = whole.add_subparsers(metavar="COMMAND", required=True)
    for add in (_interpret, _inspect, _run, _serve, _measure, _graphs, _nodes, _models, _voices, _machine):
        add(verbs)
    return whole


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
    verb.add_argument(
        "--latency",
        choices=("low", "balanced", "quality"),
        default="balanced",
        help="how soon against how well; default: balanced",
    )
    verb.add_argument("--speak", action="store_true", help="play the translated speech")
    verb.add_argument(
        "--voice",
        metavar="NODE",
        help="node that speaks, such as tts.espeak; none: captions only; "
        "clone (clone:NODE): in the voice of whoever is heard",
    )
    verb.add_argument(
        "--consent", action="store_true", help="whoever is heard agreed to have their voice cloned"
    )
    verb.add_argument(
        "--no-source-captions", action="store_true", help="skip the transcript where the route does without"
    )
    verb.add_argument(
        "--see",
        default="auto",
        metavar="CUES",
        help="what to look for in a video: text, gestures, lips (with commas), all or none; default: text",
    )
    verb.add_argument("--overlay", action="store_true", help="draw into dubbed.mp4 what was seen and said")
    verb.add_argument("--terms", metavar="WORDS", help="words to expect, separated by commas")
    verb.add_argument(
        "--glossary", default="", metavar="FILE", help="words to expect and their translations: .tsv or .csv"
    )
    _settings(verb)
    _stopping(verb)


def _inspect(verbs: Verbs[argparse.ArgumentParser]) -> None:
    about = "show what the eyes see in a video: drawn into it, and as a picture over time"
    verb = _verb(verbs, "inspect", "inspect:inspect", about)
    verb.add_argument("source", help="a video file, or any URL that FFmpeg opens")
    verb.add_argument("--out", default="out", metavar="DIR", help="folder for the results; default: out")
    verb.add_argument(
        "--words", default="", metavar="LANG", help="recognise the words too, in this language or auto"
    )
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


def _measure(verbs: Verbs[argparse.ArgumentParser]) -> None:
    about = "run recordings with references, and score how good and how late they are interpreted"
    evaluate = _verb(verbs, "evaluate", "evaluate:evaluate", about)
    about = "evaluate the same recordings under many settings: quality against latency"
    sweep = _verb(verbs, "sweep", "sweep:sweep", about)
    about = "compare two evaluations: what became better, what worse, and where to listen"
    compare = _verb(verbs, "compare", "compare:compare", about)
    about = "score a log of another system (SimulEval, simulstream) as our own runs are scored"
    score = _verb(verbs, "score", "score:score", about)
    add_evaluate(evaluate)
    add_sweep(sweep)
    add_compare(compare)
    add_score(score)
    for verb in (evaluate, sweep):
        _settings(verb)


def _serve(verbs: Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(verbs, "serve", "serve:serve", "serve interpretation to clients over WebSockets")
    add_serving(verb, _seconds)
    _settings(verb)


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


def _voices(verbs: Verbs[argparse.ArgumentParser]) -> None:
    about = "list the voices, hear one, or have one speak like a recording"
    add_voices(_verb(verbs, "voices", "voices:voices", about), _verb)


def _machine(verbs: Verbs[argparse.ArgumentParser]) -> None:
    verb = _verb(
        verbs, "languages", "languages:languages", "list the languages: from, to, route, voice, what to fetch"
    )
    verb.add_argument("--from", dest="from_", metavar="LANG", help="only from this language")
    verb.add_argument("--to", metavar="LANG", help="only to this language")
    _verb(verbs, "doctor", "doctor:doctor", "say what is installed, what is missing, and what to type")
