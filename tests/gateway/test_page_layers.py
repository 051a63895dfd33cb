"""Where the boxes of a graph stand."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.gateway.layers import GAP, LANE, Drawn, layers

TALK = {
    "talk": [],
    "speech": ["talk"],
    "words": ["talk", "speech"],
    "target": ["words"],
    "voice": ["target"],
}


def test_a_node_stands_behind_all_that_it_hears_from() -> None:
    drawn = layers(TALK)
    assert {name: place.column for name, place in drawn.boxes.items()} == {
        "talk": 0,
        "speech": 1,
        "words": 2,
        "target": 3,
        "voice": 4,
    }


def test_an_arrow_that_passes_a_column_has_a_lane_there_beside_the_box() -> None:
    drawn = layers(TALK)
    [lane] = drawn.via["talk", "words"]
    assert lane.column == 1
    assert abs(lane.top - drawn.boxes["speech"].top) >= LANE
    assert ("talk", "speech") not in drawn.via


def test_a_graph_without_nodes_is_an_empty_picture() -> None:
    assert layers({}) == Drawn({}, {})


@given(st.lists(st.sets(st.integers(0, 8)), max_size=9))
def test_no_two_boxes_overlap_and_arrows_run_to_the_right(graph: list[set[int]]) -> None:
    sources = {
        str(node): [str(one) for one in sorted(heard) if one < node] for node, heard in enumerate(graph)
    }
    drawn = layers(sources)
    for name, heard in sources.items():
        for source in heard:
            way = [drawn.boxes[source], *drawn.via.get((source, name), ()), drawn.boxes[name]]
            assert [point.column for point in way] == list(range(way[0].column, way[-1].column + 1))
    tops: dict[int, list[float]] = {}
    for place in drawn.boxes.values():
        tops.setdefault(place.column, []).append(place.top)
    for column in tops.values():
        assert all(b - a >= 1 + GAP - 1e-9 for a, b in zip(sorted(column), sorted(column)[1:], strict=False))
