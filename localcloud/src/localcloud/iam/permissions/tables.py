"""The services whose permissions follow from AWS's list and a table."""

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.messaging import key_arn
from localcloud.iam.permissions.model import Permission, Unmapped, arguments
from localcloud.iam.permissions.table import Table

_CLOUDWATCH = Table(
    "cloudwatch",
    {"alarm": "{AlarmName}", "alarm|dataset": "{AlarmName}", "dashboard": "{DashboardName}"},
    # Metrics are in no dataset unless one is made.
    {"PutMetricData": "*", "GetMetricData": "*", "ListMetrics": "*"},
)
_RULE = "{Name|Rule}"
TABLES: dict[str, Table] = {
    "cloudformation": Table("cloudformation", {"stack": "{StackName}/*"}),
    "cloudwatch": _CLOUDWATCH,
    "ec2": Table("ec2", {"network-interface": "{NetworkInterfaceId}", "vpc": "{VpcId}"}),
    "events": Table(
        "events",
        {"rule-on-custom-event-bus|rule-on-default-event-bus": _RULE},
        {"PutEvents": "arn:aws:events:{region}:{account}:event-bus/default"},
    ),
    "iam": Table("iam", {"role": "{RoleName}", "policy": "{PolicyArn}"}),
    "kms": Table("kms", {"key": "{KeyId}"}),
    "route53": Table(
        "route53",
        {"change": "{Id}", "healthcheck": "{HealthCheckId}", "hostedzone": "{HostedZoneId|Id}"},
    ),
    "route53-recovery-control-config": Table(
        "route53-recovery-control-config",
        {
            "cluster": "{ClusterArn}",
            "controlpanel": "{ControlPanelArn}",
            "routingcontrol": "{RoutingControlArn}",
            "safetyrule": "{SafetyRuleArn}",
            "cluster|controlpanel|safetyrule": "{ResourceArn}",
        },
    ),
    "s3control": Table(
        "s3",
        {"multiregionaccesspoint": "{Mrap|Name|Details.Name}"},
    ),
}
# What changes these can hand on a role or more rights than the caller's: not known here.
_READ_ONLY = {"cloudformation", "iam"}
_READS = ("Describe", "Get", "List")


def required_permissions(call: Call) -> list[Permission]:
    table = TABLES.get(call.service)
    if table is None or call.operation is None:
        raise Unmapped(f"the service {call.service}")
    if call.service in _READ_ONLY and not call.name.startswith(_READS):
        raise Unmapped(f"{call.action}, which changes something")
    permissions = table.permissions(call)
    if call.service == "kms" and permissions[0].resource != "*":
        return _on_key(call, permissions)
    if call.name == "PutMetricData":
        # The namespace is the one thing by which this permission can be narrowed.
        keys = {"cloudwatch:namespace": str(call.params.get("Namespace", ""))}
        return [Permission(permissions[0].action, "*", lambda: keys)]
    return permissions


def _on_key(call: Call, permissions: list[Permission]) -> list[Permission]:
    """A key by its alias is the key itself, and the alias a condition key.

    https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    if not (key := str(arguments(call).get("KeyId") or "")):
        return permissions
    alias = key.rsplit(":", 1)[-1]
    keys = {"kms:RequestAlias": alias} if alias.startswith("alias/") else {}
    return [Permission(permissions[0].action, key_arn(call, key), lambda: keys)]
