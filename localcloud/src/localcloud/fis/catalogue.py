"""The actions of experiments: their parameters, targets and effects.

https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from localcloud.fis import network, replication
from localcloud.fis.role import Run, Undo

DURATION = "The duration, from one minute to 12 hours (ISO 8601), for example PT1M."


@dataclass(frozen=True)
class ActionKind:
    """``target``: its name in the action, and its type. ``check`` raises ApiError."""

    id: str
    description: str
    begin: Callable[[Run], Undo]  # starts the effect
    target: tuple[str, str] | None = None
    # Beside the duration: description, and whether it is required.
    more_parameters: dict[str, tuple[str, bool]] = field(default_factory=dict)
    check: Callable[[dict[str, str]], None] = lambda _: None

    @property
    def parameters(self) -> dict[str, tuple[str, bool]]:
        return {"duration": (DURATION, True), **self.more_parameters}


_KINDS = (
    ActionKind(
        "aws:fis:wait",
        "Wait for the specified duration. Stop condition monitoring continues meanwhile.",
        lambda _: lambda: None,
    ),
    ActionKind(
        "aws:network:disrupt-connectivity",
        "Disrupt network connectivity on the specified subnets.",
        network.begin,
        ("Subnets", "aws:ec2:subnet"),
        {
            "scope": ("The type of traffic to deny.", True),
            "prefixListIdentifier": ("The prefix list, if the scope is prefix-list.", False),
        },
        network.check,
    ),
    ActionKind(
        "aws:s3:bucket-pause-replication",
        "Pause replication from target source buckets to destination buckets.",
        replication.begin_s3,
        ("Buckets", "aws:s3:bucket"),
        {
            "region": ("The Region where destination buckets are located.", True),
            "destinationBuckets": ("Destination buckets, separated by commas.", False),
            "prefixes": ("Prefixes of replication rules, separated by commas.", False),
        },
        replication.check_s3,
    ),
    ActionKind(
        "aws:dynamodb:global-table-pause-replication",
        "Pause replication of DynamoDB global tables.",
        replication.begin_dynamodb,
        ("Tables", "aws:dynamodb:global-table"),
    ),
)
CATALOGUE = {kind.id: kind for kind in _KINDS}
RESOURCE_TYPES = {
    "aws:ec2:subnet": "An Amazon VPC subnet",
    "aws:s3:bucket": "An Amazon S3 bucket",
    "aws:dynamodb:global-table": "An Amazon DynamoDB global table",
}


def action_view(kind: ActionKind, region: str, account: str) -> dict[str, Any]:
    """The action as GetAction returns it."""
    view: dict[str, Any] = {
        "id": kind.id,
        "arn": f"arn:aws:fis:{region}:{account}:action/{kind.id}",
        "description": kind.description,
        "parameters": {
            name: {"description": text, "required": required}
            for name, (text, required) in kind.parameters.items()
        },
        "tags": {},
    }
    if kind.target:
        view["targets"] = {kind.target[0]: {"resourceType": kind.target[1]}}
    return view
