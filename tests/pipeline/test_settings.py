"""Settings: from a mapping to a node, with errors that teach."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import Uses, build, faults, settings_of
from tests.parts import Gain
from tests.pipeline.cast import Knobs, Lonely, Needy, Tuned


def test_settings_are_told_with_their_type_default_and_comment() -> None:
    found = settings_of(Knobs)
    assert list(found) == ["share", "count", "pace", "lang", "from", "confirm", "both"]
    assert found["share"].default == 0.5
    assert found["share"].comment == "share of the whole, 0 to 1"
    assert not found["share"].required
    assert settings_of(Needy)["path"].required
    assert settings_of(Needy)["path"].default is dataclasses.MISSING
    assert settings_of(Lonely) == {}


def test_inherited_settings_keep_their_comments_and_a_class_overrules_its_bases() -> None:
    found = settings_of(Tuned)
    assert list(found) == ["volume", "tone", "extra"]
    assert [setting.comment for setting in found.values()] == [
        "how loud, 0 to 1, at night",
        "how high, Hz",
        "what it adds",
    ]
    assert (found["volume"].default, found["tone"].default) == (0.1, 440)
    assert faults(Tuned, {"tone": "a"})["tone"].endswith("give a whole number (how high, Hz)")


def test_a_node_is_built_from_a_mapping() -> None:
    node = build(
        Knobs, {"share": 1, "from": "en", "pace": "realtime", "confirm": {"uses": "tests.parts:Gain"}}
    )
    assert node == Knobs(share=1.0, from_="en", pace="realtime", confirm=Uses("tests.parts:Gain"))
    assert build(Gain, {}) == Gain()


def test_a_setting_can_be_a_node_with_settings() -> None:
    inner = Uses("tests.parts:Gain", {"factor": 3})
    assert inner.make() == Gain(3)
    with pytest.raises(SettingsError, match=r"Gain: unknown setting 'facter'; did you mean 'factor'\?"):
        Uses("tests.parts:Gain", {"facter": 3}).make()


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("share", -1, "setting 'share' is -1: expected `float` >= 0.0; give a number from 0 to 1 ("),
        ("share", "x", "setting 'share' is 'x': expected `float`, got `str`; give a number from 0 to 1 ("),
        ("count", 1.5, "setting 'count' is 1.5: expected `int`, got `float`; give a whole number (how many)"),
        (
            "count",
            True,
            "setting 'count' is True: expected `int`, got `bool`; give a whole number (how many)",
        ),
        ("both", "no", "setting 'both' is 'no': expected `bool`, got `str`; give true or false (on or off)"),
        ("lang", False, "setting 'lang' is False: expected `str`, got `bool`; give text (BCP 47)"),
        ("pace", "slow", "setting 'pace' is 'slow': invalid enum value 'slow'; give one of asap, realtime ("),
        ("confirm", {"uses": "x", "wiht": 1}, "setting 'confirm' is {'uses': 'x', 'wiht': 1}: "),
        ("shrae", 1, "unknown setting 'shrae'; did you mean 'share'?"),
        ("zzz", 1, "unknown setting 'zzz'; there are: both, confirm, count, from, lang, pace, share"),
    ],
)
def test_a_wrong_setting_says_what_would_be_right(key: str, value: Any, sentence: str) -> None:
    assert faults(Knobs, {key: value})[key].startswith(sentence)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        build(Knobs, {"share": 2, "cuont": 1, "lang": 3})
    lines = str(caught.value).split("\n")
    assert len(lines) == 3
    assert all(line.startswith("Knobs: ") for line in lines)


def test_what_the_node_itself_refuses_is_a_settings_error() -> None:
    with pytest.raises(SettingsError, match="Knobs: 13 brings bad luck; give another count"):
        build(Knobs, {"count": 13})
