"""boto3 clients with timeouts and retries that fit a Lambda function. Make each once, at import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_stepfunctions import SFNClient

# boto3's default is to wait 60 s for a connection: longer than most of our functions live.
PATIENT = Config(
    connect_timeout=3, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 4}
)
# A mail has no idempotency token, so nothing below us may send one a second time.
ONCE = Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 1})


def s3() -> S3Client:
    """S3, also through Multi-Region Access Points: the SDK picks SigV4A by the ARN."""
    return boto3.client("s3", config=PATIENT)


def dynamodb() -> DynamoDBClient:
    """DynamoDB of the function's own Region."""
    return boto3.client("dynamodb", config=PATIENT)


def stepfunctions() -> SFNClient:
    """Step Functions of the function's own Region."""
    return boto3.client("stepfunctions", config=PATIENT)


def ses() -> SESV2Client:
    """SES without retries."""
    return boto3.client("sesv2", config=ONCE)


def sns() -> SNSClient:
    """SNS of the function's own Region."""
    return boto3.client("sns", config=PATIENT)
