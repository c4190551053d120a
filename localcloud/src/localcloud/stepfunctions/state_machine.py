"""A state machine as it is deployed, and the ARNs that come from its name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from localcloud.gateway.principals import Principal, role_session
from localcloud.stepfunctions.logs import LogTarget
from localcloud.stepfunctions.parser import Definition
from localcloud.stepfunctions.states.state import Graph

_SESSION_NAME = 64


@dataclass(frozen=True)
class StateMachine:
    """One revision. An execution holds on to the revision that it started with."""

    arn: str
    name: str
    type: str  # STANDARD or EXPRESS
    region: str
    account: str
    role_arn: str
    definition: Definition
    created: float
    updated: float
    revision: str | None = None
    logging: dict[str, Any] = field(default_factory=lambda: dict(NO_LOGGING))
    tracing: bool = False
    label: str | None = None  # of the Distributed Map whose children run it

    @property
    def is_express(self) -> bool:
        return self.type == "EXPRESS"

    @property
    def principal(self) -> Principal:
        """All executions call with one session of the role: its clients are then made once."""
        session = re.sub(r"[^\w+=,.@-]", "-", self.name)[:_SESSION_NAME]
        return role_session(self.role_arn, session)

    @property
    def log_target(self) -> LogTarget | None:
        if self.logging["level"] == "OFF":
            return None
        arn = self.logging["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"]
        group = arn.split(":log-group:", 1)[1].removesuffix(":*")
        return LogTarget(
            self.region,
            group,
            self.logging["level"],
            self.logging.get("includeExecutionData", False),
        )

    def execution_arn(self, name: str, unique: str) -> str:
        """``unique`` is a UUID: executions of Express machines may share a name."""
        prefix = f"arn:aws:states:{self.region}:{self.account}"
        if self.is_express:
            return f"{prefix}:express:{self.name}:{name}:{unique}"
        return f"{prefix}:execution:{self.name}:{name}"

    def map_run_arn(self, label: str, unique: str) -> str:
        return f"arn:aws:states:{self.region}:{self.account}:mapRun:{self.name}/{label}:{unique}"

    def of_children(self, label: str, type_: str, graph: Graph) -> StateMachine:
        """The state machine that children of a Distributed Map execute: ``<name>/<label>``."""
        return replace(
            self,
            arn=f"{self.arn}/{label}",
            name=f"{self.name}/{label}",
            type=type_,
            definition=replace(self.definition, graph=graph, timeout=None),
            label=label,
        )


NO_LOGGING: dict[str, Any] = {"level": "OFF", "includeExecutionData": False}
