"""The reference of a recording is written so that our reader of manifests understands it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import OutputError
from pipeline.measure.logs import segmentation
from pipeline.measure.manifests import segmentation as manifest
from pipeline.measure.manifests.entry import Wanted
from pipeline.measure.recording import Sentence
from tests.measure.logs.runs import SENTENCES, recording


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    segments, references = tmp_path / "dev.yaml", tmp_path / "dev.en"
    broken = Sentence("Two\nlines.", 0, 1234.5)
    segmentation.write(segments, references, [recording(), recording("other", sentences=[broken])])
    reading = manifest.read(segments, Wanted("de", "en"))
    assert reading.faults == []
    talk, other = reading.entries
    assert (talk.id, talk.sentences) == ("talk", SENTENCES)
    assert other.sentences == (Sentence("Two lines.", 0, 1234.5),)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot be written \(No such file or directory\)"):
        segmentation.write(tmp_path / "no" / "dev.yaml", tmp_path / "dev.en", [recording()])
