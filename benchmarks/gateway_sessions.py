"""A server of its own, and clients that talk to it as it is done: at the pace of life, silent, or rudely."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psutil
from websockets.asyncio.client import connect

ROOT = Path(__file__).resolve().parents[1]
HZ = 16_000
PIECE = HZ // 10  # samples sent at once
SOUND = b"\x01"  # first byte of a frame of sound
OPEN = ("--max-load", "99", "--max-lag-s", "999", "--resume-s", "1")  # nobody is turned away


class Server(msgspec.Struct):
    """Where it listens, and its process."""

    port: int
    process: psutil.Process

    @property
    def cpu_s(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)

    @property
    def rss_mb(self) -> float:
        return float(self.process.memory_info().rss) / 1e6

    def health(self) -> dict[str, Any]:
        """What /health says."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=10) as answer:
            return dict(json.load(answer))

    async def emptied(self) -> None:
        """Wait until the last session has gone."""
        while self.health()["sessions"]:  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.5)


@contextmanager
def server(*words: str) -> Iterator[Server]:
    """`dragoman serve` with these words, on any port."""
    command = [sys.executable, "-m", "pipeline", "-q", "serve", *words, "--port", "0", *OPEN]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("DRAGOMAN_API_KEYS", None)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise SystemExit(f"the server did not start: {' '.join(command)}")
            port = int(line.split("//")[1].split("/")[0].rpartition(":")[2])
            yield Server(port, psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(60)


class Session(msgspec.Struct):
    """What one talk got."""

    delays_s: list[float] = []  # of each translated word, from its end in life to its arrival
    first_audio_s: float | None = None  # from the begin of the first turn to the first speech
    errors: list[str] = []


async def talk(at: Server, pcm: bytes, start: dict[str, Any], wait_s: float = 0) -> Session:
    """One session at the pace of life."""
    await asyncio.sleep(wait_s)
    found = Session()
    begun: float | None = None  # s of the talk
    async with connect(
        f"ws://127.0.0.1:{at.port}/v1/interpret", max_size=None, compression=None, ping_interval=None
    ) as socket:
        await socket.send(json.dumps({"type": "start", **start}))
        while json.loads(await socket.recv()).get("type") != "started":
            pass
        zero = time.monotonic()
        sender = asyncio.create_task(_speak(socket, pcm, zero))
        async for frame in socket:
            now = time.monotonic() - zero
            head = frame.partition(b"\n")[0] if isinstance(frame, bytes) else frame
            event = json.loads(head)
            match event["type"]:
                case "turn" if event["state"] == "started" and begun is None:
                    begun = event["at_ms"] / 1000
                case "target":
                    found.delays_s += [now - end / 1000 for _, _, end in event.get("words", [])]
                case "speech" if found.first_audio_s is None and begun is not None:
                    found.first_audio_s = now - begun
                case "error":
                    found.errors.append(event["error"]["message"])
                case "finished":
                    break
        await sender
    return found


async def _speak(socket: Any, pcm: bytes, zero: float) -> None:
    for number, begin in enumerate(range(0, len(pcm), 2 * PIECE), 1):
        await asyncio.sleep(max(0.0, zero + number * PIECE / HZ - time.monotonic()))
        await socket.send(SOUND + pcm[begin : begin + 2 * PIECE])
    await socket.send(json.dumps({"type": "finish"}))


async def silent(at: Server) -> Any:
    """A session that is connected and says nothing; to be closed."""
    url = f"ws://127.0.0.1:{at.port}/api-ws/v1/realtime"
    socket = await connect(url, compression=None, ping_interval=None)
    await socket.recv()
    return socket


async def visit(at: Server, pcm: bytes, *, rude: bool) -> None:
    """A short session; a rude one vanishes without a goodbye."""
    url = f"ws://127.0.0.1:{at.port}/v1/interpret"
    async with connect(url, compression=None, ping_interval=None) as socket:
        await socket.send(json.dumps({"type": "start", "to": "pt"}))
        await socket.send(SOUND + pcm)
        if rude:
            while json.loads(await socket.recv()).get("type") != "started":
                pass
            socket.transport.abort()
            return
        await socket.send(json.dumps({"type": "finish"}))
        async for frame in socket:
            if isinstance(frame, str) and json.loads(frame)["type"] == "finished":
                return
