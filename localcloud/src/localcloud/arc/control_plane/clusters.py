"""Clusters and control panels."""

import secrets
import uuid
from typing import Any

from localcloud.arc.control_plane.base import ConfigBase, check_name
from localcloud.arc.errors import conflict, quota
from localcloud.arc.model import Cluster, ControlPanel
from localcloud.gateway.identify import Call

# https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.quotas.html
MAX_CLUSTERS = 2
MAX_PANELS_PER_CLUSTER = 50


class ClusterApi(ConfigBase):
    def create_cluster(self, call: Call, **params: Any) -> dict[str, Any]:
        return {"Cluster": self._cluster(self._create(call, params, self._new_cluster))}

    def _new_cluster(self, params: dict[str, Any]) -> Cluster:
        clusters = self._arc.all(Cluster)
        if len(clusters) >= MAX_CLUSTERS:
            raise quota(f"An account can have {MAX_CLUSTERS} clusters.")
        cluster = Cluster(
            arn=self._arn(f"cluster/{uuid.uuid4()}"),
            name=check_name(params["ClusterName"], clusters),
            endpoints=self._arc.new_endpoints(),
        )
        # "When you create a cluster, ARC creates a control panel, and sets [DefaultControlPanel]
        # for that".
        self._arc.add(self._panel_in(cluster, "DefaultControlPanel", is_default=True))
        return cluster

    def describe_cluster(self, _call: Call, **params: Any) -> dict[str, Any]:
        return {"Cluster": self._cluster(self._arc.get(Cluster, params["ClusterArn"]))}

    def list_clusters(self, _call: Call) -> dict[str, Any]:
        return {"Clusters": [self._cluster(cluster) for cluster in self._arc.all(Cluster)]}

    def delete_cluster(self, _call: Call, **params: Any) -> dict[str, Any]:
        cluster = self._arc.get(Cluster, params["ClusterArn"])
        panels = self._arc.panels_of(cluster)
        if self._arc.controls_of(cluster) or any(not panel.is_default for panel in panels):
            raise conflict("The cluster still has routing controls or control panels.")
        for panel in panels:
            self._require_no_rules(panel)
        if cluster.deleted_at is None:
            self._refuse_concurrent(cluster.arn)
            for resource in (cluster, *panels):
                resource.deleted_at = self._arc.clock.now()
        return {}

    def create_control_panel(self, call: Call, **params: Any) -> dict[str, Any]:
        return {"ControlPanel": self._panel(self._create(call, params, self._new_panel))}

    def _new_panel(self, params: dict[str, Any]) -> ControlPanel:
        cluster = self._deployed(Cluster, params["ClusterArn"])
        panels = self._arc.panels_of(cluster)
        if len(panels) >= MAX_PANELS_PER_CLUSTER:
            raise quota(f"A cluster can have {MAX_PANELS_PER_CLUSTER} control panels.")
        self._refuse_concurrent(cluster.arn)
        return self._panel_in(cluster, check_name(params["ControlPanelName"], panels))

    def _panel_in(self, cluster: Cluster, name: str, *, is_default: bool = False) -> ControlPanel:
        arn = self._arn(f"controlpanel/{secrets.token_hex(16)}")
        return ControlPanel(arn, name, cluster.arn, is_default)

    def describe_control_panel(self, _call: Call, **params: Any) -> dict[str, Any]:
        return {"ControlPanel": self._panel(self._arc.get(ControlPanel, params["ControlPanelArn"]))}

    def list_control_panels(self, _call: Call, **params: Any) -> dict[str, Any]:
        panels = self._arc.all(ControlPanel)
        if cluster_arn := params.get("ClusterArn"):
            panels = self._arc.panels_of(self._arc.get(Cluster, cluster_arn))
        return {"ControlPanels": [self._panel(panel) for panel in panels]}

    def update_control_panel(self, _call: Call, **params: Any) -> dict[str, Any]:
        panel = self._deployed(ControlPanel, params["ControlPanelArn"])
        siblings = self._arc.panels_of(self._arc.get(Cluster, panel.cluster_arn))
        self._rename(panel, params["ControlPanelName"], siblings)
        return {"ControlPanel": self._panel(panel)}

    def delete_control_panel(self, _call: Call, **params: Any) -> dict[str, Any]:
        panel = self._arc.get(ControlPanel, params["ControlPanelArn"])
        if panel.is_default:
            raise conflict("The default control panel is deleted with its cluster.")
        if self._arc.controls_in(panel.arn):
            raise conflict("The control panel still has routing controls.")
        self._require_no_rules(panel)
        return self._delete(panel)

    def _cluster(self, cluster: Cluster) -> dict[str, Any]:
        """AWS shows no endpoints while the cluster is PENDING.

        https://docs.aws.amazon.com/r53recovery/latest/dg/getting-started-cli-routing-config.html
        """
        view = self._view(cluster) | {"NetworkType": "IPV4"}
        if view["Status"] != "PENDING":
            view["ClusterEndpoints"] = [
                {"Endpoint": f"https://{endpoint.host}/v1", "Region": endpoint.region}
                for endpoint in cluster.endpoints
            ]
        return view

    def _panel(self, panel: ControlPanel) -> dict[str, Any]:
        count = len(self._arc.controls_in(panel.arn))
        own = {"DefaultControlPanel": panel.is_default, "RoutingControlCount": count}
        return self._view(panel) | own

    def _require_no_rules(self, panel: ControlPanel) -> None:
        if self._arc.rules_in(panel.arn):
            raise conflict("The control panel still has safety rules.")
