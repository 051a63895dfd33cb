from fractions import Fraction

import av
import numpy as np
import pytest

from pipeline.gateway.calls import Hear, Refused
from pipeline.gateway.pictures import LARGEST_BYTES, pixels
from pipeline.gateway.sound import Ear, pcm
from pipeline.media import Samples
from pipeline.testing import tone
from tests.media import recordings


def jpeg(width: int, height: int) -> bytes:
    coder = av.CodecContext.create("mjpeg", "w")
    coder.width, coder.height, coder.pix_fmt, coder.time_base = width, height, "yuvj420p", Fraction(1, 25)
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, : width // 2] = (200, 30, 30)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuvj420p")
    return b"".join(bytes(packet) for packet in [*coder.encode(frame), *coder.encode(None)])


def forged(data: bytes, width: int, height: int) -> bytes:
    """The same file with another size in its header: what a decompression bomb says."""
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + data[at + 4 :]


def test_a_jpeg_is_decoded() -> None:
    found = pixels(jpeg(640, 480))
    assert found.shape == (480, 640, 3)
    assert found[240, 100, 0] > 180 > found[240, 500, 0] + 100
    assert pixels(jpeg(1920, 1080)).shape == (1080, 1920, 3)


def test_a_photograph_is_decoded() -> None:
    sign = next(
        line for line in recordings("d_onscreen_text", under="signs") if line["file"].endswith(".jpg")
    )
    data = sign["path"].read_bytes()
    if len(data) > LARGEST_BYTES:
        pytest.skip("the photograph is larger than the protocol takes")
    assert pixels(data).ndim == 3


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n",
        b"\xff\xd8\xff",
        jpeg(640, 480)[:300],
        jpeg(2560, 1440),
        forged(jpeg(64, 64), 65_535, 65_535),
        jpeg(64, 64) + b"\0" * LARGEST_BYTES,
    ],
    ids=["empty", "png", "head", "cut", "large", "bomb", "heavy"],
)
def test_what_is_no_jpeg_within_bounds_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        pixels(data)


def heard(rate_hz: int, piece: int) -> Samples:
    ear, data = Ear(), pcm(tone(1.0, 440, rate_hz=rate_hz))
    pieces = [ear.samples(Hear(data[at : at + piece], rate_hz)) for at in range(0, len(data), piece)]
    return np.concatenate([*pieces, ear.rest()])


def test_sound_comes_through_as_it_was() -> None:
    assert np.abs(heard(16_000, 3200) - tone(1.0, 440)).max() < 1e-4


def test_telephone_sound_is_brought_to_the_rate_of_graphs_however_it_is_cut() -> None:
    whole, pieces = heard(8000, 16_000), heard(8000, 320)
    length = min(len(whole), len(pieces))
    assert length > 15_990
    assert np.abs(whole[:length] - pieces[:length]).max() < 1e-4
    spectrum = np.abs(np.fft.rfft(pieces[1000:14_000]))
    assert abs(spectrum.argmax() * 16_000 / 13_000 - 440) < 2


def test_opus_packets_are_decoded() -> None:
    coder = av.CodecContext.create("libopus", "w")
    coder.sample_rate, coder.layout, coder.format = 48_000, "mono", "s16"
    packets = []
    for at, block in enumerate(np.split((tone(0.4, 440, rate_hz=48_000) * 32_767).astype(np.int16), 20)):
        frame = av.AudioFrame.from_ndarray(block[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts = 48_000, at * 960
        packets += [bytes(packet) for packet in coder.encode(frame)]
    ear = Ear()
    found = np.concatenate([ear.samples(Hear(packet, 16_000, "opus")) for packet in packets])
    assert len(found) > 5000
    spectrum = np.abs(np.fft.rfft(found[1000:5000]))
    assert abs(spectrum.argmax() * 16_000 / 4000 - 440) < 5


@pytest.mark.parametrize("call", [Hear(b"abc", 16_000), Hear(b"\xff" * 9, 16_000, "opus")])
def test_broken_sound_is_refused(call: Hear) -> None:
    with pytest.raises(Refused) as caught:
        Ear().samples(call)
    assert caught.value.what == "audio"


def test_speech_that_is_too_loud_is_clipped_and_never_wraps_around() -> None:
    assert np.frombuffer(pcm(np.array([2.0, -2.0], np.float32)), "<i2").tolist() == [32_767, -32_767]
