"""Routes out of a VPC: route tables, endpoints and their policies, security groups."""

from localcloud.cloud import Cloud
from localcloud.gateway.check_parameters import check_parameters
from localcloud.iam import PermissionCheck
from localcloud.network.egress import EgressCheck
from localcloud.network.hosts import cut_unknown_region
from localcloud.network.zones import complete_endpoint_services, place_bare_zone

__all__ = ["EgressCheck", "install"]


def install(cloud: Cloud) -> None:
    complete_endpoint_services()
    place_bare_zone()
    egress = EgressCheck(cloud)
    cloud.add(egress)
    # What has no route never arrives where its signature would be checked.
    checks = cloud.gateway.checks
    checks.insert(checks.index(check_parameters) + 1, egress)
    checks.insert(0, cut_unknown_region)
    cloud.gateway.meters.append(egress.count_bytes)
    cloud.gateway.watch("ec2", egress.forget_network)
    cloud.gateway.watch("lambda", egress.forget_functions)
    cloud.get(PermissionCheck).key_sources.append(egress.source_keys)
