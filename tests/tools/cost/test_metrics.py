"""What CloudWatch's metrics say in the units of the meter."""

from __future__ import annotations

import pytest

from tools.cost.metrics import FunctionConfig, Query, queries, usage_of
from tools.cost.usage import Line

EAST, ACCOUNT = "us-east-1", "123456789012"
QUERIES = list(queries(EAST, ACCOUNT, "-dev", {"batch-records-dev": "abc123"}))


def query(unit: str, resource: str) -> Query:
    (match,) = [q for q in QUERIES if q.line == Line(unit, EAST, resource)]
    return match


def test_the_names_are_those_of_the_templates_with_the_env() -> None:
    (api,) = [q for q in QUERIES if q.line.unit.startswith("apigateway:")]
    assert (api.namespace, api.metric) == ("AWS/ApiGateway", "Count")
    # A REST API is known by its name, an HTTP API by its id.
    assert api.dimensions[0] in [("ApiName", "batch-records-dev"), ("ApiId", "abc123")]
    assert query("dynamodb:ReplicatedWriteUnits", "batch-errors-dev")
    assert query("logs:Bytes", "/aws/lambda/batch-splitter-dev")
    machine = query("states:ExpressRequests", "ChunkProcessor-dev")
    arn = f"arn:aws:states:{EAST}:{ACCOUNT}:stateMachine:ChunkProcessor-dev"
    assert machine.dimensions == (("StateMachineArn", arn),)


def test_no_metric_is_asked_for_twice() -> None:
    assert len(set(QUERIES)) == len(QUERIES) == len({q.line for q in QUERIES})


def test_durations_become_gigabyte_seconds_with_half_a_millisecond_for_rounding() -> None:
    sums = {
        query("lambda:Requests", "batch-reader-dev"): 100.0,
        query("_lambda:Milliseconds", "batch-reader-dev"): 1_950.0,
    }
    functions = {f"{EAST}/batch-reader-dev": FunctionConfig(512, "arm64")}
    usage = usage_of(sums, functions)
    assert usage == pytest.approx(
        {
            Line("lambda:Requests", EAST, "batch-reader-dev"): 100.0,
            Line("lambda:Seconds", EAST, "batch-reader-dev"): 2.0,
            Line("lambda:GBSeconds-arm64", EAST, "batch-reader-dev"): 1.0,
        }
    )


def test_express_time_is_taken_at_64_mb() -> None:
    sums = {query("_states:ExpressMilliseconds", "ChunkProcessor-dev"): 16_000.0}
    usage = usage_of(sums, {})
    assert usage == {Line("states:ExpressGBSeconds", EAST, "ChunkProcessor-dev"): 1.0}


def test_a_metric_without_data_is_not_on_the_bill() -> None:
    assert usage_of({query("states:Transitions", "account"): 0.0}, {}) == {}
