"""Every alarm rings for the trouble that it is there for, tells the operators, and falls silent.

The file comes last: what it does to the deployed system is no example.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.e2e.alarm_causes import CAUSES, take_letters
from tests.e2e.system import System, eventually

LATE = "replication-late"  # rings for what is more than 15 minutes late
# The watch has failed twice in 20 minutes; functions are throttled for 15.
SLOW = [LATE, "watcher-errors", "functions-throttled"]
QUICK_SCALE, SLOW_SCALE = 0.01, 0.003


class Watch:
    """The alarms of a Region since a time."""

    def __init__(self, system: System, region: str) -> None:
        self._system = system
        self._region = region
        self._since = datetime.now(UTC)
        self._topic = (
            f"arn:aws:sns:{region}:{system.deployment.account}:"
            f"batch-operators{system.deployment.env}"
        )
        self._published = len(system.cloud.published_messages(self._topic))

    def states(self, name: str) -> list[str]:
        """The states that the alarm has entered, oldest first."""
        pages = self._api.get_paginator("describe_alarm_history").paginate(
            AlarmName=self._name(name),
            HistoryItemType="StateUpdate",
            StartDate=self._since,
            ScanBy="TimestampAscending",
        )
        items = [item for page in pages for item in page["AlarmHistoryItems"]]
        return [str(item["HistorySummary"]).rsplit(" ", 1)[-1] for item in items]

    def wait_for_ring(self, name: str) -> None:
        eventually(lambda: "ALARM" in self.states(name), f"{name} rings")

    def wait_for_silence(self, name: str) -> None:
        eventually(lambda: self._state(name) == "OK", f"{name} falls silent")

    def _state(self, name: str) -> str:
        (alarm,) = self._api.describe_alarms(AlarmNames=[self._name(name)])["MetricAlarms"]
        return str(alarm["StateValue"])

    def ringing(self) -> set[str]:
        """Names of the alarms whose ringing was published to the operators."""
        messages = self._system.cloud.published_messages(self._topic)[self._published :]
        rings = [json.loads(message) for message in messages if '"NewStateValue"' in message]
        return {ring["AlarmName"] for ring in rings if ring["NewStateValue"] == "ALARM"}

    def _name(self, name: str) -> str:
        return f"batch-{name}{self._system.deployment.env}"

    @property
    def _api(self) -> Any:
        return self._system.cloud.client("cloudwatch", self._region)


@pytest.fixture(scope="module")
def watches(system: System) -> dict[str, Watch]:
    """Watches by the alarm's name, once all have rung and are silent again."""
    first, second = system.deployment.regions
    take_letters(system, first)  # that earlier tests have left
    regions = {name: second if name == LATE else first for name in CAUSES}
    watches = {region: Watch(system, region) for region in (first, second)}
    by_name = {name: watches[region] for name, region in regions.items()}
    quick = [name for name in CAUSES if name not in SLOW]
    scale = system.cloud.time_scale
    try:
        for new_scale, names in ((QUICK_SCALE, quick), (SLOW_SCALE, SLOW)):
            system.cloud.time_scale = new_scale
            for name in names:
                by_name[name].wait_for_silence(name)
            with ExitStack() as causes:
                for name in names:
                    causes.enter_context(CAUSES[name](system, regions[name]))
                for name in names:
                    by_name[name].wait_for_ring(name)
            for name in names:
                by_name[name].wait_for_silence(name)
    finally:
        system.cloud.time_scale = scale
    return by_name


@pytest.mark.parametrize("name", CAUSES)
def test_an_alarm_rings_tells_the_operators_and_falls_silent(
    watches: dict[str, Watch], system: System, name: str
) -> None:
    assert watches[name].states(name)[-1] == "OK"
    assert f"batch-{name}{system.deployment.env}" in watches[name].ringing()
