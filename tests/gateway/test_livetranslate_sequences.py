"""Any sequence of events, in order or not, whole or mutated, is answered by events of the protocol and nothing else."""

import json
from collections import deque
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pipeline.gateway.calls import Commit, Configure, Finish, Hear, Refused
from pipeline.gateway.dialects import Event
from pipeline.gateway.happenings import Failed, Finished, Happening
from tests.gateway.wire import MODELS, a_turn, append, dialect

KNOWN = {
    "session.created",
    "session.updated",
    "session.finished",
    "error",
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "input_audio_buffer.cleared",
    "conversation.item.created",
    *(
        f"conversation.item.input_audio_transcription.{end}"
        for end in ("text", "delta", "completed", "failed")
    ),
    *(f"response.{end}" for end in ("created", "done", "output_item.added", "output_item.done")),
    *(f"response.{end}" for end in ("content_part.added", "content_part.done", "audio.delta", "audio.done")),
    *(f"response.{stem}.{end}" for stem in ("text", "audio_transcript") for end in ("text", "delta", "done")),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS: dict[str, list[Any]] = {
    "modalities": [["text"], ["text", "audio"], ["audio"]],
    "output_modalities": [["text"], ["text", "audio"]],
    "voice": [None, "Tina", "Cherry", "default", ""],
    "sample_rate": [8000, 16_000, 0, -1, 1e300],
    "input_audio_format": ["pcm", "pcm16", "opus"],
    "output_audio_format": ["pcm", "pcm24"],
    "input_audio_transcription": [
        None,
        {"model": None},
        {"language": "fr"},
        {"model": "qwen3-asr-flash-realtime"},
    ],
    "turn_detection": [None, {}, {"type": "server_vad"}, {"threshold": -1}, {"silence_duration_ms": 6000}],
    "translation": [
        {"language": "en"},
        {"language": "zh", "same_language_skip_options": {"skip_text": True, "skip_audio": True}},
        {"corpus": {"phrases": {"a": "b"}}},
    ],
    "enable_voice_clone": [True, False],
    "voice_clone_options": [{"frequency": "once"}, {"frequency": "never"}, {}],
    "audio": [{"input": {"format": {"type": "pcm", "sample_rate": 8000}}}, {"output": {"voice": "Ethan"}}],
}
KINDS = [
    "session.update",
    "input_audio_buffer.append",
    "input_image_buffer.append",
    "input_audio_buffer.commit",
    "input_audio_buffer.clear",
    "session.finish",
    "response.create",
]
ONE_FIELD = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from(FIELDS[name]) | JSON)
)


class Sequences(RuleBasedStateMachine):
    """A client that sends anything, and a session that does or refuses what it is asked and tells turns."""

    @initialize(model=st.sampled_from(MODELS))
    def connect(self, model: str) -> None:
        self.dialect = dialect(model)
        self.seen: set[str] = set()
        self.open: str | None = None  # the response that is open
        self.ready: deque[Happening] = deque()
        self.turn = 0
        self.manual = False
        self.finished = False
        self.take(self.dialect.opened())

    @rule(fields=st.lists(ONE_FIELD, max_size=4), refused=st.booleans())
    def settings(self, fields: list[tuple[str, Any]], refused: bool) -> None:
        before = self.dialect.wish
        told = self.send({"type": "session.update", "event_id": "event_x", "session": dict(fields)}, refused)
        assert [event["type"] for event in told] in (["session.updated"], ["error"])
        if told[0]["type"] == "error":
            assert self.dialect.wish == before
        self.manual = self.dialect.wish.turns == "manual"

    @rule(
        kind=st.sampled_from(KINDS),
        fields=st.dictionaries(st.text(max_size=6), JSON, max_size=3),
        refused=st.booleans(),
    )
    def event(self, kind: str, fields: dict[str, Any], refused: bool) -> None:
        self.send({**fields, "type": kind}, refused)

    @rule(kind=JSON, audio=JSON)
    def mutated(self, kind: Any, audio: Any) -> None:
        [error] = self.send({"type": kind, "audio": audio}, refused=False)
        assert error["type"] == "error"

    @rule(data=st.text(max_size=30) | st.just("[" * 5000), cut=st.integers(0, 80))
    def junk(self, data: str, cut: int) -> None:
        self.text(data, refused=False)
        self.text(json.dumps(append())[:cut], refused=False)

    @rule(refused=st.booleans())
    def sound(self, refused: bool) -> None:
        self.send(append(), refused)

    @rule(steps=st.integers(1, 12))
    def told(self, steps: int) -> None:
        for _ in range(steps):
            if not self.ready:
                self.ready.extend(a_turn(self.turn, manual=self.manual))
                self.turn += 1
            self.take(self.dialect.tell(self.ready.popleft()))

    @rule()
    def failure(self) -> None:
        self.ready.clear()
        self.take(self.dialect.tell(Failed("the interpretation failed")))
        assert self.open is None

    @invariant()
    def wishes_are_within_bounds(self) -> None:
        wish = self.dialect.wish
        assert 0 < wish.threshold < 1
        assert 200 <= wish.silence_ms <= 6000
        assert len(wish.to) <= 3

    def send(self, event: object, refused: bool) -> list[dict[str, Any]]:
        return self.text(json.dumps(event), refused)

    def text(self, text: str, refused: bool) -> list[dict[str, Any]]:
        """A frame; the session does or refuses what comes of it."""
        told: list[dict[str, Any]] = []
        for reaction in self.dialect.receive(text):
            if isinstance(reaction, Event):
                told += self.take([reaction])
                continue
            if isinstance(reaction, Hear):
                assert reaction.rate_hz in (8000, 16_000)
            if refused:
                told += self.take(self.dialect.refused(reaction, Refused("no", "to")))
                continue
            told += self.take(self.dialect.done(reaction, 0))
            if isinstance(reaction, Commit):
                self.ready.extend(a_turn(self.turn, manual=True))
                self.turn += 1
            elif isinstance(reaction, Finish):
                while self.ready:
                    self.take(self.dialect.tell(self.ready.popleft()))
                self.take(self.dialect.tell(Finished()))
            else:
                assert (
                    isinstance(reaction, Configure | Hear) or not told or told[0]["type"] != "session.updated"
                )
        return told

    def take(self, events: list[Event]) -> list[dict[str, Any]]:
        """Each is an event of the protocol, and responses neither interleave nor stay open."""
        bodies = [event.body for event in events]
        for body in bodies:
            assert body["type"] in KNOWN
            assert body["event_id"] not in self.seen
            self.seen.add(body["event_id"])
            if body["type"] == "error":
                assert {"type", "code", "message", "param"} <= set(body["error"])
                assert all(isinstance(body["error"][key], str) for key in ("type", "code", "message"))
            if body["type"] == "response.created":
                assert self.open is None
                self.open = body["response"]["id"]
            elif body["type"].startswith("response."):
                assert self.open == body.get("response_id", body.get("response", {}).get("id"))
            if body["type"] == "response.done":
                self.open = None
        return bodies


class ManySequences(Sequences):
    """The same, for as long as it takes."""


TestSequences = Sequences.TestCase
TestSequences.settings = settings(max_examples=40, stateful_step_count=20)
TestTenThousand = pytest.mark.long(pytest.mark.timeout(3600)(ManySequences.TestCase))
TestTenThousand.settings = settings(max_examples=10_000, stateful_step_count=20)
