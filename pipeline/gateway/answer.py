"""Answer: a text that is spoken while it is sent: WAV or PCM over HTTP, piece by piece. For speaking.py.

The head is sent when there is a first piece of sound, so what fails before it is a refusal with a status; what fails after it
cuts the answer short. The voice runs in a thread of its own, and stops when nobody takes a piece.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import partial
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
import msgspec
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from pipeline.errors import DragomanError
from pipeline.gateway.dialects.openai import SERVER
from pipeline.gateway.happenings import SPOKEN_HZ
from pipeline.gateway.sound import pcm
from pipeline.gateway.translations import error
from pipeline.media import Samples, Speech, Text, Word
from pipeline.packet import Packet
from pipeline.resolve import node_class
from pipeline.settings import build, settings_of

log = logging.getLogger(__name__)

FORMATS = {"pcm": "audio/pcm", "wav": "audio/wav"}
PATIENCE_S = 30.0  # for a client that does not read


class Wanted(msgspec.Struct, frozen=True):
    """What is to be spoken, and how."""

    text: str
    lang: str
    node: str
    voice: str
    speed: float
    format: str


class Answer:
    """The answer to a request: its head is sent when there is a first piece of sound."""

    def __init__(self, wanted: Wanted, threads: anyio.CapacityLimiter) -> None:
        self._wanted = wanted
        self._threads = threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak, until all is said or the client has gone."""
        give, take = anyio.create_memory_object_stream[Samples | Exception](1)
        async with anyio.create_task_group() as group:
            speak = partial(anyio.to_thread.run_sync, _speak, self._wanted, give, limiter=self._threads)
            group.start_soon(speak)
            group.start_soon(_gone, receive, take)
            with take:
                await self._send(take, scope, receive, send)
            group.cancel_scope.cancel()

    async def _send(
        self,
        pieces: MemoryObjectReceiveStream[Samples | Exception],
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        kind, begun = self._wanted.format, False
        try:
            async for piece in pieces:
                if isinstance(piece, Exception):
                    await _failed(piece, begun, scope, receive, send)
                    return
                if not begun:
                    headers = [(b"content-type", FORMATS[kind].encode()), (b"cache-control", b"no-store")]
                    await send({"type": "http.response.start", "status": 200, "headers": headers})
                    head = _endless_header() if kind == "wav" else b""
                begun, body, head = True, head + pcm(piece), b""
                with anyio.fail_after(PATIENCE_S):
                    await send({"type": "http.response.body", "body": body, "more_body": True})
        except (anyio.ClosedResourceError, TimeoutError):
            return  # the client has gone, or does not read
        if begun:
            await send({"type": "http.response.body", "body": b""})
        else:
            refusal = error("There is nothing to say in 'input'.", "invalid_value", "input")
            await JSONResponse(refusal, 400)(scope, receive, send)


async def _failed(why: Exception, begun: bool, scope: Scope, receive: Receive, send: Send) -> None:
    log.error("event=speech_failed error=%s", why, exc_info=None if isinstance(why, DragomanError) else why)
    if not begun:
        body = error("The voice failed; try again.", "internal_error", kind=SERVER)
        await JSONResponse(body, 500)(scope, receive, send)


async def _gone(receive: Receive, pieces: MemoryObjectReceiveStream[Samples | Exception]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    pieces.close()


# In the thread of a voice


def _speak(wanted: Wanted, give: MemoryObjectSendStream[Samples | Exception]) -> None:
    """Speak, and hand out each piece; where nobody takes one, stop."""
    with suppress(anyio.BrokenResourceError, CancelledError):
        try:
            for samples in _spoken(wanted):
                anyio.from_thread.run(give.send, samples)
        except (DragomanError, OSError, RuntimeError, ValueError) as why:
            anyio.from_thread.run(give.send, why)
        finally:
            anyio.from_thread.run_sync(give.close)


def _spoken(wanted: Wanted) -> Iterator[Samples]:
    """Pieces of speech, (n,) float32 at SPOKEN_HZ."""
    cls = node_class(wanted.node)
    given = {"lang": wanted.lang, "speed": wanted.speed, "voice": wanted.voice}
    known = settings_of(cls)
    voice: Any = build(cls, {key: value for key, value in given.items() if value and key in known})
    resample: Any = build(node_class("audio.resample"), {"rate_hz": SPOKEN_HZ})
    words = tuple(Word(word, 0, 0) for word in wanted.text.split())
    resample.open()
    voice.open()
    try:
        inputs: dict[str, Any] = dict.fromkeys(voice.inputs)
        inputs["text"] = Packet(Text(words, lang=wanted.lang), 0, 0)
        for emission in voice.process(**inputs):
            if isinstance(emission.payload, Speech):
                for out in resample.process(Packet(emission.payload, 0, 0)):
                    yield out.payload.samples
    finally:
        voice.close()


def _endless_header() -> bytes:
    """The header of a WAV file whose length is not known yet: the lengths are the greatest that there are."""
    rate, width = SPOKEN_HZ, 2
    form = b"fmt " + (16).to_bytes(4, "little") + b"\1\0\1\0"
    form += rate.to_bytes(4, "little") + (rate * width).to_bytes(4, "little") + b"\2\0\x10\0"
    return b"RIFF\xff\xff\xff\xffWAVE" + form + b"data\xff\xff\xff\xff"
