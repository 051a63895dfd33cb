"""Two evaluations never write into one folder at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import InputError, OutputError
from pipeline.measure.evaluation.lock import alone


def test_a_second_one_is_refused_until_the_first_is_over(tmp_path: Path) -> None:
    with alone(tmp_path / "out"):
        with (
            pytest.raises(InputError, match="another evaluation writes into it; wait for its end, or choose"),
            alone(tmp_path / "out"),
        ):
            pass
        with alone(tmp_path / "other"):
            pass
    with alone(tmp_path / "out"):
        pass
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match=r"cannot be written .*; choose another"), alone(tmp_path / "out"):
        pass
