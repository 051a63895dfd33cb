"""What a node may do without: packages and models of the eyes, so that the words go on where those are absent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from pipeline.errors import ModelError, PackageError

_log = logging.getLogger(__name__)

T = TypeVar("T")


def or_none(make: Callable[[], T], required: bool) -> T | None:
    """What `make` opens; None where it cannot be and is not required, which the log then tells.

    Raises `PackageError` or `ModelError` where it is required.
    """
    try:
        return make()
    except (PackageError, ModelError) as error:
        if required:
            raise
        _log.warning("%s; going on without it", error)
        return None
