"""Every error that Dragoman raises on purpose.

    DragomanError
    ├── InputError           the user's input is wrong (exit code 2)
    │   ├── SettingsError    a setting of a node
    │   ├── GraphError       a graph file; carries all faults at once
    │   ├── MediaError       a file, device or stream that cannot be played
    │   └── RouteError       languages for which there is no way
    ├── NodeError            a node broke a promise, raised or hung (exit code 1)
    ├── ModelError           a model file is missing, altered or out of reach (exit code 1)
    ├── PackageError         a Python package or a program is not installed (exit code 1)
    └── OutputError          a result cannot be written (exit code 1)

The tree says whose fault it is: the author of the command or YAML (`InputError`), the author of a node
(`NodeError`), or the machine (the others). A message says place, fault and remedy, in this order:
`place: what is wrong; how to put it right`.
"""

from __future__ import annotations

import msgspec


class DragomanError(Exception):
    """Base of all errors raised on purpose. `exit_code` is what the command returns."""

    exit_code = 1


class InputError(DragomanError):
    """The user's input was wrong: a command, a file, a setting."""

    exit_code = 2


class SettingsError(InputError):
    """A setting is unknown, missing, of the wrong type or out of range."""


class MediaError(InputError):
    """A file, device or stream that cannot be opened or played."""


class RouteError(InputError):
    """There is no way from one language to the other with what is at hand."""


class NodeError(DragomanError):
    """A node raised, hung, or broke what it promised."""


class ModelError(DragomanError):
    """A model file is missing, altered, or none of its sources can be reached."""


class PackageError(DragomanError):
    """A Python package or a program that a node needs is not installed."""


class OutputError(DragomanError):
    """A result cannot be written: no room, no right, a broken device."""


class Fault(msgspec.Struct, frozen=True, order=True):
    """One thing wrong in a graph file: where, what, and how to put it right."""

    place: str  # file:line:column, or the name of a graph made in Python
    line: int  # with `column`, for sorting; 0 where there is no file
    what: str
    remedy: str = ""
    column: int = 0

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" + (f"; {self.remedy}" if self.remedy else "")


class GraphError(InputError):
    """A graph cannot be built. `faults` lists everything that is wrong with it, in file order."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.line, fault.column))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def did_you_mean(word: str, known: list[str]) -> str:
    """The remedy for a word that is not known: the nearest known one, or all of them when they are few."""
    import difflib

    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    if not known:
        return "there are none"
    listed = ", ".join(sorted(known)[:12])
    return f"there are: {listed}" + (", …" if len(known) > 12 else "")


def need(module: str, extra: str, wanted_by: str) -> PackageError:
    """The error for a missing package: says which extra brings it."""
    return PackageError(
        f"{wanted_by}: the package {module!r} is not installed; type: pip install 'dragoman[{extra}]'"
    )
