"""Distributed Map: items from S3."""

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
