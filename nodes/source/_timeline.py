"""Where decoded frames stand in stream time, and the repair of timestamps that cannot be true.

Sound leads, because words are in it: it is laid out by counting samples, and its timestamps only say where
something is missing. Pictures follow the same shift, so that lips stay with the voice.

    sound, ahead of where it should be
        by less than 100 ms     counted on: containers round, clocks drift
        by up to `gap_fill`     a gap: filled with silence
        by more                 a gap too if pictures were there all the time; else a jump, closed up
    sound, behind               counted on: nothing heard is thrown away
    picture, same time          dropped when it is the same picture, else put 1 ms later
    picture, a bit back         put 1 ms after the last
    picture, far off            put by the shift that sound has, or had before its last jump, whichever fits;
                                else it gets its own

Must not know: PyAV, files, frames. All times are nanoseconds; `at` is a raw timestamp of the file.
"""

from __future__ import annotations

from collections import Counter

from pipeline.clock import Ns, ms, seconds

_TOLERANCE = ms(100)  # more than any container rounds by, less than a syllable
_NEAR = seconds(1)  # pictures that fit a shift lie within this of where the next one is due
_STEP = ms(1)

GAPS, JUMPS, BACK = "gaps filled with silence", "forward jumps closed up", "steps back in time"
ORDER, TWICE = "pictures out of order", "pictures given twice"


class Timeline:
    """Places sound and pictures of one file; `repairs` counts what had to be put right."""

    def __init__(self, gap_fill: Ns) -> None:
        self.repairs: Counter[str] = Counter()
        self._gap_fill = gap_fill
        self._shift: Ns = 0  # stream time minus raw time, of sound
        self._shift_before: Ns = 0  # the same before the last jump
        self._own_shift: Ns = 0  # of pictures, where sound's does not fit
        self._witness: Ns | None = None  # raw time up to which pictures came without a jump
        self._last: Ns | None = None  # stream time of the last picture
        self._last_end: Ns = 0

    def begin(self, zero: Ns) -> None:
        """Raw time `zero` is stream time 0."""
        self._shift = self._shift_before = self._own_shift = -zero

    def seen(self, at: Ns) -> None:
        """A packet of a picture with this raw time was read: time went on, even where there is no sound."""
        if self._witness is None or 0 < at - self._witness <= self._gap_fill:
            self._witness = at

    def silence_before(self, at: Ns | None, position: Ns) -> Ns:
        """Silence to put before sound with raw time `at`, when what came before it ends at `position`."""
        if at is None:
            return 0
        ahead = at + self._shift - position
        if (position and abs(ahead) <= _TOLERANCE) or ahead == 0:
            return 0
        witnessed = self._witness is not None and at <= self._witness + self._gap_fill
        if ahead > 0 and (ahead <= self._gap_fill or witnessed):
            if position:  # sound that starts after the pictures is no fault
                self.repairs[GAPS] += 1
            return ahead
        self.repairs[JUMPS if ahead > 0 else BACK] += 1
        self._shift_before, self._shift = self._shift, self._shift - ahead
        self._witness = at
        return 0

    def picture_at(self, at: Ns | None, nominal: Ns) -> Ns:
        """Where a picture stands as things are known now; asked again when sound has gone on."""
        due = 0 if self._last is None else self._last + nominal
        if at is None:
            return due
        places = [at + shift for shift in (self._shift, self._shift_before, self._own_shift)]
        for place in places:
            if abs(place - due) <= _NEAR:
                return place
        return min((place for place in places if place > due), default=places[0])

    def picture(self, at: Ns | None, duration: Ns, *, led: bool) -> Ns:
        """Place a picture for good: its start. `led`: sound is there, and has come this far."""
        start = self.picture_at(at, duration)
        if self._last is None:
            start = self._first(start, at, led)
        else:
            start = self._after(self._last, start, at, duration, led)
        self._last, self._last_end = start, start + duration
        return start

    def _first(self, start: Ns, at: Ns | None, led: bool) -> Ns:
        if at is not None and (start < 0 or (start > self._gap_fill and not led)):
            self.repairs[JUMPS if start > 0 else BACK] += 1
            self._own_shift = -at
            return 0
        return start

    def _after(self, last: Ns, start: Ns, at: Ns | None, duration: Ns, led: bool) -> Ns:
        jumped = start - max(last, self._last_end) > self._gap_fill and not led
        if at is not None and (jumped or start <= last - _NEAR):
            self.repairs[JUMPS if jumped else BACK] += 1
            self._own_shift = last + duration - at
            return last + duration
        if start <= last:
            self.repairs[ORDER] += 1
            return last + _STEP
        return start

    def repeats(self, at: Ns | None, nominal: Ns) -> bool:
        """Whether a picture has the time of the last one."""
        return self._last is not None and self.picture_at(at, nominal) == self._last
