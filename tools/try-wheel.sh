#!/bin/sh
# Build a wheel, install it into an empty environment with the bare core only, and use it outside of the checkout.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/.venv/bin/python" -m build --wheel --outdir "$work/dist" "$here" >"$work/build.log" 2>&1 || {
    cat "$work/build.log"
    exit 1
}
ls "$work/dist"
"$here/.venv/bin/python" -m venv "$work/env"
"$work/env/bin/python" -m pip install --quiet --disable-pip-version-check -c "$here/constraints.txt" "$work"/dist/*.whl
cd "$work"
dragoman="$work/env/bin/dragoman"
"$work/env/bin/python" -m pip list --disable-pip-version-check --format=freeze | grep -v '^pip=\|^setuptools='
"$dragoman" nodes >/dev/null
"$dragoman" graphs
"$dragoman" check interpret interpret-direct interpret-pivot transcribe
"$dragoman" models list
"$dragoman" schema --out schema.json
"$dragoman" new-node vad.mine && "$dragoman" nodes mine:Mine >/dev/null
printf 'nodes:\n  a: {uses: source.tone, with: {pace: asap, duration_s: 2}}\n  v: {uses: vad.energy, inputs: {audio: a.audio}}\n  w: {uses: sink.wav, inputs: {sound: a.audio}, with: {path: tone.wav}}\n' >try.yaml
"$dragoman" run try.yaml --out out
test -s out/tone.wav && test -s out/report.json
echo "the wheel works outside of the checkout"
