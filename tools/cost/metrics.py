"""Which of CloudWatch's metrics count what: pure, from a deployment's names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tools.cost.names import indexes, names
from tools.cost.usage import Line, Usage

NOT_SEEN = """\
CloudWatch does not show requests of S3 (unless request metrics are turned on), replicated bytes,
bytes through endpoints and the access point, calls of KMS, hours of custom metrics and the Init
phase of functions: they are missing here. Transitions and mails are those of the whole account and
Region."""


@dataclass(frozen=True)
class Query:
    """The sum of a metric. ``line`` says what it counts."""

    line: Line
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class FunctionConfig:
    memory_mb: int
    architecture: str


def queries(region: str, account: str, env: str, http_apis: Mapping[str, str]) -> Iterator[Query]:
    """For one Region of a deployment. Units that begin with ``_`` are turned into others.

    ``http_apis`` are ids by name.
    """
    for name in names("AWS::Lambda::Function", "FunctionName", env):
        by_name = (("FunctionName", name),)
        yield _query("lambda:Requests", region, name, "AWS/Lambda", "Invocations", by_name)
        yield _query("_lambda:Milliseconds", region, name, "AWS/Lambda", "Duration", by_name)
    yield _query(
        "states:Transitions", region, "account", "AWS/States", "ConsumedCapacity",
        (("ServiceMetric", "StateTransition"),),
    )  # fmt: skip
    yield from _express_queries(region, account, env)
    yield from _api_queries(region, env, http_apis)
    yield from _table_queries(region, env)
    for name in names("AWS::Logs::LogGroup", "LogGroupName", env):
        by_name = (("LogGroupName", name),)
        yield _query("logs:Bytes", region, name, "AWS/Logs", "IncomingBytes", by_name)
    for name in names("AWS::SNS::Topic", "TopicName", env):
        by_name = (("TopicName", name),)
        yield _query("sns:Requests", region, name, "AWS/SNS", "NumberOfMessagesPublished", by_name)
    yield _query("ses:Recipients", region, "account", "AWS/SES", "Send", ())


def usage_of(sums: Mapping[Query, float], functions: Mapping[str, FunctionConfig]) -> Usage:
    """What the sums say. ``functions`` by Region and name, as in ``us-east-1/batch-reader``."""
    usage: dict[Line, float] = {}
    for query, amount in sums.items():
        line = query.line
        if line.unit == "_lambda:Milliseconds":
            config = functions.get(f"{line.region}/{line.resource}")
            if config is None:
                continue
            # Each duration is rounded up to a millisecond: half of one on average.
            requests = sums.get(_invocations_of(query), 0)
            seconds = (amount + requests / 2) / 1000
            usage[line._replace(unit="lambda:Seconds")] = seconds
            unit = f"lambda:GBSeconds-{config.architecture}"
            usage[line._replace(unit=unit)] = seconds * config.memory_mb / 1024
        elif line.unit == "_states:ExpressMilliseconds":
            # The memory of each execution is a metric, too, but not their product: 64 MB each.
            usage[line._replace(unit="states:ExpressGBSeconds")] = amount / 1000 * 64 / 1024
        else:
            usage[line] = amount
    return {line: amount for line, amount in usage.items() if amount}


def _invocations_of(query: Query) -> Query:
    line = query.line._replace(unit="lambda:Requests")
    return Query(line, query.namespace, "Invocations", query.dimensions)


def _api_queries(region: str, env: str, http_apis: Mapping[str, str]) -> Iterator[Query]:
    """Metrics of an HTTP API have its id."""
    for name in names("AWS::ApiGatewayV2::Api", "Name", env):
        if name in http_apis:
            by_id = (("ApiId", http_apis[name]),)
            yield _query("apigateway:HttpRequests", region, name, "AWS/ApiGateway", "Count", by_id)


def _express_queries(region: str, account: str, env: str) -> Iterator[Query]:
    machine = f"ChunkProcessor{env}"
    arn = (("StateMachineArn", f"arn:aws:states:{region}:{account}:stateMachine:{machine}"),)
    yield _query("states:ExpressRequests", region, machine, "AWS/States", "ExecutionsStarted", arn)
    yield _query(
        "_states:ExpressMilliseconds", region, machine, "AWS/States",
        "ExpressExecutionBilledDuration", arn,
    )  # fmt: skip


def _table_queries(region: str, env: str) -> Iterator[Query]:
    """All tables are global: the metric counts writes of the other Region, too."""
    for name in names("AWS::DynamoDB::GlobalTable", "TableName", env):
        by_name = (("TableName", name),)
        yield _query(
            "dynamodb:ReadUnits", region, name, "AWS/DynamoDB", "ConsumedReadCapacityUnits", by_name
        )
        yield _query(
            "dynamodb:ReplicatedWriteUnits", region, name, "AWS/DynamoDB",
            "ConsumedWriteCapacityUnits", by_name,
        )  # fmt: skip
    for name, index in indexes(env):
        by_index = (("TableName", name), ("GlobalSecondaryIndexName", index))
        for unit, metric in (
            ("dynamodb:ReadUnits", "ConsumedReadCapacityUnits"),
            ("dynamodb:WriteUnits", "ConsumedWriteCapacityUnits"),
        ):
            yield _query(unit, region, f"{name}/{index}", "AWS/DynamoDB", metric, by_index)


def _query(
    unit: str,
    region: str,
    resource: str,
    namespace: str,
    metric: str,
    dimensions: Iterable[tuple[str, str]],
) -> Query:
    return Query(Line(unit, region, resource), namespace, metric, tuple(dimensions))
