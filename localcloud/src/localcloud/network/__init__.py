"""Ways out of a VPC: route tables, endpoints and their policies, security groups."""

from __future__ import annotations

from localcloud.cloud import Cloud
from localcloud.iam import IamAuthorizer
from localcloud.network import endpoint_services
from localcloud.network.egress import EgressCheck
from localcloud.network.hosts import cut_unknown_region
from localcloud.network.quotas import VpcQuota

__all__ = ["EgressCheck", "install"]


def install(cloud: Cloud) -> None:
    endpoint_services.complete()
    judge = EgressCheck(cloud)
    cloud.add(judge)
    # First of all: what has no route never reaches anybody who could check its signature.
    cloud.gateway.checks[:0] = [cut_unknown_region, judge]
    cloud.gateway.register("ec2", VpcQuota(cloud.settings.account_id))
    cloud.gateway.watch("ec2", judge.forget_network)
    cloud.gateway.watch("lambda", judge.forget_functions)
    cloud.get(IamAuthorizer).more_keys.append(judge.source_keys)
