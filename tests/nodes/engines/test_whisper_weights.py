"""The weights of a model are read from the file that CTranslate2 loads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nodes._engines.whisper.weights import Weights
from tests.nodes.engines.tiny_whisper import weights, write

MATRIX = np.array([[1.0, -2.0, 0.5], [0.25, 4.0, -1.0]], np.float32)


def test_every_variable_is_there_as_it_was_written(tmp_path: Path) -> None:
    written = weights()
    read = Weights(write(tmp_path / "model.bin", written))
    for name, values in written.items():
        assert name in read
        np.testing.assert_array_equal(read.array(name), values)
    np.testing.assert_array_equal(
        read.floats("decoder/projection/weight"), written["decoder/embeddings/weight"]
    )
    np.testing.assert_array_equal(
        read.rows("decoder/embeddings/weight", [3, 3, 0]), written["decoder/embeddings/weight"][[3, 3, 0]]
    )


def test_halves_become_floats(tmp_path: Path) -> None:
    read = Weights(write(tmp_path / "model.bin", {"m": MATRIX.astype(np.float16)}, aliases=()))
    assert read.floats("m").dtype == np.float32
    np.testing.assert_array_equal(read.floats("m"), MATRIX)


def test_the_scale_of_8_bits_is_taken_out(tmp_path: Path) -> None:
    scale = 127 / np.abs(MATRIX).max(axis=1)
    stored = np.rint(MATRIX * scale[:, None]).astype(np.int8)
    file = write(tmp_path / "model.bin", {"m": stored, "m_scale": scale.astype(np.float32)}, aliases=())
    np.testing.assert_allclose(Weights(file).floats("m"), MATRIX, atol=0.02)
    np.testing.assert_allclose(Weights(file).rows("m", [1]), MATRIX[[1]], atol=0.02)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.999])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, share: float) -> None:
    file = write(tmp_path / "model.bin", weights())
    whole = file.read_bytes()
    file.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ValueError, match=r"model\.bin: not a model of CTranslate2, or cut off"):
        Weights(file)


def test_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"model\.bin: version 9 of CTranslate2's form; this reads \(5, 6\)"):
        Weights(write(tmp_path / "model.bin", {}, version=9))


def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    read = Weights(write(tmp_path / "model.bin", {"m": MATRIX}, aliases=()))
    with pytest.raises(ValueError, match=r"model\.bin: no decoder/num_heads in it; is it a Whisper model"):
        read.array("decoder/num_heads")


def test_a_type_that_numpy_lacks_is_refused_with_the_remedy(tmp_path: Path) -> None:
    file = write(tmp_path / "model.bin", {"m": MATRIX.astype(np.float16)}, aliases=())
    data = file.read_bytes()
    at = data.index(b"m\0") + 2 + 1 + 8  # its name, its rank, its sizes
    file.write_bytes(data[:at] + b"\x05" + data[at + 1 :])
    with pytest.raises(ValueError, match="m is of type 5; convert the model to float16 or int8"):
        Weights(file).floats("m")
