from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.gateway.keys import Keyring, keyring, new_key, token_of


def test_a_new_key_opens_and_its_text_is_not_in_the_file(tmp_path: Path) -> None:
    token, lines = new_key("the booth")
    (tmp_path / "keys.toml").write_text(lines + "sessions = 2\n", encoding="utf-8")
    keys = keyring(tmp_path / "keys.toml", {})
    assert token not in lines
    found = keys.find(token)
    assert found is not None
    assert (found.name, found.sessions) == ("the booth", 2)
    assert keys.find(token[:-1]) is None
    assert keys.find("") is None


def test_keys_of_the_environment_open_too() -> None:
    keys = keyring(None, {"DRAGOMAN_API_KEYS": "sk-one, sk-two"})
    first, second = keys.find("sk-one"), keys.find("sk-two")
    assert first is not None
    assert second is not None
    assert first.name != second.name
    assert keys.find("sk-one, sk-two") is None


def test_without_keys_everybody_may_connect() -> None:
    assert keyring(None, {}).open
    assert Keyring([]).find("anything") is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no keys"),
        ("[a", "is no TOML"),
        ("[a]\nsessions = 1\n", "missing required field `sha256`"),
        ('[a]\nsha256 = "abc"\n', "sha256 is not 64 hexadecimal digits"),
        (f'[a]\nsha256 = "{"0" * 64}"\nlimit = 3\n', "unknown field `limit`"),
        (f'[a]\nsha256 = "{"0" * 64}"\nsessions = "2"\n', "Expected `int`"),
    ],
)
def test_a_wrong_file_of_keys_is_explained(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="--new-key NAME") as caught:
        keyring(file, {})
    assert said in str(caught.value)


def test_a_missing_file_of_keys_is_explained(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        keyring(tmp_path / "none.toml", {})


def test_a_key_comes_in_a_header_or_from_a_browser_in_a_subprotocol() -> None:
    assert token_of({"authorization": "Bearer sk-a"}, []) == "sk-a"
    assert token_of({"authorization": "bearer sk-a"}, []) == "sk-a"
    assert token_of({}, ["realtime", "dragoman-key.sk-b"]) == "sk-b"
    assert token_of({"authorization": "Basic sk-a"}, ["realtime"]) == ""
