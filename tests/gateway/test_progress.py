from pipeline import feed
from pipeline.conformance import check_node
from pipeline.gateway.progress import Progress
from pipeline.media import Text
from pipeline.testing import activity, text, words


def test_voice_activity_passes_once_all_that_was_said_of_it_has_passed() -> None:
    ticks = activity([(0.0, 1.0)], until_s=2.0, window_ms=100)
    said = text(Text(words("one two", 0.2)), Text(words("three", 1.5)))
    whole = feed(Progress(), ticks, translation=said)
    assert len(whole.settled) == len(ticks)
    going_on = feed(Progress(), ticks, translation=said, ended=False)
    assert [packet.start for packet in going_on.settled] == [packet.start for packet in ticks[:-1]]


def test_it_keeps_its_promises() -> None:
    check_node(Progress)
