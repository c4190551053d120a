"""Hosts of AWS, and the VPC endpoint service for each.

https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

import re

from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.identify import Call
from localcloud.regions import regions

MULTI_REGION_S3 = "com.amazonaws.s3-global.accesspoint"

_REGIONAL = re.compile(
    r"^(?:.+\.)?(?P<service>[a-z0-9-]+)\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com$"
)
# Hosts without a Region that the endpoint of us-east-1 serves as well.
_GLOBAL_S3 = re.compile(r"^(?:.+\.)?s3\.amazonaws\.com$")
# Account-based hosts, <account>.ddb.<region>, are not named like their endpoint.
_NAMES = {"ddb": "dynamodb"}
# Regional hosts without an endpoint.
_WITHOUT_ENDPOINT = {"route53-recovery-cluster", "route53-recovery-control-config"}
GATEWAY_SERVICES = ("s3", "dynamodb")


def cut_unknown_region(call: Call) -> None:
    """A check: the host of a Region that does not exist has no address."""
    host = _REGIONAL.match(call.request.host)
    if host and host["region"] not in regions():
        raise ConnectionCut(f"{call.request.host}: there is no Region {host['region']}")


def endpoint_service(call: Call) -> str | None:
    """As in ``com.amazonaws.us-east-1.states``; None if only the internet leads there."""
    if call.request.via:
        return MULTI_REGION_S3  # the host was the access point's before it was rewritten
    host = call.request.host
    if _GLOBAL_S3.match(host):
        return "com.amazonaws.us-east-1.s3"
    regional = _REGIONAL.match(host)
    if regional is None or regional["service"] in _WITHOUT_ENDPOINT:
        return None
    service = _NAMES.get(regional["service"], regional["service"])
    return f"com.amazonaws.{regional['region']}.{service}"
