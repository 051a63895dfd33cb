"""WhisperLiveKit on a recording at the pace of life, with the same weights: its server, unchanged, over loopback.

Its words are those of its `lines`; its buffer, which may change, is left out. It runs in the peers' environment
(benchmarks/peers/requirements-live.txt); sound goes to it as 16-bit PCM in pieces of 0.1 s, each when it is due.
"""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.live_recordings import RATE_HZ, Recording, decode
from benchmarks.peer_logs import Shown, settled
from pipeline.measure.trace import Trace

PIECE_S = 0.1
START_S = 180.0  # at most, for the server to load its model
AFTER_S = 90.0  # at most, after the last sound, for what it has to catch up with
SILENCE = -2  # the speaker of its lines without words


def run(
    recording: Recording, peers: Path, weights: Path, out: Path, *options: str
) -> tuple[Trace, dict[str, Any]]:
    """What it said of a recording, and what it cost; its log goes into `out`. Options are more of its own."""
    port = _free_port()
    command = [str(peers / "bin" / "whisperlivekit-server"), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--backend", "faster-whisper", "--model_dir", str(weights), "--lan", recording.from_]
    command += ["--pcm-input", "--log-level", "ERROR"]
    command += ["--direct-english-translation"] if recording.from_ != recording.to else []
    out.mkdir(parents=True, exist_ok=True)
    with (out / "server.log").open("w") as log:
        server = subprocess.Popen([*command, *options], stdout=log, stderr=subprocess.STDOUT)
        try:
            _ready(port, server)
            before = _cpu_s(server.pid)
            states, over_s = _talk(recording, port)
            cpu = _cpu_s(server.pid) - before
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    report = {
        "system": "WhisperLiveKit",
        "options": list(options),
        "cpu_s_per_media_s": round(cpu / recording.seconds, 4),
        "over_s": round(over_s, 2),
    }
    return settled(recording, states), report


def _talk(recording: Recording, port: int) -> tuple[list[Shown], float]:
    """All states that it showed, and how long after the last sound it said that it was done."""
    from websockets.sync.client import connect

    pcm = (np.clip(decode(recording.path), -1, 1) * 32767).astype("<i2")
    step = int(PIECE_S * RATE_HZ)
    states: list[Shown] = []
    sent, done = [0.0], threading.Event()
    with connect(f"ws://127.0.0.1:{port}/asr?mode=full", max_size=None) as wire:
        zero = time.monotonic()

        def listen() -> None:
            for message in wire:
                told = json.loads(message)
                if told.get("type") == "ready_to_stop":
                    break
                if "lines" in told:
                    states.append(_state(told, time.monotonic() - zero, sent[0]))
            done.set()

        ear = threading.Thread(target=listen, daemon=True)
        ear.start()
        for first in range(0, len(pcm), step):
            piece = pcm[first : first + step]
            due = zero + (first + len(piece)) / RATE_HZ
            time.sleep(max(0.0, due - time.monotonic()))
            sent[0] = (first + len(piece)) / RATE_HZ
            wire.send(piece.tobytes())
        wire.send(b"")  # its sign for the end
        ended = time.monotonic()
        done.wait(AFTER_S)
        return states, time.monotonic() - ended


def _state(told: dict[str, Any], clock_s: float, heard_s: float) -> Shown:
    words: list[str] = []
    spans: list[tuple[float, float]] = []
    for line in told["lines"]:
        text = (line.get("text") or "").split() if line.get("speaker") != SILENCE else []
        start, end = _seconds(line["start"]), _seconds(line["end"])
        for n, word in enumerate(text):  # it gives the times of lines; its words share them evenly
            words.append(word)
            at = [start + (end - start) * k / len(text) for k in (n, n + 1)]
            spans.append((round(at[0], 3), round(at[1], 3)))
    return Shown(clock_s, tuple(words), tuple(spans), heard_s)


def _seconds(text: str) -> float:
    found = 0.0
    for part in text.split(":"):
        found = found * 60 + float(part)
    return found


def _cpu_s(pid: int) -> float:
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return sum(sum(member.cpu_times()[:2]) for member in family)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ready(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if server.poll() is not None:
            raise SystemExit("WhisperLiveKit ended while it was starting; see server.log")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
                if json.load(answer).get("ready"):
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.5)
    raise SystemExit(f"WhisperLiveKit was not ready after {START_S:.0f} s; see server.log")
