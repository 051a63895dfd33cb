import io
import pickle
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from nodes._engines.voice.torch_file import read
from pipeline.errors import ModelError
from tests.media import need_model


def test_the_weights_of_the_speaker_encoder_are_read_whole() -> None:
    weights = read(need_model("ge2e") / "pretrained.pt")
    assert weights["lstm.weight_ih_l0"].shape == (1024, 40)
    assert weights["linear.weight"].shape == (256, 256)
    assert all(np.isfinite(array).all() for array in weights.values())


def written(path: Path, found: object, magic: int = 0x1950A86A20F9469CFC6C) -> Path:
    parts = io.BytesIO()
    for item in (magic, 1001, {}, found, []):
        pickle.dump(item, parts, 2)
    path.write_bytes(parts.getvalue())
    return path


class Harmful:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("run",)


def test_a_file_that_would_run_something_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(
        ModelError, match=r"bad\.pt: .*names (builtins|__builtin__)\.print, which no file of weights needs"
    ):
        read(written(tmp_path / "bad.pt", OrderedDict(a=Harmful())))
    assert capsys.readouterr().out == ""


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"its first number is not PyTorch's.*; fetch the model anew"):
        read(written(tmp_path / "other.pt", {}, magic=7))
    (tmp_path / "text.pt").write_text("no weights")
    for name in ("text.pt", "absent.pt"):
        with pytest.raises(ModelError, match=f"{name}: is no file of weights"):
            read(tmp_path / name)


def test_a_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    whole = (need_model("ge2e") / "pretrained.pt").read_bytes()
    (tmp_path / "cut.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="cut short"):
        read(tmp_path / "cut.pt")
