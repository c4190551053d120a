"""What the tests of all functions need: credentials, a Lambda context, S3 and DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from hypothesis import HealthCheck, settings
from moto import mock_aws

from common.state_table import StateTable
from tests.state_table import create_state_table
from tests.unit.helpers import BUCKET, ERRORS_TABLE, FINANCIAL_TABLE, STATE_TABLE

# No test here is about time, and the machine may be busy.
settings.register_profile("unit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unit")

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeDefinitionTypeDef, KeySchemaElementTypeDef
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def context() -> LambdaContext:
    """A context with the attributes that the logger reads."""
    lambda_context = LambdaContext()
    for name in ("function_name", "memory_limit_in_mb", "invoked_function_arn", "aws_request_id"):
        setattr(lambda_context, f"_{name}", "unit")
    return lambda_context


@pytest.fixture
def account() -> Iterator[None]:
    """An empty account."""
    with mock_aws():
        yield


@pytest.fixture
def s3(account: None) -> S3Client:  # noqa: ARG001 - must exist first
    """S3 with an empty versioned bucket."""
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return client


@pytest.fixture
def dynamodb(account: None) -> DynamoDBClient:  # noqa: ARG001 - must exist first
    """DynamoDB with the three tables, empty."""
    client = boto3.client("dynamodb")
    create_state_table(client, STATE_TABLE)
    _create_table(client, ERRORS_TABLE, "chunk", "row")
    _create_table(client, FINANCIAL_TABLE, "uuid")
    return client


@pytest.fixture
def state(dynamodb: DynamoDBClient) -> StateTable:
    """The state table, empty, as the functions of us-west-2 use it."""
    return StateTable(dynamodb, STATE_TABLE, "us-west-2", "us-east-1")


def _create_table(client: DynamoDBClient, name: str, key: str, sort_key: str = "") -> None:
    """Create a table whose key is a string, and whose sort key, if any, is a number."""
    attributes: list[AttributeDefinitionTypeDef] = [
        {"AttributeName": key, "AttributeType": "S"},
        {"AttributeName": sort_key, "AttributeType": "N"},
    ]
    schema: list[KeySchemaElementTypeDef] = [
        {"AttributeName": key, "KeyType": "HASH"},
        {"AttributeName": sort_key, "KeyType": "RANGE"},
    ]
    length = 2 if sort_key else 1
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=attributes[:length],
        KeySchema=schema[:length],
    )
