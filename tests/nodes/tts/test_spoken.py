"""What is written is read aloud as people say it, in the language of the text, and nothing is lost on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.tts._spoken import spoken
from pipeline.languages import languages

pytest.importorskip("babel", reason="babel is not installed: pip install 'dragoman[tts]'")


@pytest.mark.parametrize(
    ("lang", "written", "said"),
    [
        ("en", "It costs $5.50, £1,200 or €3.", "It costs 5 dollars 50, 1200 pounds or 3 euros."),
        ("en", "$3.5 million, 20 USD", "3.5 million dollars, 20 US dollars"),
        ("en-GB", "€1", "1 euro"),
        ("de", "Das kostet 5,50 € oder 3 Mio. €.", "Das kostet 5 Euro 50 oder 3 Millionen Euro."),
        ("pt-BR", "Custa R$ 5,50.", "Custa 5 Reais 50."),
        ("fr", "3 millions €", "3 millions de euros"),
        ("ru", "5 ₽ и $3", "5 рублей и 3 доллара"),
        ("ja", "¥30", "30円"),
        ("zh", "¥30", "30人民币"),
    ],
)
def test_money(lang: str, written: str, said: str) -> None:
    assert spoken(written, lang) == said


@pytest.mark.parametrize(
    ("lang", "written", "said"),
    [
        (
            "en",
            "1 km, 5 km and 3.5 kg at 20 °C",
            "1 kilometer, 5 kilometers and 3.5 kilograms at 20 degrees Celsius",
        ),
        ("es", "120 km/h", "120 kilómetros por hora"),
        ("ru", "2 кг, 5 км", "2 килограмма, 5 километров"),
        ("zh", "5km", "5公里"),
        ("hi", "5 km", "5 किलोमीटर"),
    ],
)
def test_measures_have_the_form_that_the_number_asks_for(lang: str, written: str, said: str) -> None:
    assert spoken(written, lang) == said


@pytest.mark.parametrize(
    ("lang", "written", "said"),
    [
        ("en", "on 12/03/2024", "on December 3, twenty twenty-four"),
        ("en", "on 31/12/2024", "on December 31, twenty twenty-four"),
        ("pt", "em 12/03/2024", "em 12 de março de 2024"),
        ("ru", "12.03.2024", "12 марта 2024"),
        ("ja", "2024-03-12", "2024年3月12日"),
        ("en", "99/99/2024", "99/99/2024"),
        ("de", "am 3. Oktober, der 1. Mai", "am dritten Oktober, der erste Mai"),
        ("cs", "3. října", "3 října"),
        ("en", "in 1999, the 1990s", "in nineteen ninety-nine, the nineteen nineties"),
        ("en", "1500 people", "1500 people"),
        ("de", "um 14:30 Uhr", "um 14 Uhr 30"),
        ("fr", "à 14h30", "à 14 heures 30"),
        ("en", "at 7:00 pm, at 9:00", "at 7 pm, at 9 o'clock"),
    ],
)
def test_dates_and_times(lang: str, written: str, said: str) -> None:
    assert spoken(written, lang) == said


@pytest.mark.parametrize(
    ("lang", "written", "said"),
    [
        ("en", "See https://www.example.com/a_b.", "See www dot example dot com slash a b."),
        ("pt", "a@b.org", "a arroba b ponto org"),
        ("de", "www.beispiel.de", "www Punkt beispiel Punkt de"),
        (
            "en",
            "Dr. Smith vs. Mr. Jones, e.g. No. 5",
            "Doctor Smith versus Mister Jones, for example number 5",
        ),
        ("es", "El Sr. García, etc.", "El Señor García, etcétera"),
        ("en", "I 😀 love 👍🏽 it 🇧🇷", "I love it"),
    ],
)
def test_addresses_abbreviations_and_emoji(lang: str, written: str, said: str) -> None:
    assert spoken(written, lang) == said


@pytest.mark.parametrize(
    "text", ["3.14", "1,234.5", "14:30", "10%", "1st", "v1.2.3", "F1", "A/B", "5m people"]
)
def test_what_voices_read_well_themselves_stays(text: str) -> None:
    assert spoken(text, "en") == text


def test_indian_scripts_keep_their_joiners() -> None:
    assert spoken("क्\u200dष", "hi") == "क्\u200dष"


@given(st.text(max_size=60), st.sampled_from([*languages(), "", "xx", "zh-Hant-TW", "no", "?"]))
def test_any_text_in_any_language_can_be_read(text: str, lang: str) -> None:
    assert isinstance(spoken(text, lang), str)


AMOUNTS = st.from_regex(r"\A[$€£]?[0-9.,/:-]{1,12}( ?(km|kg|€|h|Uhr|pm|USD))?\Z")


@given(
    st.lists(AMOUNTS, max_size=4).map(" ".join), st.sampled_from(["en", "de", "fr", "pt", "ru", "zh", "ar"])
)
def test_no_amount_is_too_odd_to_be_read(text: str, lang: str) -> None:
    said = spoken(text, lang)
    assert any(character.isalnum() for character in said) == any(character.isalnum() for character in text)


@given(
    st.lists(st.sampled_from(["one", "two", "пять", "你好", "éa", "क्ष"]), max_size=12),
    st.sampled_from(["en", "de"]),
)
def test_plain_words_are_left_alone(words: list[str], lang: str) -> None:
    assert spoken(" ".join(words), lang) == " ".join(words)
