"""What CloudFormation tells about a stack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from .aws import STANDARD, Aws
from .errors import DeployError
from .plan import Stack

MISSING = "MISSING"
NESTED_STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Resource:
    """A resource of a stack; its path leads through nested stacks: `Batch/Splitter`."""

    path: str
    type: str
    physical_id: str


def describe_stack(aws: Aws, stack: Stack, config: Config = STANDARD) -> dict[str, Any] | None:
    """Return the answer of DescribeStacks, or None if the stack does not exist."""
    cloudformation = aws.client("cloudformation", stack.region, config)
    try:
        response = cloudformation.describe_stacks(StackName=stack.name)
    except ClientError as error:
        if is_missing_stack(error):
            return None
        raise
    return dict(response["Stacks"][0])


def is_missing_stack(error: ClientError) -> bool:
    """CloudFormation has no error code of its own for this."""
    return "does not exist" in str(error)


def stack_status(aws: Aws, stack: Stack, config: Config = STANDARD) -> str:
    description = describe_stack(aws, stack, config)
    return str(description["StackStatus"]) if description else MISSING


def stack_outputs(aws: Aws, stack: Stack, config: Config = STANDARD) -> dict[str, str]:
    """Return the outputs by name; none if the stack is not deployed."""
    return outputs_of(describe_stack(aws, stack, config) or {})


def stack_parameters(aws: Aws, stack: Stack) -> dict[str, str]:
    """Return the values of the parameters by name; none if the stack is not deployed."""
    return parameters_of(describe_stack(aws, stack) or {})


def outputs_of(description: dict[str, Any]) -> dict[str, str]:
    """Return the outputs in an answer of DescribeStacks."""
    return {pair["OutputKey"]: pair["OutputValue"] for pair in description.get("Outputs", [])}


def parameters_of(description: dict[str, Any]) -> dict[str, str]:
    """Return the values of the parameters in an answer of DescribeStacks."""
    pairs = description.get("Parameters", [])
    return {pair["ParameterKey"]: pair.get("ParameterValue", "") for pair in pairs}


def deployed_outputs(aws: Aws, stack: Stack) -> dict[str, str]:
    """The same for a command that needs them. Raises DeployError if there are none."""
    outputs = stack_outputs(aws, stack)
    if not outputs:
        raise DeployError(f"FAILED: {stack} is not deployed: run make deploy first.")
    return outputs


def stack_resources(aws: Aws, region: str, name: str, path: str = "") -> Iterator[Resource]:
    """Yield the resources of a stack and of the stacks that it nests, but not those stacks."""
    cloudformation = aws.client("cloudformation", region)
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=name):
        for summary in page["StackResourceSummaries"]:
            resource_path = path + summary["LogicalResourceId"]
            physical_id = summary.get("PhysicalResourceId", "")
            if summary["ResourceType"] != NESTED_STACK:
                yield Resource(resource_path, summary["ResourceType"], physical_id)
            elif physical_id:
                yield from stack_resources(aws, region, physical_id, f"{resource_path}/")
