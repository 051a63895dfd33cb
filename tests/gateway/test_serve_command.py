import json
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.command import dragoman, ended, interrupt, started
from tests.gateway.recording import need_models, pieces, speech
from tests.gateway.test_server import closed_by, until
from tests.gateway.wire import append


def test_a_server_that_is_stopped_finishes_what_it_heard(tmp_path: Path) -> None:
    need_models()
    words = ("serve", "--port", "0", "--from", "en", "--to", "pt")
    with started(*words, cwd=tmp_path, DRAGOMAN_API_KEYS="sk-one") as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert line.startswith("serving ws://127.0.0.1:")
        url = line.split()[1].rstrip(";")
        with connect(url, additional_headers={"Authorization": "Bearer sk-one"}) as client:
            until(client, "session.created")
            for piece in pieces(speech()):
                client.send(json.dumps(append(piece)))
            until(client, "conversation.item.input_audio_transcription.text")
            interrupt(server)
            told = until(client, "session.finished")
            assert closed_by(client, []) == 1012
        said = ended(server)
    assert told[-2]["response"]["status"] == "completed"
    assert "medo" in told[-2]["response"]["output"][0]["content"][0]["transcript"]
    assert said.code == 0
    assert "event=opened dialect=livetranslate" in said.err
    assert "sk-one" not in said.err


def test_a_new_key_is_printed_with_its_lines_for_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    said = dragoman(capsys, "serve", "--new-key", "booth")
    assert said.code == 0
    assert "sk-dragoman-" in said.out
    assert '["booth"]\nsha256 = "' in said.out


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("--host", "0.0.0.0"), "give --keys FILE"),
        (("--keys", "nowhere.toml"), "nowhere.toml: cannot be read"),
        (("--tls-cert", "cert.pem"), "give both files, or neither"),
        (("--to", "xx"), "not known here"),
        (("--speech", "voice.speech"), "is for a graph of your own"),
        (("interpret",), "exactly one"),
        (("--max-load", "much"), "is no time"),
    ],
)
def test_what_cannot_be_served_is_said_before_it_is_tried(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], remedy: str
) -> None:
    monkeypatch.delenv("DRAGOMAN_API_KEYS", raising=False)
    said = dragoman(capsys, "serve", *words)
    assert said.code == 2
    assert remedy in said.err


def test_a_port_that_is_taken_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    need_models()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = dragoman(capsys, "serve", "--port", str(taken.getsockname()[1]), "--from", "en", "--to", "pt")
    assert said.code == 1
    assert "cannot be listened to (Address already in use); choose another --host or --port" in said.err
