"""From a profile of a voice to how an engine is to speak so as to sound like it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from nodes._engines.voice.engine import Imitating
from nodes._engines.voice.guard import Heard, Trial, judged, tried
from nodes._engines.voice.hearing import Hearing
from nodes._engines.voice.imitating import engine_of
from nodes._engines.voice.matching import first_timbre
from nodes._engines.voice.sentences import TEST, sentences
from nodes._engines.voice.speaker_encoder import shared_encoder
from nodes._engines.voice.tuning import Search
from pipeline import models
from pipeline.media import Samples, Timbre, VoiceProfile
from pipeline.node import Node, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.shared import Lease

CONVERTED = 0.6  # share of the correction by nearest frames for an engine that nothing is known of


@dataclass
class VoiceImitation(Node):
    """Find out how a voice is to speak so as to sound like the one that is heard: at once, then better and checked.

    For each profile it emits a first timbre within milliseconds, made by arithmetic alone. Then, in the background: the
    timbre is held against the stock voice on two sentences (is the sound whole, does a recogniser understand it, is it
    nearer to the speaker?), weakened or given up where it is worse. With `search` so many renders look for a nearer one,
    and what they find is checked likewise; an encoder that the search does not know hears no gain (docs/benchmarks.md).
    What comes of it leaves as stage "tuned", or "stock" with the reason. Give its edge `capacity: 1, when_full: latest`
    so that of several profiles that come meanwhile only the newest counts.

    The check needs some seconds of one core, a search of 30 some 13 for hibari; both stand back for others. With `engine`
    empty, for voice.convert behind any voice, there is nothing to search by and the first timbre is the last.

    Example:
        likeness: {uses: voice.imitate, inputs: {profile: who.profile}, with: {engine: tts.hibari}}
    """

    engine: str = "tts.hibari"  # node that is to sound like it; empty: any, by voice.convert
    voice: str = ""  # `voice` of that node, where it has a model for each; empty: its default
    lang: str = "en"  # language that it speaks, BCP 47
    strength: Annotated[float, Meta(ge=0, le=1)] = 1.0  # how far towards the speaker at most, 0 to 1
    search: Annotated[int, Meta(ge=0, le=200)] = 0  # renders that a search for a nearer one may take; 0: none
    guard: bool = True  # check it on test sentences before it stays
    recogniser: str = "whisper-base"  # model by which the guard hears; empty: it listens for faults only
    seed: Annotated[int, Meta(ge=0)] = 0  # of the search: the same profile gives the same timbre

    runs_on: ClassVar[Place] = "thread"
    nice: ClassVar[int] = 6
    streams: ClassVar[bool] = True

    profile = Input(VoiceProfile)
    timbre = Output(Timbre)

    def open(self) -> None:
        self._leases: list[Lease[Any]] = []
        self._stock: Heard | None = None
        if not self.engine:
            return
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        if self.guard and self.recogniser:
            self._folder = models.ensure(self.recogniser)
        engine = engine_of(self.engine, self.voice)
        self._leases.append(engine)
        self._engine: Imitating = engine.value
        self._engine.stock()
        if self.guard or self.search:
            encoder = shared_encoder()
            self._leases.append(encoder)
            self._embedding = encoder.value

    def process(self, profile: Packet[VoiceProfile]) -> Iterator[Emission[Any] | None]:
        for timbre in self._better(profile.payload) if self.engine else self._any(profile.payload):
            yield None if timbre is None else self.timbre(timbre)

    def close(self) -> None:
        for lease in self._leases:
            lease.close()

    def _any(self, profile: VoiceProfile) -> Iterator[Timbre]:
        """What can be said for an engine that is not known: the converter makes its own equaliser."""
        yield Timbre(profile.speaker, "voice.convert", "first", self.strength, profile, nearest=CONVERTED)

    def _better(self, profile: VoiceProfile) -> Iterator[Timbre | None]:
        """A first timbre, the same once it was checked, and what the search made of it; None where it works on."""
        first = msgspec.structs.replace(first_timbre(profile, self._engine), strength=self.strength)
        yield first
        checked, trial = first, None
        if self.guard:
            trial = self._trial(profile)
            yield None
            checked = yield from judged(first, self._engine, trial, self._stock_heard(trial))
            yield checked
            if not checked.strength:
                return
        if not self.search:
            return
        yield from self._searched(profile, checked, trial)

    def _searched(
        self, profile: VoiceProfile, checked: Timbre, trial: Trial | None
    ) -> Iterator[Timbre | None]:
        """The best that is found, checked where there is a guard; else what was there, now to stay."""
        search = Search(
            checked,
            self._engine,
            lang=self.lang,
            likeness=lambda samples, rate_hz: self._cosine(profile, samples, rate_hz),
            evaluations=self.search,
            seed=self.seed,
        )
        for _ in search.rounds():
            yield None
        best = search.best
        if trial is not None:
            best = yield from judged(best, self._engine, trial, self._stock_heard(trial))
            if best.similarity <= checked.similarity:
                reason = checked.reason or "the search found nothing nearer"
                best = msgspec.structs.replace(checked, reason=reason)
        yield msgspec.structs.replace(best, stage="tuned")

    def _trial(self, profile: VoiceProfile) -> Trial:
        lang, texts = sentences(TEST, self.lang)
        return Trial(
            texts,
            lang,
            lambda samples, rate_hz: self._cosine(profile, samples, rate_hz),
            Hearing(self._folder) if self.recogniser else None,
        )

    def _cosine(self, profile: VoiceProfile, samples: Samples, rate_hz: int) -> float:
        return float(self._embedding(samples, rate_hz) @ profile.embedding)

    def _stock_heard(self, trial: Trial) -> Heard:
        """How the stock voice does: its words are heard once, how near it is to the speaker each time."""
        if self._stock is None:
            self._stock = tried(None, self._engine, trial)
            return self._stock
        near = [trial.likeness(piece, self._engine.rate_hz) for piece in self._stock.pieces]
        return msgspec.structs.replace(self._stock, similarity=sum(near) / len(near))
