from pathlib import Path

import msgspec
import numpy as np
import pytest

from nodes._engines.voice.keeping import load, save
from pipeline.errors import MediaError, OutputError
from pipeline.media import VoiceProfile
from pipeline.testing import noise


def profile() -> VoiceProfile:
    ramp = np.linspace(-1, 1, 601).astype(np.float32)
    return VoiceProfile(
        2, noise(3.0), 16_000, ramp[:256].copy(), 120.5, 0.2, ramp, 7600.0, 31.5, "pt-BR", 3.0
    )


def test_a_profile_comes_back_as_it_was(tmp_path: Path) -> None:
    given = profile()
    save(given, tmp_path / "me.npz")
    back = load(tmp_path / "me.npz")
    for name, value in msgspec.structs.asdict(given).items():
        assert type(getattr(back, name)) is type(value)
        assert np.array_equal(getattr(back, name), value)


def test_nobody_else_may_read_it_and_nothing_else_is_left(tmp_path: Path) -> None:
    save(profile(), tmp_path / "me.npz")
    assert [(file.name, file.stat().st_mode & 0o077) for file in tmp_path.iterdir()] == [("me.npz", 0)]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(
        OutputError, match=r"me\.npz: the profile cannot be written .*; name a folder of yours"
    ):
        save(profile(), tmp_path / "none" / "me.npz")


@pytest.mark.parametrize("content", [b"", b"no profile", b"PK\x03\x04 cut short"])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "me.npz").write_bytes(content)
    with pytest.raises(MediaError, match=r"me\.npz: is no profile of a voice"):
        load(tmp_path / "me.npz")


def test_a_file_of_other_arrays_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "me.npz", speaker=1)
    with pytest.raises(MediaError, match=r"me\.npz: is no profile of a voice"):
        load(tmp_path / "me.npz")
