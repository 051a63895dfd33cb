"""The device is a double of the sounddevice module: it shows that the node keeps its side, not that a device does."""

import sys
import threading
import types
from contextlib import aclosing
from typing import Any

import anyio
import numpy as np
import pytest

from nodes.source.microphone import Microphone
from pipeline.clock import RunClock, ms, seconds
from pipeline.errors import MediaError, PackageError
from pipeline.media import Samples
from pipeline.port import Emission
from pipeline.testing import noise, tone
from tests.nodes.source._made import play_out


class PortAudioError(Exception):
    pass


class Device(types.ModuleType):
    """Stands in for sounddevice: one input stream, whose callback the test calls from another thread."""

    PortAudioError = PortAudioError

    def __init__(self, fault: Exception | None = None, inputs: int = 1) -> None:
        super().__init__("sounddevice")
        self.fault, self.inputs = fault, inputs
        self.closed = self.started = False
        self.given: dict[str, Any] = {}
        self.sent = 0

    def query_devices(self) -> list[dict[str, int]]:
        return [{"max_input_channels": self.inputs}]

    def InputStream(self, **given: Any) -> "Device":  # the name that sounddevice has
        if self.fault:
            raise self.fault
        self.given = given
        return self

    def start(self) -> None:
        self.started = True

    def close(self) -> None:
        self.closed = True

    def send(self, samples: Samples, *, skipped: int = 0) -> None:
        """Call back as PortAudio does: from a thread of its own, with a buffer that it uses again."""
        self.sent += skipped
        times = types.SimpleNamespace(inputBufferAdcTime=1000 + self.sent / self.given["samplerate"])
        status = types.SimpleNamespace(input_overflow=skipped > 0)
        buffer = samples[:, None].copy()
        thread = threading.Thread(target=self.given["callback"], args=(buffer, len(samples), times, status))
        thread.start()
        thread.join()
        buffer[:] = 0
        self.sent += len(samples)


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Device:
    return plug(monkeypatch, Device())


def plug(monkeypatch: pytest.MonkeyPatch, device: Device) -> Device:
    monkeypatch.setitem(sys.modules, "sounddevice", device)
    return device


def listen(source: Microphone, device: Device, *script: Any) -> list[Emission[Any]]:
    """Run a microphone while a script sends samples, ("skip", n, samples), or seconds of nothing."""
    came: list[Emission[Any]] = []
    group: Any = None

    async def speak() -> None:
        for step in script:
            if isinstance(step, float):
                await anyio.sleep(step)
            elif isinstance(step, tuple):
                device.send(step[2], skipped=step[1])
            else:
                device.send(step)
        await anyio.sleep(0.1)
        group.cancel_scope.cancel()

    async def main() -> None:
        nonlocal group
        async with anyio.create_task_group() as group:
            group.start_soon(speak)
            async with aclosing(source.produce(RunClock())) as stream:
                async for item in stream:
                    came.append(item)  # noqa: PERF401 - the run is cancelled in the end

    play_out(source, main)
    return came


def test_sound_comes_as_the_device_gives_it_and_stands_where_it_was_heard(device: Device) -> None:
    sound = noise(0.06)
    pieces = np.split(sound, 3)
    came = listen(Microphone(), device, 2.0, pieces[0], 0.02, pieces[1], 0.03, pieces[2])
    assert [item.start for item in came] == [seconds(1.98), seconds(2), seconds(2.02)]
    assert np.array_equal(np.concatenate([item.payload.samples for item in came]), sound)
    assert device.started
    assert device.closed


def test_the_device_is_asked_for_what_is_set(device: Device) -> None:
    source = Microphone(device="USB", rate_hz=48_000, frame_ms=10)
    source.open()
    source.close()
    asked = {key: device.given[key] for key in ("samplerate", "blocksize", "device", "channels", "dtype")}
    assert asked == {
        "samplerate": 48_000,
        "blocksize": 480,
        "device": "USB",
        "channels": 1,
        "dtype": "float32",
    }
    assert source.live
    Microphone().open()
    assert device.given["device"] is None


def test_what_the_device_lost_is_a_gap_in_time(device: Device, caplog: pytest.LogCaptureFixture) -> None:
    source = Microphone()
    came = listen(source, device, 0.02, tone(0.02), ("skip", 1600, tone(0.02)), tone(0.02))
    assert [item.start for item in came] == [0, ms(120), ms(140)]
    assert source.lost == 1
    assert "1 blocks of sound were lost; the graph or this computer is too slow" in caplog.text


def test_what_the_graph_did_not_take_in_time_is_a_gap_too(device: Device) -> None:
    source = Microphone(frame_ms=1000)
    came = listen(source, device, 1.0, *[tone(1.0)] * 4, 0.01, tone(1.0))
    assert [item.start for item in came] == [0, seconds(1), seconds(4)]
    assert source.lost == 2


def test_a_device_that_stops_is_an_error_that_says_so(device: Device) -> None:
    with pytest.raises(BaseExceptionGroup) as caught:
        listen(Microphone(), device, tone(0.02), 10.0)
    [error] = caught.value.exceptions
    assert isinstance(error, MediaError)
    assert "the default device stopped giving sound; plug it in again" in str(error)


@pytest.mark.parametrize(
    ("fault", "inputs", "words"),
    [
        (ValueError("No input device matching 'USB'"), 1, "device 'USB' cannot be opened .*choose another"),
        (
            PortAudioError("Invalid sample rate"),
            1,
            "device 'USB' cannot give 16000 Hz .*set rate_hz to 48000",
        ),
        (PortAudioError("Error querying device -1"), 0, "this computer has no sound input; plug one in"),
    ],
)
def test_a_device_that_cannot_be_opened_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, fault: Exception, inputs: int, words: str
) -> None:
    plug(monkeypatch, Device(fault, inputs))
    with pytest.raises(MediaError, match=f"source.microphone: {words}"):
        Microphone(device="USB").open()


def test_a_missing_package_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(
        PackageError, match=r"'sounddevice' is not installed; type: pip install 'dragoman\[live\]'"
    ):
        Microphone().open()


def test_a_missing_portaudio_says_what_to_type(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(
        PackageError, match=r"the PortAudio library is not installed .*apt install libportaudio2"
    ):
        Microphone().open()
