"""simulstream on a recording: its own inference command, its sliding window, the same Whisper weights.

It does not run at the pace of life: it is given chunk after chunk and says what each cost. The reader of its log makes
its clock from that, as one worker that does one chunk after another.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import psutil

from benchmarks.live_recordings import Recording, decode, write
from pipeline.measure.logs import simulstream
from pipeline.measure.trace import Trace

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
) -> tuple[Trace, dict[str, Any]]:
    """What it said of a recording, and what it cost; its own log goes into `out`."""
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
    report = {
        "system": "simulstream",
        "window_s": window_s,
        "cpu_s_per_media_s": round(cpu / recording.seconds, 4),
    }
    [trace] = simulstream.read(out / "simulstream.jsonl").traces.values()
    return trace, report


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
