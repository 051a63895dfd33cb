"""The command `dragoman`: what it understands, and what it returns: 0 done, 1 the run failed, 2 wrong input.

Each verb is one function in pipeline/commands/, imported when it is asked for, so that `dragoman nodes` or a
mistyped word answers at once. Results go to stdout, messages to stderr; a traceback comes with -v only.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from pipeline.commands.arguments import PROG, parser
from pipeline.errors import DragomanError, GraphError, MediaError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code. Raises `SystemExit` for -h and for wrong options, as argparse does."""
    # A product of matrices in NumPy would leave a thread spinning on every core for 0.1 s; a talk has products all the time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    understood = parser()
    words = sys.argv[1:] if arguments is None else list(arguments)
    if not words:
        sys.stderr.write(understood.format_help())
        return 2
    given = understood.parse_args(words)
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


if __name__ == "__main__":
    sys.exit(main())
