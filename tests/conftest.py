"""Two processes run the tests (``make test``): one begins with the end-to-end tests."""

from __future__ import annotations

import os
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # xdist has no types

END_TO_END = "tests/e2e"
# They deploy by themselves, come last, and go to whichever process is free: the longest first.
APART = (
    "tests/e2e/test_stack_lifecycle.py",
    "tests/e2e/test_acceptance.py",
    "tests/resilience/test_soak.py",
)

# Before any test imports a function: functions make their clients and their logger at import, and
# whichever test file comes first may import one.
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",  # noqa: S106 - not a real credential
    AWS_SESSION_TOKEN="testing",  # noqa: S106 - the same
    AWS_REGION="us-east-1",
    AWS_DEFAULT_REGION="us-east-1",
    POWERTOOLS_SERVICE_NAME="unit",
    POWERTOOLS_METRICS_NAMESPACE="Unit",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The end-to-end tests first, since they take longest; last what deploys by itself."""
    items.sort(key=lambda item: _turn(group_of(item.nodeid)))


def _turn(group: str) -> int:
    """One process begins with the end-to-end tests, the other with all others."""
    if group == END_TO_END:
        return 0
    return 2 + APART.index(group) if group in APART else 1


@pytest.hookimpl(optionalhook=True)  # xdist's
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return GroupScheduling(config, log)


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]  # the same
    """Gives all tests of a group, which share fixtures, to one process."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """The test's file; one group for the end-to-end tests that share a deployment."""
    file = nodeid.partition("::")[0]
    return END_TO_END if file.startswith(END_TO_END) and file not in APART else file
