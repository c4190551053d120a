"""Assumed durations take the place of those that were measured, and of nothing else."""

from __future__ import annotations

import pytest

from tools.cost.assumptions import (
    Assumptions,
    Duration,
    Express,
    Idle,
    read_assumptions,
    short_name,
    with_assumed_durations,
)
from tools.cost.idle import REGIONAL, read_all
from tools.cost.usage import Line, Usage

EAST, WEST = "us-east-1", "us-west-2"
ASSUMED = Assumptions({"validator": Duration(2, 1, "")}, Express(100, 5, 128), Idle(1000, 2, ""))


def usage_of(function: str, calls: float, seconds: float, region: str = EAST) -> Usage:
    return {
        Line("lambda:Requests", region, function): calls,
        Line("lambda:Seconds", region, function): seconds,
        Line("lambda:GBSeconds-arm64", region, function): seconds * 0.25,
    }


def gb_seconds(usage: Usage, function: str, region: str = EAST) -> float:
    return usage[Line("lambda:GBSeconds-arm64", region, function)]


def test_a_function_takes_its_time_for_each_call_and_each_record() -> None:
    usage = usage_of("batch-validator-dev", 1_000, 77.0)
    assumed = with_assumed_durations(usage, 1_000, ASSUMED)
    # 1,000 x (2 + 1) ms at 256 MB.
    assert gb_seconds(assumed, "batch-validator-dev") == pytest.approx(3.0 * 0.25)
    assert assumed[Line("lambda:Requests", EAST, "batch-validator-dev")] == 1_000


def test_a_function_that_nothing_is_assumed_of_is_as_measured() -> None:
    assumed = with_assumed_durations(usage_of("other", 10, 4.0), 1_000, ASSUMED)
    assert gb_seconds(assumed, "other") == pytest.approx(1.0)


def test_records_are_shared_out_between_regions_by_calls() -> None:
    usage = {
        **usage_of("batch-validator", 300, 9.0, EAST),
        **usage_of("batch-validator", 100, 9.0, WEST),
    }
    assumed = with_assumed_durations(usage, 400, ASSUMED)
    assert gb_seconds(assumed, "batch-validator", EAST) == pytest.approx(300 * 0.003 * 0.25)
    assert gb_seconds(assumed, "batch-validator", WEST) == pytest.approx(100 * 0.003 * 0.25)


def test_an_express_execution_takes_its_base_and_its_iterations() -> None:
    usage = {
        Line("states:ExpressRequests", EAST, "m"): 10.0,
        Line("states:ExpressIterations", EAST, "m"): 1_000.0,
        Line("states:ExpressGBSeconds", EAST, "m"): 999.0,
    }
    assumed = with_assumed_durations(usage, 1_000, ASSUMED)
    # 10 x (100 + 50) ms and 1,000 x 5 ms, at 128 MB.
    assert assumed[Line("states:ExpressGBSeconds", EAST, "m")] == pytest.approx(6.5 * 0.125)


def test_every_function_has_an_assumption_with_its_reason() -> None:
    functions = [
        resource["Properties"]["FunctionName"]["Fn::Sub"].replace("${Env}", "-dev")
        for name in REGIONAL
        for resource in read_all(name).values()
        if resource["Type"] == "AWS::Lambda::Function"
    ]
    assumed = read_assumptions().functions
    assert {short_name(name) for name in functions} == set(assumed)
    assert all(duration.reason for duration in assumed.values())
