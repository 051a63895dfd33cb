"""Play a sound or video file, or anything that FFmpeg opens by a URL."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import anyio.to_thread
from msgspec import Meta

from nodes.source._reader import Reader, best, bytes_missing, contents, is_url, open_container
from nodes.source._timeline import BACK, JUMPS, Timeline
from nodes.source._tracks import AudioTrack, Track, VideoTrack
from pipeline.clock import Ns, RunClock, hold_virtual_time, ms, seconds, to_seconds
from pipeline.errors import MediaError
from pipeline.media import AudioFrame, VideoFrame
from pipeline.node import Source
from pipeline.port import Emission, Output

_log = logging.getLogger(__name__)


@dataclass
class File(Source):
    """Play a sound or video file, or a URL that FFmpeg opens (http, rtsp, …), as mono sound and RGB pictures.

    Stream time 0 is the first sample or picture of the file, whichever is earlier, as in a player, so captions
    line up with it. Sound comes in frames of `frame_ms`, due when their last sample is; a picture is due at its
    start. With `pace: asap` nothing waits but for room downstream; the packets are the same.

    Timestamps that cannot be true are repaired: gaps are filled with silence, jumps closed up, steps back and
    repeats counted on. What was repaired, and a file that ends before it says, is told once in the log and in
    `repairs`. A stream that nobody listens to is not decoded. One audio and one video stream are played, those
    that FFmpeg thinks best; several channels are mixed to one (ITU-R BS.775) without becoming louder.

    Example: `talk: {uses: source.file, with: {path: talk.mp4, pace: asap}}`
    """

    path: str = ""  # a file, or a URL that FFmpeg opens
    pace: Literal["realtime", "asap"] = "realtime"  # as it was recorded, or as fast as the graph takes it
    rate_hz: Annotated[int, Meta(ge=1000, le=384_000)] = 16_000  # Hz, of the sound given out
    frame_ms: Annotated[float, Meta(ge=1, le=10_000)] = 20  # ms of sound in a packet
    max_fps: Annotated[float, Meta(ge=0, le=1000)] = 0  # pictures a second at most; 0: the file's own
    max_height: Annotated[int, Meta(ge=0, le=8640)] = 0  # lines of a picture at most; 0: the file's own
    gap_fill_s: Annotated[float, Meta(ge=0, le=86_400)] = 30  # s; longer gaps in the times are closed up
    timeout_s: Annotated[float, Meta(ge=0.1, le=600)] = 10  # s to wait for a server, at first and for data

    audio = Output(AudioFrame, rate_hz="rate_hz")
    video = Output(VideoFrame)

    @property
    def live(self) -> bool:
        return self.pace == "realtime"

    @property
    def held_since(self) -> Ns | None:
        return self._settled  # sound and pictures come in one order, so nothing that follows starts before

    def open(self) -> None:
        self._settled: Ns = 0
        container = open_container(self.path, self.timeout_s)
        try:
            streams = {kind: best(container, kind) for kind in ("audio", "video")}
            self.has_audio, self.has_video = streams["audio"] is not None, streams["video"] is not None
            self.duration_s = (container.duration or 0) / 1e6  # as the file says; 0 where it does not know
            self._timeline = Timeline(seconds(self.gap_fill_s))
            tracks = self._tracks(container, streams)
            self._alone = len(tracks) == 1
            self._reader = Reader(container, tracks, self._timeline)
            idle = [stream for kind, stream in streams.items() if stream is not None and kind not in tracks]
            if not self._reader.prime(idle):
                raise MediaError(
                    f"{self.path}: has no sound or picture that can be decoded ({contents(container)}); "
                    "record or export it again"
                )
        except BaseException:
            container.close()
            raise

    def _tracks(self, container: Any, streams: dict[str, Any]) -> dict[str, Track]:
        """A track for each stream that somebody listens to. Raises `MediaError` where the file has none."""
        wanted = (
            self.wanted
            if self.wanted is not None
            else {kind for kind in streams if streams[kind] is not None}
        )
        for kind in sorted(wanted):
            if streams[kind] is None:
                raise MediaError(
                    f"{self.path}: has no {kind} stream (it has: {contents(container)}); give a file with "
                    f"{'sound' if kind == 'audio' else 'pictures'}, or leave the output {kind!r} unconnected"
                )
        if self.wanted is None and not wanted:
            raise MediaError(
                f"{self.path}: has neither sound nor video (it has: {contents(container)}); give another"
            )
        tracks: dict[str, Track] = {}
        if "audio" in wanted:
            tracks["audio"] = AudioTrack(streams["audio"], self.rate_hz, self.frame_ms, self._timeline)
        if "video" in wanted:
            tracks["video"] = VideoTrack(streams["video"], self.max_fps, self.max_height, self._timeline)
        return tracks

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        while items := await self._block():
            for item in items:
                if self.live:
                    await clock.until(_due(item))
                self._settled = (item.end if self._alone else item.start) or 0
                yield item
        self._tell()

    async def _block(self) -> list[Emission[Any]]:
        """The next packets, decoded in a worker thread; one or a few when live, so that nothing waits for more."""
        least = 0 if self.live else ms(500)
        with hold_virtual_time():
            return await anyio.to_thread.run_sync(self._reader.block, least, abandon_on_cancel=True)

    @property
    def repairs(self) -> dict[str, int]:
        """What had to be put right so far, and how often."""
        return dict(self._timeline.repairs)

    def _tell(self) -> None:
        if self.repairs:
            told = ", ".join(f"{count} {what}" for what, count in self.repairs.items())
            _log.warning("%s: is damaged in places, and was repaired: %s", self.path, told)
        reason = self._cut_short()
        if reason:
            end = to_seconds(self._reader.position)
            _log.warning(
                "%s: ends at %.1f s, cut short (%s); all before that was played", self.path, end, reason
            )

    def _cut_short(self) -> str:
        """Why the file seems to have more than could be played; empty when it does not."""
        if self._reader.broken:
            return self._reader.broken
        if bytes_missing(self.path):
            return "it has fewer bytes than its header says"
        # A length that counts a jump, or that a server guessed, says nothing about the end.
        known = not is_url(self.path) and JUMPS not in self.repairs and BACK not in self.repairs
        if known and self.duration_s - to_seconds(self._reader.position) > max(0.5, 0.03 * self.duration_s):
            return f"it says that it lasts {self.duration_s:.1f} s"
        return ""

    def close(self) -> None:
        self._reader.close()


def _due(item: Emission[Any]) -> Ns:
    at = item.end if item.port == "audio" else item.start
    return at or 0
