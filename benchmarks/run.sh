#!/bin/sh
# All benchmarks: tables on the screen, JSON in out/bench/. Some two hours, much of it at the pace of life.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
if [ ! -x benchmarks/peers/.venv/bin/python ]; then
    echo "making an environment for the peers"
    $python -m venv benchmarks/peers/.venv
    benchmarks/peers/.venv/bin/python -m pip install --quiet --disable-pip-version-check \
        -r benchmarks/peers/requirements.txt || rm -rf benchmarks/peers/.venv
fi
$python -m benchmarks.bench_hop
$python -m benchmarks.bench_overload
$python -m benchmarks.bench_live --policy units
$python -m benchmarks.bench_live --virtual --json out/bench/live-virtual.json
$python -m benchmarks.bench_units
$python -m benchmarks.bench_soak "$($python -m pipeline.demo)" --virtual
$python -m benchmarks.bench_avvad --words
$python -m benchmarks.bench_gesture
$python -m benchmarks.bench_vision
$python -m benchmarks.bench_ocr
$python -m benchmarks.bench_spoken
$python -m benchmarks.bench_voice --speakers 11 --seconds 7
$python -m benchmarks.bench_delivery
$python -m benchmarks.bench_gateway
