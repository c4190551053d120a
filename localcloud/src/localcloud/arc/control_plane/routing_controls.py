"""Routing controls."""

import secrets
from typing import Any

from localcloud.arc.control_plane.base import ConfigBase, check_name
from localcloud.arc.errors import conflict, invalid, quota
from localcloud.arc.model import Cluster, ControlPanel, RoutingControl, SafetyRule
from localcloud.gateway.identify import Call

# https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.quotas.html
MAX_CONTROLS_PER_PANEL = 100
MAX_CONTROLS_PER_CLUSTER = 300


class RoutingControlApi(ConfigBase):
    def create_routing_control(self, call: Call, **params: Any) -> dict[str, Any]:
        return {"RoutingControl": self._view(self._create(call, params, self._new_control))}

    def _new_control(self, params: dict[str, Any]) -> RoutingControl:
        cluster = self._deployed(Cluster, params["ClusterArn"])
        panel = next(panel for panel in self._arc.panels_of(cluster) if panel.is_default)
        if panel_arn := params.get("ControlPanelArn"):
            panel = self._arc.get(ControlPanel, panel_arn)
        if panel.cluster_arn != cluster.arn:
            raise invalid("The control panel belongs to another cluster.")
        siblings = self._arc.controls_in(self._deployed(ControlPanel, panel.arn).arn)
        if len(siblings) >= MAX_CONTROLS_PER_PANEL:
            raise quota(f"A control panel can have {MAX_CONTROLS_PER_PANEL} routing controls.")
        if len(self._arc.controls_of(cluster)) >= MAX_CONTROLS_PER_CLUSTER:
            raise quota(f"A cluster can have {MAX_CONTROLS_PER_CLUSTER} routing controls.")
        self._refuse_concurrent(cluster.arn)
        arn = f"{panel.arn}/routingcontrol/{secrets.token_hex(8)}"
        name = check_name(params["RoutingControlName"], siblings)
        return RoutingControl(arn, name, cluster.arn, panel.arn)

    def describe_routing_control(self, _call: Call, **params: Any) -> dict[str, Any]:
        control = self._arc.get(RoutingControl, params["RoutingControlArn"])
        return {"RoutingControl": self._view(control)}

    def list_routing_controls(self, _call: Call, **params: Any) -> dict[str, Any]:
        panel = self._arc.get(ControlPanel, params["ControlPanelArn"])
        return {"RoutingControls": [self._view(c) for c in self._arc.controls_in(panel.arn)]}

    def update_routing_control(self, _call: Call, **params: Any) -> dict[str, Any]:
        control = self._deployed(RoutingControl, params["RoutingControlArn"])
        siblings = self._arc.controls_in(control.control_panel_arn)
        self._rename(control, params["RoutingControlName"], siblings)
        return {"RoutingControl": self._view(control)}

    def delete_routing_control(self, _call: Call, **params: Any) -> dict[str, Any]:
        control = self._arc.get(RoutingControl, params["RoutingControlArn"])
        for rule in self._arc.all(SafetyRule):
            if control.arn in rule.controls:
                raise conflict(f"The safety rule {rule.arn} uses the routing control.")
        return self._delete(control)
