"""boto3 clients whose timeouts and retries suit a Lambda function. Create each once, at import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from common.parallel import WORKERS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_stepfunctions import SFNClient

# By default botocore puts some thirty parts together for each request, which takes a quarter of the
# CPU time of a small one.
USER_AGENT = f"batch Boto3/{boto3.__version__}"  # botocore adds its own version
# By default boto3 waits 60 s for a connection, which is longer than most of our functions may run,
# and keeps ten connections, of which requests at the same time need one each.
WITH_RETRIES = Config(
    user_agent=USER_AGENT,
    connect_timeout=3,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 4},
    max_pool_connections=3 * WORKERS,
)
# A mail and the copy of an object have no idempotency token, so the SDK must not repeat them.
WITHOUT_RETRIES = Config(
    user_agent=USER_AGENT,
    connect_timeout=3,
    read_timeout=20,
    retries={"total_max_attempts": 1},
)


def s3() -> S3Client:
    """Return a client; for the ARN of a Multi-Region Access Point it signs by SigV4A."""
    return boto3.client("s3", config=WITH_RETRIES)


def s3_without_retries() -> S3Client:
    """Return a client that sends each request once."""
    return boto3.client("s3", config=WITHOUT_RETRIES)


def dynamodb() -> DynamoDBClient:
    """Return a client for the function's own Region."""
    return boto3.client("dynamodb", config=WITH_RETRIES)


def lambda_() -> LambdaClient:
    """Return a client that sends each request once: the caller repeats what has to be repeated."""
    return boto3.client("lambda", config=WITHOUT_RETRIES)


def stepfunctions() -> SFNClient:
    """Return a client for the function's own Region."""
    return boto3.client("stepfunctions", config=WITH_RETRIES)


def ses() -> SESV2Client:
    """Return a client that sends each request once."""
    return boto3.client("sesv2", config=WITHOUT_RETRIES)


def sns() -> SNSClient:
    """Return a client for the function's own Region."""
    return boto3.client("sns", config=WITH_RETRIES)
