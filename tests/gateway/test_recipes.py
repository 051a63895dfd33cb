from typing import Any

import pytest

from pipeline import Graph, models
from pipeline.errors import InputError
from pipeline.gateway.calls import Refused, Wish
from pipeline.gateway.recipes import Operator, Recipes
from tests.media import need_model

OWN = """
nodes:
  caller: {uses: source.external}
  words: {uses: asr.whisper, inputs: {audio: caller.audio, speech: activity.activity}, with: {lang: en}}
  activity: {uses: vad.silero, inputs: {audio: caller.audio}}
  target: {uses: translate.firefox, inputs: {unit: words.transcript}, with: {from: en, to: pt}}
"""


@pytest.fixture(autouse=True)
def _models() -> None:
    for name in ("whisper-base", "silero-vad", "firefox-en-pt"):
        need_model(name)


def test_a_wish_gets_the_graph_of_its_route_without_its_files() -> None:
    recipe = Recipes(Operator()).of(Wish(from_="en", to="pt"))
    assert (recipe.transcript, recipe.translation, recipe.speech) == (
        "words.transcript",
        "target.translation",
        "gateway-speech.resampled",
    )
    assert [member.uses for member in recipe.graph.members.values() if member.uses.startswith("sink.")] == []
    assert recipe.graph[recipe.source].rate_hz == 16_000  # type: ignore[attr-defined]


def test_equal_wishes_share_a_recipe_and_what_is_not_of_the_graph_makes_no_other() -> None:
    recipes = Recipes(Operator())
    assert recipes.of(Wish("en", "pt")) is recipes.of(Wish("en", "pt", silence_ms=300, voice="Tina"))
    assert recipes.of(Wish("en", "pt")) is not recipes.of(Wish("en", "pt", speak=False))


def test_a_client_that_reads_only_gets_no_voice() -> None:
    assert Recipes(Operator()).of(Wish("en", "pt", speak=False)).speech == ""


def test_speech_in_the_language_wanted_is_transcribed_and_spoken() -> None:
    recipe = Recipes(Operator()).of(Wish("en", "en"))
    assert recipe.translation == recipe.transcript == "words.transcript"
    assert recipe.speech == "gateway-speech.resampled"


def test_phrases_are_words_to_expect() -> None:
    recipe = Recipes(Operator()).of(Wish("en", "pt", phrases=(("Defarge", ""), ("Bastille", "Bastilha"))))
    terms: Any = recipe.graph["gateway-terms"]
    assert (terms.terms, terms.renderings, terms.to) == (
        ["Defarge", "Bastille"],
        {"Bastille": "Bastilha"},
        "pt",
    )
    assert recipe.graph.member("words").inputs["bias"].source == "gateway-terms.expected"
    assert recipe.graph.member("target").inputs["terms"].source == "gateway-terms.expected"


@pytest.mark.parametrize(
    ("wish", "what"),
    [
        (Wish(to="xx"), "to"),
        (Wish(from_="xx"), "from_"),
        (Wish("en", "pt", speak=False, clone=True), "clone"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_with_its_field(wish: Wish, what: str) -> None:
    with pytest.raises(Refused) as caught:
        Recipes(Operator()).of(wish)
    assert caught.value.what == what


def test_a_graph_of_the_operators_serves_what_it_can_and_refuses_the_rest() -> None:
    recipes = Recipes(Operator(graph=Graph.parse(OWN), to="pt"))
    recipe = recipes.of(Wish(to="pt", speak=False))
    assert (recipe.source, recipe.translation, recipe.activity) == (
        "caller",
        "target.translation",
        "activity.activity",
    )
    for wish, what in ((Wish(to="en"), "to"), (Wish(to="pt", speak=True), "speak")):
        with pytest.raises(Refused) as caught:
            recipes.of(wish)
        assert caught.value.what == what


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nodes: {talk: {uses: source.tone}}", "exactly one"),
        ("nodes: {caller: {uses: source.external, with: {rate_hz: 8000}}}", "rate_hz 16000"),
        ("nodes: {caller: {uses: source.external}}", "--translation node.output"),
    ],
)
def test_a_graph_that_cannot_be_served_says_what_it_lacks(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Recipes(Operator(graph=Graph.parse(text)))


def test_a_voice_of_the_house_is_honoured_and_any_other_name_is_that_of_the_graph() -> None:
    espeak = Recipes(Operator(voice="tts.espeak"))
    deep: Any = espeak.of(Wish("en", "pt", voice="m3")).graph["voice"]
    named: Any = espeak.of(Wish("en", "pt", voice="Tina")).graph["voice"]
    assert (deep.voice, named.voice) == ("m3", "")


@pytest.mark.parametrize(
    ("node", "sex", "voice"),
    [
        ("tts.espeak", "male", ""),
        ("tts.espeak", "female", "f2"),
        ("tts.hibari", "female", ""),
        ("tts.hibari", "male", ""),  # its men are not at hand: nothing is fetched for a client
    ],
)
def test_a_sex_is_met_where_the_engine_has_a_voice_of_it_at_hand(node: str, sex: str, voice: str) -> None:
    given: Any = Recipes(Operator(voice=node)).of(Wish("en", "en", voice=sex)).graph["voice"]
    assert given.voice == voice or (node == "tts.hibari" and given.voice == "heart")


def test_a_cloned_voice_is_that_of_who_is_heard_and_speakers_may_change() -> None:
    need_model("ge2e")
    recipes = Recipes(Operator(voice="tts.hibari"))
    once, always = (
        recipes.of(Wish("es", "en", clone=True, frequency=how)).graph for how in ("once", "always")
    )
    who: list[Any] = [graph["who"] for graph in (once, always)]
    assert [node.frequency for node in who] == ["once", "always"]
    assert once.member("who").inputs["audio"].source == "talk.audio"
    assert once.member("voice").inputs["timbre"].source == "likeness.timbre"
    assert recipes.of(Wish("es", "en")) is recipes.of(Wish("es", "en", frequency="always"))


def test_a_graph_of_the_operators_clones_by_converting_what_it_speaks() -> None:
    need_model("ge2e")
    voice = "  voice: {uses: tts.espeak, inputs: {text: target.translation}}\n"
    recipe = Recipes(Operator(graph=Graph.parse(OWN + voice), to="pt")).of(Wish(to="pt", clone=True))
    assert recipe.graph.member("who").inputs["audio"].source == "caller.audio"
    assert recipe.graph.member("gateway-speech").inputs["sound"].source == "manner.delivered"


def test_where_no_voice_can_be_known_cloning_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    at_hand = models.at_hand
    monkeypatch.setattr(models, "at_hand", lambda name: name != "ge2e" and at_hand(name))
    with pytest.raises(Refused, match="voice cloning is not supported by the voice of this server") as caught:
        Recipes(Operator()).of(Wish("en", "pt", clone=True))
    assert caught.value.what == "clone"


def test_what_is_found_in_the_pictures_is_read_and_nothing_else_of_its_kind() -> None:
    pytest.importorskip("mediapipe", reason="no MediaPipe: pip install 'dragoman[vision]'")
    signs = "  signs: {uses: vision.gesture, inputs: {video: caller.video}}\n"
    names = "  names: {uses: context.terms, with: {terms: [Defarge]}}\n"
    recipes = Recipes(Operator(graph=Graph.parse(OWN + signs + names), to="pt"))
    recipe = recipes.of(Wish(to="pt", speak=False))
    assert recipe.sights == ("signs.gesture",)
    assert "signs.gesture" in recipe.outputs
    assert (recipes.sees, recipes.speaks) == (True, False)
    assert Recipes(Operator()).sees is False
