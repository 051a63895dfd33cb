"""Time: exact on the sample grid, one clock for all, and virtual where it is asked for."""

from __future__ import annotations

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clock import (
    SECOND,
    RunClock,
    hold_virtual_time,
    ms,
    now,
    run_virtual,
    sample_index,
    sample_time,
    seconds,
    stopwatch_ns,
    to_seconds,
)
from tests.parts import Keep, Script
from tests.pipeline.cast import Busy
from tests.pipeline.running import chain, collected, finished

RATES = st.sampled_from([8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000])


def test_units() -> None:
    assert (seconds(1.5), ms(2.5), to_seconds(ms(250))) == (1_500_000_000, 2_500_000, 0.25)


@given(index=st.integers(0, 10**10), rate=RATES)
def test_a_sample_is_found_again_by_its_time(index: int, rate: int) -> None:
    at = sample_time(index, rate)
    assert at == index * SECOND // rate
    assert sample_index(at, rate) == index
    assert sample_index(at + 1, rate) == index + 1


@pytest.mark.anyio
async def test_a_run_clock_counts_from_its_zero() -> None:
    clock = RunClock()
    await clock.until(ms(250))
    assert clock.now() == pytest.approx(ms(250))
    clock.restart()
    assert clock.now() == 0
    before = now()
    await clock.until(seconds(90))
    assert now() - before == pytest.approx(seconds(90))
    await clock.until(ms(10))  # long past
    assert clock.now() == pytest.approx(seconds(90))


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_run_clock_works_on_the_real_clock_too() -> None:
    clock = RunClock()
    await clock.until(ms(1))
    assert clock.now() >= ms(1)
    with hold_virtual_time():  # nothing to hold
        assert clock.now() >= ms(1)


@pytest.mark.anyio
async def test_virtual_time_stands_still_while_it_is_held() -> None:
    woken: list[str] = []

    async def sleeper() -> None:
        await anyio.sleep(1)
        woken.append("sleeper")

    async with anyio.create_task_group() as group:
        group.start_soon(sleeper)
        with hold_virtual_time():
            with hold_virtual_time():
                await anyio.to_thread.run_sync(sum, range(1000))
            for _ in range(50):
                await anyio.lowlevel.checkpoint()
            assert woken == []
        await anyio.sleep(2)
    assert woken == ["sleeper"]


@pytest.mark.anyio
@pytest.mark.parametrize("place", ["thread", "process"])
async def test_work_in_another_place_costs_no_virtual_time(place: str) -> None:
    what = chain(Script(count=5, pace="realtime"), Busy(), place=place)  # type: ignore[arg-type]
    report, _ = await finished(what)
    assert report.clock_s == pytest.approx(0.05)


def test_at_the_pace_of_life_waiting_jumps_and_computing_takes_what_it_takes() -> None:
    """100 s of paced sound; ten steps in a thread, which are all that takes time."""
    what = chain(Script(count=10, every_ms=10_000, pace="realtime"), Busy(50_000), Keep(), place="thread")
    before = stopwatch_ns()
    report, _ = run_virtual(finished, what)
    real_s = (stopwatch_ns() - before) / 1e9
    assert 100 <= report.clock_s <= 100 + real_s
    assert real_s < 50
    found = run_virtual(collected, what, "b.sound", rate=1.0)
    assert len(found["b.sound"]) == 10
