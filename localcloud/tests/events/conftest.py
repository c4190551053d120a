"""Clouds with EventBridge, for one test or for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from localcloud import events, faults, iam, lambda_, stepfunctions
from localcloud.cloud import new_cloud
from localcloud.settings import Settings
from tests.events.environment import Environment
from tests.manual_clock import ManualClock


@contextmanager
def _environment(folder: Path) -> Iterator[Environment]:
    cloud = new_cloud(Settings(folder), ManualClock())
    for service in (iam, lambda_, stepfunctions, events, faults):
        service.install(cloud)
    yield Environment(cloud)
    cloud.close()


@pytest.fixture
def env(tmp_path: Path) -> Iterator[Environment]:
    with _environment(tmp_path) as environment:
        yield environment


@pytest.fixture(scope="module")
def shared_env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """For a whole module: its tests use names of their own."""
    with _environment(tmp_path_factory.mktemp("cloud")) as environment:
        yield environment
