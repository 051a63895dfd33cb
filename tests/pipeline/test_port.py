"""Ports: what fits what, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.media import AudioFrame, Speech, Terms, Text, VideoFrame
from pipeline.node import Node
from pipeline.port import Emission, Input, Output, misfit


@dataclass
class Ends(Node):
    """Ports of many formats."""

    rate_hz: int = 24_000
    wait_ms: float = 300

    plain_in = Input(AudioFrame)
    narrow = Input(AudioFrame, rate_hz=16_000)
    either = Input(AudioFrame | Speech, rate_hz="rate_hz", gather_ms="wait_ms")  # type: ignore[arg-type]
    text = Input(Text)
    tall = Input(VideoFrame, height=480)

    plain = Output(AudioFrame)
    wide = Output(AudioFrame, rate_hz=48_000)
    own = Output(Speech, rate_hz="rate_hz")
    low = Output(VideoFrame, height=240)


def wrong(output: str, port: str) -> str | None:
    node = Ends()
    return misfit(getattr(Ends, output), node, getattr(Ends, port), node)


def test_kinds_must_fit() -> None:
    assert wrong("plain", "plain_in") is None
    assert wrong("own", "either") is None
    assert wrong("plain", "text") == "carries AudioFrame, but the input takes Text"
    assert wrong("own", "narrow") == (
        "carries Speech (rate_hz rate_hz), but the input takes AudioFrame (rate_hz 16000)"
    )


def test_formats_must_be_equal_where_both_are_known() -> None:
    assert wrong("plain", "narrow") is None  # unknown until packets flow
    assert wrong("wide", "plain_in") is None
    assert wrong("wide", "narrow") == (
        "has rate_hz 48000, but the input takes rate_hz 16000; put audio.resample between them"
    )
    assert wrong("low", "tall") == "has height 240, but the input takes height 480"


def test_a_format_may_be_the_value_of_a_setting() -> None:
    assert Ends.own.format_of(Ends(rate_hz=22_050)) == {"rate_hz": 22_050}
    assert Ends.either.gather_of(Ends(wait_ms=40)) == 40
    assert Ends.narrow.gather_of(Ends()) == 0


def test_ports_describe_themselves() -> None:
    assert Ends.narrow.describe() == "AudioFrame (rate_hz 16000)"
    assert Ends.either.describe() == "AudioFrame or Speech (rate_hz rate_hz)"
    assert Ends.text.describe() == "Text"


def test_an_output_makes_what_is_yielded() -> None:
    out: Output[Terms] = Output(Terms)
    out.name = "terms"
    assert out(Terms.of("a"), 3, 5) == Emission("terms", Terms.of("a"), 3, 5)
