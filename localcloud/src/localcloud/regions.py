"""The Regions of AWS."""

from functools import cache

import boto3


@cache
def regions() -> frozenset[str]:
    """Every Region has EC2."""
    return frozenset(boto3.Session().get_available_regions("ec2"))
