"""Sessions with the real models: calls in, happenings out, faster than life."""

from collections.abc import Awaitable, Callable

import anyio
import numpy as np
import pytest

from pipeline.gateway.calls import Clear, Commit, Configure, Finish, Hear, Refused, See, Wish
from pipeline.gateway.happenings import (
    Failed,
    Finished,
    Happening,
    Heard,
    Rendered,
    Spoken,
    TurnDone,
    TurnStarted,
    TurnStopped,
)
from pipeline.gateway.recipes import Operator, Recipes
from pipeline.gateway.session import Session
from pipeline.graph import Graph
from pipeline.media import join_words
from tests.gateway.recording import pause, pieces, speech
from tests.gateway.test_media import jpeg

RECIPES = Recipes(Operator())
TO_PT = Wish(from_="en", to="pt")


pytestmark = pytest.mark.usefixtures("warm")


def told_by(client: Callable[[Session], Awaitable[None]], recipes: Recipes = RECIPES) -> list[Happening]:
    """What a session tells, whose client does this and then finishes."""
    told: list[Happening] = []

    async def play() -> None:
        async with anyio.create_task_group() as group:
            over = anyio.Event()

            def listen(happening: Happening) -> None:
                told.append(happening)
                if isinstance(happening, Finished):
                    over.set()

            session = Session(recipes, group, listen)
            await client(session)
            await session.do(Finish())
            await over.wait()
            with pytest.raises(Refused, match="being finished"):
                await session.do(Clear())

    anyio.run(play)
    return told


async def say(session: Session, pcm: bytes) -> None:
    for piece in pieces(pcm):
        await session.do(Hear(piece, 16_000))


def text_of(told: list[Happening], kind: type[Heard] | type[Rendered]) -> str:
    return " ".join(join_words(item.committed) for item in told if isinstance(item, kind) and item.committed)


def test_speech_is_heard_translated_and_spoken_in_a_turn() -> None:
    async def client(session: Session) -> None:
        await session.do(Configure(TO_PT))
        await say(session, speech() + pause(2.5))

    told = told_by(client)
    assert isinstance(told[0], TurnStarted)
    assert isinstance(told[-1], Finished)
    assert "afraid" in text_of(told, Heard)
    assert "medo" in text_of(told, Rendered)
    seconds = sum(len(item.samples) for item in told if isinstance(item, Spoken)) / 24_000
    assert 2 < seconds < 8
    [stopped] = [item for item in told if isinstance(item, TurnStopped)]
    assert 3.5e9 < stopped.at < 5e9
    assert [item.turn for item in told if isinstance(item, TurnDone)] == [0]


def test_a_client_that_ends_its_turns_gets_one_for_each_commit_and_none_for_what_it_cleared() -> None:
    async def client(session: Session) -> None:
        await session.do(Configure(Wish(from_="en", to="pt", speak=False, turns="manual")))
        with pytest.raises(Refused, match="no sound to commit"):
            await session.do(Commit())
        await say(session, speech())
        await session.do(Clear())
        await say(session, speech())
        await session.do(Commit())
        await say(session, pause(1.0))
        await session.do(Commit())

    told = told_by(client)
    assert [item.manual for item in told if isinstance(item, TurnStarted)] == [True, True]
    assert text_of(told, Heard).lower().count("afraid") == 1
    assert [item.turn for item in told if isinstance(item, TurnDone)] == [0, 1]
    assert [item.turn for item in told if isinstance(item, Rendered) and item.committed] == [0] * len(
        [item for item in told if isinstance(item, Rendered) and item.committed]
    )


def test_the_target_may_change_while_it_runs_and_nothing_heard_is_lost() -> None:
    async def client(session: Session) -> None:
        await session.do(Configure(Wish(from_="en", to="pt", speak=False)))
        await say(session, speech() + pause(0.3))
        await session.do(Configure(Wish(from_="en", to="en", speak=False)))
        await say(session, speech() + pause(0.3))

    told = told_by(client)
    langs = [item.lang for item in told if isinstance(item, Rendered) and item.committed]
    assert langs == sorted(langs, reverse=True)  # all of pt, then all of en
    assert set(langs) == {"pt", "en"}
    starts = [item.at for item in told if isinstance(item, TurnStarted)]
    assert starts == sorted(starts)
    assert starts[-1] > 4.4e9  # on the time line of the session
    assert [item.turn for item in told if isinstance(item, TurnDone)] == list(range(len(starts)))


def test_a_refused_wish_leaves_the_session_as_it_was() -> None:
    async def client(session: Session) -> None:
        await session.do(Configure(TO_PT))
        with pytest.raises(Refused, match="not known here"):
            await session.do(Configure(Wish(to="xx")))
        assert session.wish == TO_PT
        with pytest.raises(Refused, match="even number"):
            await session.do(Hear(b"abc", 16_000))
        with pytest.raises(Refused, match="voice activity ends turns"):
            await session.do(Commit())

    assert told_by(client) == [Finished()]


EYES = """
nodes:
  caller: {uses: source.external}
  activity: {uses: vad.silero, inputs: {audio: caller.audio}}
  words: {uses: asr.whisper, inputs: {audio: caller.audio, speech: activity.activity}, with: {lang: en}}
  target: {uses: translate.firefox, inputs: {unit: words.transcript}, with: {from: en, to: pt}}
  look: {uses: sink.collect, inputs: {item: caller.video}}
"""


@pytest.mark.parametrize("looks", [True, False])
def test_pictures_go_where_something_looks_at_them(looks: bool) -> None:
    lines = [line for line in EYES.splitlines() if looks or "look:" not in line]
    recipes = Recipes(Operator(graph=Graph.parse("\n".join(lines))))
    seen: list[int] = []

    async def client(session: Session) -> None:
        await session.do(Configure(Wish(to="pt", speak=False)))
        await session.do(Hear(bytes(3200), 16_000))
        assert await session.do(See(jpeg(640, 480))) == 640 * 480
        with pytest.raises(Refused):
            await session.do(See(b"no picture"))
        seen.extend((session.counts.pictures_seen, session.counts.pictures_unseen))

    told_by(client, recipes)
    assert seen == [int(looks), int(not looks)]


def test_a_graph_that_breaks_is_told_and_the_next_sound_opens_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recipes = Recipes(Operator())
    broken = recipes.of(Wish(from_="en", to="pt", speak=False)).graph.with_settings(
        {"words.model": "/nowhere"}
    )
    whole = Recipes.of
    answers = [broken]

    def of(self: Recipes, wish: Wish) -> object:
        import msgspec

        recipe = whole(self, wish)
        return msgspec.structs.replace(recipe, graph=answers.pop()) if answers else recipe

    async def client(session: Session) -> None:
        session.wish = Wish(from_="en", to="pt", speak=False)
        monkeypatch.setattr(Recipes, "of", of)
        with pytest.raises(Refused, match="cannot be started"):
            await session.do(Hear(bytes(3200), 16_000))
        await say(session, speech())

    told = told_by(client, recipes)
    assert isinstance(told[0], Failed)
    assert "afraid" in text_of(told, Heard)
    assert np.all([not isinstance(item, Failed) for item in told[1:]])
