"""A state machine as it is deployed, the ARNs that come from its name, and what its role may do."""

import re
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError, access_denied
from localcloud.gateway.principals import Principal, role_session
from localcloud.iam import Authority
from localcloud.settings import ACCOUNT_ID
from localcloud.stepfunctions.errors import RUNTIME, StateError
from localcloud.stepfunctions.history import LogTarget

_SESSION_NAME_LENGTH = 64

NO_LOGGING: dict[str, Any] = {"level": "OFF", "includeExecutionData": False}


class Program(Protocol):
    """The graph of states that an execution runs."""

    def run(self, branch: Any, data: Any, /) -> Any: ...


@dataclass(frozen=True)
class Definition:
    text: str
    graph: Program
    timeout: float | None


@dataclass(frozen=True)
class StateMachine:
    """One revision. An execution keeps the revision that it started with."""

    arn: str
    name: str
    type: str  # STANDARD or EXPRESS
    region: str
    role_arn: str
    definition: Definition
    created: float
    updated: float
    revision: str | None = None
    logging: dict[str, Any] = field(default_factory=lambda: dict(NO_LOGGING))
    is_traced: bool = False
    label: str | None = None  # of the Distributed Map whose children run it

    @property
    def is_express(self) -> bool:
        return self.type == "EXPRESS"

    @property
    def principal(self) -> Principal:
        """One session of the role for all executions, so that its clients are made once."""
        session = re.sub(r"[^\w+=,.@-]", "-", self.name)[:_SESSION_NAME_LENGTH]
        return role_session(self.role_arn, session)

    @property
    def log_target(self) -> LogTarget | None:
        level = self.logging["level"]
        if level == "OFF":
            return None
        arn = self.logging["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"]
        group = str(log_group_name(arn))
        return LogTarget(self.region, group, level, self.logging.get("includeExecutionData", False))

    def execution_arn(self, name: str, unique: str) -> str:
        """``unique`` is a UUID: executions of Express machines may share a name."""
        if self.is_express:
            return self._arn(f"express:{self.name}:{name}:{unique}")
        return self._arn(f"execution:{self.name}:{name}")

    def map_run_arn(self, label: str, unique: str) -> str:
        return self._arn(f"mapRun:{self.name}/{label}:{unique}")

    def of_children(self, label: str, type_: str, graph: Program) -> Self:
        """The state machine that children of a Distributed Map execute: ``<name>/<label>``."""
        return replace(
            self,
            arn=f"{self.arn}/{label}",
            name=f"{self.name}/{label}",
            type=type_,
            definition=replace(self.definition, graph=graph, timeout=None),
            label=label,
        )

    def _arn(self, resource: str) -> str:
        return f"arn:aws:states:{self.region}:{ACCOUNT_ID}:{resource}"


def log_group_name(arn: str) -> str | None:
    """None if ``arn`` is not that of a log group."""
    _, is_group, name = arn.partition(":log-group:")
    return name.removesuffix(":*") if is_group else None


def check_role(cloud: Cloud, role_arn: str, region: str, machine_arn: str) -> None:
    """Raise AccessDeniedException unless the role trusts Step Functions; without IAM, never."""
    if not role_arn.startswith("arn:") or ":role/" not in role_arn:
        raise ApiError("InvalidArn", f"Invalid Role Arn: '{role_arn}'")
    if (authority := cloud.find(Authority)) is None:
        return
    services = ("states.amazonaws.com", f"states.{region}.amazonaws.com")
    if not any(authority.can_assume(role_arn, service, machine_arn) for service in services):
        raise ApiError(
            "AccessDeniedException",
            "Neither the global service principal states.amazonaws.com, nor the regional one is "
            "authorized to assume the provided role.",
        )


def check_role_may(cloud: Cloud, machine: StateMachine, operation: str, arn: str) -> None:
    """A Distributed Map starts and redrives its children with the role, which must be allowed to.

    https://github.com/radkawar/stackd/blob/main/testdata/aws/stepfunctions/redrive_map.json, a
    recording of AWS, has both refusals.
    """
    if (authority := cloud.find(Authority)) is None:
        return
    action = f"states:{operation}"
    decision = authority.allows(machine.principal, action, arn)
    if not decision.allowed:
        denied = access_denied(machine.principal.arn, action, arn, decision.reason)
        message = f"Error contacting AWS Service. | Message from Service: {denied.message}"
        raise StateError(RUNTIME, message)
