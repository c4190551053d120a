"""EC2: what describes it, and network interfaces, which Lambda and others look after.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
"""

from collections.abc import Iterable

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.model import Permission
from localcloud.iam.permissions.table import Table

TABLE = Table("ec2", {"network-interface": "{NetworkInterfaceId}", "vpc": "{VpcId}"})


def required_permissions(call: Call, account: str) -> list[Permission]:
    if call.name != "CreateNetworkInterface":
        return TABLE.permissions(call, account)
    params = call.params
    groups = params.get("Groups") or ()
    return create_network_interface(call.region, account, [params["SubnetId"]], groups)


def create_network_interface(
    region: str, account: str, subnets: Iterable[str], groups: Iterable[str]
) -> list[Permission]:
    """A network interface in each of ``subnets``, with the security groups ``groups``."""
    resources = ["network-interface/*"]
    resources += [f"subnet/{subnet}" for subnet in subnets]
    resources += [f"security-group/{group}" for group in groups]
    arn = f"arn:aws:ec2:{region}:{account}:"
    return [Permission("ec2:CreateNetworkInterface", arn + resource) for resource in resources]
