"""IAM: every call needs the permissions that it would need on AWS.

Other services ask ``Authority``: ``allows(principal, action, resource, context)`` or
``can_assume(role_arn, service, source_arn)``.
"""

from localcloud.cloud import Cloud
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.iam.api import check_rules
from localcloud.iam.authority import Authority
from localcloud.iam.credentials import CredentialsCheck
from localcloud.iam.moto_off import silence_moto
from localcloud.iam.permission_check import PermissionCheck
from localcloud.iam.policy_checks import SERVICES, check_policy
from localcloud.iam.roles import UserKeys, load_aws_managed_policies
from localcloud.iam.signature_form import check_signature_form
from localcloud.iam.simulation import Simulation
from localcloud.iam.sts import Sts
from localcloud.iam.used_permissions import UsedPermissions

__all__ = ["Authority", "PermissionCheck", "install"]

_READS = ("Get", "List", "Simulate", "Generate")


def install(cloud: Cloud) -> None:
    silence_moto()
    load_aws_managed_policies()
    used_permissions = UsedPermissions(cloud.settings.permissions_dir)
    cloud.on_close(used_permissions.close)
    authority = Authority(cloud.clock, used_permissions)
    permission_check = PermissionCheck(authority)
    user_keys = UserKeys(cloud.principals)

    def forget(call: Call, _response: Response) -> None:
        if not call.name.startswith(_READS):
            authority.forget()
            user_keys.refresh()

    cloud.add(authority)
    cloud.add(permission_check)
    cloud.gateway.checks_of_signers.append(check_signature_form)
    cloud.gateway.checks.append(CredentialsCheck(cloud.principals, cloud.clock))
    cloud.gateway.checks.append(permission_check)
    cloud.gateway.watch("iam", forget)
    cloud.gateway.register("iam", check_rules)
    cloud.gateway.register("iam", Simulation(authority))
    for service in SERVICES:
        cloud.gateway.register(service, check_policy)
    cloud.gateway.register("sts", Sts(cloud, authority))
