"""The field's scorers read our logs, and say what we say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.measure.logs import resegmented, segmentation, simuleval, simulstream
from pipeline.measure.recording import Recording, Sentence
from pipeline.measure.scores.longform import mean_scores, segments, sentence_scores
from pipeline.measure.trace import Clock, Trace, clock
from tests.measure.logs.runs import one, recording

SAID = "Good morning, everyone. So, good evening to you."
HEARD = [700.0, 700.0, 1500.0, 1500.0, 3000.0, 3000.0, 3500.0, 3900.0]
PAIR = (recording(), one(SAID, heard=HEARD, out=[at + 120 for at in HEARD]))


def omnisteval(folder: Path, pairs: list[tuple[Recording, Trace]], *more: str) -> dict[str, str]:
    """What OmniSTEval's command says of our logs. Skips where it is not installed."""
    pytest.importorskip("omnisteval", reason="OmniSTEval is not installed")
    segments_at, references = folder / "dev.yaml", folder / "dev.en"
    segmentation.write(segments_at, references, [talk for talk, _ in pairs])
    command = [str(Path(sys.executable).with_name("omnisteval")), "longform", *more]
    command += ["--speech_segmentation", str(segments_at), "--ref_sentences_file", str(references)]
    done = subprocess.run(
        [*command, "--output_folder", str(folder / "scores")], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    rows = (folder / "scores" / "scores.tsv").read_text(encoding="utf-8").splitlines()
    return dict(row.split("\t") for row in rows)


def agree(folder: Path, talk: Recording, told: Trace, *options: str) -> None:
    """OmniSTEval finds in our log what we find in the run. Its table has four digits."""
    simuleval.write(folder / "instances.log", [(talk, told)])
    log = ["--hypothesis_file", str(folder / "instances.log")]
    theirs = omnisteval(folder, [(talk, told)], *options, *log)
    said = told.translation.said
    both: tuple[tuple[Clock, str], ...] = (("cu", "CU"), ("queue", "CA"))
    for by, label in both:
        ours = mean_scores(sentence_scores(segments(talk, said), said, by))
        for metric in ("YAAL", "AL", "LAAL", "AP", "DAL"):
            found = float(theirs[f"Long{metric} ({label})"])
            assert found == pytest.approx(ours[f"long_{metric.lower()}"], abs=6e-5)


def test_omnisteval_reads_our_instances_log(tmp_path: Path) -> None:
    agree(tmp_path, *PAIR, "--word_level", "--lang", "en")


def test_omnisteval_reads_our_instances_log_of_characters(tmp_path: Path) -> None:
    sentences = [Sentence("早上好、各位。", 0, 2000), Sentence("晚上 好。", 2500, 4000)]
    told = one("早上好。 大家、 晚上好", heard=[900, 1500, 3900], out=[1000, 1600, 4100])
    agree(tmp_path, recording(to="zh", sentences=sentences), told, "--char_level")


def test_our_resegmented_log_is_that_of_omnisteval(tmp_path: Path) -> None:
    pairs = [PAIR, (recording("other"), PAIR[1])]
    simuleval.write(tmp_path / "instances.log", pairs)
    log = ["--hypothesis_file", str(tmp_path / "instances.log")]
    omnisteval(tmp_path, pairs, "--word_level", "--lang", "en", *log)
    resegmented.write(tmp_path / "ours.jsonl", pairs)
    theirs = (tmp_path / "scores" / "instances.resegmented.jsonl").read_text(encoding="utf-8").splitlines()
    ours = (tmp_path / "ours.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in ours] == [json.loads(line) for line in theirs]
    read, faults = resegmented.read(tmp_path / "scores" / "instances.resegmented.jsonl")
    assert (len(read), faults) == (4, [])


PIECES = st.lists(st.sampled_from(["a", "▁b", "▁cd", "e", "▁"]), max_size=4)
STEPS = st.lists(st.tuples(PIECES, st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=8)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, tokens=st.sampled_from(["word", "char", "spm"]))
def test_we_read_simulstream_as_it_does(
    tmp_path: Path, steps: list[tuple[list[str], int, int]], tokens: simulstream.Tokens
) -> None:
    readers = pytest.importorskip("simulstream.metrics.readers", reason="simulstream is not installed")
    lines: list[dict[str, Any]] = [{"id": 0, "metadata": {"wav_name": "talk.wav"}}]
    shown: list[str] = []
    for heard, (new, gone, work) in enumerate(steps):
        deleted = shown[len(shown) - min(gone, len(shown)) :]
        shown = shown[: len(shown) - len(deleted)] + new
        step = {"total_audio_processed": heard + 1, "computation_time": work / 10}
        lines.append({"id": 0, **step, "generated_tokens": new, "deleted_tokens": deleted})
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    unit = "char" if tokens == "char" else "word"
    config = SimpleNamespace(detokenizer_type="simuleval", latency_unit=tokens)
    theirs = readers.LogReader(config, str(path), unit).final_outputs_and_latencies()["talk"]
    said = simulstream.read(path, tokens).traces["talk"].translation.said
    assert [word.text for word in said] == theirs.text_items(unit)
    assert clock(said, "cu") == [1000 * at for at in theirs.ideal_delays]
    assert clock(said, "ca") == pytest.approx([1000 * at for at in theirs.computational_aware_delays])


def test_simulstream_reads_our_log(tmp_path: Path) -> None:
    readers = pytest.importorskip("simulstream.metrics.readers", reason="simulstream is not installed")
    simulstream.write(tmp_path / "simulstream.jsonl", [PAIR])
    settings = SimpleNamespace(detokenizer_type="simuleval", latency_unit="word")
    reader = readers.LogReader(settings, str(tmp_path / "simulstream.jsonl"))
    found = reader.final_outputs_and_latencies()["talk"]
    assert found.final_text == SAID
    said = PAIR[1].translation.said
    assert [1000 * at for at in found.ideal_delays] == pytest.approx(clock(said, "cu"))
    assert [1000 * at for at in found.computational_aware_delays] == pytest.approx(clock(said, "queue"))
    ours = simulstream.read(tmp_path / "simulstream.jsonl").traces["talk"].translation
    assert ours.text == found.final_text
