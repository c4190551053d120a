"""Stop conditions: an alarm stops the experiment.

https://docs.aws.amazon.com/fis/latest/userguide/stop-conditions.html
"""

from __future__ import annotations

from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.fis.effects.base import failed_call
from localcloud.gateway.principals import Principal


def ringing(cloud: Cloud, region: str, principal: Principal, arns: list[str]) -> str | None:
    """The ARN of an alarm in state ALARM. Raises ActionFailed."""
    cloudwatch = cloud.clients.client("cloudwatch", region, principal)
    names = [arn.split(":alarm:", 1)[-1] for arn in arns]
    try:
        response = cloudwatch.describe_alarms(AlarmNames=names)
    except ClientError as error:
        raise failed_call(error) from error
    for alarm in [*response.get("MetricAlarms", []), *response.get("CompositeAlarms", [])]:
        if alarm["StateValue"] == "ALARM":
            return str(alarm["AlarmArn"])
    return None
