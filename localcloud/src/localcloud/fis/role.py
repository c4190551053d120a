"""An experiment's role: how it is assumed, what it may do, and how its calls fail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.gateway.errors import access_denied
from localcloud.gateway.principals import Principal, role_session
from localcloud.iam import Authority
from localcloud.settings import ACCOUNT_ID

Undo = Callable[[], object]


class ActionFailed(Exception):
    """https://docs.aws.amazon.com/fis/latest/userguide/troubleshooting.html lists the codes."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def failed_call(error: ClientError) -> ActionFailed:
    """The failure of a call that the experiment's role may not make, or that went wrong."""
    code = error.response["Error"]["Code"]
    denied = "AccessDenied" in code or code == "UnauthorizedOperation"
    return ActionFailed("Unauthorized" if denied else "DependentServiceFailure", str(error))


@dataclass(frozen=True)
class Run:
    """The start of an action on ``targets``, ARNs, by ``principal``, the experiment's role."""

    cloud: Cloud
    region: str
    principal: Principal
    parameters: Mapping[str, str]
    targets: tuple[str, ...]

    def arn(self, resource: str) -> str:
        return f"arn:aws:ec2:{self.region}:{ACCOUNT_ID}:{resource}"

    def require(self, action: str, resource: str, **context: str) -> None:
        """Raise ActionFailed unless the role may; ``__`` in a condition key stands for a colon."""
        authority = self.cloud.find(Authority)
        if authority is None:
            return
        keys = {key.replace("__", ":"): value for key, value in context.items()}
        decision = authority.allows(self.principal, action, resource, keys)
        if not decision.allowed:
            denial = access_denied(self.principal.arn, action, resource, decision.reason)
            raise ActionFailed("Unauthorized", denial.message)


def assume(cloud: Cloud, role: str, session: str, experiment_arn: str) -> Principal:
    """A session of the role. Raises ActionFailed if it does not exist or does not trust FIS."""
    authority = cloud.find(Authority)
    if authority and not authority.can_assume(role, "fis.amazonaws.com", experiment_arn):
        raise ActionFailed("ConfigurationFailure", f"Unable to assume role {role}.")
    return role_session(role, session)


def ringing(cloud: Cloud, region: str, principal: Principal, arns: list[str]) -> str | None:
    """The ARN of an alarm in state ALARM, a stop condition. Raises ActionFailed.

    https://docs.aws.amazon.com/fis/latest/userguide/stop-conditions.html
    """
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
