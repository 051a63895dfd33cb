"""Pictures with dubbed sound and captions into a video file."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Annotated, ClassVar, Literal, TypeAlias

from msgspec import Meta

from nodes.sink._cues import Cue, CueRules, Cues
from nodes.sink._mix import Mix
from nodes.sink._movie import CAPTIONS, Movie, MovieRules
from nodes.sink._overlay import Mark, Overlay
from nodes.sink._sight import Sight
from nodes.sink._timeline import speech_time
from pipeline.clock import Ns, ms, sample_index, to_seconds
from pipeline.errors import MediaError
from pipeline.media import (
    ActiveSpeaker,
    AudioFrame,
    Faces,
    Gesture,
    Hands,
    Pixels,
    ScreenText,
    Speech,
    Text,
    VideoFrame,
)
from pipeline.node import JoinName, Node, Place
from pipeline.packet import Packet
from pipeline.port import Input

RATE_HZ = 48_000  # of the mixed sound; other rates are converted to it
WITHOUT_PICTURE_S = 60  # sound that is held until a picture comes

Preset: TypeAlias = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"]

log = logging.getLogger(__name__)


@dataclass
class DubbedVideo(Node):
    """Write a video with speech in the target language over the lowered original, and captions to switch on.

    H.264 and AAC in MP4 (or `.mkv`); pictures keep their own times. Speech starts when it plays in the run, the
    original is lowered smoothly under it, captions are a soft track. Sound is mixed `horizon_ms` behind the
    pictures, because speech comes later than what it translates; speech that comes later still is laid as early as
    there is room and is told in the log (original sound that late is left out). Memory is bounded by the horizon. The
    file is whole once the run has ended.

    `overlay` draws into the pictures what the nodes of the eyes saw, and captions word by word. What they tell comes
    later than the picture that it speaks of, so pictures are then held for `overlay_ms`; what comes later still is
    drawn from then on.

    Example:
        movie:
          uses: sink.video
          inputs: {video: talk.video, audio: talk.audio, speech: voice.speech, text: target.translation}
          with: {path: talk.pt.mp4}
    """

    path: str = "dubbed.mp4"  # the file, .mp4, .m4v, .mov or .mkv; its folder is made, an old file replaced
    lower_db: Annotated[float, Meta(ge=-60, le=0)] = -14  # of the original under speech, dB, -60 to 0
    horizon_ms: Annotated[float, Meta(ge=1000)] = 30_000  # how late speech may come for its place, ms
    timing: Literal["source", "live"] = "source"  # of captions: when it was said, or when it came out
    fps: Annotated[float, Meta(ge=0, le=240)] = 0  # at most this many pictures a second; 0: all that come
    crf: Annotated[int, Meta(ge=0, le=51)] = 23  # quality of the pictures, 0 (all of it) to 51
    bitrate_kbps: Annotated[int, Meta(ge=0)] = 0  # of the pictures, kilobits a second; 0: by crf
    preset: Preset = "veryfast"  # effort of the encoder: ultrafast to medium
    overlay: list[Mark] = field(default_factory=list)  # drawn: captions, mouths, speaker, hands, text
    overlay_ms: Annotated[float, Meta(ge=0, le=10_000)] = 1000  # pictures are held for what is drawn, ms

    video = Input(VideoFrame)
    audio = Input(AudioFrame, optional=True, gather_ms=200)
    speech = Input(Speech, optional=True)
    text = Input(Text, optional=True)
    faces = Input(Faces, optional=True)
    speaker = Input(ActiveSpeaker, optional=True)
    hands = Input(Hands, optional=True)
    gesture = Input(Gesture, optional=True)
    screen_text = Input(ScreenText, optional=True)

    join: ClassVar[JoinName] = "arrival"
    runs_on: ClassVar[Place] = "thread"
    nice: ClassVar[int] = 3

    def __post_init__(self) -> None:
        if PurePath(self.path).suffix.lower() not in CAPTIONS:
            raise ValueError(
                f"path {self.path!r} is of no video format; give one that ends in {', '.join(CAPTIONS)}"
            )

    def open(self) -> None:
        held_s = self.horizon_ms / 1000 + 10
        rules = MovieRules(RATE_HZ, self.crf, self.bitrate_kbps, self.preset, held_s)
        self._movie = Movie("sink.video", self.path, rules)
        self._mix = Mix(RATE_HZ, self.lower_db)
        self._cues = Cues(CueRules())
        self._early: list[Cue] = []  # cues that came before the first picture
        self._seen: Ns = 0  # stream time up to which pictures or sound came
        self._tick = -1  # of `fps`: the last one that has its picture
        self._over = False
        self._overlay = Overlay(frozenset(self.overlay), "sink.video") if self.overlay else None
        self._sight = Sight()
        self._held: deque[tuple[Ns, Pixels]] = deque()  # pictures that wait for what is drawn into them

    def process(  # noqa: PLR0917 - one argument for each input
        self,
        video: Packet[VideoFrame] | None = None,
        audio: Packet[AudioFrame] | None = None,
        speech: Packet[Speech] | None = None,
        text: Packet[Text] | None = None,
        faces: Packet[Faces] | None = None,
        speaker: Packet[ActiveSpeaker] | None = None,
        hands: Packet[Hands] | None = None,
        gesture: Packet[Gesture] | None = None,
        screen_text: Packet[ScreenText] | None = None,
    ) -> None:
        if video is not None:
            self._show(video)
        if audio is not None:
            self._mix.lay_original(audio.payload, audio.start)
            self._seen = max(self._seen, audio.end)
        if speech is not None:
            self._speak(speech)
        if text is not None:
            self._caption(text)
        if self._overlay is not None:
            for packet in filter(None, (faces, speaker, hands, gesture, screen_text)):
                self._sight.see(packet)
        self._write_sound(sample_index(self._seen - ms(self.horizon_ms), RATE_HZ))

    def finish(self) -> None:
        self._end()

    def close(self) -> None:
        self._end()

    def _show(self, video: Packet[VideoFrame]) -> None:
        self._seen = max(self._seen, video.end)
        if self.fps:
            tick = int(to_seconds(video.start) * self.fps + 0.5)
            if tick <= self._tick:
                return
            self._tick = tick
        self._held.append((video.start, video.payload.pixels))
        self._write_pictures(video.start - ms(self.overlay_ms) if self._overlay else video.start)
        self._write_cues(())

    def _write_pictures(self, until: Ns) -> None:
        """Encode the pictures that are shown up to a time, with what was seen in them."""
        while self._held and self._held[0][0] <= until:
            at, pixels = self._held.popleft()
            if self._overlay is not None:
                pixels = self._overlay.draw(pixels, self._sight.at(at))
            self._movie.picture(pixels, at)

    def _speak(self, speech: Packet[Speech]) -> None:
        payload = speech.payload
        late = self._mix.lay_speech(payload.samples, payload.rate_hz, speech_time(speech))
        if late:
            log.warning(
                "sink.video: speech came %.1f s too late for its place and stands later; raise horizon_ms",
                to_seconds(late),
            )

    def _caption(self, text: Packet[Text]) -> None:
        live = self.timing == "live"
        if self._overlay is not None:
            self._sight.say(text.payload.committed, text.left if live else None)
        self._write_cues(self._cues.settle(text.left if live else text.start))
        self._write_cues(self._cues.add(text.payload.committed, text.left if live else None))
        if text.payload.ends:
            self._write_cues(self._cues.break_here())

    def _write_cues(self, cues: Iterable[Cue]) -> None:
        self._early.extend(cues)
        if self._movie.started:
            early, self._early = self._early, []
            for cue in early:
                self._movie.caption(cue)

    def _write_sound(self, until: int) -> None:
        """Encode the sound that is settled, a second at a time."""
        if not self._movie.started:
            held_s = self._mix.end / RATE_HZ
            if held_s > max(WITHOUT_PICTURE_S, self.horizon_ms / 1000):
                raise MediaError(
                    f"sink.video: {held_s:.0f} s of sound came and no picture; "
                    "connect the video, or write the sound with sink.wav"
                )
            return
        while until - self._mix.taken >= RATE_HZ:
            self._movie.sound(self._mix.take(RATE_HZ))

    def _end(self) -> None:
        """Write all that is held, and the file's index. Once."""
        if self._over:
            return
        self._over = True
        try:
            self._write_pictures(self._seen)
            self._write_cues(self._cues.rest())
            self._mix.flush()
            if self._movie.started:
                end = max(self._mix.end, sample_index(self._seen, RATE_HZ))
                self._write_sound(end)
                self._movie.sound(self._mix.take(max(0, end - self._mix.taken)))
        finally:
            self._movie.close()
