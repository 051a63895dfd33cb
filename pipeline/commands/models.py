"""`dragoman models list|fetch|verify`."""

from __future__ import annotations

import sys
from argparse import Namespace

from pipeline import models as store
from pipeline.commands.progress import Bar
from pipeline.errors import InputError


def models(given: Namespace) -> int:
    """List, fetch or verify models; exit code 1 when one is wrong or cannot be fetched."""
    names = given.names or list(store.catalogue())
    for name in names:
        store.model(name)
    if given.action == "fetch" and not given.names:
        raise InputError("models fetch: which? name some of: " + ", ".join(store.catalogue()))
    return {"list": _list, "fetch": _fetch, "verify": _verify}[given.action](names)


def _list(names: list[str]) -> int:
    sys.stdout.write(f"models in {store.root()}\n")
    for name in names:
        model = store.model(name)
        state = "at hand" if store.at_hand(name) else "to fetch"
        size = f"{model.size / 1e6:.1f} MB"
        sys.stdout.write(f"  {name:<18}{state:<10}{size:>10}  {model.licence:<14}{model.title}\n")
    return 0


def _fetch(names: list[str]) -> int:
    for name in names:
        model = store.model(name)
        if store.at_hand(name) and not store.verify(name):
            sys.stdout.write(f"{name}: at hand, {model.size / 1e6:.1f} MB, {model.licence}\n")
            continue
        sys.stdout.write(f"{name}: {model.title}, {model.size / 1e6:.1f} MB, {model.licence}\n")
        sys.stdout.flush()
        with Bar() as bar:
            folder = store.fetch(name, bar.show)
        sys.stdout.write(f"  verified: {folder}\n")
    return 0


def _verify(names: list[str]) -> int:
    wrong = 0
    for name in names:
        if not store.at_hand(name):
            sys.stdout.write(f"{name}: not at hand; dragoman models fetch {name}\n")
            continue
        problems = store.verify(name)
        wrong += bool(problems)
        sys.stdout.write(f"{name}: {'; '.join(problems) or 'good'}\n")
    return 1 if wrong else 0
