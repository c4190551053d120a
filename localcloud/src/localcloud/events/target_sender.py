"""Sends events and dead letters to a rule's targets, as EventBridge in the name of the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localcloud.cloud import Cloud
from localcloud.gateway.principals import Principal, role_session, service_principal
from localcloud.iam.authority import Authority
from localcloud.lambda_ import Lambda
from localcloud.retried_delivery import DeliveryFailed, failures_of_delivery
from localcloud.stepfunctions.compact_json import dumps

SERVICES = ("lambda", "sqs", "sns", "states")
MAX_RETRIES, MAX_AGE_SECONDS = 185, 86_400.0


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

    @property
    def has_dead_letter_queue(self) -> bool:
        return "DeadLetterConfig" in self.target

    def exhausted_condition(self) -> str | None:
        """The condition of its retry policy that is used up."""
        policy = self.target.get("RetryPolicy", {})
        if self.retries >= policy.get("MaximumRetryAttempts", MAX_RETRIES):
            return "MaximumRetryAttempts"
        if self.age >= policy.get("MaximumEventAgeInSeconds", MAX_AGE_SECONDS):
            return "MaximumEventAgeInSeconds"
        return None


class TargetSender:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def send(self, event: TargetEvent) -> None:
        arn = event.target["Arn"]
        body = event.target.get("Input") or dumps(event.event)
        with failures_of_delivery():
            _, _, service, region, *_ = arn.split(":")
            match service:
                case "lambda":
                    # Asynchronously: Lambda takes the event, and retries by its own rules.
                    functions, principal = self._cloud.get(Lambda), _principal(event)
                    functions.invoke(
                        arn, body.encode(), principal, region=region, invocation_type="Event"
                    )
                case "sqs":
                    params = event.target.get("SqsParameters", {})
                    self._send_message(event, arn, MessageBody=body, **params)
                case "sns":
                    self._client("sns", event).publish(TopicArn=arn, Message=body)
                case "states":
                    self._states(event).start_execution(stateMachineArn=arn, input=body)

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
        }
        if condition:
            attributes["EXHAUSTED_RETRY_CONDITION"] = condition
        with failures_of_delivery():
            self._send_message(
                event,
                event.target["DeadLetterConfig"]["Arn"],
                MessageBody=dumps(event.event),
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": text}
                    for name, text in attributes.items()
                },
            )

    def _client(self, service: str, event: TargetEvent) -> Any:
        return self._cloud.clients.client(service, event.region, _principal(event))

    def _states(self, event: TargetEvent) -> Any:
        """Step Functions takes calls of the target's role only."""
        role = event.target["RoleArn"]
        authority = self._cloud.find(Authority)
        if authority and not authority.can_assume(role, "events.amazonaws.com", event.rule_arn):
            message = f"EventBridge cannot assume the role {role}."
            raise DeliveryFailed("NO_PERMISSIONS", message, is_retriable=False)
        principal = role_session(role, "events")
        return self._cloud.clients.client("stepfunctions", event.region, principal)

    def _send_message(self, event: TargetEvent, arn: str, **params: Any) -> None:
        region, account, name = arn.split(":")[3:]
        url = f"https://sqs.{region}.amazonaws.com/{account}/{name}"
        self._client("sqs", event).send_message(QueueUrl=url, **params)


def _principal(event: TargetEvent) -> Principal:
    return service_principal("events.amazonaws.com", event.rule_arn)
