from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.demo.arm.cloud import Cloud, running
from tui.demo import tls


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tls.Certificates:
    return tls.issue(tmp_path_factory.mktemp("arm-tls"))


@pytest.fixture
async def cloud(certificates: tls.Certificates) -> AsyncIterator[Cloud]:
    async with running(certificates) as found:
        yield found
