"""The idle month is counted in the templates."""

from __future__ import annotations

from typing import Any

import pytest

from tools.cost.assumptions import Assumptions, Duration, Express, Idle, read_assumptions
from tools.cost.bill import bill, dollars
from tools.cost.idle import (
    Scheduled,
    count_resources,
    idle_month,
    scheduled_functions,
    scheduled_usage,
)
from tools.cost.prices import read_prices

ENDPOINT = {
    "Type": "AWS::EC2::VPCEndpoint",
    "Properties": {"VpcEndpointType": "Interface", "SubnetIds": ["a", "b"]},
}
GATEWAY = {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcEndpointType": "Gateway"}}
RULE = {"Priority": 1, "Destination": {"Metrics": {"Status": "Enabled"}}}
ASSUMED = Assumptions({"watcher": Duration(1000, 0, "")}, Express(1, 1, 64), Idle(2000, 2, ""))


def test_an_interface_endpoint_counts_once_in_each_subnet_and_a_gateway_not() -> None:
    counts = count_resources([{"A": ENDPOINT, "B": ENDPOINT, "C": GATEWAY}])
    assert counts == {"Interface endpoint in a zone": 4}


def test_alarms_keys_and_the_cluster_are_counted() -> None:
    kinds = ["AWS::CloudWatch::Alarm", "AWS::KMS::Key", "AWS::Route53RecoveryControl::Cluster"]
    counts = count_resources([{kind: {"Type": kind} for kind in [*kinds, "AWS::IAM::Role"]}])
    assert counts == {"Alarm": 1, "KMS key": 1, "ARC cluster": 1}


def test_every_replication_rule_with_metrics_has_three_of_them() -> None:
    rules = {"Fn::If": ["Replicates", {"Rules": [RULE, RULE]}, {"Ref": "AWS::NoValue"}]}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"ReplicationConfiguration": rules}}
    assert count_resources([{"Bucket": bucket}]) == {"Custom metric": 6}


def rule_with(schedule: str) -> dict[str, Any]:
    target = {"Arn": {"Fn::GetAtt": ["Watcher", "Arn"]}}
    properties = {"ScheduleExpression": schedule, "Targets": [target]}
    return {"Type": "AWS::Events::Rule", "Properties": properties}


def test_a_schedule_says_how_often_its_function_runs_in_a_month() -> None:
    function = {"Type": "AWS::Lambda::Function", "Properties": {"MemorySize": 512}}
    resources = {"Watcher": function, "Rule": rule_with("rate(10 minutes)")}
    (scheduled,) = scheduled_functions(resources)
    assert (scheduled.function, scheduled.memory_mb) == ("watcher", 512)
    assert scheduled.invocations == pytest.approx(730 * 6)
    with pytest.raises(ValueError, match="not a rate"):
        scheduled_functions(resources | {"Rule": rule_with("cron(0 * * * ? *)")})


def test_what_runs_on_a_schedule_costs_requests_time_and_logs_in_both_regions() -> None:
    usage = scheduled_usage([Scheduled("watcher", 512, 1_000)], ASSUMED)
    # 2,000 requests, 1,000 GB-seconds, 4 MB of logs.
    expected = 2_000 * 0.2e-6 + 1_000 * 16.6667e-6 + 4e6 * 0.5e-9
    assert dollars(bill(usage, read_prices())) == pytest.approx(expected)


def test_a_month_is_the_sum_of_what_stands_and_of_what_runs() -> None:
    month = idle_month(read_prices(), read_assumptions())
    standing = {item.name: item for item in month.standing}
    assert standing["ARC cluster"].dollars == pytest.approx(2.50 * 730)
    endpoints = standing["Interface endpoint in a zone"]
    assert endpoints.dollars == pytest.approx(endpoints.count * 0.01 * 730)
    assert month.dollars == pytest.approx(
        sum(item.dollars for item in month.standing) + month.scheduled
    )
