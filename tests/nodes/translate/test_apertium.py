import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from nodes.translate._apertium import Apertium, mode_of
from nodes.translate.apertium import ApertiumTranslate
from pipeline.conformance import check_node
from pipeline.errors import NodeError, PackageError, RouteError, SettingsError
from pipeline.media import Text
from pipeline.settings import build
from pipeline.shared import shared
from pipeline.testing import feed, text, words


@pytest.fixture
def mode() -> Path:
    if not shutil.which("apertium-wblank-mode"):
        pytest.skip("apertium is not installed: apt-get install apertium apertium-eng-spa")
    try:
        return mode_of("en", "es")
    except RouteError as why:
        pytest.skip(str(why))


@pytest.fixture
def apertium(mode: Path) -> Iterator[Apertium]:
    apertium = Apertium(mode, answers_within_s=3)
    yield apertium
    apertium.close()


def test_without_the_program_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PackageError, match=r"not installed; type: apt-get install apertium apertium-eng-spa"):
        feed(ApertiumTranslate())


def test_a_pair_that_is_not_installed_is_named_with_those_that_are(mode: Path) -> None:
    with pytest.raises(
        RouteError, match=r"pair eng-jpn is not installed \(there are: .*eng-spa.*apt-cache search"
    ):
        mode_of("en", "jpn")


def test_one_language_cannot_be_both() -> None:
    with pytest.raises(SettingsError, match=r"from and to are both 'es'; give two languages"):
        build(ApertiumTranslate, {"from": "es"})


def test_a_unit_comes_out_in_the_other_language(mode: Path) -> None:
    source = words("I am here.")
    [told] = feed(ApertiumTranslate(), text(Text(source, ends="sentence"))).translation
    assert (told.payload.text, told.payload.lang, told.payload.ends) == ("Soy aquí.", "es", "sentence")
    assert told.payload.source == source


def test_signs_of_its_own_language_are_text_to_it(apertium: Apertium) -> None:
    assert "[5] {6} ^ $ / @ \\ <b>" in apertium.translate("[5] {6} ^ $ / @ \\ <b>")


def test_unknown_words_stay_without_a_mark(apertium: Apertium) -> None:
    assert apertium.translate("the xyzzyq grows") == "El xyzzyq crece"


def test_nothing_is_nothing(apertium: Apertium) -> None:
    assert apertium.translate(" \n\0") == ""


@pytest.mark.parametrize("harm", [signal.SIGKILL, signal.SIGSTOP])
def test_a_program_that_died_or_hangs_is_started_again(mode: Path, harm: signal.Signals) -> None:
    apertium = Apertium(mode, answers_within_s=1)
    assert apertium.translate("the house") == "La casa"
    os.killpg(apertium.group, harm)
    assert apertium.translate("the house") == "La casa"
    apertium.close()


def test_a_program_that_never_answers_is_an_error(mode: Path, tmp_path: Path) -> None:
    mute = tmp_path / "eng-mute.mode"
    mute.write_text("cat > /dev/null\n")
    apertium = Apertium(mute, answers_within_s=0.2)
    with pytest.raises(NodeError, match=r"eng-mute gave no answer to 'the house' within 0\.2 s, twice; try"):
        apertium.translate("the house")
    apertium.close()


def test_closing_twice_is_safe(apertium: Apertium) -> None:
    apertium.close()
    apertium.close()


def test_it_keeps_the_promises_of_a_node(mode: Path) -> None:
    lease = shared(("apertium", str(mode)), lambda: Apertium(mode))  # so that it starts once
    check_node(ApertiumTranslate)
    lease.close()
