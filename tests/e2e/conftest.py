"""One local cloud for all end-to-end tests, deployed once, gone before any other test makes one."""

from __future__ import annotations

from collections.abc import Iterator

import coverage
import pytest

from tests.e2e.system import System, deployed


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
    with deployed(tmp_path_factory.mktemp("cloud") / "state", time_scale=0.03) as system:
        yield system
        assert system.foreign_writes.writes > 0
        assert system.foreign_writes.sentences == []
        outcomes = system.cloud.calls.outcomes()
        assert [action for action, outcome in outcomes if outcome == "InternalFailure"] == []
