"""What the page offers."""

from pipeline import Graph
from pipeline.gateway.choices import choices
from pipeline.gateway.recipes import Operator, Recipes
from tests.gateway.recording import need_models
from tests.gateway.test_recipes import OWN


def test_a_server_without_a_voice_offers_none() -> None:
    need_models()
    wanted = choices(Recipes(Operator(voice="none"))).wanted
    assert "pt" in [one.tag for one in wanted]
    assert [one.voices for one in wanted if one.voices] == []


def test_what_is_written_down_as_it_is_spoken_comes_last() -> None:
    need_models()
    wanted = choices(Recipes(Operator())).wanted
    ways = [len(one.from_) > 1 for one in wanted]
    assert ways == sorted(ways, reverse=True)
    assert all(one.from_ == (one.tag,) for one in wanted if len(one.from_) == 1)


def test_a_graph_of_the_operators_offers_what_it_does() -> None:
    need_models()
    offered = choices(Recipes(Operator(graph=Graph.parse(OWN), to="pt-BR")))
    assert [(one.tag, one.name) for one in offered.spoken] == [("auto", "Set by the server")]
    assert [(one.tag, one.name, one.voices) for one in offered.wanted] == [("pt-BR", "Portuguese", ())]
