"""A cloud with its gateway and moto, and no service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.clock import ManualClock
from localcloud.cloud import Cloud, new_cloud
from localcloud.settings import Settings


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    cloud = new_cloud(Settings(tmp_path), ManualClock())
    yield cloud
    cloud.close()
