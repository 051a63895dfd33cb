"""Bringing one file of a model here, from whichever of its sources gives the right bytes.

Decides: how a source is asked, how its answer is checked, and what is said when none of them will do.
Must not know: which models there are, where they lie in the end, who wants them (`models.py`).

    sources.py   what a source is; the words for what is fetched (pure data)
    errand.py    the sources of a file in order, into a `.part` file and through SHA-256 at once
    wheels.py    packages of the Python package index, by the user's own `pip download`
    tarballs.py  npm packages, by the user's own `npm pack`
    program.py   a program that downloads, watched: progress, and what became of it
"""

from pipeline.fetching.errand import Fetch
from pipeline.fetching.sources import FETCHERS, HUBS, File, Hub, Member, Members, Package, Progress

__all__ = ["FETCHERS", "HUBS", "Fetch", "File", "Hub", "Member", "Members", "Package", "Progress"]
