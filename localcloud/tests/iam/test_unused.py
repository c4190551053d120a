"""Permissions that no call has needed."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.iam import Authority
from localcloud.iam.unused import unused_permissions
from tests.iam.conftest import MakeRole, allow


def test_only_permissions_that_let_a_call_pass_are_used(cloud: Cloud, role: MakeRole) -> None:
    session = role(
        allow(["dynamodb:ListTables", "dynamodb:Get*"], "*"), allow("ec2:Describe*", "*")
    )
    cloud.clients.client("dynamodb", "us-east-1", session).list_tables()
    cloud.clients.client("ec2", "us-east-1", session).describe_subnets()
    unused = unused_permissions(cloud.get(Authority))
    assert [permission.action for permission in unused] == ["dynamodb:get*"]


def test_a_refused_call_uses_nothing(cloud: Cloud, role: MakeRole) -> None:
    session = role(allow("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:123456789012:table/tab"))
    with pytest.raises(ClientError, match="AccessDenied"):
        cloud.clients.client("dynamodb", "us-east-1", session).get_item(
            TableName="other", Key={"k": {"S": "a"}}
        )
    [unused] = unused_permissions(cloud.get(Authority))
    assert (unused.policy, unused.action) == ("p", "dynamodb:getitem")
