"""Short forms of definitions in the Amazon States Language."""

from __future__ import annotations

from typing import Any

BUCKET = "items-bucket"
PASS = {"A": {"Type": "Pass", "End": True}}


def machine(states: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A definition that starts at the first of ``states``."""
    return {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states, **fields}


def task(**fields: Any) -> dict[str, Any]:
    """A Task state that ends its graph, unless it has Next."""
    end = {} if "Next" in fields else {"End": True}
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", **end, **fields}


def service_task(resource: str, arguments: Any, **fields: Any) -> dict[str, Any]:
    return task(Resource=f"arn:aws:states:::{resource}", Arguments=arguments, **fields)


def distributed_map(
    states: dict[str, Any] | None = None, execution_type: str = "STANDARD", **fields: Any
) -> dict[str, Any]:
    """A Distributed Map that ends its graph; by default its children return their input."""
    states = states or PASS
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": execution_type},
        "StartAt": next(iter(states)),
        "States": states,
    }
    return {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}


def item_reader(key: str, **config: Any) -> dict[str, Any]:
    return {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": config,
        "Arguments": {"Bucket": BUCKET, "Key": key},
    }


def failing_up_to(count: int) -> dict[str, Any]:
    """States that fail for numbers up to ``count``."""
    choice = {"Condition": f"{{% $states.input <= {count} %}}", "Next": "F"}
    return {
        "A": {"Type": "Choice", "Choices": [choice], "Default": "S"},
        "F": {"Type": "Fail", "Error": "E", "Cause": "C"},
        "S": {"Type": "Succeed"},
    }
