"""Reading a media file: one demux pass, decoded lazily, sound and pictures in the order of stream time.

How it works
    Packets are read until the track that is asked for has one; those of the other track wait, still compressed.
    So what a file interleaves badly costs kilobytes, and decoding goes on in the order of time. A track that has
    nothing while 512 packets of the other wait is absent and is not waited for; when it comes again it goes on at
    the time that the other has reached.

`block` is made for a worker thread. `close` may come from another thread while one is at work (a run that is
cancelled while a server keeps silent); the container is then closed by the worker as it leaves.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from nodes.source._timeline import Timeline
from nodes.source._tracks import Track, raw_time
from pipeline.clock import SECOND, Ns, ms
from pipeline.errors import MediaError
from pipeline.port import Emission

_PATIENCE = 512  # packets
_STREAMED = 0x7FFFFFFF  # from here on, the header was written before the length was known
_PRIMING = ms(100)  # encoders start a little before the first sample, and say so in different ways
_KINDS = "wav, flac, mp3, ogg, mp4, mkv, mov, …"


def is_url(path: str) -> bool:
    """Whether FFmpeg is to open this by a protocol and not as a file."""
    return "://" in path


def open_container(path: str, timeout_s: float) -> Any:
    """Open a file or URL with FFmpeg. Raises `MediaError` that says what is wrong with it."""
    import av
    from av.error import FFmpegError

    if not is_url(path):
        _check_file(path)
    try:
        container = av.open(
            path, timeout=(timeout_s, timeout_s) if is_url(path) else None, metadata_errors="replace"
        )
    except (FFmpegError, OSError, ValueError) as error:
        raise MediaError(_cannot_open(path, error)) from error
    if container.format.name == "tty":  # FFmpeg plays any .txt as pictures of a terminal
        container.close()
        raise MediaError(f"{path}: is text and not media; give a sound or video file ({_KINDS})")
    return container


def _check_file(path: str) -> None:
    file = Path(path)
    if not path:
        raise MediaError("source.file: no path is set; give a file or a URL, with: {path: talk.mp4}")
    if file.is_dir():
        raise MediaError(f"{path}: is a folder; give a file in it")
    if not file.exists():
        raise MediaError(f"{path}: there is no such file; check the path (it counts from {Path.cwd()})")
    if file.is_file() and file.stat().st_size == 0:
        raise MediaError(f"{path}: the file is empty (0 bytes); copy or record it again")


def bytes_missing(path: str) -> bool:
    """Whether a RIFF file (wav, avi) has fewer bytes than its header says; FFmpeg itself does not tell."""
    if is_url(path) or not Path(path).is_file():
        return False
    with Path(path).open("rb") as file:
        head = file.read(8)
    size = int.from_bytes(head[4:], "little")
    return head[:4] == b"RIFF" and size < _STREAMED and size + 8 > Path(path).stat().st_size


def _cannot_open(path: str, error: Exception) -> str:
    from av.error import InvalidDataError, ProtocolNotFoundError

    reason = getattr(error, "strerror", None) or str(error)
    if isinstance(error, PermissionError):
        return f"{path}: may not be read; change its permissions"
    if isinstance(error, ProtocolNotFoundError):
        scheme = path.partition("://")[0]
        return f"{path}: FFmpeg has no protocol {scheme!r}; give a file, or a URL with http, https, rtsp, rtmp or srt"
    if is_url(path) and not isinstance(error, InvalidDataError):
        return f"{path}: cannot be opened ({reason}); check the address and that its server can be reached"
    return (
        f"{path}: is not sound or video that FFmpeg can read ({reason}); give a file such as {_KINDS}, "
        "and if it is one, get it again: it may have been cut short before its index was written"
    )


def best(container: Any, kind: str) -> Any:
    """The audio or video stream to play, or None. The picture on a record's cover is not video."""
    from av.stream import Disposition

    streams = [
        stream
        for stream in getattr(container.streams, kind)
        if not stream.disposition & Disposition.attached_pic and stream.codec_context is not None
    ]
    chosen = container.streams.best(kind)
    return chosen if chosen in streams else next(iter(streams), None)


def contents(container: Any) -> str:
    """What a file has, for an error: `1 video (h264), 1 subtitle`."""
    counts: dict[str, int] = {}
    for stream in container.streams:
        codec = stream.codec_context.name if stream.codec_context else "unknown"
        counts[f"{stream.type} ({codec})"] = counts.get(f"{stream.type} ({codec})", 0) + 1
    return ", ".join(f"{count} {what}" for what, count in counts.items()) or "no streams at all"


class Reader:
    """Gives what a container's tracks have, in blocks; see the head of this file."""

    def __init__(self, container: Any, tracks: dict[str, Track], timeline: Timeline) -> None:
        self.container = container
        self.position: Ns = 0  # where what was given ends
        self.broken = ""  # why reading stopped before the end of the file
        self._tracks = tracks
        self._timeline = timeline
        self._demux = container.demux(*[track.stream for track in tracks.values()])
        self._by_index = {track.stream.index: track for track in tracks.values()}
        self._ended = False
        self._floor: Ns = 0
        self._busy = threading.Lock()
        self._closing = False

    def prime(self, idle: list[Any]) -> bool:
        """Decode the beginning of every track and find the file's zero; False when there is nothing at all.

        `idle` are the streams that are not played; the zero does not depend on who listens.
        """
        for track in self._tracks.values():
            self._fill(track)
        firsts = [track.raw[0][0] or 0 for track in self._tracks.values() if track.raw]
        zero = min(firsts, default=0)
        for stream in idle:
            start = int((stream.start_time or 0) * SECOND * stream.time_base)
            zero = start if zero - start > _PRIMING else zero
        self._timeline.begin(zero)
        return bool(firsts) or not self._tracks

    def block(self, least: Ns) -> list[Emission[Any]]:
        """What comes next, at least `least` of stream time; empty at the end."""
        items: list[Emission[Any]] = []
        try:
            with self._busy:
                while not self._closing and (item := self._next()) is not None:
                    items.append(item)
                    if self._floor - _start(items[0]) >= least:
                        break
        finally:
            if self._closing:
                self.close()
        return items

    def close(self) -> None:
        """Let the file go, now or as soon as the worker leaves it. May be called twice."""
        self._closing = True
        if self._busy.acquire(blocking=False):
            self.container.close()
            self._busy.release()

    def _next(self) -> Emission[Any] | None:
        while True:
            for track in self._tracks.values():
                self._fill(track)
            heads = [(at, name) for name, track in self._tracks.items() if (at := track.head()) is not None]
            if not heads:
                if all(track.done for track in self._tracks.values()):
                    return None
                continue
            item = self._tracks[min(heads)[1]].pop(self._floor, self._led())
            if item is not None:
                self._floor = _start(item)
                self.position = max(self.position, item.end or 0)
                return item

    def _led(self) -> bool:
        sound = self._tracks.get("audio")
        return sound is not None and not sound.done and not sound.absent

    def _fill(self, track: Track) -> None:
        """Read and decode until the track has something to give, has ended, or is absent."""
        while not track.raw and not track.done and track.head() is None:
            if track.packets:
                track.decode(track.packets.popleft())
            elif self._ended:
                track.decode(None)
                track.done = True
            elif track.absent:
                return
            elif any(len(other.packets) > _PATIENCE for other in self._tracks.values()):
                track.rest()
                track.absent = True
            else:
                self._read()

    def _read(self) -> None:
        from av.error import FFmpegError

        try:
            packet = next(self._demux)
        except StopIteration:
            self._ended = True
            return
        except (FFmpegError, OSError) as error:
            self._ended = True
            self.broken = getattr(error, "strerror", None) or str(error)
            return
        if packet.size == 0:
            return  # PyAV marks the end of each stream by one
        track = self._by_index[packet.stream.index]
        if track.absent:
            track.absent = False
            track.resume(self._floor)
        track.packets.append(packet)
        if packet.stream.type == "video" and (at := raw_time(packet, packet.stream)) is not None:
            self._timeline.seen(at)


def _start(item: Emission[Any]) -> Ns:
    assert item.start is not None
    return item.start
