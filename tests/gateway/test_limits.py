from hypothesis import given
from hypothesis import strategies as st

from pipeline.clock import SECOND, seconds
from pipeline.gateway.limits import Bucket, Limits, Load


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 4)), max_size=40))
def test_a_bucket_gives_no_more_than_its_burst_and_what_time_filled(asked: list[tuple[float, float]]) -> None:
    bucket, at, taken = Bucket(2, 10), 0.0, 0.0
    for wait, amount in asked:
        at += wait
        taken += amount if bucket.take(amount, seconds(at)) else 0
        assert taken <= 10 + 2 * at + 1e-6


def test_a_bucket_that_was_emptied_fills_again() -> None:
    bucket = Bucket(2, 10)
    assert bucket.take(10, 0)
    assert not bucket.take(1, 0)
    assert bucket.take(1, SECOND)


def test_nobody_is_admitted_while_the_cores_are_busy() -> None:
    load = Load(cores=2)
    for second in range(20):
        load.measure(second * SECOND, cpu_s=second * 1.0)
    assert load.full(20 * SECOND, Limits()) == ""
    for second in range(20, 40):
        load.measure(second * SECOND, cpu_s=20 + (second - 20) * 1.99)
    assert load.full(40 * SECOND, Limits()) == "the machine is busy (99% of 2 cores)"


def test_nobody_is_admitted_while_translations_are_late_and_again_when_they_are_not() -> None:
    load = Load(cores=2)
    for second in range(10):
        load.lagged(second * SECOND, 9.0)
    assert load.full(10 * SECOND, Limits()) == "translations are 9.0 s late"
    assert load.full(60 * SECOND, Limits()) == ""
