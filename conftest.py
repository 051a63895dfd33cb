"""Makes the fixtures of Dragoman's pytest plug-in known where Dragoman runs from its checkout without being installed."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.has_plugin("dragoman"):
        from pipeline import pytest_plugin

        config.pluginmanager.register(pytest_plugin, "dragoman")
