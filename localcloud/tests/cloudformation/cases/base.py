"""A case: a resource of one type as it is made, and what can be changed of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "123456789012"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "a", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
}
OTHER_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "b", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}],
}
TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}
TAGS = [{"Key": "k", "Value": "v"}]
ROLE: dict[str, Any] = {
    "Type": "AWS::IAM::Role",
    "Properties": {"RoleName": "r", "AssumeRolePolicyDocument": TRUST},
}
ROLE_ARN = {"Fn::GetAtt": "Role.Arn"}

# Of clients by service, and a physical id: what the service's own API tells of the resource.
Read = Callable[[Callable[[str], Any], str], Any]


@dataclass(frozen=True)
class Case:
    """``ref`` and ``attributes`` are patterns of what Ref and GetAtt give.

    ``change``: property → another value, each of which is a change in place that ``read`` shows.
    ``refused``: properties whose change is an error that names them.
    """

    kind: str
    properties: dict[str, Any]
    change: dict[str, Any]
    read: Read
    ref: str
    attributes: dict[str, str] = field(default_factory=dict)
    needs: dict[str, Any] = field(default_factory=dict)  # other resources
    refused: frozenset[str] = frozenset()
    # Properties that are nothing without others, or do nothing to what is there already.
    passive: frozenset[str] = frozenset()
    region: str = "us-east-1"


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def statement(action: str, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    """A resource policy of one statement."""
    made = {"Effect": effect, "Principal": "*", "Action": action, "Resource": "*", **more}
    return {"Version": "2012-10-17", "Statement": [made]}


def plain(told: dict[str, Any], *volatile: str) -> dict[str, Any]:
    """An answer without its metadata and what changes by itself."""
    return {k: v for k, v in told.items() if k not in ("ResponseMetadata", *volatile)}
