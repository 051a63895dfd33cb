"""The gateway of this house stands in for the services that nodes are clients of."""

from tests.gateway.conftest import served, warm

__all__ = ["served", "warm"]
