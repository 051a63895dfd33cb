from itertools import pairwise

import pytest

from nodes._engines.firefox import FirefoxEngine
from nodes.segment.units import ReadingUnits
from nodes.translate.firefox import FirefoxTranslate
from pipeline.conformance import check_node
from pipeline.errors import SettingsError
from pipeline.media import Text
from pipeline.settings import Uses, build
from pipeline.shared import shared
from pipeline.testing import feed, text, words
from tests.media import need_model


def test_one_language_cannot_be_both() -> None:
    with pytest.raises(SettingsError, match=r"from and to are both 'pt'; give two languages"):
        build(FirefoxTranslate, {"from": "pt", "to": "pt-BR"})


@pytest.mark.model
class TestWithTheModel:
    @pytest.fixture(autouse=True)
    def model(self) -> None:
        need_model("firefox-en-pt")

    def test_a_unit_comes_out_in_the_other_language(self) -> None:
        source = words("The quarterly revenue of the company grew.", start_s=2)
        [told] = feed(
            FirefoxTranslate(), text(Text(source, lang="en", ends="sentence", reason="punctuation"))
        ).translation
        assert told.payload.text == "A receita trimestral da empresa cresceu."
        assert (told.payload.lang, told.payload.ends, told.payload.reason) == (
            "pt",
            "sentence",
            "punctuation",
        )
        assert told.payload.source == source
        assert (told.start, told.end) == (source[0].start, source[-1].end)

    def test_its_words_share_the_span_of_the_source_in_order(self) -> None:
        source = words("The house is big.", start_s=1)
        [told] = feed(FirefoxTranslate(), text(Text(source))).translation
        target = told.payload.committed
        assert (target[0].start, target[-1].end) == (source[0].start, source[-1].end)
        assert all(word.end == after.start for word, after in pairwise(target))

    def test_a_sentence_in_units_reads_as_one(self) -> None:
        first, second = (
            words("In order for this test to work"),
            words("you will need to be connected.", start_s=4),
        )
        told = feed(FirefoxTranslate(), text(Text(first), Text(second, ends="sentence"))).payloads
        assert told[0].text + told[1].text == "Para que este teste funcione, você precisará estar conectado."

    def test_after_a_sentence_the_next_begins_anew(self) -> None:
        step = Text(words("I am here."), ends="sentence")
        later = Text(words("I am here.", start_s=5), ends="sentence")
        assert [unit.text for unit in feed(FirefoxTranslate(), text(step, later)).payloads] == [
            "Eu estou aqui."
        ] * 2

    def test_the_tail_is_shown_in_translation_and_only_when_it_changes(self) -> None:
        steps = text(Text((), "the house"), Text((), "the house"), Text((), "the house is big"))
        told = feed(FirefoxTranslate(), steps).payloads
        assert [unit.tentative for unit in told] == ["a casa", "a casa é grande"]
        assert all(not unit.committed for unit in told)

    def test_the_tail_is_left_out_where_it_is_not_wanted(self) -> None:
        steps = text(Text((), "the house"), Text(words("the house"), "is big"), Text((), "", ends="pause"))
        told = feed(FirefoxTranslate(tentative=False), steps).payloads
        assert [(unit.text, unit.tentative, unit.ends) for unit in told] == [
            ("a casa", "", ""),
            ("", "", "pause"),
        ]

    def test_other_nodes_may_ask_it(self) -> None:
        node = FirefoxTranslate()
        node.open()
        assert node.translate("I am here.") == "Eu estou aqui."
        node.close()


@pytest.mark.model
def test_it_keeps_the_promises_of_a_node() -> None:
    need_model("firefox-en-pt")
    lease = shared(("firefox", "en", "pt"), lambda: FirefoxEngine("en", "pt"))  # so that it loads once
    check_node(FirefoxTranslate)
    lease.close()


@pytest.mark.model
def test_behind_reading_units_every_source_word_is_rendered_once() -> None:
    need_model("firefox-en-pt")
    sentence = "You may end the test by hanging up or by pressing the pound key, if you would like to."
    steps = [Text((word,), lang="en") for word in words(sentence)]
    units = feed(ReadingUnits(confirm=Uses("translate.firefox")), text(*steps)).unit
    told = feed(FirefoxTranslate(), units).translation
    assert [word for packet in told for word in packet.payload.source] == list(words(sentence))
    assert len([packet for packet in told if packet.payload.committed]) > 2
