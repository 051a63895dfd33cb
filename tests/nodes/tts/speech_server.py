"""A web service on this machine that speaks with espeak-ng as OpenAI's does, and fails in the ways that services do."""

from __future__ import annotations

import io
import json
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import numpy as np

from nodes._engines.espeak import EspeakLibrary
from pipeline.media import Samples

RATE_HZ = 22_050


class SpeechServer(NamedTuple):
    """Where it listens, what it was asked, and how it answers next: statuses or words, the first first."""

    url: str
    asked: list[dict[str, Any]]
    headers: list[dict[str, str]]
    faults: list[int | str]  # a status, or "hang up", "half", "silence", "html", "redirect"


class _Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.faults: list[int | str] = []
        self.released = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append(body)
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        fault = self.server.faults.pop(0) if self.server.faults else ""
        self.close_connection = fault in ("silence", "hang up", "half")
        if isinstance(fault, int):
            self._answer(fault, b'{"error": {"message": "as the test wants it"}}', "application/json")
        elif fault == "html":
            self._answer(200, b"<html>", "text/html")
        elif fault == "redirect":
            self._answer(307, b"", "text/plain", location="http://127.0.0.1:1/elsewhere")
        elif fault == "silence":
            self.server.released.wait(20)
        elif fault != "hang up":
            self._speak(body, half=fault == "half")

    def _speak(self, body: dict[str, Any], *, half: bool) -> None:
        sound = as_pcm(spoken(body["input"], body.get("speed", 1.0)))
        kind = body["response_format"]
        whole = as_wav(sound) if kind == "wav" else sound
        self._answer(200, whole, f"audio/{kind}", cut=len(whole) // 2 if half else len(whole))

    def _answer(
        self, status: int, body: bytes, kind: str, location: str = "", cut: int | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        if location:
            self.send_header("location", location)
        self.end_headers()
        self.wfile.write(body[:cut])

    def log_message(self, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def speech_server() -> Iterator[SpeechServer]:
    """One that listens as long as the block lasts."""
    with _Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_address[1]}/v1/audio/speech"
            yield SpeechServer(url, server.asked, server.headers, server.faults)
        finally:
            server.released.set()
            server.shutdown()
            thread.join()


def spoken(text: str, speed: float = 1.0) -> Samples:
    """What espeak-ng says, (n,) float32 at RATE_HZ."""
    library = EspeakLibrary()
    try:
        return library.say(text, "gmw/en-US", round(175 * speed))
    finally:
        library.close()


def as_pcm(samples: Samples) -> bytes:
    """16-bit little-endian PCM."""
    return np.rint(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def as_wav(pcm: bytes) -> bytes:
    """A WAV file of it."""
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(pcm)
    return data.getvalue()
