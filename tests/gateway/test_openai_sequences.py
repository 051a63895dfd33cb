"""Any sequence of events, in order or not, whole or mutated, is answered by the seven events and nothing else."""

import json
from collections import deque
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pipeline.gateway.calls import Configure, Finish, Hear, Refused
from pipeline.gateway.dialects import Event
from pipeline.gateway.happenings import Failed, Finished, Happening
from tests.gateway.test_livetranslate_sequences import JSON
from tests.gateway.test_openai import append, dialect
from tests.gateway.wire import a_turn

KNOWN = {
    "session.created",
    "session.updated",
    "session.closed",
    "session.input_transcript.delta",
    "session.output_transcript.delta",
    "session.output_audio.delta",
    "error",
}
KINDS = ["session.update", "session.input_audio_buffer.append", "session.close", "session.finish"]
CODES = {
    "invalid_json",
    "invalid_type",
    "invalid_value",
    "missing_required_parameter",
    "unknown_event",
    "unknown_parameter",
    "session_closed",
    "rate_limit_exceeded",
    "server_overloaded",
    "internal_error",
}
WHOLE: list[dict[str, Any]] = [
    {"audio": {"output": {"language": "fr"}}},
    {"audio": {"input": {"transcription": {"model": "gpt-realtime-whisper"}}}},
    {"audio": {"input": {"transcription": None, "noise_reduction": None}}},
    {"audio": {"input": {"noise_reduction": {"type": "near_field", "strength": 0.5}}}},
    {"audio": {"input": {}, "output": {}}},
    {},
]


def mutated(whole: Any) -> st.SearchStrategy[Any]:
    """The object, or one in which a member at any depth is another, gone, or new."""
    if not isinstance(whole, dict):
        return st.just(whole) | JSON
    inner = st.fixed_dictionaries({}, optional={key: mutated(value) for key, value in whole.items()})
    return (
        st.just(whole)
        | inner
        | st.tuples(inner, st.text(max_size=6), JSON).map(lambda given: {**given[0], given[1]: given[2]})
    )


class Sequences(RuleBasedStateMachine):
    """A client that sends anything, and a session that does or refuses what it is asked and tells turns."""

    @initialize(transcriber=st.sampled_from(["", "gpt-realtime-whisper"]))
    def connect(self, transcriber: str) -> None:
        self.dialect = dialect(transcriber=transcriber)
        self.seen: set[str] = set()
        self.ready: deque[Happening] = deque()
        self.turn = 0
        self.elapsed_ms = 0
        self.closing = False
        self.take(self.dialect.opened())

    @rule(session=st.sampled_from(WHOLE).flatmap(mutated), refused=st.booleans())
    def update(self, session: Any, refused: bool) -> None:
        before = self.dialect.wish
        told = self.send({"type": "session.update", "event_id": "event_x", "session": session}, refused)
        assert [event["type"] for event in told] in (["session.updated"], ["error"])
        if told[0]["type"] == "error":
            assert self.dialect.wish == before
            unread = told[0]["error"]["code"] == "invalid_json"  # Infinity, which is no JSON
            assert told[0]["error"]["event_id"] == (None if unread else "event_x")

    @rule(kind=st.sampled_from(KINDS), fields=st.dictionaries(st.text(max_size=6), JSON, max_size=3))
    def event(self, kind: str, fields: dict[str, Any]) -> None:
        self.send({**fields, "type": kind}, refused=False)

    @rule(event=mutated(append(b"\0\0")))
    def sound_of_any_kind(self, event: Any) -> None:
        self.send(event, refused=False)

    @rule(data=st.text(max_size=30) | st.just("[" * 5000), cut=st.integers(0, 80))
    def junk(self, data: str, cut: int) -> None:
        self.text(data, refused=False)
        self.text(json.dumps(append(b"\0\0"))[:cut], refused=False)

    @rule(refused=st.booleans())
    def sound(self, refused: bool) -> None:
        self.send(append(), refused)

    @rule(steps=st.integers(1, 12))
    def told(self, steps: int) -> None:
        for _ in range(steps):
            if not self.ready:
                self.ready.extend(a_turn(self.turn))
                self.turn += 1
            self.take(self.dialect.tell(self.ready.popleft()))

    @rule()
    def failure(self) -> None:
        self.ready.clear()
        [error] = self.take(self.dialect.tell(Failed("the interpretation failed")))
        assert error["error"]["event_id"] is None

    @invariant()
    def wishes_are_within_bounds(self) -> None:
        assert 2 <= len(self.dialect.wish.to) <= 30
        assert self.dialect.wish.speak

    def send(self, event: object, refused: bool) -> list[dict[str, Any]]:
        return self.text(json.dumps(event), refused)

    def text(self, text: str, refused: bool) -> list[dict[str, Any]]:
        """A frame; the session does or refuses what comes of it."""
        told: list[dict[str, Any]] = []
        for reaction in self.dialect.receive(text):
            if isinstance(reaction, Event):
                told += self.take([reaction])
                continue
            assert not self.closing
            assert isinstance(reaction, Configure | Hear | Finish)
            if isinstance(reaction, Hear):
                assert len(reaction.data) % 2 == 0
            self.closing = self.closing or isinstance(reaction, Finish)
            if refused:
                why = Refused("no", "to", "busy")
                told += self.take(self.dialect.refused(reaction, why))
                continue
            told += self.take(self.dialect.done(reaction, 0))
            if isinstance(reaction, Finish):
                assert self.take(self.dialect.tell(Finished()))[-1]["type"] == "session.closed"
        return told

    def take(self, events: list[Event]) -> list[dict[str, Any]]:
        """Each is an event of the protocol; text is never empty, and its time never goes back."""
        bodies = [event.body for event in events]
        for body in bodies:
            assert body["type"] in KNOWN
            assert body["event_id"] not in self.seen
            self.seen.add(body["event_id"])
            if body["type"] == "error":
                assert body["error"]["code"] in CODES
                assert isinstance(body["error"]["message"], str)
            if "delta" in body:
                assert body["delta"]
                assert body["elapsed_ms"] % 200 == 0
                assert body["elapsed_ms"] >= self.elapsed_ms
                self.elapsed_ms = body["elapsed_ms"]
        return bodies


TestSequences = Sequences.TestCase
TestSequences.settings = settings(max_examples=40, stateful_step_count=20)
