"""What a month costs in which no file comes: counted in the templates.

Storage is left out: it depends on what was processed before.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tools.cost.assumptions import Assumptions
from tools.cost.bill import bill, dollars
from tools.cost.prices import Price, Prices
from tools.cost.usage import Line, Usage
from tools.templates import read_template, transformed_template

HOURS = 730
# Deployed in each of the two Regions, with all that they nest; and what exists once.
REGIONAL = ("templates/foundation.yaml", "templates/batch.yaml", "templates/failover.yaml")
ONCE = ("global-resources.yaml", "templates/tables.yaml", "templates/dashboard.yaml")
_REGIONS = ("us-east-1", "us-west-2")
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_RATES = {"minute": 1 / 60, "hour": 1.0, "day": 24.0}
# BytesPendingReplication, OperationsPendingReplication and ReplicationLatency, in the Region of the
# destination; OperationsFailedReplication in that of the source, which counts only when it fails.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
_METRICS_OF_A_RULE = 3
_BY_TYPE = {
    "AWS::Route53RecoveryControl::Cluster": "ARC cluster",
    "AWS::KMS::Key": "KMS key",
    "AWS::CloudWatch::Alarm": "Alarm",
    "AWS::CloudWatch::Dashboard": "Dashboard",
    "AWS::Route53::HostedZone": "Hosted zone",
    "AWS::Route53::HealthCheck": "Health check",
}
Resources = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Standing:
    """``count`` of something that is billed by the month, in both Regions together."""

    name: str
    count: int
    dollars: float


@dataclass(frozen=True)
class IdleMonth:
    """``scheduled`` is what functions on a schedule use: Lambda and logs."""

    standing: list[Standing]
    scheduled: float

    @property
    def dollars(self) -> float:
        return sum(item.dollars for item in self.standing) + self.scheduled


def idle_month(prices: Prices, assumptions: Assumptions) -> IdleMonth:
    """The month of the templates as they are in this repository."""
    counts = count_resources([read_all(name) for name in ONCE])
    for name, count in count_resources([read_all(name) for name in REGIONAL]).items():
        counts[name] += count * len(_REGIONS)
    counts["Custom metric"] += assumptions.idle.custom_metrics_in_a_region * len(_REGIONS)
    standing = [
        _standing(price, counts[name]) for name, price in prices.monthly.items() if counts[name]
    ]
    functions = scheduled_functions(read_all("templates/failover.yaml"))
    usage = scheduled_usage(functions, assumptions)
    return IdleMonth(standing, dollars(bill(usage, prices)))


def read_all(name: str) -> Resources:
    template = transformed_template(name) if "Transform" in read_template(name) else None
    return dict((template or read_template(name))["Resources"])


def count_resources(templates: list[Resources]) -> Counter[str]:
    """What is billed by the month in one Region, by the names of the price file."""
    counts: Counter[str] = Counter()
    for resource in (resource for template in templates for resource in template.values()):
        kind, properties = resource["Type"], resource.get("Properties", {})
        if kind in _BY_TYPE:
            counts[_BY_TYPE[kind]] += 1
        elif kind == "AWS::EC2::VPCEndpoint" and properties.get("VpcEndpointType") == "Interface":
            counts["Interface endpoint in a zone"] += len(properties["SubnetIds"])
        elif kind == "AWS::S3::Bucket":
            rules = [rule for rule in _rules(properties) if "Metrics" in rule["Destination"]]
            counts["Custom metric"] += _METRICS_OF_A_RULE * len(rules)
    return counts


@dataclass(frozen=True)
class Scheduled:
    """A function that a rule invokes so many times a month."""

    function: str
    memory_mb: int
    invocations: float


def scheduled_functions(resources: Resources) -> list[Scheduled]:
    scheduled = []
    for resource in resources.values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Events::Rule" and "ScheduleExpression" in properties:
            invocations = HOURS / _hours(properties["ScheduleExpression"])
            for target in properties["Targets"]:
                name = target["Arn"]["Fn::GetAtt"][0]
                memory = int(resources[name]["Properties"]["MemorySize"])
                scheduled.append(Scheduled(name.lower(), memory, invocations))
    return scheduled


def scheduled_usage(functions: list[Scheduled], assumptions: Assumptions) -> Usage:
    """In both Regions, on the dearer architecture."""
    usage: defaultdict[Line, float] = defaultdict(float)
    for region in _REGIONS:
        for scheduled in functions:
            duration = assumptions.functions[scheduled.function]
            calls = scheduled.invocations
            gb_seconds = duration.seconds(calls, 0) * scheduled.memory_mb / 1024
            for unit, amount in (
                ("lambda:Requests", calls),
                ("lambda:GBSeconds-x86_64", gb_seconds),
                ("logs:Bytes", calls * assumptions.idle.log_bytes),
            ):
                usage[Line(unit, region, scheduled.function)] += amount
    return dict(usage)


def _hours(schedule: str) -> float:
    """Hours between two invocations. Raises ValueError for what is not ``rate(…)``."""
    match = _RATE.fullmatch(schedule)
    if match is None:
        raise ValueError(f"the schedule {schedule!r} is not a rate: say what it costs here")
    return int(match[1]) * _RATES[match[2]]


def _rules(properties: Any) -> Iterator[dict[str, Any]]:
    """Replication rules, also beneath conditions."""
    values = properties.values() if isinstance(properties, dict) else properties
    for value in values if isinstance(properties, dict | list) else ():
        if isinstance(value, dict) and "Destination" in value and "Priority" in value:
            yield value
        else:
            yield from _rules(value)


def _standing(price: Price, count: int) -> Standing:
    return Standing(price.unit, count, price.cost(count))
