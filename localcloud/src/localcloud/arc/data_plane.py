"""route53-recovery-cluster: the data plane, reached by a cluster's own five endpoints only."""

from collections.abc import Iterable
from typing import Any, ClassVar

from localcloud.arc import errors
from localcloud.arc.model import Cluster, ControlPanel, Endpoint, RoutingControl, SafetyRule, State
from localcloud.arc.safety import reason_against
from localcloud.arc.store import Arc
from localcloud.gateway.errors import ApiError
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.paging import Pager
from localcloud.gateway.service import Service
from localcloud.settings import ACCOUNT_ID

# https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.quotas.html
MAX_CONTROLS_PER_UPDATE = 10


class RecoveryCluster(Service):
    service: ClassVar[str] = "route53-recovery-cluster"
    pager = Pager(1000, "ValidationException", "NextToken is not valid.")

    def __init__(self, arc: Arc) -> None:
        self._arc = arc

    def __call__(self, call: Call) -> Response | None:
        cluster, endpoint = self._reach(call)
        response = super().__call__(call)
        if endpoint.mode == "loses_reply":
            raise ConnectionCut(f"the reply of {endpoint.host} ({cluster.name}) was lost")
        return response

    def _reach(self, call: Call) -> tuple[Cluster, Endpoint]:
        """Return the cluster and endpoint of this call. Raises the endpoint's fault."""
        host = call.request.host
        cluster, endpoint = self._endpoint(call)
        if endpoint.mode == "down":
            raise ConnectionCut(f"the endpoint {host} is down")
        if endpoint.mode == "unavailable":
            raise errors.unavailable()
        if endpoint.mode == "slow":
            self._arc.clock.sleep(self._arc.delays.slow_endpoint)
        return cluster, endpoint

    def get_routing_control_state(self, call: Call, **params: Any) -> dict[str, Any]:
        cluster, endpoint = self._endpoint(call)
        with self._arc.lock:
            arn = params["RoutingControlArn"]
            return self._view(endpoint, self._controls(cluster, [arn])[arn])

    def list_routing_controls(self, call: Call, **params: Any) -> dict[str, Any]:
        cluster, endpoint = self._endpoint(call)
        with self._arc.lock:
            controls = self._arc.controls_of(cluster)
            if panel_arn := params.get("ControlPanelArn"):
                self._panel(cluster, panel_arn)
                controls = [c for c in controls if c.control_panel_arn == panel_arn]
            return {"RoutingControls": [self._view(endpoint, c) for c in controls]}

    def _view(self, endpoint: Endpoint, control: RoutingControl) -> dict[str, Any]:
        return {
            "ControlPanelArn": control.control_panel_arn,
            "ControlPanelName": self._arc.get(ControlPanel, control.control_panel_arn).name,
            "RoutingControlArn": control.arn,
            "RoutingControlName": control.name,
            # Its own copy; a stale one lacks a newer control, which begins Off.
            "RoutingControlState": endpoint.states.get(control.arn, "Off"),
            "Owner": ACCOUNT_ID,
        }

    def update_routing_control_state(self, call: Call, **params: Any) -> dict[str, Any]:
        changes = {params["RoutingControlArn"]: params["RoutingControlState"]}
        return self._update(call, changes, params.get("SafetyRulesToOverride") or [])

    def update_routing_control_states(self, call: Call, **params: Any) -> dict[str, Any]:
        entries = params["UpdateRoutingControlStateEntries"]
        if len(entries) > MAX_CONTROLS_PER_UPDATE:
            raise _too_many()
        changes = {e["RoutingControlArn"]: e["RoutingControlState"] for e in entries}
        if not changes or len(changes) < len(entries):
            raise errors.invalid("Each routing control must be named exactly once.")
        return self._update(call, changes, params.get("SafetyRulesToOverride") or [])

    def _update(self, call: Call, changes: dict[str, State], override: list[str]) -> dict[str, Any]:
        cluster, endpoint = self._endpoint(call)
        with self._arc.lock:
            controls = self._controls(cluster, changes)
            self._arc.require_quorum(cluster, endpoint)
            self._check_safety_rules(controls, changes, override)
            self._arc.commit(cluster, changes)
        return {}

    def _check_safety_rules(
        self, controls: dict[str, RoutingControl], changes: dict[str, State], override: list[str]
    ) -> None:
        for arn in override:
            if self._arc.find(SafetyRule, arn) is None:
                message = f"SafetyRulesToOverride names a safety rule that does not exist: {arn}"
                raise errors.invalid(message)
        before = {arn: control.state for arn, control in controls.items()}
        for rule in self._arc.all(SafetyRule):
            if rule.arn in override or rule.deleted_at is not None:
                continue
            since_change = self._since_change(rule, controls)
            if reason := reason_against(rule, before, changes, since_change):
                # AWS: "the error message includes the ARN of the rule that blocked the update".
                message = f"The safety rule {rule.name} ({rule.arn}) blocked the update: {reason}."
                error = errors.conflict(message)
                raise errors.with_members(error, resourceType="SafetyRule", resourceId=rule.arn)

    def _since_change(self, rule: SafetyRule, controls: dict[str, RoutingControl]) -> float | None:
        times = [controls[arn].history[-1:] for arn in rule.controls if arn in controls]
        newest = max((time for last in times for time, _ in last), default=None)
        return None if newest is None else self._arc.clock.elapsed(newest)

    def _endpoint(self, call: Call) -> tuple[Cluster, Endpoint]:
        if target := self._arc.endpoint(call.request.host):
            return target
        raise ConnectionCut(f"no cluster has the endpoint {call.request.host}")

    def _controls(self, cluster: Cluster, arns: Iterable[str]) -> dict[str, RoutingControl]:
        """Return the cluster's, by ARN; raises ResourceNotFoundException for any of ``arns``."""
        controls = {control.arn: control for control in self._arc.controls_of(cluster)}
        for arn in arns:
            if arn not in controls:
                raise errors.not_found("RoutingControl", arn)
        return controls

    def _panel(self, cluster: Cluster, arn: str) -> ControlPanel:
        panel = self._arc.find(ControlPanel, arn)
        if panel is None or panel.cluster_arn != cluster.arn:
            raise errors.not_found("ControlPanel", arn)
        return panel


def _too_many() -> ApiError:
    error = ApiError(
        "ServiceLimitExceededException",
        "The request can't update that many routing control states at the same time. "
        "Try again with fewer routing control states.",
    )
    return errors.with_members(
        error, limitCode="RoutingControlsPerUpdate", serviceCode="route53-recovery-cluster"
    )
