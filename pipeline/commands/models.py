"""`dragoman models list|fetch|verify`."""

from __future__ import annotations

import sys
from argparse import Namespace

from pipeline import models as store
from pipeline.commands.columns import columns, show
from pipeline.commands.progress import Bar
from pipeline.errors import InputError, did_you_mean


def models(given: Namespace) -> int:
    """List, fetch or verify models; exit code 1 when one is wrong or cannot be fetched."""
    known = list(store.catalogue())
    for name in given.names:
        if name not in known:
            raise InputError(f"model {name!r}: there is none of that name; {did_you_mean(name, known)}")
    if given.action == "fetch" and not given.names:
        raise InputError("models fetch: no name is given; name some of: " + ", ".join(known))
    names = given.names or known
    if given.action == "verify":
        return _verify(names, named=bool(given.names))
    return _fetch(names) if given.action == "fetch" else _list(names)


def _list(names: list[str]) -> int:
    rows = [
        (
            name,
            "at hand" if store.at_hand(name) else "to fetch",
            f"{(model := store.model(name)).size / 1e6:8.1f} MB",
            model.licence,
            model.title,
        )
        for name in names
    ]
    show(f"models in {store.root()}\n" + columns(rows, indent=2))
    if any(not store.at_hand(name) for name in names):
        sys.stdout.write("fetch one: dragoman models fetch NAME\n")
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


def _verify(names: list[str], named: bool) -> int:
    wrong = 0
    for name in names:
        remedy = f"; type: dragoman models fetch {name}"
        if not (store.root() / name).is_dir():
            wrong += named  # of all models, those never fetched are no fault
            sys.stdout.write(f"{name}: not at hand{remedy}\n")
            continue
        problems = store.verify(name)
        wrong += bool(problems)
        sys.stdout.write(f"{name}: {'; '.join(problems) + remedy if problems else 'good'}\n")
    return 1 if wrong else 0
