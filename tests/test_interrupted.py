"""Ctrl-C, SIGTERM and readers that go away, at any moment: the run ends in order, and every file is complete."""

from __future__ import annotations

import signal
import subprocess
import textwrap
import wave
from pathlib import Path

import pytest

from pipeline.clock import stopwatch_ns
from tests.command import ended, interrupt, lines, started, valid
from tests.media import need_model
from tests.opening import recording

OWN = """
    import threading
    from dataclasses import dataclass
    from pathlib import Path
    from pipeline import AudioFrame, Input, Node, Output

    @dataclass
    class Slow(Node):
        '''Take long to load, or for each sound.'''
        load_s: float = 0  # s
        step_s: float = 0  # s
        audio = Input(AudioFrame)
        sound = Output(AudioFrame)
        runs_on = "thread"
        def open(self):
            threading.Event().wait(self.load_s)
        def process(self, audio):
            threading.Event().wait(self.step_s)
            yield self.sound(audio.payload)

    @dataclass
    class Stuck(Node):
        '''Never come back.'''
        audio = Input(AudioFrame)
        sound = Output(AudioFrame)
        def process(self, audio):
            if audio.start > 300_000_000:
                Path("stuck").touch()
                while True:
                    pass
            yield self.sound(audio.payload)
"""
GRAPH = """
nodes:
  hum:    {{uses: source.tone, with: {{duration_s: 600}}}}
  voice:  {{uses: vad.energy, inputs: {{audio: hum.audio}}}}
  events: {{uses: sink.jsonl, inputs: {{activity: voice.activity}}, with: {{path: events.jsonl}}}}
  sound:  {{uses: sink.wav, inputs: {{sound: hum.audio}}, with: {{path: hum.wav}}}}
  odd:    {{uses: "own:{name}", inputs: {{audio: hum.audio}}, with: {{{settings}}}}}
  late:   {{uses: sink.wav, inputs: {{sound: odd.sound}}, with: {{path: late.wav}}}}
"""
STOPPING = "\nstopping: what was heard is finished first; once more to abort\n"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "own.py").write_text(textwrap.dedent(OWN))
    return tmp_path


def graph(here: Path, name: str = "Slow", settings: str = "") -> tuple[str, ...]:
    """Arguments that run a graph without end, with a node that is slow or stuck."""
    (here / "own.yaml").write_text(GRAPH.format(name=name, settings=settings))
    return ("run", "own.yaml", "--out", "out")


def wait_for(file: Path, process: subprocess.Popen[str], size: int = 0, within_s: float = 30) -> None:
    """Until a file that the command writes is longer than `size`."""
    begun = stopwatch_ns()
    while not file.is_file() or file.stat().st_size <= size:
        assert process.poll() is None, process.communicate()
        assert stopwatch_ns() - begun < within_s * 1e9


def wait_for_line(process: subprocess.Popen[str], begin: str) -> None:
    """Until the command says a line that begins so; what it says before is passed over."""
    assert process.stderr is not None
    assert any(line.startswith(begin) for line in process.stderr), "it said nothing of the kind to its end"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_once_stops_in_order(number: int, here: Path) -> None:
    with started(*graph(here), cwd=here) as process:
        wait_for(here / "out" / "hum.wav", process, size=10_000)
        interrupt(process, number)
        said = ended(process)
    assert said.code == 0
    assert said.err == STOPPING
    found = valid(here / "out")
    assert found["report.json"]["ended"] == "stopped"
    assert found["hum.wav"] == pytest.approx(found["report.json"]["media_s"], abs=0.021)
    assert all(edge["offered"] == edge["passed"] for edge in found["report.json"]["edges"])
    assert found["events.jsonl"]


def test_while_it_loads(here: Path) -> None:
    with started(*graph(here, settings="load_s: 60"), cwd=here) as process:
        wait_for(here / "out" / "hum.wav", process)
        interrupt(process)
        said = ended(process, within_s=20)
    assert said == (1, "", f"{STOPPING}stopped\n")
    assert set(valid(here / "out")) <= {"events.jsonl", "hum.wav", "late.wav"}


def test_twice_aborts_what_is_still_drained(here: Path) -> None:
    with started(*graph(here, settings="step_s: 1"), "--stop-s", "60", cwd=here) as process:
        wait_for(here / "out" / "late.wav", process, size=44)
        interrupt(process)
        assert process.stderr is not None
        assert process.stderr.readline() + process.stderr.readline() == STOPPING
        interrupt(process)
        said = ended(process)
    assert said.code == 1
    assert "\naborting\n" in f"\n{said.err}"
    found = valid(here / "out")
    assert found["report.json"]["ended"] == "aborted"
    assert found["hum.wav"] >= found["late.wav"] > 0


def test_what_cannot_be_drained_in_time_is_left(here: Path) -> None:
    with started(*graph(here, settings="step_s: 1"), "--stop-s", "0.2", cwd=here) as process:
        wait_for(here / "out" / "late.wav", process, size=44)
        interrupt(process)
        said = ended(process)
    assert said.code == 1
    assert "not drained after 0.2 s (node 'odd' (own:Slow)); aborted\n" in said.err
    assert valid(here / "out")["report.json"]["ended"] == "aborted"


def test_three_times_ends_even_a_loop_that_hangs(here: Path) -> None:
    with started(*graph(here, "Stuck"), cwd=here) as process:
        wait_for(here / "stuck", process, size=-1)
        for answer in ("stopping: ", "aborting\n", "ended\n"):
            interrupt(process)
            wait_for_line(process, answer)
        said = ended(process, within_s=10)
    assert said.code == 1
    for name in ("hum.wav", "late.wav"):  # nobody was left to write the length into the header
        with wave.open(str(here / "out" / name)) as file:
            assert len(file.readframes(file.getnframes())) == 2 * file.getnframes()
    assert lines(here / "out" / "events.jsonl")


def talk(*words: str) -> tuple[str, ...]:
    """Arguments that interpret the recording."""
    for name in ("whisper-base", "silero-vad", "firefox-en-pt"):
        need_model(name)
    return ("interpret", str(recording()), "--from", "en", "--to", "pt", *words)


def test_an_interpretation_that_is_stopped_is_complete_so_far(here: Path) -> None:
    with started(*talk(), cwd=here) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "  pt  " in line:
                break
        interrupt(process)
        said = ended(process)
    assert said.code == 0
    assert "\nstopped: " in said.out
    found = valid(here / "out")
    assert "tempos" in found["transcript.pt.txt"]
    assert found["captions.pt.vtt"]
    assert found["speech.pt.wav"] > 1
    assert found["instances.log"][0]["prediction"]
    assert found["report.json"]["ended"] == "stopped"


def test_a_reader_that_has_seen_enough_stops_the_run(here: Path) -> None:
    with started(*talk("--stop-s", "30"), cwd=here) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(40) == 1
        assert process.stderr.read() == ""
    assert valid(here / "out")["report.json"]["ended"] == "stopped"
