import pickle
import threading
from contextlib import aclosing
from typing import Any

import anyio
import anyio.to_thread
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes.source.external import External
from pipeline import check_node
from pipeline.clock import RunClock, ms, run_virtual, seconds
from pipeline.testing import noise, silence, tone
from tests.nodes.source._made import heard, picture, play, run_beside


def asap(**settings: Any) -> External:
    return External(pace="asap", **settings)


def filled(*pieces: object, **settings: Any) -> External:
    source = asap(capacity_ms=60_000, **settings)
    assert all(source.push(piece) for piece in pieces)
    source.end()
    return source


def test_what_a_program_pushes_comes_out_in_frames() -> None:
    frames = play(filled(noise(0.05)))["audio"]
    assert [(f.start, f.end) for f in frames] == [(0, ms(20)), (ms(20), ms(40)), (ms(40), ms(50))]


@settings(max_examples=25)
@given(st.lists(st.integers(0, 8000), max_size=8))
def test_any_cutting_gives_the_same_frames(cuts: list[int]) -> None:
    sound = noise(0.5)
    pieces = np.split(sound, sorted(cuts))
    frames, whole = play(filled(*pieces))["audio"], play(filled(sound))["audio"]
    assert [(f.start, f.end) for f in frames] == [(f.start, f.end) for f in whole]
    assert np.array_equal(heard({"audio": frames}), sound)


def test_raw_pcm_of_a_pipe_and_integers_are_taken() -> None:
    pcm = (tone(0.1) * 32767).astype("<i2")
    for given_ in (
        pcm,
        pcm.tobytes(),
        bytearray(pcm.tobytes()),
        memoryview(pcm.tobytes()),
        tone(0.1).astype(float),
    ):
        assert np.abs(heard(play(filled(given_))) - tone(0.1)).max() < 1e-4


def test_the_program_may_use_its_buffer_again() -> None:
    buffer = tone(0.1)
    source = filled(buffer)
    buffer[:] = 0
    assert heard(play(source)).any()


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (b"abc", "an odd number of bytes; give whole samples of 16-bit little-endian PCM"),
        (np.zeros((2, 8), np.float32), r"samples with shape \(2, 8\); give one channel"),
        (np.zeros(8, np.int64), "samples of int64; give float32 at full scale ±1.0, or int16"),
    ],
)
def test_what_is_not_mono_sound_is_refused(samples: object, words: str) -> None:
    with pytest.raises(ValueError, match=f"source.external: {words}"):
        External().push(samples)
    with pytest.raises(ValueError, match=r"VideoFrame\.pixels: got float64"):
        External().push_picture(np.zeros((2, 2, 3)))  # type: ignore[arg-type]


def test_push_says_when_there_is_no_room_and_takes_nothing() -> None:
    source = asap(capacity_ms=100)
    assert source.push(noise(0.1))
    assert not source.push(noise(0.02))
    source.end()
    assert len(heard(play(source))) == 1600
    assert not source.push(noise(0.02))


def test_put_waits_for_room_and_nothing_is_lost() -> None:
    sound, most = noise(2.0), 0.0

    async def program(source: External) -> None:
        nonlocal most
        for piece in np.split(sound, 100):
            assert await source.put(piece)
            most = max(most, source.waiting_ms)
        source.end()

    came = run_beside(asap(capacity_ms=60), program)
    assert np.array_equal(np.concatenate([item.payload.samples for item in came]), sound)
    assert most == 60


def test_threads_may_push_while_the_graph_runs() -> None:
    sound = noise(1.0)

    def pipe(source: External) -> None:
        for piece in np.split(sound, 50):
            while not source.push(piece):
                pass
        source.end()

    async def program(source: External) -> None:
        await anyio.to_thread.run_sync(pipe, source)

    came = run_beside(asap(capacity_ms=100), program)
    assert np.array_equal(np.concatenate([item.payload.samples for item in came]), sound)


def test_another_event_loop_may_put() -> None:
    sound = noise(1.0)

    async def elsewhere(source: External) -> None:
        for piece in np.split(sound, 50):
            await source.put(piece)
        source.end()

    source = asap(capacity_ms=40)
    thread = threading.Thread(target=lambda: anyio.run(elsewhere, source, backend="asyncio"))
    thread.start()
    assert np.array_equal(heard(play(source)), sound)
    thread.join()


def test_who_still_puts_when_the_graph_stops_is_told() -> None:
    async def program(source: External) -> bool:
        await source.put(noise(0.1))
        async with anyio.create_task_group() as group:
            group.start_soon(close, source)
            taken = await source.put(noise(0.1))
        return taken

    async def close(source: External) -> None:
        source.close()

    source = asap(capacity_ms=100)
    assert run_virtual(program, source, rate=0.0) is False


def test_live_sound_stands_where_it_came_on_the_clock() -> None:
    async def program(source: External) -> None:
        await anyio.sleep(3)
        source.push(tone(0.02))
        source.push(tone(0.02))
        await anyio.sleep(1)
        source.push_picture(picture(1))
        source.end()

    first, second, shot = run_beside(External(), program)
    assert External().live
    assert (first.start, second.start) == (seconds(2.98), seconds(3))
    assert shot.start == seconds(4)


def test_a_given_start_is_kept_and_one_far_ahead_is_a_gap() -> None:
    source = asap()
    source.push(tone(0.03), start=seconds(5))
    source.push(tone(0.02), start=seconds(5.04))  # 10 ms off: jitter
    source.push(tone(0.02), start=seconds(7))
    source.push(tone(0.02), start=seconds(6))  # nothing goes back
    source.end()
    spans = [(f.start, f.end) for f in play(source)["audio"]]
    assert spans == [
        (seconds(a), seconds(b)) for a, b in [(5, 5.02), (5.02, 5.04), (5.04, 5.05), (7, 7.02), (7.02, 7.04)]
    ]


def test_pictures_follow_each_other_at_fps_or_stand_where_they_are_given() -> None:
    source = asap(fps=10)
    source.push_picture(picture(1))
    source.push_picture(picture(2))
    source.push_picture(picture(3), start=seconds(1))
    source.push_picture(picture(4), start=seconds(0.5))
    source.end()
    shots = play(source)["video"]
    assert [shot.start for shot in shots] == [0, ms(100), seconds(1), seconds(1) + 1]
    assert shots[0].end == ms(100)


STEPS = st.lists(st.tuples(st.booleans(), st.none() | st.integers(0, 20_000)), max_size=30)


@settings(max_examples=60)
@given(STEPS)
def test_whatever_is_stamped_nothing_goes_back_and_held_since_is_kept(
    steps: list[tuple[bool, int | None]],
) -> None:
    source = asap(capacity_ms=3_600_000)
    source.capacity_ms = 2000
    for is_sound, at_ms in steps:
        start = None if at_ms is None else ms(at_ms)
        assert source.push(silence(0.05), start) if is_sound else source.push_picture(picture(1), start)
    source.end()
    last: dict[str, int] = {"audio": -1, "video": -1}
    floor, sound_s = 0, 0.0

    async def produce() -> None:
        nonlocal floor, sound_s
        async with aclosing(source.produce(RunClock())) as stream:
            async for item in stream:
                assert item.start is not None
                assert item.start >= floor
                assert item.start > last[item.port]
                last[item.port] = item.start
                floor = max(floor, source.held_since or 0)
                sound_s += len(item.payload.samples) / 16_000 if item.port == "audio" else 0

    run_virtual(produce, rate=0.0)
    assert sound_s == pytest.approx(0.05 * sum(is_sound for is_sound, _ in steps))


def test_a_camera_that_is_switched_off_does_not_hold_back_the_sound() -> None:
    source = asap(capacity_ms=100_000)
    source.capacity_ms = 2000
    source.push_picture(picture(1))
    source.push(silence(10))
    source.end()
    play(source)
    assert source.held_since == seconds(8)


def test_a_copy_for_another_run_starts_empty() -> None:
    source = filled(tone(0.1))
    copy = pickle.loads(pickle.dumps(source))
    copy.end()
    assert play(copy)["audio"] == []


def test_it_may_be_opened_again_after_it_was_closed() -> None:
    source = filled(tone(0.1))
    play(source)
    source.open()
    assert source.push(tone(0.05))
    source.end()
    assert len(heard(play(source))) == 800


def test_it_keeps_what_every_node_promises() -> None:
    def pushed() -> External:
        source = asap()
        source.push(tone(0.3))
        source.push_picture(picture(1))
        source.end()
        return source

    check_node(pushed, without=["repeats"])  # what was pushed is played once
