"""A cloud with Step Functions only, whose time is moved by hand and whose tasks are played."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stepfunctions.cloud_under_test import Lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with Lab(tmp_path) as lab:
        yield lab
