"""Performs the actions of alarms in the name of CloudWatch."""

import json

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.cloud import Cloud
from localcloud.cloudwatch.alarms import notices
from localcloud.cloudwatch.alarms.model import Alarm, State
from localcloud.gateway.errors import ApiError
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.principals import service_principal
from localcloud.lambda_ import Lambda

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
_OF_FUNCTIONS = "lambda.alarms.cloudwatch.amazonaws.com"


class Actions:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def perform(self, alarm: Alarm, previous: State, action: str) -> str:
        """Publish to a topic or invoke a function; return CloudWatch's error, or nothing."""
        service = action.split(":")[2]
        try:
            if service == "sns":
                self._publish(alarm, previous, action)
            else:
                self._invoke(alarm, previous, action)
        except ClientError as error:
            return _words(error.response["Error"]["Code"], str(error), service, action)
        except ApiError as error:
            return _words(error.code, error.message, service, action)
        except (BotoCoreError, ConnectionCut) as error:
            return str(error)
        return ""

    def _publish(self, alarm: Alarm, previous: State, topic: str) -> None:
        principal = service_principal("cloudwatch.amazonaws.com", alarm.arn)
        message = notices.sns_message(alarm, previous)
        sns = self._cloud.clients.client("sns", alarm.region, principal)
        sns.publish(TopicArn=topic, Subject=notices.subject(alarm), Message=message)

    def _invoke(self, alarm: Alarm, previous: State, function: str) -> None:
        event = notices.lambda_event(alarm, previous)
        self._cloud.get(Lambda).invoke(
            function,
            json.dumps(event).encode(),
            service_principal(_OF_FUNCTIONS, alarm.arn),
            region=alarm.region,
            invocation_type="Event",
        )


def _words(code: str, message: str, service: str, resource: str) -> str:
    """Return the error as the alarm's history shows it."""
    action = "SNS:Publish" if service == "sns" else "lambda:InvokeFunction"
    if code.startswith("KMS"):
        return (
            "CloudWatch Alarms does not have authorization to access the SNS topic encryption key."
        )
    if code in ("AuthorizationError", "AccessDenied", "AccessDeniedException"):
        return (
            f"CloudWatch Alarms is not authorized to perform: {action} on resource: {resource} "
            f"because no resource-based policy allows the {action} action"
        )
    return message
