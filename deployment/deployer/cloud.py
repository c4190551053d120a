"""AWS as the operator's credentials see it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from .plan import Stack

MISSING = "MISSING"
NESTED = "AWS::CloudFormation::Stack"
_CONFIG = Config(
    connect_timeout=10, read_timeout=70, retries={"mode": "standard", "total_max_attempts": 6}
)


class Cloud:
    """Clients, each made once; botocore's sessions make no two at the same time."""

    def __init__(self) -> None:
        self._session = boto3.Session()
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str) -> Any:
        with self._lock:
            if (service, region) not in self._clients:
                made = self._session.client(service, region, config=_CONFIG)  # type: ignore[call-overload]  # names vary
                self._clients[service, region] = made
            return self._clients[service, region]

    def credentials(self) -> Any:
        return self._session.get_credentials()

    def account(self, region: str) -> str:
        return str(self.client("sts", region).get_caller_identity()["Account"])


@dataclass(frozen=True)
class Resource:
    """A resource of a stack, by its path (`Batch/Splitter`)."""

    path: str
    type: str
    physical_id: str
    status: str


def described(cloud: Cloud, stack: Stack) -> dict[str, Any] | None:
    """What DescribeStacks says of it; None if it does not exist."""
    try:
        found = cloud.client("cloudformation", stack.region).describe_stacks(StackName=stack.name)
    except ClientError as error:
        # CloudFormation has no code of its own for it.
        if "does not exist" in str(error):
            return None
        raise
    return dict(found["Stacks"][0])


def status(cloud: Cloud, stack: Stack) -> str:
    found = described(cloud, stack)
    return str(found["StackStatus"]) if found else MISSING


def outputs(cloud: Cloud, stack: Stack) -> dict[str, str]:
    """Empty if it does not exist."""
    found = described(cloud, stack) or {}
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


def resources(cloud: Cloud, region: str, name: str, path: str = "") -> Iterator[Resource]:
    """Those of the stack and of what it nests; nested stacks themselves are left out."""
    client = cloud.client("cloudformation", region)
    for page in client.get_paginator("list_stack_resources").paginate(StackName=name):
        for one in page["StackResourceSummaries"]:
            where, physical = path + one["LogicalResourceId"], one.get("PhysicalResourceId", "")
            if one["ResourceType"] != NESTED:
                yield Resource(where, one["ResourceType"], physical, one["ResourceStatus"])
            elif physical:
                yield from resources(cloud, region, physical, f"{where}/")
