"""Two processes run the tests (``make test``): one the end-to-end tests, the other all others."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # xdist has no types

END_TO_END = "tests/e2e"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The end-to-end tests first: they take longest."""
    items.sort(key=lambda item: group_of(item.nodeid) != END_TO_END)


@pytest.hookimpl(optionalhook=True)  # xdist's
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return GroupScheduling(config, log)


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]  # the same
    """Gives all tests of a group, which share fixtures, to one process."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """The test's file; one group for all end-to-end tests, which share a deployment."""
    file = nodeid.partition("::")[0]
    return END_TO_END if file.startswith(END_TO_END) else file
