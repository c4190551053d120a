"""Which Regions the Multi-Region Access Point sends requests to.

Its routes belong to S3's data plane and can be changed at five endpoints, whichever Region is down:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/MrapFailover.html
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from common.observability import logger

ENDPOINT_REGIONS = ("us-east-1", "us-west-2", "ap-southeast-2", "ap-northeast-1", "eu-west-1")
# Without retries of the SDK: the next endpoint is the retry.
ONE_TRY = Config(connect_timeout=2, read_timeout=8, retries={"total_max_attempts": 1})


class RoutesNotChanged(Exception):
    """No endpoint has changed the routes."""


def send_traffic_to(access_point: str, regions: Iterable[str], others: Iterable[str]) -> str:
    """Let the access point send requests to `regions` only; return the endpoint's Region.

    Endpoints in `others`, which may be down, are asked last. Raises RoutesNotChanged.
    """
    regions, others = list(regions), list(others)
    updates = [{"Region": region, "TrafficDialPercentage": 100} for region in regions]
    updates += [{"Region": region, "TrafficDialPercentage": 0} for region in others]
    account, refusal = access_point.split(":")[4], ""
    endpoints = random.sample(ENDPOINT_REGIONS, len(ENDPOINT_REGIONS))
    for endpoint in sorted(endpoints, key=lambda region: region in others):
        try:
            _client(endpoint).submit_multi_region_access_point_routes(
                AccountId=account, Mrap=access_point, RouteUpdates=updates
            )
        except (BotoCoreError, ClientError) as error:
            refusal = str(error)
            logger.warning("Endpoint failed", endpoint=endpoint, error=repr(error))
        else:
            return endpoint
    raise RoutesNotChanged(refusal)


@cache
def _client(region: str) -> Any:
    return boto3.client("s3control", region_name=region, config=ONE_TRY)
