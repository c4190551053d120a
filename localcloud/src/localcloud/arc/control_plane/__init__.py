"""route53-recovery-control-config: the control plane, in us-west-2 only."""

from __future__ import annotations

from typing import Any

from localcloud.arc.control_plane.clusters import ClusterApi
from localcloud.arc.control_plane.routing_controls import RoutingControlApi
from localcloud.arc.control_plane.safety_rules import SafetyRuleApi
from localcloud.arc.model import Resource
from localcloud.gateway.identify import Call


class ControlConfig(ClusterApi, RoutingControlApi, SafetyRuleApi):
    """Operations by kind of resource in the bases, and tags here. Sharing (RAM) is not emulated."""

    def list_tags_for_resource(self, _call: Call, **params: Any) -> dict[str, Any]:
        return {"Tags": dict(self._arc.get(Resource, params["ResourceArn"]).tags)}

    def tag_resource(self, _call: Call, **params: Any) -> dict[str, Any]:
        self._arc.get(Resource, params["ResourceArn"]).tags.update(params["Tags"])
        return {}

    def untag_resource(self, _call: Call, **params: Any) -> dict[str, Any]:
        tags = self._arc.get(Resource, params["ResourceArn"]).tags
        for key in params["TagKeys"]:
            tags.pop(key, None)
        return {}
