"""The Regions of AWS."""

from functools import cache

from localcloud.gateway.models import new_session


def regions() -> frozenset[str]:
    """Every Region has EC2."""
    return regions_with("ec2")


@cache
def regions_with(service: str) -> frozenset[str]:
    """The Regions of the partition `aws` that have the service, as boto3 names it."""
    return frozenset(new_session().get_available_regions(service))
