"""The files of deploy/ say what the command understands, and copy what the package is made of."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

from pipeline import models
from pipeline.commands.arguments import parser

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def unit() -> list[str]:
    line = re.search(
        r"^ExecStart=\S+/dragoman (.*)$", (DEPLOY / "dragoman.service").read_text(), re.MULTILINE
    )
    example = re.search(r'DRAGOMAN_SERVE="(.*)"', (DEPLOY / "dragoman.service").read_text())
    assert line
    assert example
    return shlex.split(line[1].replace("$DRAGOMAN_SERVE", example[1]))


def image() -> list[str]:
    line = re.search(r"^CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert line
    return list(json.loads(line[1]))


def composed(service: str) -> list[str]:
    return list(yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"][service]["command"])


@pytest.mark.parametrize("words", [unit(), image(), composed("dragoman"), composed("models")])
def test_their_commands_are_understood(words: list[str]) -> None:
    given: argparse.Namespace = parser().parse_args(words)
    assert given.run


def test_the_models_that_they_fetch_are_known() -> None:
    _, fetch, *names = composed("models")
    assert fetch == "fetch"
    assert set(names) <= {model.name for model in models.catalogue().values()}


def test_the_image_is_made_of_all_that_the_package_is() -> None:
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    copied = {line.removeprefix("!") for line in lines if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], "pyproject.toml", project["project"]["readme"]}
    assert needed | {*project["project"]["license-files"], "constraints.txt"} <= copied
    assert all((ROOT / name).exists() for name in copied)
    extras = re.search(r"^ARG EXTRAS=(.*)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert extras
    assert set(extras[1].split(",")) <= set(project["project"]["optional-dependencies"])


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_proxies_hand_on_to_where_the_server_listens(name: str) -> None:
    text = (DEPLOY / name).read_text()
    given = parser().parse_args(["serve"])
    assert f"{given.host}:{given.port}" in text
    assert "/metrics" in text
