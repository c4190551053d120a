"""What a function writes is found in CloudWatch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.identify import Call
from localcloud.usage import units
from tests.lambda_.conftest import Bench
from tests.usage_totals import total


def _events(bench: Bench, group: str) -> list[str]:
    answer = bench.client("logs").filter_log_events(logGroupName=group)
    return [event["message"] for event in answer["events"]]


def _sum(bench: Bench, namespace: str, name: str, dimensions: dict[str, str]) -> Any:
    now = datetime.now(UTC)
    answer = bench.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=3600 * 3,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in answer["Datapoints"])


def test_output_and_lambdas_own_lines_are_in_the_functions_log_group(bench: Bench) -> None:
    name = bench.function(
        "import logging\ndef handler(e, c):\n"
        " print('printed')\n logging.getLogger().warning('two\\nlines')"
    )
    bench.run(name)
    messages = _events(bench, f"/aws/lambda/{name}")
    assert "printed\n" in messages
    assert any(m.startswith("[WARNING]\t") and m.endswith("two\nlines\n") for m in messages)
    assert messages[0].startswith("START RequestId: ")
    assert messages[-1].startswith("REPORT RequestId: ")


def test_a_log_group_of_its_own_choice_is_used(bench: Bench) -> None:
    name = bench.function(
        "def handler(e, c): print('there')", LoggingConfig={"LogGroup": "/shared/group"}
    )
    bench.run(name)
    assert "there\n" in _events(bench, "/shared/group")
    streams = bench.client("logs").describe_log_streams(logGroupName="/shared/group")
    assert f"/{name}[$LATEST]" in streams["logStreams"][0]["logStreamName"]


def test_invocations_and_errors_are_counted(bench: Bench) -> None:
    name = bench.function("def handler(e, c): return 1 / e")
    for event in (1, 0, 2):
        bench.run(name, event)
    dimensions = {"FunctionName": name}
    assert _sum(bench, "AWS/Lambda", "Invocations", dimensions) == 3
    assert _sum(bench, "AWS/Lambda", "Errors", dimensions) == 1


def test_an_embedded_metric_is_a_metric(bench: Bench) -> None:
    document = {
        "_aws": {
            "Timestamp": 1,
            "CloudWatchMetrics": [
                {
                    "Namespace": "Shop",
                    "Dimensions": [["Desk"]],
                    "Metrics": [{"Name": "Sold", "Unit": "Count"}],
                }
            ],
        },
        "Desk": "north",
        "Sold": [2, 3],
    }
    name = bench.function("import json\ndef handler(e, c): print(json.dumps(e))")
    bench.run(name, document)
    bench.run(name, {"_aws": "malformed"})
    assert _sum(bench, "Shop", "Sold", {"Desk": "north"}) == 5


def test_lines_written_after_their_group_was_deleted_create_it_again(bench: Bench) -> None:
    name = bench.function("def handler(e, c):\n print(e)")
    group, logs = f"/aws/lambda/{name}", bench.client("logs")
    bench.run(name, "first")
    logs.filter_log_events(logGroupName=group)
    logs.delete_log_group(logGroupName=group)
    bench.run(name, "second")
    assert "second\n" in _events(bench, group), "the role may make the group again"
    assert "first\n" not in _events(bench, group)


def test_the_log_of_a_region_that_is_out_comes_when_it_is_back(bench: Bench) -> None:
    """Meanwhile the logs of other functions are written."""

    def cut(call: Call) -> None:
        if call.service == "logs" and "/cut" in str(call.params):
            raise ConnectionCut

    name = bench.function(
        "def handler(e, c): print('late')", LoggingConfig={"LogGroup": "/cut/group"}
    )
    other = bench.function("def handler(e, c): print('at once')")
    bench.cloud.gateway.checks.append(cut)
    bench.run(name)
    bench.run(other)
    assert "at once\n" in _events(bench, f"/aws/lambda/{other}")
    bench.cloud.gateway.checks.remove(cut)
    assert "late\n" in _events(bench, "/cut/group")


def test_what_lambda_bills_is_counted(bench: Bench) -> None:
    name = bench.function("def handler(e, c): pass", MemorySize=512, Architectures=["arm64"])
    for _ in range(2):
        bench.run(name)
    usage = bench.cloud.usage
    reports = [line for line in _events(bench, f"/aws/lambda/{name}") if "Billed Duration" in line]
    billed = [int(line.split("Billed Duration: ")[1].split(" ms")[0]) for line in reports]
    assert total(usage, units.LAMBDA_REQUESTS, name) == 2
    assert total(usage, units.LAMBDA_SECONDS, name) == pytest.approx(sum(billed) / 1000)
    assert total(usage, f"{units.LAMBDA_GB_SECONDS}-arm64", name) == pytest.approx(
        sum(billed) / 2000
    )


def test_log_events_are_counted_in_bytes_with_26_for_each(bench: Bench) -> None:
    name = bench.function("def handler(e, c): print('é')")
    bench.run(name)
    group = f"/aws/lambda/{name}"
    expected = sum(len(message.encode()) + 26 for message in _events(bench, group))
    assert total(bench.cloud.usage, units.LOG_BYTES, group) == expected


def test_a_custom_metric_is_counted_once_an_hour(bench: Bench) -> None:
    directive = {"Namespace": "N", "Dimensions": [["d"]], "Metrics": [{"Name": "m"}]}
    line = {"_aws": {"CloudWatchMetrics": [directive]}, "d": "v", "m": [1, 2, 3]}
    name = bench.function(f"import json\ndef handler(e, c): print(json.dumps({line!r}))")
    for _ in range(2):
        bench.run(name)
    assert total(bench.cloud.usage, units.METRIC_HOURS, "N") == 1
