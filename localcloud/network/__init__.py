"""Ways out of a VPC: route tables, endpoints and their policies, security groups."""

from __future__ import annotations

from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES

from localcloud.cloud import Cloud
from localcloud.iam import IamJudge
from localcloud.network.judge import NetworkJudge

__all__ = ["NetworkJudge", "install"]


# The API of SES has had its endpoint only since moto's list was made.
# https://docs.aws.amazon.com/ses/latest/dg/send-email-set-up-vpc-endpoints.html
_NEWER = ("email",)


def install(cloud: Cloud) -> None:
    AWS_ENDPOINT_SERVICES.extend(name for name in _NEWER if name not in AWS_ENDPOINT_SERVICES)
    judge = NetworkJudge(cloud)
    cloud.add(judge)
    # First of all: what has no route never reaches anybody who could check its signature.
    cloud.gateway.judges.insert(0, judge)
    cloud.gateway.watch("ec2", judge.forget_network)
    cloud.gateway.watch("lambda", judge.forget_functions)
    cloud.get(IamJudge).more_keys.append(judge.source_keys)
