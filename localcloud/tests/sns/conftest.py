"""A cloud with SNS, and a client of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud import iam, sns
from localcloud.cloud import new_cloud
from localcloud.settings import Settings


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Any]:
    cloud = new_cloud(Settings(tmp_path))
    for service in (iam, sns):
        service.install(cloud)
    client = cloud.clients.client("sns", "us-east-1")
    client.create_topic(Name="topic")
    yield client
    cloud.close()
