"""Distributed Map: items out of S3, batches, results into S3, tolerated failures, map runs and
their children.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.stepfunctions.cloud_under_test import ACCOUNT, REGION, Lab, machine, task

_BUCKET = "items-bucket"
_ECHO = {"A": {"Type": "Pass", "End": True}}


def _map(states: dict[str, Any] | None = None, kind: str = "STANDARD", **more: Any) -> Any:
    inside = states or _ECHO
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
        "StartAt": next(iter(inside)),
        "States": inside,
    }
    end = {} if "Next" in more else {"End": True}
    return {"Type": "Map", "ItemProcessor": processor, **end, **more}


def _reader(key: str, **config: Any) -> dict[str, Any]:
    return {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": config,
        "Arguments": {"Bucket": _BUCKET, "Key": key},
    }


def _output(lab: Lab, state: Any, given: Any = None) -> Any:
    done = lab.run(machine({"M": state}), given)
    assert done["status"] == "SUCCEEDED", done
    return json.loads(done["output"])


def _put(lab: Lab, **objects: str) -> None:
    s3 = lab.client("s3")
    s3.create_bucket(Bucket=_BUCKET)
    for key, body in objects.items():
        s3.put_object(Bucket=_BUCKET, Key=key, Body=body.encode())


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_results_of_children_in_the_order_of_the_items(lab: Lab, kind: str) -> None:
    assert _output(lab, _map(kind=kind), [3, 1, 2]) == [3, 1, 2]


def test_no_items(lab: Lab) -> None:
    assert _output(lab, _map(), []) == []


@pytest.mark.parametrize(
    ("body", "config", "expected"),
    [
        ('{"a":1}\n{"a":2}\n\n', {"InputType": "JSONL"}, [{"a": 1}, {"a": 2}]),
        ("[1,2,3]", {"InputType": "JSON"}, [1, 2, 3]),
        ("[1,2,3]", {"InputType": "JSON", "MaxItems": 2}, [1, 2]),
        ("[1,2,3]", {"InputType": "JSON", "MaxItems": "{% 1 %}"}, [1]),
        ('{"x":{"y/z":[7]}}', {"InputType": "JSON", "ItemsPointer": "/x/y~1z"}, [7]),
        ('{"k":1}', {"InputType": "JSON"}, [{"Key": "k", "Value": 1}]),
        (
            '\ufeffa,b\r\n1,"x, y"\r\n2,z\r\n',
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
            [{"a": "1", "b": "x, y"}, {"a": "2", "b": "z"}],
        ),
        (
            "1|2\n",
            {
                "InputType": "CSV",
                "CSVHeaderLocation": "GIVEN",
                "CSVHeaders": ["p", "q"],
                "CSVDelimiter": "PIPE",
            },
            [{"p": "1", "q": "2"}],
        ),
    ],
)
def test_items_out_of_an_object(
    lab: Lab, body: str, config: dict[str, Any], expected: list[Any]
) -> None:
    _put(lab, items=body)
    assert _output(lab, _map(ItemReader=_reader("items", **config))) == expected


def test_items_out_of_a_listing(lab: Lab) -> None:
    _put(lab, a1="x", a2="xyz", b1="")
    reader = {
        "Resource": "arn:aws:states:::s3:listObjectsV2",
        "Arguments": {"Bucket": _BUCKET, "Prefix": "a"},
    }
    listed = _output(lab, _map(ItemReader=reader))
    assert [(each["Key"], each["Size"]) for each in listed] == [("a1", 1), ("a2", 3)]


@pytest.mark.parametrize("body", ["{", "1"])
def test_an_object_that_cannot_be_read(lab: Lab, body: str) -> None:
    _put(lab, items=body)
    states = {
        "M": _map(
            ItemReader=_reader("items", InputType="JSON"),
            Catch=[{"ErrorEquals": ["States.ItemReaderFailed"], "Next": "C"}],
        ),
        "C": {"Type": "Pass", "Output": "caught", "End": True},
    }
    done = lab.run(machine(states))
    assert (done["status"], done["output"]) == ("SUCCEEDED", '"caught"')


def test_an_object_that_is_not_there(lab: Lab) -> None:
    _put(lab)
    done = lab.run(machine({"M": _map(ItemReader=_reader("nope", InputType="JSON"))}))
    assert done["error"] == "States.ItemReaderFailed"
    assert "NoSuchKey" in done["cause"]


def test_the_selector_sees_item_input_and_variables(lab: Lab) -> None:
    _put(lab, items='{"n":5}\n')
    states = {
        "S": {"Type": "Pass", "Assign": {"v": 9}, "Next": "M"},
        "M": _map(
            ItemReader=_reader("items", InputType="JSONL"),
            ItemSelector={
                "n": "{% $states.context.Map.Item.Value.n %}",
                "i": "{% $states.context.Map.Item.Index %}",
                "v": "{% $v %}",
                "x": "{% $states.input.x %}",
            },
        ),
    }
    done = lab.run(machine(states), {"x": 1})
    assert json.loads(done["output"]) == [{"n": 5, "i": 0, "v": 9, "x": 1}]


def test_children_do_not_see_outer_variables(lab: Lab) -> None:
    inner = {"A": {"Type": "Pass", "Output": "{% $exists($v) %}", "End": True}}
    states = {"S": {"Type": "Pass", "Assign": {"v": 9}, "Next": "M"}, "M": _map(inner, Items=[1])}
    assert json.loads(lab.run(machine(states))["output"]) == [False]


def test_batches_by_number_and_by_bytes(lab: Lab) -> None:
    by_number = _map(ItemBatcher={"MaxItemsPerBatch": 2, "BatchInput": {"x": "{% 1 + 1 %}"}})
    assert _output(lab, by_number, [1, 2, 3]) == [
        {"BatchInput": {"x": 2}, "Items": [1, 2]},
        {"BatchInput": {"x": 2}, "Items": [3]},
    ]
    by_bytes = _map(ItemBatcher={"MaxInputBytesPerBatch": 40})
    batches = _output(lab, by_bytes, ["a" * 10, "b" * 10, "c" * 10])
    assert [len(batch["Items"]) for batch in batches] == [2, 1]
    assert all(len(json.dumps(batch, separators=(",", ":"))) <= 40 for batch in batches)


def test_results_go_to_s3_with_a_manifest(lab: Lab) -> None:
    _put(lab)
    writer = {
        "Resource": "arn:aws:states:::s3:putObject",
        "Arguments": {"Bucket": _BUCKET, "Prefix": "out"},
    }
    inner = {
        "A": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input = 2 %}", "Next": "F"}],
            "Default": "S",
        },
        "F": {"Type": "Fail", "Error": "E"},
        "S": {"Type": "Succeed"},
    }
    result = _output(lab, _map(inner, ResultWriter=writer, ToleratedFailureCount=1), [1, 2, 3])
    details = result["ResultWriterDetails"]
    assert details["Key"].startswith("out/")

    def read(key: str) -> Any:
        return json.loads(lab.client("s3").get_object(Bucket=_BUCKET, Key=key)["Body"].read())

    manifest = read(details["Key"])
    assert manifest["MapRunArn"] == result["MapRunArn"]
    succeeded = read(manifest["ResultFiles"]["SUCCEEDED"][0]["Key"])
    assert [(each["Input"], each["Output"], each["Status"]) for each in succeeded] == [
        ("1", "1", "SUCCEEDED"),
        ("3", "3", "SUCCEEDED"),
    ]
    (failed,) = read(manifest["ResultFiles"]["FAILED"][0]["Key"])
    assert (failed["Input"], failed["Error"]) == ("2", "E")


def test_results_can_be_flattened(lab: Lab) -> None:
    writer = {"WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSON"}}
    assert _output(lab, _map(ResultWriter=writer), [[1, 2], [3]]) == [1, 2, 3]


def _failing(count: int) -> dict[str, Any]:
    """Items up to ``count`` fail."""
    return {
        "A": {
            "Type": "Choice",
            "Choices": [{"Condition": f"{{% $states.input <= {count} %}}", "Next": "F"}],
            "Default": "S",
        },
        "F": {"Type": "Fail", "Error": "E", "Cause": "C"},
        "S": {"Type": "Succeed"},
    }


@pytest.mark.parametrize(
    ("failing", "tolerance", "status"),
    [
        (0, {}, "SUCCEEDED"),
        (1, {}, "FAILED"),
        (1, {"ToleratedFailureCount": 1}, "SUCCEEDED"),
        (2, {"ToleratedFailureCount": 1}, "FAILED"),
        (2, {"ToleratedFailurePercentage": 20}, "SUCCEEDED"),
        (3, {"ToleratedFailurePercentage": 20}, "FAILED"),
        (3, {"ToleratedFailurePercentage": "{% 15 * 2 %}"}, "SUCCEEDED"),
        (3, {"ToleratedFailurePercentage": 50, "ToleratedFailureCount": 2}, "FAILED"),
        (10, {"ToleratedFailurePercentage": 100}, "SUCCEEDED"),
    ],
)
def test_tolerated_failures(lab: Lab, failing: int, tolerance: dict[str, Any], status: str) -> None:
    state = _map(_failing(failing), MaxConcurrency=1, **tolerance)
    done = lab.run(machine({"M": state}), list(range(1, 11)))
    assert done["status"] == status, done
    (run,) = lab.sfn.list_map_runs(executionArn=done["executionArn"])["mapRuns"]
    described = lab.sfn.describe_map_run(mapRunArn=run["mapRunArn"])
    assert described["status"] == status
    counts = described["itemCounts"]
    assert counts["total"] == 10
    if status == "SUCCEEDED":
        assert (counts["failed"], counts["succeeded"]) == (failing, 10 - failing)
        assert json.loads(done["output"]) == list(range(failing + 1, 11))
    else:
        assert done["error"] == "States.ExceedToleratedFailureThreshold"
        assert counts["aborted"] == 10 - counts["failed"]
        types = [event["type"] for event in lab.history(done["executionArn"])]
        assert types[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]


def test_the_map_run_and_its_children(lab: Lab) -> None:
    state = _map(Label="Here", ItemBatcher={"MaxItemsPerBatch": 2}, MaxConcurrency=3)
    done = lab.run(machine({"M": state}), [1, 2, 3])
    name = done["stateMachineArn"].rsplit(":", 1)[1]
    (run,) = lab.sfn.list_map_runs(executionArn=done["executionArn"])["mapRuns"]
    assert run["mapRunArn"].startswith(f"arn:aws:states:{REGION}:{ACCOUNT}:mapRun:{name}/Here:")
    assert run["stateMachineArn"] == f"{done['stateMachineArn']}/Here"
    described = lab.sfn.describe_map_run(mapRunArn=run["mapRunArn"])
    assert described["maxConcurrency"] == 3
    assert (described["itemCounts"]["succeeded"], described["executionCounts"]["succeeded"]) == (
        3,
        2,
    )
    children = lab.sfn.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    assert sorted(child["itemCount"] for child in children) == [1, 2]
    prefix = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{name}/Here:"
    for child in children:
        assert child["executionArn"].startswith(prefix)
        types = [event["type"] for event in lab.history(child["executionArn"])]
        assert types[0] == "ExecutionStarted"
        assert types[-1] == "ExecutionSucceeded"
        described = lab.sfn.describe_execution(executionArn=child["executionArn"])
        assert described["mapRunArn"] == run["mapRunArn"]
    types = [event["type"] for event in lab.history(done["executionArn"])]
    assert types == [
        "ExecutionStarted",
        "MapStateEntered",
        "MapStateStarted",
        "MapRunStarted",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ]
    # They are not executions of the state machine itself.
    listed = lab.sfn.list_executions(stateMachineArn=done["stateMachineArn"])["executions"]
    assert [each["executionArn"] for each in listed] == [done["executionArn"]]


def test_a_retry_of_the_map_is_a_new_map_run(lab: Lab) -> None:
    lab.play({"A": [{"error": "E"}, {"result": 1}]})
    retry = [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "MaxAttempts": 1}]
    state = _map({"A": task(Arguments={"FunctionName": "f"})}, Items=[1], Retry=retry)
    done = lab.run(machine({"M": state}))
    assert done["status"] == "SUCCEEDED"
    runs = lab.sfn.list_map_runs(executionArn=done["executionArn"])["mapRuns"]
    assert len(runs) == 2


def test_the_role_must_be_allowed_to_start_its_own_machine(lab: Lab) -> None:
    lab.allow("s3:*")
    done = lab.run(machine({"M": _map(Items=[1])}))
    assert (done["status"], done["error"]) == ("FAILED", "States.Permissions")
    assert "is not authorized to perform: states:StartExecution" in done["cause"]


def test_time_that_is_over_ends_the_children_too(lab: Lab) -> None:
    inner = {"W": {"Type": "Wait", "Seconds": 100, "End": True}}
    state = _map(inner, Items=[1, 2], MaxConcurrency=1)
    done = lab.run(machine({"M": state}, TimeoutSeconds=10))
    assert done["status"] == "TIMED_OUT"
    (run,) = lab.sfn.list_map_runs(executionArn=done["executionArn"])["mapRuns"]
    described = lab.sfn.describe_map_run(mapRunArn=run["mapRunArn"])
    assert described["status"] == "ABORTED"
    assert described["executionCounts"]["aborted"] == 2
