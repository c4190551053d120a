"""Application Recovery Controller: routing controls, their clusters and panels."""

from __future__ import annotations

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys
from localcloud.iam.permissions.model import Permission, Table, arguments

_CLUSTER = Table(
    "route53-recovery-cluster",
    {
        "GetRoutingControlState": "{RoutingControlArn}",
        "UpdateRoutingControlState": "{RoutingControlArn}",
        "ListRoutingControls": "{ControlPanelArn}",
    },
)
_CONFIG = Table(
    "route53-recovery-control-config",
    {
        "DescribeCluster": "{ClusterArn}",
        "DescribeControlPanel": "{ControlPanelArn}",
        "DescribeRoutingControl": "{RoutingControlArn}",
        "DescribeSafetyRule": "{SafetyRuleArn}",
        "ListClusters": "*",
        "ListControlPanels": "*",
        "ListRoutingControls": "*",
        "ListSafetyRules": "*",
    },
)


def required_permissions(call: Call, account: str) -> list[Permission]:
    if call.service == _CONFIG.service:
        return _CONFIG.permissions(call, account)
    given = arguments(call)
    overridden = "true" if given.get("SafetyRulesToOverride") else "false"

    def keys() -> Keys:
        return {"route53-recovery-cluster:AllowSafetyRulesOverrides": overridden}

    if call.name == "UpdateRoutingControlStates":
        arns = [str(one["RoutingControlArn"]) for one in given["UpdateRoutingControlStateEntries"]]
        return [
            Permission("route53-recovery-cluster:UpdateRoutingControlState", a, keys) for a in arns
        ]
    return [
        Permission(one.action, one.resource, keys) for one in _CLUSTER.permissions(call, account)
    ]
