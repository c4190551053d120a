"""One local cloud for all end-to-end tests, deployed once, gone before any other test makes one."""

from __future__ import annotations

from collections.abc import Iterator

import coverage
import pytest

from tests.e2e.files import known_uuids, row, text
from tests.e2e.system import TIME_SCALE, System, deployed

FIRST_FILE = "first.csv"


@pytest.fixture(scope="package", autouse=True)
def _untraced() -> Iterator[None]:
    """The local cloud in this process runs faster untraced, and the functions run in others."""
    tracing = coverage.Coverage.current()
    if tracing:
        tracing.stop()
    yield
    if tracing:
        tracing.start()


# Of this package only: two local clouds in one process would share moto's state.
@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("cloud")
    with deployed(folder / "state", TIME_SCALE) as system:
        system.upload(FIRST_FILE, text([row(known_uuids(1)[0])]).encode(), folder)
        yield system
        assert system.foreign_writes.writes > 0
        assert system.foreign_writes.sentences == []
        outcomes = system.cloud.calls.outcomes()
        assert [action for action, outcome in outcomes if outcome == "InternalFailure"] == []
