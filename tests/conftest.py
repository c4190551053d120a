"""Two processes run the tests (``make test``): one the end-to-end tests, the other all others."""

from __future__ import annotations

from pathlib import Path

import pytest

END_TO_END = Path(__file__).parent / "e2e"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The end-to-end tests first, since they take longest, and all in one group.

    They share a deployment. The tests of any other file stay together as well, with their fixtures.
    """
    items.sort(key=lambda item: END_TO_END not in item.path.parents)
    for item in items:
        group = END_TO_END if END_TO_END in item.path.parents else item.path
        item.add_marker(pytest.mark.xdist_group(str(group)))
