"""Sound reaches a device without gaps of its own making; without a device the error says what to do."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from nodes.sink import _playback
from nodes.sink._playback import Playback
from nodes.sink.speaker import Speaker
from pipeline.errors import MediaError, PackageError
from pipeline.media import Samples
from pipeline.testing import audio, feed, tone


def test_pieces_come_out_as_one_sound_in_blocks_of_any_size() -> None:
    playback = Playback(16_000, capacity_s=10)
    signal = tone(0.5)
    for packet in audio(signal, frame_ms=30):
        assert playback.put(packet.payload.samples)
    out = np.concatenate([playback.take(count) for count in (1, 700, 320, 6979, 100)])
    np.testing.assert_array_equal(out, np.concatenate([signal, np.zeros(100, np.float32)]))


def test_the_graph_waits_while_the_buffer_is_full_and_loses_nothing() -> None:
    playback, over = Playback(16_000, capacity_s=0.1), threading.Event()
    heard: list[Samples] = []

    def device() -> None:
        while not over.is_set():
            heard.append(playback.take(160))

    thread = threading.Thread(target=device, daemon=True)
    thread.start()
    signal = tone(2.0)
    for packet in audio(signal, frame_ms=100):
        assert playback.put(packet.payload.samples)
    assert playback.drain()
    over.set()
    thread.join()
    played = np.concatenate(heard)
    np.testing.assert_array_equal(played[played != 0], signal[signal != 0])


def test_a_device_that_takes_nothing_does_not_hang_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_playback, "PATIENCE_S", 0.01)
    playback = Playback(16_000, capacity_s=0.1)
    assert playback.put(tone(0.2))
    assert not playback.put(tone(0.2))
    assert not playback.drain()


class _Device:
    """Stands for the sound device that a test machine does not have; takes all it is given, in a thread."""

    taken: list[Any] = []  # noqa: RUF012 - one device a machine

    def __init__(self, samplerate: int, blocksize: int, callback: Any, **_: Any) -> None:
        self._callback, self._blocksize, self.rate_hz = callback, blocksize, samplerate
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _play(self) -> None:
        while not self._over.wait(0.0001):
            block = np.zeros((self._blocksize, 1), np.float32)
            self._callback(block, self._blocksize, None, None)
            self.taken.append(block[:, 0])


def sounddevice(outputs: list[str]) -> Any:
    module: Any = ModuleType("sounddevice")
    module.PortAudioError = type("PortAudioError", (Exception,), {})
    module.OutputStream = _Device
    listed = [{"name": name, "max_output_channels": 2} for name in outputs]

    def query_devices(device: str | None = None, kind: str | None = None) -> Any:
        if kind is None:
            return listed
        if not any(device is None or device in name for name in outputs):
            raise ValueError(f"No output device matching {device!r}")
        return listed[0]

    module.query_devices = query_devices
    return module


def test_everything_is_played_before_the_run_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", sounddevice(["headphones"]))
    _Device.taken.clear()
    signal = tone(1.0)
    feed(Speaker(buffer_s=0.2), audio(signal))
    played = np.concatenate(_Device.taken)
    np.testing.assert_array_equal(played[played != 0], signal[signal != 0])


def test_an_unknown_device_is_refused_with_those_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", sounddevice(["headphones", "HDMI"]))
    with pytest.raises(
        MediaError, match=r"no output device 'radio': .*; give device one of: headphones, HDMI"
    ):
        Speaker(device="radio").open()


def test_a_machine_without_a_device_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", sounddevice([]))
    with pytest.raises(MediaError, match=r"no output device: .*; connect one, or write with sink\.wav"):
        Speaker().open()


def test_another_sample_rate_is_refused_with_the_node_that_converts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", sounddevice(["headphones"]))
    packets = [*audio(tone(0.1)), *audio(tone(0.1, rate_hz=8000), rate_hz=8000, start=1_000_000_000)]
    with pytest.raises(
        MediaError, match=r"sink\.speaker: got sound at 8000 Hz.*put audio\.resample before it"
    ):
        feed(Speaker(), packets)


def test_without_the_package_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(
        PackageError, match=r"'sounddevice' is not installed; type: pip install 'dragoman\[live\]'"
    ):
        Speaker().open()


def test_without_portaudio_the_error_names_the_system_s_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(
        PackageError, match="PortAudio library not found; type: apt-get install libportaudio2"
    ):
        Speaker().open()
