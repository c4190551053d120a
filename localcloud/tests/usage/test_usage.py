"""Sums of units, and what they were when a span began and ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from localcloud.cloud import new_cloud
from localcloud.gateway.ledger import Entry
from localcloud.settings import Settings
from localcloud.usage import Usage, units
from tests.manual_clock import ManualClock
from tests.usage_totals import total

EAST, WEST = "us-east-1", "us-west-2"


def readings(report: dict[str, Any], span: int) -> tuple[list[float], list[float]]:
    found = report["spans"][span]
    return found["totals_at_begin"], found["totals_at_end"]


def test_amounts_of_a_unit_region_and_resource_are_added_up() -> None:
    usage = Usage()
    usage.add("u", EAST, "a", 2)
    usage.add("u", EAST, "a", 0.5)
    usage.add("u", WEST, "a")
    usage.add("u", EAST, "b")
    report = usage.report()
    assert report["lines"] == [["u", EAST, "a"], ["u", WEST, "a"], ["u", EAST, "b"]]
    assert report["totals"] == [2.5, 1, 1]
    assert total(usage, "u") == 4.5
    assert total(usage, "u", "a", EAST) == 2.5


def test_a_span_has_the_sums_of_its_begin_and_its_end() -> None:
    clock = ManualClock(1000.0)
    usage = Usage(clock.now)
    usage.add("u", EAST, "a")
    usage.begin("run")
    clock.time += 7
    usage.add("u", EAST, "a", 5)
    usage.add("v", EAST, "a", 3)
    usage.end("run")
    usage.add("u", EAST, "a", 100)
    report = usage.report()
    assert readings(report, 0) == ([1], [6, 3])
    assert (report["spans"][0]["begin"], report["spans"][0]["end"]) == (1000.0, 1007.0)


def test_a_span_that_goes_on_keeps_its_begin() -> None:
    usage = Usage()
    usage.begin("run")
    usage.end("run")
    usage.add("u", EAST, "a")
    usage.begin("run")
    assert usage.report()["spans"][0]["end"] is None
    usage.end("run")
    assert readings(usage.report(), 0) == ([], [1])


def test_only_the_latest_spans_are_kept() -> None:
    usage = Usage()
    for number in range(205):
        usage.begin(f"run-{number}")
    usage.end("run-0")
    names = [span["name"] for span in usage.report()["spans"]]
    assert (len(names), names[0], names[-1]) == (200, "run-5", "run-204")


def test_what_counts_once_an_hour_counts_again_in_the_next_hour() -> None:
    clock = ManualClock(7200.0)
    usage = Usage(clock.now)
    for _ in range(3):
        usage.add_once_an_hour("metric", "m", EAST, "n")
    clock.time += 3600
    usage.add_once_an_hour("metric", "m", EAST, "n")
    usage.add_once_an_hour("other", "m", EAST, "n")
    assert total(usage, "m") == 3


def test_calls_are_counted_by_region_and_action_but_not_those_without_an_answer(
    tmp_path: Path,
) -> None:
    cloud = new_cloud(Settings(tmp_path), ManualClock())
    for outcome, status in (("ok", 200), ("NoSuchKey", 404), ("ConnectionCut", 0)):
        cloud.ledger.record(Entry(1.0, EAST, "p", "s3:GetObject", "r", outcome, status))
    cloud.clients.client("kms", WEST).list_keys()
    assert total(cloud.usage, units.CALLS, "s3:GetObject", EAST) == 2
    assert total(cloud.usage, units.CALLS, "kms:ListKeys", WEST) == 1
    cloud.close()
