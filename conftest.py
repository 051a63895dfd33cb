"""Makes the fixtures of Dragoman's pytest plug-in known where Dragoman runs from its checkout without being installed.

Hypothesis times no example: how long one takes is the machine's matter.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.has_plugin("dragoman"):
        from pipeline import pytest_plugin

        config.pluginmanager.register(pytest_plugin, "dragoman")
