"""simulstream on a recording: its own inference command, its sliding window, the same Whisper weights.

It does not run at the pace of life: it is given chunk after chunk and says what each cost. So its clock is made from
that by the recurrence of a single server, which is what a live system with these costs would do.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from benchmarks.live_recordings import Recording, decode, write
from benchmarks.peer_logs import Shown, write_events

PROCESSOR = "simulstream_whisper.WhisperSlidingWindow"
CHUNK_S = 1.0


def run(
    recording: Recording,
    peers: Path,
    weights: Path,
    out: Path,
    *,
    window_s: int = 8,
    chunk_s: float = CHUNK_S,
) -> dict[str, Any]:
    """Interpret a recording; write its own log, events.jsonl and report.json into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    sound = out / "sound.wav"
    write(sound, decode(recording.path))
    config = {
        "type": PROCESSOR,
        "weights": str(weights),
        "translate": recording.from_ != recording.to,
        "window_len": window_s,
        "speech_chunk_size": chunk_s,
        "detokenizer_type": "simuleval",
    }
    (out / "processor.yaml").write_text(
        "".join(f"{key}: {json.dumps(value)}\n" for key, value in config.items())
    )
    (out / "wavs.txt").write_text(f"{sound}\n")
    command = [str(peers / "bin" / "simulstream_inference"), "--speech-processor-config", "processor.yaml"]
    command += ["--wav-list-file", "wavs.txt", "--metrics-log-file", "simulstream.jsonl"]
    command += ["--src-lang", recording.from_, "--tgt-lang", recording.to]
    (out / "simulstream.jsonl").unlink(missing_ok=True)  # it would write on at its end
    plugin = str(Path(__file__).with_name("peers"))
    with (out / "inference.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=out, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONPATH": plugin}
        )
        cpu = _cpu_until_the_end(process)
    if process.returncode:
        raise SystemExit(f"simulstream failed; see {out / 'inference.log'}")
    states = list(_states(out / "simulstream.jsonl"))
    write_events(out / "events.jsonl", states, recording.to)
    report = {
        "system": "simulstream",
        "window_s": window_s,
        "cpu_s_per_media_s": round(cpu / recording.seconds, 4),
    }
    (out / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    return report


def _states(log: Path) -> Iterator[Shown]:
    """What it showed after each chunk, on the clock of a machine that does one chunk after the other."""
    words: list[str] = []
    spans: list[tuple[float, float]] = []
    free_s = heard_s = 0.0
    for line in log.read_text(encoding="utf-8").splitlines():
        step = json.loads(line)
        if "total_audio_processed" not in step:
            continue
        arrived_s, before_s = step["total_audio_processed"], heard_s
        free_s = max(free_s, arrived_s) + step["computation_time"]
        heard_s = arrived_s
        if deleted := len(step["deleted_tokens"]):
            del words[-deleted:], spans[-deleted:]
        new = step["generated_tokens"]
        words += new
        spans += [(before_s, heard_s)] * len(new)  # it gives no times of words
        yield Shown(free_s, tuple(words), tuple(spans), "", heard_s)


def _cpu_until_the_end(process: subprocess.Popen[bytes]) -> float:
    """CPU seconds of a process, the loading of its model with it, read until it ends."""
    watched, spent = psutil.Process(process.pid), 0.0
    while process.poll() is None:
        try:
            times = watched.cpu_times()
            spent = times.user + times.system
            process.wait(0.2)
        except (psutil.NoSuchProcess, subprocess.TimeoutExpired):
            continue
    return spent
