"""Members of operations that are refused by name."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.gateway.refused_members import REFUSED_MEMBERS
from localcloud.gateway.vouched import VOUCHED


def has_member(shape: Any, path: list[str]) -> bool:
    for name in path:
        if shape is None or name not in getattr(shape, "members", {}):
            return False
        shape = shape.members[name]
    return True


@pytest.mark.parametrize("key", REFUSED_MEMBERS)
def test_every_member_is_one_of_an_operation_that_is_vouched_for(key: str) -> None:
    service, _, operation = key.partition(":")
    model = botocore.session.Session().get_service_model(service)
    names = {operation} if operation else VOUCHED[service]
    assert names <= VOUCHED[service]
    shapes = [model.operation_model(name).input_shape for name in names]
    for path in REFUSED_MEMBERS[key]:
        assert any(has_member(shape, path) for shape in shapes), path


def test_a_member_within_another_is_refused_by_its_path(cloud: Cloud) -> None:
    client = cloud.clients.client("sesv2", "us-east-1")
    with pytest.raises(ClientError, match=r"emulate Content\.Template of sesv2:SendEmail"):
        client.send_email(Content={"Template": {"TemplateName": "t"}})


def test_a_member_that_asks_for_nothing_is_no_reason(cloud: Cloud) -> None:
    client = cloud.clients.client("lambda", "us-east-1")
    with pytest.raises(ClientError, match="Function not found"):
        client.update_function_configuration(FunctionName="f", DeadLetterConfig={"TargetArn": ""})
    target = {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"}
    with pytest.raises(ClientError, match=r"emulate DeadLetterConfig\.TargetArn of lambda:Update"):
        client.update_function_configuration(FunctionName="f", DeadLetterConfig=target)
