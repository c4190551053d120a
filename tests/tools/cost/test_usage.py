"""Windows of a report of the local cloud."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.cost.local import NothingToRead, since_mark, windows
from tools.cost.usage import Line, total

ARN = "arn:aws:states:us-east-1:123456789012:execution:MainOrchestrator-dev:"
LINES = [["u", "us-east-1", "a"], ["v", "us-east-1", "a"]]


def span(name: str, begin: float, end: float | None, before: Any, after: Any) -> dict[str, Any]:
    return {
        "name": name if ":" in name else ARN + name,
        "begin": begin,
        "totals_at_begin": before,
        "end": end,
        "totals_at_end": after,
    }


def report(*spans: dict[str, Any], totals: Any = (0, 0), now: float = 100.0) -> dict[str, Any]:
    sums = {"lines": LINES, "totals": list(totals), "spans": list(spans)}
    return {"started": 1.0, "now": now, **sums}


def test_a_window_has_what_was_added_between_start_and_end() -> None:
    (window,) = windows(report(span("r", 10, 20, [3], [5, 4])))
    assert window.usage == {
        Line("u", "us-east-1", "a"): 2,
        Line("v", "us-east-1", "a"): 4,
    }
    assert (window.begin, window.end, window.executions) == (10, 20, (ARN + "r",))


def test_runs_that_overlap_are_in_one_window() -> None:
    result = windows(
        report(
            span("a", 10, 30, [0], [20]),
            span("b", 20, 40, [10], [30]),
            span("c", 35, 38, [26], [28]),
            span("d", 50, 60, [31], [41]),
        )
    )
    assert [len(window.executions) for window in result] == [3, 1]
    assert [total(window.usage, "u") for window in result] == [30, 10]


def test_a_run_within_another_does_not_shorten_the_window() -> None:
    (window,) = windows(report(span("a", 10, 90, [0], [50]), span("b", 20, 30, [5], [9])))
    assert (window.end, total(window.usage, "u")) == (90, 50)


def test_runs_that_have_not_ended_and_other_machines_are_left_out() -> None:
    other = "arn:aws:states:us-east-1:1:execution:Other:x"
    assert windows(report(span("a", 10, None, [0], None), span(other, 1, 2, [0], [1]))) == []


def test_since_a_mark_everything_counts_and_the_runs_after_it(tmp_path: Path) -> None:
    mark = tmp_path / "mark.json"
    mark.write_text(json.dumps(report(totals=[5], now=15.0)))
    spans = [span("old", 1, 2, [0], [1]), span("new", 20, 30, [6], [8])]
    window = since_mark(report(*spans, totals=[9, 1]), mark)
    assert window.executions == (ARN + "new",)
    assert (total(window.usage, "u"), total(window.usage, "v")) == (4, 1)


def test_a_mark_of_another_local_cloud_is_refused(tmp_path: Path) -> None:
    mark = tmp_path / "mark.json"
    mark.write_text(json.dumps(report() | {"started": 2.0}))
    with pytest.raises(NothingToRead, match="another local cloud"):
        since_mark(report(), mark)
    with pytest.raises(NothingToRead, match="no mark"):
        since_mark(report(), tmp_path / "absent.json")
