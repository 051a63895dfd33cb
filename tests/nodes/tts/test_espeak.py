"""Text in any of many languages is spoken at once."""

from __future__ import annotations

import ctypes.util
import sys

import numpy as np
import pytest

from nodes.tts.espeak import EspeakVoice
from pipeline.errors import PackageError, RouteError, SettingsError
from pipeline.media import Speech, Text
from pipeline.packet import Packet
from pipeline.testing import feed, text, words

try:
    import espeakng_loader  # noqa: F401 - is it there?
except ImportError:
    if ctypes.util.find_library("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed: pip install 'dragoman[tts]'", allow_module_level=True)

HELLO = {
    "en": "Good morning, everyone.",
    "pt-BR": "Bom dia a todos.",
    "es-MX": "Buenos días a todos.",
    "de-AT": "Guten Morgen zusammen.",
    "fr": "Bonjour à tous.",
    "ru": "Доброе утро всем.",
    "zh-Hans-CN": "大家早上好。",
    "ja": "皆さん、おはようございます。",
    "hi": "सभी को नमस्ते।",
    "ar": "صباح الخير جميعا",
    "no": "God morgen alle sammen.",
}


def spoken(node: EspeakVoice, *steps: Text) -> list[Packet[Speech]]:
    return feed(node, text(*steps)).speech


@pytest.mark.parametrize("lang", HELLO)
def test_it_speaks_the_language_of_the_text(lang: str) -> None:
    [packet] = spoken(EspeakVoice(), Text(words(HELLO[lang]), lang=lang))
    speech = packet.payload
    assert (speech.rate_hz, speech.lang, speech.text) == (22_050, lang, HELLO[lang])
    assert 0.4 < speech.duration / 1e9 < 4
    assert 0.02 < float(np.sqrt(np.mean(speech.samples**2))) < 0.3


def test_each_committed_step_is_one_piece_with_the_span_of_its_words() -> None:
    steps = Text(words("Bom dia."), lang="pt"), Text((), "Obri", "pt"), Text(words("Obrigado.", 2), lang="pt")
    packets = spoken(EspeakVoice(), *steps)
    assert [(p.start, p.end) for p in packets] == [
        (step.committed[0].start, step.committed[-1].end) for step in steps if step.committed
    ]


def test_one_voice_speaks_several_languages_in_turn() -> None:
    same = "Radio"
    steps = [Text(words(same, start_s=i), lang=lang) for i, lang in enumerate(("en", "de", "en-GB"))]
    sounds = [packet.payload.samples for packet in spoken(EspeakVoice(), *steps)]
    assert len({len(sound) for sound in sounds}) == 3


def test_a_run_repeats_whatever_else_was_spoken_in_the_process() -> None:
    steps = [Text(words(HELLO[lang], start_s=i), lang=lang) for i, lang in enumerate(HELLO)]
    once = spoken(EspeakVoice(), *steps)
    other = EspeakVoice(speed=1.7)
    other.open()  # a second graph of the same process, in the middle of its work
    list(other.process(text(steps[0])[0]))
    again = spoken(EspeakVoice(), *steps)
    other.close()
    for before, after in zip(once, again, strict=True):
        np.testing.assert_array_equal(before.payload.samples, after.payload.samples)


def test_words_a_minute_and_speed_set_the_pace() -> None:
    step = Text(words("The quick brown fox jumps over the lazy dog."), lang="en")
    durations = [
        spoken(node, step)[0].payload.duration
        for node in (
            EspeakVoice(rate_wpm=120),
            EspeakVoice(),
            EspeakVoice(speed=1.5),
            EspeakVoice(rate_wpm=450),
        )
    ]
    assert durations == sorted(durations, reverse=True)
    assert durations[2] == pytest.approx(durations[1] / 1.5, rel=0.15)


def test_a_variant_changes_the_voice() -> None:
    step = Text(words(HELLO["en"]), lang="en")
    [plain], [woman] = spoken(EspeakVoice(), step), spoken(EspeakVoice(voice="f1"), step)
    assert plain.payload.samples.tobytes() != woman.payload.samples.tobytes()


def test_the_setting_overrules_the_language_of_the_text() -> None:
    step = Text(words("Radio"), lang="en")
    [english], [german] = spoken(EspeakVoice(), step), spoken(EspeakVoice(lang="de"), step)
    assert german.payload.lang == "de"
    assert len(german.payload.samples) != len(english.payload.samples)


@pytest.mark.parametrize("written", ["...", "— …", "?!", ""])
def test_text_without_anything_to_say_makes_no_sound(written: str) -> None:
    assert spoken(EspeakVoice(), Text(words(written), lang="en")) == []


def test_an_unknown_language_is_refused_with_the_list() -> None:
    with pytest.raises(RouteError, match=r"no voice for 'tlx'; there are: af, am, .*, pt, pt-br"):
        EspeakVoice(lang="tlx").open()
    with pytest.raises(RouteError, match="no voice for 'tlx'; there are: "):
        spoken(EspeakVoice(), Text(words("hej"), lang="tlx"))


def test_text_without_a_language_is_refused_with_the_setting_to_give() -> None:
    with pytest.raises(RouteError, match="the text does not say its language; set lang to one of: af"):
        spoken(EspeakVoice(), Text(words("hello")))


def test_an_unknown_variant_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match="no voice 'Anni'; did you mean 'Annie'"):
        EspeakVoice(voice="Anni").open()


def test_without_the_package_the_system_s_library_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    if ctypes.util.find_library("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed on this system")
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    [packet] = spoken(EspeakVoice(), Text(words("Bom dia."), lang="pt"))
    assert packet.payload.duration > 0


def test_without_either_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    monkeypatch.setattr(ctypes.util, "find_library", lambda _name: None)
    with pytest.raises(
        PackageError, match=r"type: pip install 'dragoman\[tts\]' \(or: apt-get install espeak-ng\)"
    ):
        EspeakVoice().open()
