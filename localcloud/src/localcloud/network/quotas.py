"""The quota of VPCs in a Region."""

from moto.backends import get_backend

from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call


class VpcQuota:
    """A handler of EC2's calls that refuses a VPC too many, and answers nothing else."""

    def __init__(self, account: str, vpcs: int) -> None:
        self._account = account
        self._vpcs = vpcs

    def __call__(self, call: Call) -> None:
        if call.name not in ("CreateVpc", "CreateDefaultVpc"):
            return
        if len(get_backend("ec2")[self._account][call.region].vpcs) >= self._vpcs:
            message = "The maximum number of VPCs has been reached."
            raise ApiError("VpcLimitExceeded", message, 400)
