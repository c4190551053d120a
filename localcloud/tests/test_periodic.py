"""Work that is repeated every few seconds."""

from __future__ import annotations

import threading

import pytest

from localcloud.periodic import Periodic


def test_an_action_that_fails_is_logged_and_runs_again(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []
    is_repeated = threading.Event()

    def fail() -> None:
        calls.append(len(calls))
        if len(calls) == 2:
            is_repeated.set()
        raise ValueError("a defect")

    periodic = Periodic("work", 0.01, fail)
    assert is_repeated.wait(5)
    periodic.close()
    assert "work failed inside the local cloud" in caplog.text


def test_after_close_nothing_runs() -> None:
    calls: list[int] = []
    periodic = Periodic("work", 0.01, lambda: calls.append(1))
    periodic.close()
    count = len(calls)
    threading.Event().wait(0.05)
    assert len(calls) == count
