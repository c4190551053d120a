"""A function's policy decides whether a service may invoke it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.gateway.errors import ApiError
from localcloud.gateway.principals import service_principal
from localcloud.lambda_.permissions import allows_service, statement
from tests.lambda_.conftest import REGION, Bench

BUCKET = service_principal("s3.amazonaws.com", "arn:aws:s3:::things")
ECHO = "def handler(e, c): return e"


def _invoke(bench: Bench, name: str, principal: Any) -> int:
    return bench.service.invoke(
        name, b"{}", principal, region=REGION, invocation_type="DryRun"
    ).status


def test_without_a_policy_a_service_is_refused(bench: Bench) -> None:
    name = bench.function(ECHO)
    with pytest.raises(ApiError, match="no resource-based policy allows") as caught:
        _invoke(bench, name, BUCKET)
    assert caught.value.code == "AccessDeniedException"


def test_a_statement_lets_in_its_service_for_its_source_only(bench: Bench) -> None:
    name = bench.function(ECHO)
    bench.api.add_permission(
        FunctionName=name,
        StatementId="bucket",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::things",
        SourceAccount="123456789012",
    )
    assert _invoke(bench, name, BUCKET) == 204
    for other in (
        service_principal("s3.amazonaws.com", "arn:aws:s3:::others"),
        service_principal("sns.amazonaws.com", "arn:aws:s3:::things"),
    ):
        with pytest.raises(ApiError, match="not authorized to perform: lambda:InvokeFunction"):
            _invoke(bench, name, other)


def test_another_account_is_refused(bench: Bench) -> None:
    name = bench.function(ECHO)
    bench.api.add_permission(
        FunctionName=name,
        StatementId="stranger",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceAccount="210987654321",
    )
    with pytest.raises(ApiError, match="not authorized"):
        _invoke(bench, name, BUCKET)


def test_the_policy_reads_as_on_aws_until_its_statement_is_removed(
    bench: Bench, refused: Any
) -> None:
    name = bench.function(ECHO)
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    permission = {
        "FunctionName": name,
        "StatementId": "api",
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": "arn:aws:execute-api:us-east-1:123456789012:abc/*/POST/records",
    }
    bench.api.add_permission(**permission)
    assert json.loads(bench.api.get_policy(FunctionName=name)["Policy"]) == {
        "Version": "2012-10-17",
        "Id": "default",
        "Statement": [
            {
                "Sid": "api",
                "Effect": "Allow",
                "Principal": {"Service": "apigateway.amazonaws.com"},
                "Action": "lambda:InvokeFunction",
                "Resource": arn,
                "Condition": {"ArnLike": {"AWS:SourceArn": permission["SourceArn"]}},
            }
        ],
    }
    with refused("ResourceConflictException", "The statement id (api) provided already exists"):
        bench.api.add_permission(**permission)
    bench.api.remove_permission(FunctionName=name, StatementId="api")
    with refused("ResourceNotFoundException"):
        bench.api.get_policy(FunctionName=name)
    with refused("ResourceNotFoundException", "Statement api is not found"):
        bench.api.remove_permission(FunctionName=name, StatementId="api")


@pytest.mark.parametrize(
    ("arn", "pattern", "matches"),
    [
        ("arn:aws:s3:::things", "arn:aws:s3:::things", True),
        ("arn:aws:s3:::things", "arn:aws:s3:::t*", True),
        ("arn:aws:s3:::things", "arn:aws:*:things", False),
        ("arn:aws:execute-api:r:1:api/v1/POST/a", "arn:aws:execute-api:r:1:api/*/POST/a", True),
        ("arn:aws:execute-api:r:1:api/v1/POST/a", "arn:aws:execute-api:r:1:api/*/GET/a", False),
    ],
)
def test_a_star_in_an_arn_pattern_stays_within_its_part(
    arn: str, pattern: str, matches: bool
) -> None:
    params = {
        "StatementId": "s",
        "Action": "lambda:InvokeFunction",
        "Principal": "s3.amazonaws.com",
        "SourceArn": pattern,
    }
    function = "arn:aws:lambda:us-east-1:123456789012:function:f"
    caller = service_principal("s3.amazonaws.com", arn)
    allowed = allows_service([statement(params, function)], caller, function)
    assert allowed is matches
