"""What the tests of the emailer share: a row, and which Region DNS names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import MagicMock

import dns.resolver
import pytest

from common.state_table import StateTable

Call = Callable[[dict[str, Any]], Any]
ROW = {
    "run_id": "r",
    "key": "input/sales.csv",
    "status": "STARTED",
    "region": "us-west-2",
    "attempt": 1,
}


def make_active(monkeypatch: pytest.MonkeyPatch, region: str) -> None:
    answer = [MagicMock(strings=[region.encode()])]
    monkeypatch.setattr(dns.resolver, "resolve", lambda *_, **__: answer)


def row(state: StateTable, run_id: str = "r") -> dict[str, Any]:
    return state.get(run_id) or {}
