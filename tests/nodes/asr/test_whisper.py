"""The recogniser as a node: its settings, and what each policy gives of a real voice."""

from __future__ import annotations

import re
from dataclasses import asdict
from difflib import SequenceMatcher

import pytest

from nodes._engines.policy import Policy, Rule
from nodes._engines.recognition import Recognition
from nodes.asr.whisper import WhisperRecogniser
from pipeline.errors import SettingsError
from pipeline.media import Activity
from pipeline.packet import Packet
from pipeline.settings import build, settings_of
from pipeline.testing import audio, feed
from tests.media import need_model, speech

POLICIES: list[Rule] = ["agreement+attention", "agreement", "hold", "attention"]


def test_what_is_not_set_is_the_measured_best() -> None:
    assert Recognition().live_policy() == Policy()


def test_every_setting_of_the_policy_reaches_it() -> None:
    changed = {"policy": "hold", "agree": 3, "behind_ms": 1, "hold_words": 4, "step_ms": 500}
    changed |= {"longest_ms": 9000, "keep_ms": 4000, "beam": 2}
    policy = asdict(Recognition(**changed).live_policy())  # type: ignore[arg-type]
    assert {key: policy[key] for key in changed} == changed


def test_settings_are_told_with_their_comments() -> None:
    found = settings_of(WhisperRecogniser)
    assert {"policy", "agree", "hold_words", "behind_ms", "step_ms", "keep_ms", "longest_ms", "beam"} < set(
        found
    )
    assert all(setting.comment for setting in found.values())


def test_keeping_more_than_is_ever_held_is_refused() -> None:
    with pytest.raises(
        SettingsError, match=r"keep_ms 4000 is not below longest_ms 2500.*give a keep_ms below it"
    ):
        build(WhisperRecogniser, {"longest_ms": 2500})


@pytest.mark.model
@pytest.mark.media
@pytest.mark.timeout(120)
@pytest.mark.parametrize("policy", POLICIES)
def test_by_every_policy_the_words_are_those_that_were_said(policy: Rule) -> None:
    need_model("whisper-base")
    sound = audio(speech("en", "jfk"))
    spoken = [Packet(Activity(0.9, True), frame.start, frame.end) for frame in sound]
    told = feed(WhisperRecogniser(lang="en", policy=policy), audio=sound, speech=spoken).transcript
    text = " ".join(packet.payload.text for packet in told if packet.payload.committed).lower()
    said = "and so my fellow americans ask not what your country can do for you ask what you can do for your country"
    assert SequenceMatcher(None, said.split(), re.findall(r"\w+", text)).ratio() > 0.9  # one word wrong: 0.95
    assert sum(bool(packet.payload.committed) for packet in told) > 2


@pytest.mark.model
@pytest.mark.media
@pytest.mark.timeout(120)
def test_cantonese_is_heard_as_chinese_and_keeps_its_tag() -> None:
    need_model("whisper-base")
    sound = audio(speech("yue"))
    spoken = [Packet(Activity(0.9, True), frame.start, frame.end) for frame in sound]
    told = feed(WhisperRecogniser(lang="zh-yue"), audio=sound, speech=spoken).transcript
    text = "".join(packet.payload.text for packet in told if packet.payload.committed)
    assert "法" in text  # France is spoken of, in the traditional script and in the simplified one
    assert len(text) < 60  # 26 characters were said: it does not go round in circles
    assert {packet.payload.lang for packet in told} == {"yue"}
