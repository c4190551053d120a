"""A cloud with its gateway and moto, and no service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.cloud import Cloud, new_cloud
from localcloud.gateway.principals import Credentials
from localcloud.settings import Settings
from tests.gateway.requests import KEY
from tests.manual_clock import ManualClock


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    cloud = new_cloud(Settings(tmp_path), ManualClock())
    cloud.principals.remember(Credentials(KEY, "secret", None), cloud.principals.admin)
    yield cloud
    cloud.close()
