"""The engine of Firefox Translations: sentences in, sentences out, on one thread of its own.

Decides: which models render one language in another (directly, or through English), and on which thread they live.
Knows nothing of streams, words or nodes.

A translator of `fxtranslate` belongs to the thread that made it and panics on any other. So the engine owns a thread,
makes its translators there, and hands texts over by a queue; `translate` may be called from anywhere and waits.
Models come from the house's list (`firefox-<from>-<to>`); for a pair that is not there, the library asks Mozilla's
own list, and keeps what it fetches beside the other models.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeAlias

from pipeline import models
from pipeline.errors import ModelError, NodeError, RouteError, need

PIVOT = "en"
LONGEST_WORDS = 50  # beyond about 80 the models leave words out

Pair: TypeAlias = tuple[str, str]


class FirefoxEngine:
    """Translators for one pair of languages, on a thread that ends with `close`.

    Raises `PackageError` without fxtranslate, `ModelError` where a model is out of reach, and `RouteError` where
    there is none from the one language to the other.
    """

    def __init__(self, source: str, target: str) -> None:
        self._texts: SimpleQueue[tuple[str, Future[str]] | None] = SimpleQueue()
        ready: Future[None] = Future()
        self._thread = threading.Thread(
            target=_work,
            args=(source, target, self._texts, ready),
            name=f"firefox {source}-{target}",
            daemon=True,
        )
        self._thread.start()
        ready.result()

    def translate(self, text: str) -> str:
        """The text in the other language. Blocks; safe to call from any thread. Raises `NodeError`."""
        if not text.strip():
            return ""
        if not self._thread.is_alive():
            raise NodeError("translate.firefox: asked after close(); ask between open() and close()")
        rendered: Future[str] = Future()
        self._texts.put((text, rendered))
        try:
            return rendered.result()
        except BaseException as fault:  # a panic of the library is no Exception
            if isinstance(fault, (KeyboardInterrupt, SystemExit)):
                raise
            raise NodeError(f"translate.firefox: {text[:60]!r} could not be translated ({fault})") from fault

    def close(self) -> None:
        """End the thread and let the models go. Nothing may be asked after that."""
        self._texts.put(None)
        self._thread.join()


def _work(
    source: str, target: str, texts: SimpleQueue[tuple[str, Future[str]] | None], ready: Future[None]
) -> None:
    """What the thread does. The translators are local: they must also be let go here."""
    try:
        translators = [_load(pair) for pair in route(source, target)]
    except BaseException as fault:  # noqa: BLE001 - told to the one who waits for it
        ready.set_exception(fault)
        return
    ready.set_result(None)
    while (asked := texts.get()) is not None:
        text, rendered = asked
        try:
            for translator in translators:
                text = _one(translator, text)
            rendered.set_result(text)
        except BaseException as fault:  # noqa: BLE001 - likewise, panics too
            rendered.set_exception(fault)


def _one(translator: Any, text: str) -> str:
    return " ".join(str(translator.translate(piece)).strip() for piece in _pieces(text))


def _pieces(text: str) -> list[str]:
    """A short text as it is; a long one in sentences, and those in stretches that are not too long."""
    if len(text.split()) <= LONGEST_WORDS:
        return [text]
    pieces: list[str] = []
    for sentence in re.split(r"(?<=[.?!…])\s+", text):
        words = sentence.split()
        pieces += [" ".join(words[at : at + LONGEST_WORDS]) for at in range(0, len(words), LONGEST_WORDS)]
    return pieces


def pairs() -> list[Pair]:
    """The pairs of the house's list and the user's, direct ones only."""
    names = [name.split("-", 1)[1] for name in models.catalogue() if name.startswith("firefox-")]
    return [(name.partition("-")[0], name.partition("-")[2]) for name in names]


def route(source: str, target: str) -> list[Pair]:
    """The pairs by which to go: one, or two through English. Raises `RouteError` from a language to itself."""
    ways = {(plain(source), plain(target)), (source, target)}
    if plain(source) == plain(target):
        raise RouteError(
            f"translate.firefox: from {source!r} to {target!r} there is nothing to translate; "
            "give two languages"
        )
    known = pairs()
    for way in sorted(ways, key=len):
        if way in known:
            return [way]
    first, second = (plain(source), PIVOT), (PIVOT, plain(target))
    return [first, second] if first in known and second in known else [(plain(source), plain(target))]


def plain(code: str) -> str:
    """The language of a BCP 47 code without region or script: `pt` of `pt-BR`."""
    return code.partition("-")[0].lower()


def _load(pair: Pair) -> Any:
    try:
        from fxtranslate import Translator
    except ImportError:
        raise need("fxtranslate", "asr", "translate.firefox") from None
    if pair not in pairs():
        return _published(Translator.load, pair)
    folder = models.ensure(f"firefox-{pair[0]}-{pair[1]}")
    try:
        return Translator(*_buffers(folder))
    except ValueError as fault:
        raise ModelError(f"{folder}: cannot be loaded ({fault}); type: dragoman models verify") from fault


def _buffers(folder: Path) -> tuple[bytes, bytes, bytes, bytes | None]:
    """Model, the two vocabularies (often one), shortlist."""

    def read(*patterns: str) -> bytes | None:
        found = next((file for pattern in patterns for file in sorted(folder.glob(pattern))), None)
        return found.read_bytes() if found else None

    model = read("model.*.bin")
    source, target = read("srcvocab.*.spm", "vocab.*.spm"), read("trgvocab.*.spm", "vocab.*.spm")
    if model is None or source is None or target is None:
        raise ModelError(
            f"{folder}: no model.*.bin with vocab.*.spm here; type: dragoman models fetch {folder.name}"
        )
    return model, source, target, read("lex.*.bin")


def _published(load: Callable[..., Any], pair: Pair) -> Any:
    """A translator for a pair of Mozilla's own list, fetched and verified by the library."""
    source, target = pair
    try:
        return load(source, target, str(models.root() / "fxtranslate"))
    except ValueError as fault:
        at_hand = ", ".join("-".join(pair) for pair in pairs())
        if "unreachable" in str(fault) or "GET " in str(fault):
            raise ModelError(
                f"translate.firefox: no model from {source} to {target} is at hand, and Mozilla's list of models "
                f"cannot be reached; connect to the network once, or use one of: {at_hand}"
            ) from fault
        raise RouteError(
            f"translate.firefox: there is no way from {source!r} to {target!r} ({fault}); at hand are: {at_hand}"
        ) from fault
