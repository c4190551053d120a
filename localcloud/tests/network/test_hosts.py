"""Hosts of AWS, and those that have an endpoint."""

from __future__ import annotations

import pytest
from botocore.awsrequest import HeadersDict
from botocore.exceptions import EndpointConnectionError

from localcloud.cloud import Cloud
from localcloud.gateway.http import Request
from localcloud.network.hosts import endpoint_service
from tests.iam.support import capture


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("b-1.s3.us-west-2.amazonaws.com", "com.amazonaws.us-west-2.s3"),
        ("b-1.s3.amazonaws.com", "com.amazonaws.us-east-1.s3"),
        ("123456789012.ddb.us-east-1.amazonaws.com", "com.amazonaws.us-east-1.dynamodb"),
        ("sync-states.us-east-1.amazonaws.com", "com.amazonaws.us-east-1.sync-states"),
        ("email.us-east-1.amazonaws.com", "com.amazonaws.us-east-1.email"),
        ("abc.execute-api.us-east-1.amazonaws.com", "com.amazonaws.us-east-1.execute-api"),
        ("sts.amazonaws.com", None),
        ("1a2b3c4d.route53-recovery-cluster.us-east-1.amazonaws.com", None),
    ],
)
def test_each_host_has_its_endpoint_service(cloud: Cloud, host: str, service: str | None) -> None:
    call = capture(cloud, "sns", "list_topics")
    call.request = Request("GET", f"https://{host}/", HeadersDict())
    assert endpoint_service(call) == service


def test_the_host_of_a_region_that_does_not_exist_has_no_address(cloud: Cloud) -> None:
    for service, operation in (("sts", "get_caller_identity"), ("ec2", "describe_vpcs")):
        client = cloud.clients.client(service, "us-nowhere-1")
        with pytest.raises(EndpointConnectionError):
            getattr(client, operation)()
