"""What CloudWatch's metrics show of the latest runs of a deployment."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import boto3

from tools.cost.local import NothingToRead
from tools.cost.metrics import NOT_SEEN, FunctionConfig, Query, queries, usage_of
from tools.cost.names import names
from tools.cost.runs import read_rows
from tools.cost.usage import Span, Usage, Window, overlapping
from tools.harness.deployment import Deployment

_DAY = 86_400
# Periods in seconds, and how long CloudWatch keeps the data of each. It has nothing to say of a
# shorter period, which looks as if nothing had been used.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
_PERIODS = ((60, 15 * _DAY), (300, 63 * _DAY), (3600, 455 * _DAY))
_QUERIES_OF_A_CALL = 500
# A metric is of the period in which something ended, and may come some minutes late.
_LATE_SECONDS = 180


def latest_windows(count: int) -> tuple[list[Window], list[str]]:
    """Windows of the latest runs that have ended, and what to know of them."""
    deployment = _deployment()
    spans = [_span(deployment, row) for row in _latest_rows(deployment, count)]
    ended, now = [span for span in spans if span], datetime.now(UTC).timestamp()
    period = _period(now - min((span.begin for span in ended), default=now))
    groups = overlapping([_in_periods(span, period) for span in ended])
    functions = _functions(deployment)
    windows = [_window(deployment, group, functions, period) for group in groups]
    notes = [NOT_SEEN]
    if windows and now - windows[-1].end < _LATE_SECONDS:
        notes.append("The latest run ended just now: its metrics may not be complete yet.")
    return windows, notes


def _deployment() -> Deployment:
    """As the settings of deployment/Makefile say. Raises NothingToRead without them."""
    try:
        regions = (os.environ["PRIMARY_REGION"], os.environ["SECONDARY_REGION"])
        env = os.environ["ENV"]
    except KeyError as error:
        raise NothingToRead("Run make cost in deployment/, which has the settings.") from error
    account = boto3.client("sts", regions[0]).get_caller_identity()["Account"]
    return Deployment(env, account, regions, "")


def _latest_rows(deployment: Deployment, count: int) -> list[dict[str, Any]]:
    rows = read_rows(deployment.regions[0], deployment.env)
    return sorted(rows, key=lambda row: str(row["started_at"]))[-count:]


def _span(deployment: Deployment, row: dict[str, Any]) -> Span | None:
    """None for a run that has not ended, or that Step Functions has forgotten after 90 days."""
    arn = deployment.execution(row)
    client = boto3.client("stepfunctions", row["region"])
    try:
        execution = client.describe_execution(executionArn=arn)
    except client.exceptions.ExecutionDoesNotExist:
        return None
    if "stopDate" not in execution:
        return None
    return Span(arn, execution["startDate"].timestamp(), execution["stopDate"].timestamp())


def _period(age: float) -> int:
    """The shortest period that CloudWatch has for what is so many seconds old."""
    return next((period for period, kept in _PERIODS if age < kept), _PERIODS[-1][0])


def _in_periods(span: Span, period: int) -> Span:
    """The whole periods that it touches: two runs in one minute cannot be told apart."""
    begin, end = math.floor(span.begin / period), math.floor(span.end / period) + 1
    return Span(span.name, begin * period, end * period - 1)


def _functions(deployment: Deployment) -> dict[str, FunctionConfig]:
    functions = {}
    for region in deployment.regions:
        client = boto3.client("lambda", region)
        for name in names("AWS::Lambda::Function", "FunctionName", deployment.env):
            config = client.get_function_configuration(FunctionName=name)
            memory, architecture = config["MemorySize"], config["Architectures"][0]
            functions[f"{region}/{name}"] = FunctionConfig(memory, architecture)
    return functions


def _http_apis(region: str) -> dict[str, str]:
    """Ids of the Region's HTTP APIs by name."""
    client = boto3.client("apigatewayv2", region)
    pages = client.get_paginator("get_apis").paginate()
    return {api["Name"]: api["ApiId"] for page in pages for api in page["Items"]}


def _window(
    deployment: Deployment,
    spans: Sequence[Span],
    functions: dict[str, FunctionConfig],
    period: int,
) -> Window:
    begin, end = spans[0].begin, max(span.end for span in spans) + 1
    times = begin, end, period
    usage: dict[Any, float] = {}
    for region in deployment.regions:
        apis = _http_apis(region)
        metric_queries = list(queries(region, deployment.account, deployment.env, apis))
        usage |= _usage(region, metric_queries, times, functions)
    return Window(tuple(span.name for span in spans), begin, end, usage)


def _usage(
    region: str,
    metric_queries: list[Query],
    times: tuple[float, float, int],
    functions: dict[str, FunctionConfig],
) -> Usage:
    """Between two times, in periods of so many seconds."""
    client: Any = boto3.client("cloudwatch", region)
    begin, end, period = times
    sums: dict[Query, float] = {}
    for batch in _batches(metric_queries):
        paginator = client.get_paginator("get_metric_data")
        pages = paginator.paginate(
            MetricDataQueries=[
                _request(number, query, period) for number, query in enumerate(batch)
            ],
            StartTime=datetime.fromtimestamp(begin, UTC),
            EndTime=datetime.fromtimestamp(end, UTC),
        )
        for result in (result for page in pages for result in page["MetricDataResults"]):
            query = batch[int(result["Id"].removeprefix("q"))]
            sums[query] = sums.get(query, 0.0) + sum(result["Values"])
    return usage_of(sums, functions)


def _batches(metric_queries: list[Query]) -> Iterator[list[Query]]:
    for start in range(0, len(metric_queries), _QUERIES_OF_A_CALL):
        yield metric_queries[start : start + _QUERIES_OF_A_CALL]


def _request(number: int, query: Query, period: int) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in query.dimensions]
    metric = {"Namespace": query.namespace, "MetricName": query.metric, "Dimensions": dimensions}
    return {
        "Id": f"q{number}",
        "MetricStat": {"Metric": metric, "Period": period, "Stat": "Sum"},
        "ReturnData": True,
    }
