"""Application Recovery Controller's data plane: the states of routing controls."""

from dataclasses import replace

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys
from localcloud.iam.permissions.model import Permission, arguments
from localcloud.iam.permissions.table import Table

TABLE = Table("route53-recovery-cluster", {"routingcontrol": "{RoutingControlArn}"})


def required_permissions(call: Call, account: str) -> list[Permission]:
    params = arguments(call)
    overrides = "true" if params.get("SafetyRulesToOverride") else "false"

    def keys() -> Keys:
        return {"route53-recovery-cluster:AllowSafetyRulesOverrides": overrides}

    if call.name == "UpdateRoutingControlStates":
        # AWS does not document whether setting several states is setting each: the stricter.
        action = "route53-recovery-cluster:UpdateRoutingControlState"
        entries = params["UpdateRoutingControlStateEntries"]
        return [Permission(action, entry["RoutingControlArn"], keys) for entry in entries]
    return [replace(permission, keys=keys) for permission in TABLE.permissions(call, account)]
