"""Where the files of a Piper voice are: a file of one's own, a model of the list, or the publisher's hub.

The hub is rhasspy/piper-voices, at one tag. A voice from there comes by `huggingface_hub`, which keeps it in its own
cache, resumes, and obeys HF_ENDPOINT and HF_HUB_OFFLINE. Nothing is fetched but what a setting names.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

from pipeline import models
from pipeline.errors import ModelError, RouteError, SettingsError, did_you_mean, need

PREFIX = "piper-"  # of the models of the list
HUB, TAG = "rhasspy/piper-voices", "v1.0.0"
_NAME = re.compile(
    r"(?P<lang>[a-z]{2,3})_(?P<region>[A-Z]{2})-(?P<name>\w+)-(?P<quality>x_low|low|medium|high)"
)

log = logging.getLogger(__name__)


def voice_of(lang: str) -> str:
    """The voice of the list for a language, one at hand before one to be fetched. Raises `RouteError`."""
    short = lang.lower().partition("-")[0]
    listed = [name for name in models.catalogue() if name.startswith(PREFIX)]
    found = [name for name in listed if name.removeprefix(PREFIX).partition("_")[0] == short]
    if not found:
        raise RouteError(
            f"tts.piper: no voice for {lang!r} in `dragoman models`; give one of {HUB} as voice, or a .onnx file"
        )
    return min(found, key=lambda name: not models.at_hand(name)).removeprefix(PREFIX)


def voice_file(voice: str) -> Path:
    """The .onnx file of a voice, fetched first if need be. Raises `ModelError`, `SettingsError`, `PackageError`."""
    if voice.endswith(".onnx"):
        own = Path(voice).expanduser()
        if not own.is_file():
            raise ModelError(
                f"tts.piper: {own}: there is no such file; give the path of a voice, or its name"
            )
        return own
    if PREFIX + voice in models.catalogue():
        return models.ensure(PREFIX + voice, log) / f"{voice}.onnx"
    if not _NAME.fullmatch(voice):
        listed = [name.removeprefix(PREFIX) for name in models.catalogue() if name.startswith(PREFIX)]
        raise SettingsError(
            f"tts.piper: voice {voice!r} is none of the list, no .onnx file and no name of {HUB} "
            f"(en_US-lessac-medium); {did_you_mean(voice, listed)}"
        )
    return _from_hub(voice)


def paths(voice: str) -> tuple[str, str]:
    """Where the two files of a voice lie in the hub."""
    found = _NAME.fullmatch(voice)
    assert found is not None
    lang, region, name, quality = found.groups()
    path = f"{lang}/{lang}_{region}/{name}/{quality}/{voice}.onnx"
    return path, f"{path}.json"


def _from_hub(voice: str) -> Path:
    try:
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError
    except ImportError:
        raise need("huggingface_hub", "tts", "tts.piper") from None
    log.info("tts.piper: fetching %s from %s if it is not at hand", voice, HUB)
    try:
        network, _ = (Path(hf_hub_download(HUB, path, revision=TAG)) for path in paths(voice))
    except EntryNotFoundError as error:
        raise ModelError(
            f"tts.piper: {HUB} has no voice {voice!r}, or it is not at hand and there is no network; "
            f"https://huggingface.co/{HUB}/tree/{TAG} lists all"
        ) from error
    except (OSError, HfHubHTTPError) as error:
        raise ModelError(
            f"tts.piper: {voice} cannot be fetched from {HUB} ({error}); fetch its two files yourself and give "
            "the path of the .onnx file"
        ) from error
    return network
