"""CloudWatch Logs: names that AWS reserves, days of retention."""

from localcloud.gateway.constraints import one_violation
from localcloud.gateway.errors import require
from localcloud.gateway.identify import Call
from localcloud.put_rules.rule import Check, Params

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
)  # fmt: skip


def _group(_: Call, params: Params) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html"""
    is_reserved = params["logGroupName"].lower().startswith("aws/")
    message = "Log groups starting with AWS/ are reserved for AWS."
    require(not is_reserved, "InvalidParameterException", message)
    key = params.get("kmsKeyId", "arn:")
    require(key.startswith("arn:"), "InvalidParameterException", "Specified KMS key is not an ARN.")


def _retention(_: Call, params: Params) -> None:
    if (days := params["retentionInDays"]) not in _DAYS:
        constraint = f"satisfy enum value set: {list(_DAYS)}"
        raise one_violation("InvalidParameterException", "retentionInDays", constraint, days)


CHECKS: dict[str, Check] = {"logs:CreateLogGroup": _group, "logs:PutRetentionPolicy": _retention}
