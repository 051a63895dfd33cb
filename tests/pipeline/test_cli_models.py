"""`dragoman models`: list, fetch and verify, against a copy of a small model; nothing here reaches the network."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.commands.progress import Bar
from tests.command import dragoman
from tests.media import need_model

NAME = "silero-vad"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder with one model, to be spoilt."""
    folder = need_model(NAME)
    shutil.copytree(folder, tmp_path / NAME, ignore=shutil.ignore_patterns(".*"))
    monkeypatch.setenv("DRAGOMAN_MODELS", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # a port at which nobody answers
    monkeypatch.setattr("urllib.request._opener", None)  # it remembers the proxies
    return tmp_path / NAME


def biggest(folder: Path) -> Path:
    return max(folder.iterdir(), key=lambda path: path.stat().st_size)


def spoil(file: Path) -> None:
    """Alter one byte; the size stays."""
    with file.open("r+b") as data:
        data.seek(1000)
        byte = data.read(1)
        data.seek(1000)
        data.write(bytes([byte[0] ^ 0xFF]))


def cut(file: Path) -> None:
    with file.open("r+b") as data:
        data.truncate(1000)


def test_list_says_what_is_at_hand(capsys: pytest.CaptureFixture[str], copy: Path) -> None:
    said = dragoman(capsys, "models")
    assert said == dragoman(capsys, "models", "list")
    rows = {line.split()[0]: line for line in said.out.splitlines()[1:]}
    assert said.out.startswith(f"models in {copy.parent}\n")
    assert "at hand" in rows[NAME]
    assert "to fetch" in rows["whisper-base"]
    assert said.out.endswith("fetch one: dragoman models fetch NAME\n")


def test_verify(capsys: pytest.CaptureFixture[str], copy: Path) -> None:
    assert dragoman(capsys, "models", "verify", NAME) == (0, f"{NAME}: good\n", "")
    said = dragoman(capsys, "models", "verify")
    assert said.code == 0  # a model that was never fetched is no fault …
    assert "whisper-base: not at hand; type: dragoman models fetch whisper-base\n" in said.out
    assert dragoman(capsys, "models", "verify", "whisper-base").code == 1  # … unless it was asked for


def test_an_altered_byte_is_found(capsys: pytest.CaptureFixture[str], copy: Path) -> None:
    file = biggest(copy)
    spoil(file)
    said = dragoman(capsys, "models", "verify")
    assert said.code == 1
    assert f"{NAME}: {file.name}: altered (SHA-256 " in said.out
    assert f"; type: dragoman models fetch {NAME}\n" in said.out


def test_a_file_that_was_cut_short_is_found(capsys: pytest.CaptureFixture[str], copy: Path) -> None:
    file = biggest(copy)
    size = file.stat().st_size
    cut(file)
    said = dragoman(capsys, "models", "verify")
    assert said.code == 1
    assert f"{NAME}: {file.name}: 1000 bytes, should be {size}; type: dragoman models fetch" in said.out


def test_fetching_what_is_here_does_nothing(capsys: pytest.CaptureFixture[str], copy: Path) -> None:
    said = dragoman(capsys, "models", "fetch", NAME)
    assert said.code == 0
    assert said.out.startswith(f"{NAME}: at hand, ")


def test_fetching_without_a_network_says_why(capsys: pytest.CaptureFixture[str], copy: Path) -> None:
    file = biggest(copy)
    spoil(file)
    before = file.read_bytes()
    said = dragoman(capsys, "models", "fetch", NAME)
    assert said.code == 1
    assert f"dragoman: model {NAME}: none of its sources gave {file.name}:\n" in said.err
    assert f"when the network is there type: dragoman models fetch {NAME}\n" in said.err
    assert "Traceback" not in said.err
    assert file.read_bytes() == before
    assert not list(copy.glob(".fetch-*"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("models fetch", "dragoman: models fetch: no name is given; name some of: whisper-base, "),
        ("models fetch whisper", "dragoman: model 'whisper': there is none of that name; did you mean "),
        ("models verify nosuch", "dragoman: model 'nosuch': there is none of that name; there are: "),
    ],
)
def test_wrong_names_are_the_users_input(
    capsys: pytest.CaptureFixture[str], words: str, message: str
) -> None:
    said = dragoman(capsys, *words.split())
    assert said.code == 2
    assert said.err.startswith(message)


def test_progress_is_a_line_for_each_file_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Bar() as bar:
        for done in (0, 5, 10):
            bar.show(done * 100_000, 1_000_000, "a.bin")
    assert capsys.readouterr().err == "  a.bin, 1.0 MB\n"
