"""Languages: what Tesseract calls them, which package brings them, and which one a line is in."""

import pytest

from nodes.ocr._lines import alike, tidy, visible
from nodes.ocr._scripts import data_of, language_of, package_of, script_of
from nodes.ocr.auto import AutoOcr
from nodes.ocr.tesseract import TesseractOcr
from pipeline.errors import SettingsError
from pipeline.settings import build


@pytest.mark.parametrize(
    ("lang", "package"),
    [("de", "tesseract-ocr-deu"), ("pt-BR", "tesseract-ocr-por"), ("zh", "tesseract-ocr-chi-sim")],
)
def test_the_package_of_a_language_is_known(lang: str, package: str) -> None:
    assert package_of(data_of(lang)) == package


@pytest.mark.parametrize(
    ("text", "expected", "lang"),
    [
        ("Сопровождающих Debian", [], ""),
        ("Сопровождающих Debian", ["en", "ru"], "ru"),
        ("debhelper, cdbs, такие", ["ru"], "ru"),
        ("必要なツール", [], "ja"),
        ("軟件", ["ja", "zh"], "ja"),
        ("軟件", [], ""),
        ("Ω και δ", [], "el"),
        ("Wir kommen", ["de", "en"], "de"),
        ("Wir kommen", [], ""),
        ("19:30 / 20:15", ["de"], ""),
    ],
)
def test_the_language_of_a_line_is_what_its_script_allows(text: str, expected: list[str], lang: str) -> None:
    assert language_of(text, expected) == lang


def test_kana_and_han_are_one_script() -> None:
    assert script_of("ja") == script_of("zh-TW") == "CJK"


@pytest.mark.parametrize("node", [AutoOcr, TesseractOcr])
def test_a_language_that_is_not_known_is_refused(node: type[AutoOcr | TesseractOcr]) -> None:
    with pytest.raises(SettingsError, match="no language 'xx'"):
        build(node, {"langs": ["xx"]})


def test_tesseract_must_be_told_a_language() -> None:
    with pytest.raises(SettingsError, match="langs is empty; name the languages"):
        build(TesseractOcr, {"langs": []})


def test_a_bullet_is_no_text() -> None:
    assert tidy("  ▶ Some   packages: ") == "Some packages:"
    assert tidy("-5 °C") == "-5 °C"
    assert [visible(text) for text in ("9⑨", "8/89", "— ™")] == [1, 3, 0]
    assert alike("GNU / Linux", "gnu/linux") == 1
