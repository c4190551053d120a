"""The check of permissions at the gateway: may this principal make this call?"""

from collections.abc import Callable

from localcloud.gateway.errors import NOT_EMULATED, ApiError
from localcloud.gateway.identify import Call
from localcloud.iam.authority import Authority
from localcloud.iam.context import Keys
from localcloud.iam.evaluate import Decision
from localcloud.iam.permissions import required_permissions
from localcloud.iam.permissions.model import Permission
from localcloud.iam.refusals import refuse
from localcloud.settings import ACCOUNT_ID

# STS checks trust policies itself, Lambda the policies of functions that a service calls. Whether
# a call of an API needs a permission depends on the API.
_CHECKED_ELSEWHERE = {"execute-api", "sts"}
_SERVICE_CALLS_CHECKED_ELSEWHERE = {"lambda"}
# Only where a resource can carry a policy can an administrator be refused.
_WITH_RESOURCE_POLICIES = {"s3", "sns", "sqs", "kms"}
# The root user may always read and change a bucket's policy, so that no bucket is locked for good:
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
_ROOT_MAY = {"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"}
# CreateLogDelivery lets AWS write this service's permission into the log groups' resource policy.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
_LOG_DELIVERY = "delivery.logs.amazonaws.com"
_LOG_DELIVERY_ACTIONS = {"logs:CreateLogStream", "logs:PutLogEvents"}


class PermissionCheck:
    """Raises AWS's refusal. ``key_sources`` add condition keys, such as aws:SourceVpce.

    ``permission_sources`` add permissions that depend on the state of a service.
    """

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self.key_sources: list[Callable[[Call], Keys]] = []
        self.permission_sources: list[Callable[[Call], list[Permission]]] = []

    def __call__(self, call: Call) -> None:
        if call.service in _CHECKED_ELSEWHERE:
            return
        if call.principal.service and call.service in _SERVICE_CALLS_CHECKED_ELSEWHERE:
            return
        self.check(call)

    def check(self, call: Call) -> None:
        """Refuse the call if its caller may not make it."""
        if call.principal.is_admin:
            self._check_administrator(call)
            return
        self.require_all(call)

    def require_all(self, call: Call) -> None:
        """Refuse the call, or parts of it, for permissions that the caller lacks."""
        principal = call.principal
        permissions = list(required_permissions(call))
        for source in self.permission_sources:
            permissions += source(call)
        for permission in permissions:
            if principal.service and _is_own(principal.service, permission):
                continue
            self._require(call, permission)

    def decide(self, call: Call, permission: Permission) -> Decision:
        """Whether the caller has a permission."""
        action, resource = permission.action, permission.resource
        return self._authority.authorize(
            call.principal, action, resource, lambda: self._keys(call), permission.keys
        )

    def _require(self, call: Call, permission: Permission) -> None:
        decision = self.decide(call, permission)
        if not decision.allowed:
            refuse(call, permission, decision.reason)

    def _check_administrator(self, call: Call) -> None:
        if call.service not in _WITH_RESOURCE_POLICIES:
            return
        try:
            permissions = required_permissions(call)
        except ApiError as error:
            if error.code == NOT_EMULATED:
                return  # an administrator needs no permission that would have to be known
            raise
        for permission in permissions:
            if permission.action not in _ROOT_MAY:
                self._require(call, permission)

    def _keys(self, call: Call) -> Keys:
        keys: dict[str, str | list[str]] = {
            "aws:RequestedRegion": call.region,
            "aws:SecureTransport": "true" if call.request.parts.scheme == "https" else "false",
            "aws:ResourceAccount": ACCOUNT_ID,
            "aws:UserAgent": call.request.header("User-Agent"),
        }
        for source in self.key_sources:
            keys.update(source(call))
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html:
        # not for calls through a VPC endpoint, nor for those of a service.
        if "aws:SourceVpce" not in keys and not call.principal.service:
            keys["aws:SourceIp"] = "127.0.0.1"
        return keys


def _is_own(service: str, permission: Permission) -> bool:
    """Whether a service writes its own metrics or delivers logs: that needs no policy."""
    if permission.action == "cloudwatch:PutMetricData":
        return str(permission.keys().get("cloudwatch:namespace", "")).startswith("AWS/")
    return service == _LOG_DELIVERY and permission.action in _LOG_DELIVERY_ACTIONS
