"""The recent values of metrics by the minute."""

from __future__ import annotations

import pytest

from localcloud.cloudwatch import datapoints
from localcloud.cloudwatch.datapoints import Datapoints, Summary
from localcloud.cloudwatch.metrics import Metric
from tests.manual_clock import ManualClock

METRIC = Metric("us-east-1", "n", "m", "Count")
ANY_UNIT = METRIC._replace(unit="")


def test_values_of_a_minute_are_summed_up_in_whatever_order_they_come() -> None:
    data = Datapoints(ManualClock())
    for value, time in ((3.0, 125.0), (1.0, 5.0), (5.0, 130.0), (2.0, 61.0)):
        data.add(METRIC, value, time)
    data.add(METRIC._replace(unit="Seconds"), 9.0, 125.0)
    assert data.between(METRIC, 120.0, 180.0) == Summary(3.0, 5.0, 8.0, 2.0)
    assert data.between(METRIC, 0.0, 180.0) == Summary(1.0, 5.0, 11.0, 4.0)
    assert data.between(ANY_UNIT, 120.0, 180.0) == Summary(3.0, 9.0, 17.0, 3.0)
    assert data.between(METRIC, 180.0, 240.0) is None


def test_minutes_that_no_alarm_can_look_back_to_are_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(datapoints, "_KEPT_MINUTES", 3)
    data = Datapoints(ManualClock())
    for minute in (1, 2, 4, 5, 3, 0, 6):
        data.add(METRIC, float(minute), 60.0 * minute)
    assert data.between(METRIC, 0.0, 600.0) == Summary(4.0, 6.0, 15.0, 3.0)
