"""What somebody who turns on access logs must be allowed to do.

HTTP APIs write through CloudWatch's log delivery, not with the role of AWS::ApiGateway::Account.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
"""

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.iam import Authority

_ACTIONS = (
    "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries",
    "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
)  # fmt: skip


class LogPermissions:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def check(self, call: Call) -> None:
        """Raises API Gateway's error, which names none of them.

        https://github.com/anomalyco/sst/issues/125
        """
        authority = self._cloud.find(Authority)
        if authority is None or call.principal.is_admin:
            return
        if not all(authority.allows(call.principal, action, "*").allowed for action in _ACTIONS):
            words = "Insufficient permissions to enable logging"
            raise ApiError("BadRequestException", words, 400)
