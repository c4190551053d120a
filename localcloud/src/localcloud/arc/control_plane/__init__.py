"""route53-recovery-control-config: the control plane, in us-west-2 only."""

from localcloud.arc.control_plane.clusters import ClusterApi
from localcloud.arc.control_plane.routing_controls import RoutingControlApi, SafetyRuleApi


class ControlConfig(ClusterApi, RoutingControlApi, SafetyRuleApi):
    """Operations by kind of resource in the bases. Sharing (RAM) is not emulated."""
