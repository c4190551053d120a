"""The tables and the JSON, for one window whose price is known."""

from __future__ import annotations

import json

import pytest

from tools.cost.assumptions import read_assumptions
from tools.cost.bill import Fit
from tools.cost.idle import IdleMonth, Standing
from tools.cost.measurement import Measurement, fit_of, measure
from tools.cost.prices import read_prices
from tools.cost.report import as_json, as_text
from tools.cost.usage import Line, Window

PRICES, ASSUMED = read_prices(), read_assumptions()
ARN = "arn:aws:states:us-east-1:123456789012:execution:MainOrchestrator-dev:file"
IDLE = IdleMonth([Standing("Alarm", 36, 3.6)], 0.15)


def measurement(requests: float = 1_000, records: int = 1_000, name: str = ARN) -> Measurement:
    usage = {Line("apigateway:RestRequests", "us-east-1", "api"): requests}
    return measure(Window((name,), 10.0, 25.0, usage), {name: records}, PRICES, ASSUMED)


def test_dollars_are_shown_for_a_million_records() -> None:
    text = as_text([measurement()], None, IDLE, PRICES)
    assert "file: 1,000 records, 15 s, $0.00350" in text
    assert "apigateway:RestRequests" in text
    # The unit and the sum twice each, the service, and the classic design.
    assert text.count("3.5000") == 6


def test_a_run_that_counted_no_records_says_so() -> None:
    text = as_text([measurement(records=0)], None, IDLE, PRICES)
    assert "It counted no records." in text


def test_the_idle_month_and_the_fit_are_shown() -> None:
    text = as_text([], Fit(0.001, 4.0), IDLE, PRICES)
    assert "a file of a million $4.00" in text
    assert "3.75" in text


def test_the_json_has_units_and_dollars() -> None:
    content = json.loads(json.dumps(as_json([measurement()], None, IDLE, PRICES)))
    (entry,) = content["measurements"]
    assert entry["units"] == {"apigateway:RestRequests": 1_000}
    assert entry["dollars_per_million"]["assumed"] == pytest.approx(3.5)
    assert content["idle_month"]["dollars"] == pytest.approx(3.75)
    assert content["prices"]["date"] == PRICES.date


def test_files_of_two_sizes_are_fitted() -> None:
    cost = fit_of([measurement(1_100, 1_000, "a"), measurement(10_100, 10_000, "b")])
    assert cost is not None
    assert cost.per_file == pytest.approx(100 * 3.5e-6)
    assert cost.per_million == pytest.approx(3.5)
