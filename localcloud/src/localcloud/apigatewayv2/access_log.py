"""Lines of a stage's access log.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
"""

import re
import time
from collections.abc import Mapping
from typing import Any

from localcloud.cloud import Cloud
from localcloud.cloudwatch.logs import LogEvent, LogStream, LogWriter
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.iam import Authority

_VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.-]*[A-Za-z0-9_])")
_REQUEST_ID = "$context.requestId"


def check_settings(settings: dict[str, Any]) -> None:
    """https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html"""
    destination, line = settings.get("DestinationArn", ""), settings.get("Format", "")
    if destination and ":log-group:" not in destination:
        raise not_emulated(f"the access log destination {destination}")
    if not destination or _REQUEST_ID not in line:
        words = f"Access logs need a DestinationArn, and a Format with at least {_REQUEST_ID}"
        raise ApiError("BadRequestException", words, 400)


def write(
    logs: LogWriter, settings: dict[str, Any], stream: str, variables: Mapping[str, Any]
) -> None:
    """Write a line, as AWS itself; a variable without a value is a dash."""
    texts = {name: str(value) for name, value in variables.items() if value is not None}
    line = _VARIABLE.sub(lambda match: texts.get(match[1], "-"), settings["Format"])
    arn = settings["DestinationArn"].split(":")
    logs.add(LogStream(arn[3], arn[6], stream), [LogEvent(int(time.time() * 1000), line)])


_ACTIONS = (
    "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries",
    "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
)  # fmt: skip


def check_permissions(cloud: Cloud, call: Call) -> None:
    """Refuse who may not turn on access logs, with API Gateway's error, which names no action.

    HTTP APIs write through CloudWatch's log delivery, not with the role of the account:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
    https://github.com/anomalyco/sst/issues/125
    """
    authority = cloud.find(Authority)
    if authority is None or call.principal.is_admin:
        return
    if not all(authority.allows(call.principal, action, "*").allowed for action in _ACTIONS):
        words = "Insufficient permissions to enable logging"
        raise ApiError("BadRequestException", words, 400)
