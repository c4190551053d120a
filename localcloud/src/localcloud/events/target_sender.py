"""Sends events and dead letters to a rule's targets, as EventBridge in the name of the rule."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.principals import Principal, role_session, service_principal
from localcloud.iam.authority import Authority
from localcloud.lambda_ import Lambda
from localcloud.stepfunctions.compact_json import dumps

SERVICES = ("lambda", "sqs", "states")
MAX_RETRIES, MAX_AGE_SECONDS = 185, 86_400.0
_TOO_MANY_REQUESTS = 429
# By a part of the error's name: EventBridge's own name for the failure.
_FINAL = {
    "AccessDenied": "NO_PERMISSIONS",
    "NotFound": "NO_RESOURCE",
    "NonExistentQueue": "NO_RESOURCE",
    "QueueDoesNotExist": "NO_RESOURCE",
}


class DeliveryFailed(Exception):
    """``code`` is one of EventBridge's error codes."""

    def __init__(self, code: str, message: str, *, is_retriable: bool) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.is_retriable = is_retriable


@dataclass
class TargetEvent:
    """An event for one target of a rule. ``age`` counts the AWS seconds between attempts."""

    region: str
    rule_arn: str
    target: dict[str, Any]
    event: dict[str, Any]
    retries: int = 0
    age: float = 0.0

    @property
    def log_fields(self) -> dict[str, str]:
        return {"rule": self.rule_arn, "target": self.target["Arn"]}

    def exhausted_condition(self) -> str | None:
        """The condition of its retry policy that is used up."""
        policy = self.target.get("RetryPolicy", {})
        if self.retries >= policy.get("MaximumRetryAttempts", MAX_RETRIES):
            return "MaximumRetryAttempts"
        if self.age >= policy.get("MaximumEventAgeInSeconds", MAX_AGE_SECONDS):
            return "MaximumEventAgeInSeconds"
        return None


class TargetSender:
    """Both methods raise DeliveryFailed."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def send(self, event: TargetEvent) -> None:
        arn = event.target["Arn"]
        body = event.target.get("Input") or dumps(event.event)
        principal = service_principal("events.amazonaws.com", event.rule_arn)
        with _failures():
            _, _, service, region, *_ = arn.split(":")
            if service == "lambda":
                # Asynchronously: Lambda takes the event, and retries by its own rules.
                self._cloud.get(Lambda).invoke(
                    arn, body.encode(), principal, region=region, invocation_type="Event"
                )
            elif service == "sqs":
                params = event.target.get("SqsParameters", {})
                self._send_message(event, arn, MessageBody=body, **params)
            else:
                states = self._client("stepfunctions", event, self._target_role(event))
                states.start_execution(stateMachineArn=arn, input=body)

    def send_dead_letter(
        self, event: TargetEvent, failure: DeliveryFailed, condition: str | None
    ) -> None:
        """The event itself, with attributes that say what went wrong.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/rule-dlq.html
        """
        attributes = {
            "RULE_ARN": event.rule_arn,
            "TARGET_ARN": event.target["Arn"],
            "ERROR_CODE": failure.code,
            "ERROR_MESSAGE": failure.message or failure.code,
            "RETRY_ATTEMPTS": str(event.retries),
            **({"EXHAUSTED_RETRY_CONDITION": condition} if condition else {}),
        }
        with _failures():
            self._send_message(
                event,
                event.target["DeadLetterConfig"]["Arn"],
                MessageBody=dumps(event.event),
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": text}
                    for name, text in attributes.items()
                },
            )

    def _client(self, service: str, event: TargetEvent, principal: Principal) -> Any:
        return self._cloud.clients.client(service, event.region, principal)

    def _target_role(self, event: TargetEvent) -> Principal:
        """Step Functions takes calls of the target's role only."""
        role = event.target["RoleArn"]
        authority = self._cloud.find(Authority)
        if authority and not authority.can_assume(role, "events.amazonaws.com", event.rule_arn):
            message = f"EventBridge cannot assume the role {role}."
            raise DeliveryFailed("NO_PERMISSIONS", message, is_retriable=False)
        return role_session(role, "events")

    def _send_message(self, event: TargetEvent, arn: str, **params: Any) -> None:
        region, account, name = arn.split(":")[3:]
        url = f"https://sqs.{region}.amazonaws.com/{account}/{name}"
        principal = service_principal("events.amazonaws.com", event.rule_arn)
        self._client("sqs", event, principal).send_message(QueueUrl=url, **params)


@contextmanager
def _failures() -> Iterator[None]:
    """Raise DeliveryFailed; only 5xx, 429 and a missing answer are retried.

    https://repost.aws/knowledge-center/eventbridge-resolve-failedinvocation-errors
    """
    try:
        yield
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        raise _delivery_failed(error.response["Error"]["Code"], str(error), status) from error
    except ApiError as error:
        raise _delivery_failed(error.code, error.message, error.status or 400) from error
    except (BotoCoreError, ConnectionCut) as error:
        raise DeliveryFailed("CONNECTION_FAILURE", str(error), is_retriable=True) from error


def _delivery_failed(code: str, message: str, status: int) -> DeliveryFailed:
    if failures := [failure for part, failure in _FINAL.items() if part in code]:
        return DeliveryFailed(failures[0], message, is_retriable=False)
    if status == _TOO_MANY_REQUESTS or "Throttl" in code:
        return DeliveryFailed("THROTTLING", message, is_retriable=True)
    if status >= 500:
        return DeliveryFailed("UNKNOWN", message, is_retriable=True)
    return DeliveryFailed("INVALID_PARAMETER", message, is_retriable=False)
