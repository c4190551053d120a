"""ARC's two routing controls, which say which Region is active.

A control that was never set is Off. The deployer sets them only while both are Off, which is the
case once, after the first deployment; later the runbook sets them.
"""

from __future__ import annotations

import random
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from . import console
from .aws import QUICK, Aws
from .errors import DeployError
from .plan import GLOBAL_REGION


class RoutingControls:
    """Both controls, as the outputs of the stack global-resources.yaml name them."""

    def __init__(self, aws: Aws, outputs: dict[str, str]) -> None:
        self._aws = aws
        self._cluster = outputs["ClusterArn"]
        self._primary = outputs["PrimaryControlArn"]
        self._secondary = outputs["SecondaryControlArn"]

    def describe(self) -> str:
        primary, secondary = self.states()
        return f"routing controls: primary {primary}, secondary {secondary}"

    def activate_primary_once(self) -> bool:
        """Make the primary Region active if no Region ever was."""
        if self.states() != ("Off", "Off"):
            console.info(self.describe())
            return False
        controls = ((self._primary, "On"), (self._secondary, "Off"))
        entries = [
            {"RoutingControlArn": control, "RoutingControlState": state}
            for control, state in controls
        ]
        self._call("update_routing_control_states", UpdateRoutingControlStateEntries=entries)
        console.info("routing controls: primary On, secondary Off (set for the first time)")
        return True

    def active_region(self, regions: tuple[str, str]) -> str:
        """Return the one of the two Regions whose control is On. Raises DeployError."""
        states = self.states()
        if sorted(states) != ["Off", "On"]:
            raise DeployError(
                f"FAILED: the routing controls are {states[0]} and {states[1]}, where exactly one "
                "has to be On: make failover sets them."
            )
        return regions[states.index("On")]

    def states(self) -> tuple[str, str]:
        """`On` or `Off`, of the primary and the secondary."""
        return self._state(self._primary), self._state(self._secondary)

    def endpoints_parameter(self) -> str:
        """`region=url,…`, sorted, so that the same endpoints are always the same parameter."""
        return ",".join(sorted(f"{region}={url}" for region, url in self._endpoints))

    def _state(self, control: str) -> str:
        response = self._call("get_routing_control_state", RoutingControlArn=control)
        return str(response["RoutingControlState"])

    def _call(self, operation: str, **params: Any) -> Any:
        """Call any of the cluster's five endpoints that answers: each Region may be down."""
        last_error: Exception | str = "it has none"
        for region, url in random.sample(self._endpoints, len(self._endpoints)):
            try:
                client = self._aws.client("route53-recovery-cluster", region, QUICK, url)
                return getattr(client, operation)(**params)
            except (BotoCoreError, ClientError) as error:
                last_error = error
        raise DeployError(
            f"FAILED: no endpoint of {self._cluster} accepted {operation}: {last_error} "
            "Run the same command again."
        )

    @cached_property
    def _endpoints(self) -> list[tuple[str, str]]:
        """Region and URL of each endpoint."""
        config = self._aws.client("route53-recovery-control-config", GLOBAL_REGION)
        cluster = config.describe_cluster(ClusterArn=self._cluster)["Cluster"]
        return [
            (endpoint["Region"], endpoint["Endpoint"]) for endpoint in cluster["ClusterEndpoints"]
        ]
