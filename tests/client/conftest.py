"""Certificates for the servers of these tests, made once."""

from __future__ import annotations

import pytest

from tui.demo import tls


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tls.Certificates:
    """A CA, and a server certificate for this machine's loopback names."""
    return tls.issue(tmp_path_factory.mktemp("certificates"))
