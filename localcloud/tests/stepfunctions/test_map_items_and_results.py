"""Distributed Map: items from S3, batches, results in S3."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.stepfunctions.definitions import BUCKET, distributed_map, item_reader, machine
from tests.stepfunctions.environment import Environment


def _put_objects(env: Environment, **objects: str) -> None:
    s3 = env.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for key, body in objects.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body.encode())


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
def test_items_are_read_from_an_object(
    env: Environment, body: str, config: dict[str, Any], expected: list[Any]
) -> None:
    _put_objects(env, items=body)
    assert env.output_of(distributed_map(ItemReader=item_reader("items", **config))) == expected


def test_items_are_the_entries_of_a_listing(env: Environment) -> None:
    _put_objects(env, a1="x", a2="xyz", b1="")
    reader = {
        "Resource": "arn:aws:states:::s3:listObjectsV2",
        "Arguments": {"Bucket": BUCKET, "Prefix": "a"},
    }
    listed = env.output_of(distributed_map(ItemReader=reader))
    assert [(entry["Key"], entry["Size"]) for entry in listed] == [("a1", 1), ("a2", 3)]


@pytest.mark.parametrize("body", ["{", "1"])
def test_an_object_that_cannot_be_parsed_is_a_reader_failure(env: Environment, body: str) -> None:
    _put_objects(env, items=body)
    states = {
        "M": distributed_map(
            ItemReader=item_reader("items", InputType="JSON"),
            Catch=[{"ErrorEquals": ["States.ItemReaderFailed"], "Next": "C"}],
        ),
        "C": {"Type": "Pass", "Output": "caught", "End": True},
    }
    execution = env.run(machine(states))
    assert (execution["status"], execution["output"]) == ("SUCCEEDED", '"caught"')


def test_a_missing_object_is_a_reader_failure(env: Environment) -> None:
    _put_objects(env)
    execution = env.run(
        machine({"M": distributed_map(ItemReader=item_reader("nope", InputType="JSON"))})
    )
    assert execution["error"] == "States.ItemReaderFailed"
    assert "NoSuchKey" in execution["cause"]


def test_the_selector_sees_item_input_and_variables(env: Environment) -> None:
    _put_objects(env, items='{"n":5}\n')
    states = {
        "S": {"Type": "Pass", "Assign": {"v": 9}, "Next": "M"},
        "M": distributed_map(
            ItemReader=item_reader("items", InputType="JSONL"),
            ItemSelector={
                "n": "{% $states.context.Map.Item.Value.n %}",
                "i": "{% $states.context.Map.Item.Index %}",
                "v": "{% $v %}",
                "x": "{% $states.input.x %}",
            },
        ),
    }
    execution = env.run(machine(states), {"x": 1})
    assert json.loads(execution["output"]) == [{"n": 5, "i": 0, "v": 9, "x": 1}]


def test_batches_are_limited_by_number_and_by_bytes(env: Environment) -> None:
    by_number = distributed_map(
        ItemBatcher={"MaxItemsPerBatch": 2, "BatchInput": {"x": "{% 1 + 1 %}"}}
    )
    assert env.output_of(by_number, [1, 2, 3]) == [
        {"BatchInput": {"x": 2}, "Items": [1, 2]},
        {"BatchInput": {"x": 2}, "Items": [3]},
    ]
    by_bytes = distributed_map(ItemBatcher={"MaxInputBytesPerBatch": 40})
    batches = env.output_of(by_bytes, ["a" * 10, "b" * 10, "c" * 10])
    assert [len(batch["Items"]) for batch in batches] == [2, 1]
    assert all(len(json.dumps(batch, separators=(",", ":"))) <= 40 for batch in batches)


def test_results_go_to_s3_with_a_manifest(env: Environment) -> None:
    _put_objects(env)
    writer = {
        "Resource": "arn:aws:states:::s3:putObject",
        "Arguments": {"Bucket": BUCKET, "Prefix": "out"},
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
    result = env.output_of(
        distributed_map(inner, ResultWriter=writer, ToleratedFailureCount=1), [1, 2, 3]
    )
    details = result["ResultWriterDetails"]
    assert details["Key"].startswith("out/")

    def read(key: str) -> Any:
        return json.loads(env.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())

    manifest = read(details["Key"])
    assert manifest["MapRunArn"] == result["MapRunArn"]
    succeeded = read(manifest["ResultFiles"]["SUCCEEDED"][0]["Key"])
    assert [(child["Input"], child["Output"], child["Status"]) for child in succeeded] == [
        ("1", "1", "SUCCEEDED"),
        ("3", "3", "SUCCEEDED"),
    ]
    (failed,) = read(manifest["ResultFiles"]["FAILED"][0]["Key"])
    assert (failed["Input"], failed["Error"]) == ("2", "E")


def test_results_can_be_flattened(env: Environment) -> None:
    writer = {"WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSON"}}
    assert env.output_of(distributed_map(ResultWriter=writer), [[1, 2], [3]]) == [1, 2, 3]
