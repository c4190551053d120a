"""The services whose permissions a table can tell."""

from __future__ import annotations

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.model import (
    Permission,
    Table,
    Unmapped,
    arguments,
    no_keys,
    pass_role,
)

_DOCUMENT = "{arn}document/{Name}"
_SSM = Table(
    "ssm",
    {
        "DescribeParameters": "*",
        "ListDocuments": "*",
        "DescribeAutomationExecutions": "*",
        "DescribeAutomationStepExecutions": "{arn}automation-execution/{AutomationExecutionId}",
        "GetAutomationExecution": "{arn}automation-execution/{AutomationExecutionId}",
        "StopAutomationExecution": "{arn}automation-execution/{AutomationExecutionId}",
        "SendAutomationSignal": "{arn}automation-execution/{AutomationExecutionId}",
        "StartAutomationExecution": "{arn}automation-definition/{DocumentName}:{DocumentVersion}",
        **dict.fromkeys(
            ("GetDocument", "DescribeDocument", "UpdateDocument", "DeleteDocument"), _DOCUMENT
        ),
        "CreateDocument": _DOCUMENT,
        "UpdateDocumentDefaultVersion": _DOCUMENT,
    },
)
_PARAMETERS = (
    "GetParameter",
    "GetParameters",
    "GetParametersByPath",
    "PutParameter",
    "DeleteParameter",
)
_CLOUDWATCH = Table(
    "cloudwatch",
    {
        **dict.fromkeys(
            ("PutMetricData", "GetMetricData", "GetMetricStatistics", "ListMetrics",
             "ListDashboards", "DescribeAlarmsForMetric"),
            "*",
        ),
        "DescribeAlarms": "{arn}alarm:*",
        "DescribeAlarmHistory": "{arn}alarm:{AlarmName}",
        "PutMetricAlarm": "{arn}alarm:{AlarmName}",
        "SetAlarmState": "{arn}alarm:{AlarmName}",
    },
)  # fmt: skip
_TABLES: dict[str, Table] = {
    "cloudwatch": _CLOUDWATCH,
    "ssm": _SSM,
    "kms": Table(
        "kms",
        dict.fromkeys(
            ("Encrypt", "Decrypt", "ReEncrypt*", "GenerateDataKey*", "DescribeKey", "Sign",
             "Verify", "GetKeyPolicy", "CreateGrant"),
            "{arn}key/{KeyId}",
        ),
    ),
    # Lambda and others look after network interfaces with permissions that have no resource.
    "ec2": Table("ec2", {
        "Describe*": "*",
        "CreateNetworkInterface": "*",
        "DeleteNetworkInterface": "*",
        "AssignPrivateIpAddresses": "*",
        "UnassignPrivateIpAddresses": "*",
    }),
    "events": Table("events", {
        **dict.fromkeys(
            ("PutRule", "DescribeRule", "DeleteRule", "EnableRule", "DisableRule"),
            "{arn}rule/{Name}",
        ),
        **dict.fromkeys(
            ("PutTargets", "RemoveTargets", "ListTargetsByRule"), "{arn}rule/{Rule}"
        ),
        "ListRules": "*",
        "PutEvents": "{arn}event-bus/default",
    }),
    "secretsmanager": Table("secretsmanager", dict.fromkeys(
        ("GetSecretValue", "DescribeSecret", "PutSecretValue", "GetResourcePolicy"),
        "{arn}secret:{SecretId}",
    )),
    "xray": Table("xray", {
        "PutTraceSegments": "*",
        "PutTelemetryRecords": "*",
        "GetSamplingRules": "*",
        "GetSamplingTargets": "*",
    }),
    "iam": Table("iam", {
        **dict.fromkeys(
            ("GetRole", "GetRolePolicy", "ListRolePolicies", "ListAttachedRolePolicies"),
            "arn:aws:iam::{account}:role/{RoleName}",
        ),
        "ListRoles": "*",
        "GetPolicy": "{PolicyArn}",
        "GetPolicyVersion": "{PolicyArn}",
    }),
    "route53": Table("route53", {
        **dict.fromkeys(
            ("GetHostedZone", "ListResourceRecordSets", "ChangeResourceRecordSets"),
            "arn:aws:route53:::hostedzone/{HostedZoneId}",
        ),
        "GetHealthCheck": "arn:aws:route53:::healthcheck/{HealthCheckId}",
        "GetHealthCheckStatus": "arn:aws:route53:::healthcheck/{HealthCheckId}",
        "GetChange": "arn:aws:route53:::change/{Id}",
        "ListHostedZones": "*",
        "ListHostedZonesByName": "*",
        "TestDNSAnswer": "*",
    }),
    "cloudformation": Table("cloudformation", dict.fromkeys(
        ("DescribeStacks", "DescribeStackResources", "ListStackResources", "DescribeStackEvents",
         "GetTemplate", "DescribeStackResource"),
        "{arn}stack/{StackName}/*",
    )),
    "fis": Table("fis", {
        **dict.fromkeys(("GetExperiment", "StopExperiment"), "{arn}experiment/{id}"),
        "ListExperimentResolvedTargets": "{arn}experiment/{experimentId}",
        "CreateExperimentTemplate": "{arn}experiment-template/*",
        **dict.fromkeys(
            ("GetExperimentTemplate", "UpdateExperimentTemplate", "DeleteExperimentTemplate"),
            "{arn}experiment-template/{id}",
        ),
        "StartExperiment": "{arn}experiment-template/{experimentTemplateId}",
        "GetAction": "{arn}action/{id}",
        **dict.fromkeys(("TagResource", "UntagResource", "ListTagsForResource"), "{resourceArn}"),
        **dict.fromkeys(
            ("ListExperiments", "ListExperimentTemplates", "ListActions",
             "ListTargetResourceTypes", "GetTargetResourceType"),
            "*",
        ),
    }),
}  # fmt: skip


def required_permissions(call: Call, account: str) -> list[Permission]:
    if call.service == "ssm" and call.name in _PARAMETERS:
        return _parameters(call, account)
    table = _TABLES.get(call.service)
    if table is None or call.operation is None:
        raise Unmapped(f"the service {call.service}")
    found = table.permissions(call, account)
    if call.name == "PutMetricData":
        # The namespace is the one thing by which this permission can be narrowed.
        return [
            Permission(
                found[0].action,
                "*",
                lambda: {"cloudwatch:namespace": str(call.params.get("Namespace", ""))},
            )
        ]
    if call.service == "fis":
        return _experiments(found, call, account)
    if call.name == "StartAutomationExecution":
        role = (arguments(call).get("Parameters") or {}).get("AutomationAssumeRole")
        document = found[0].resource.replace(":*", ":$DEFAULT")
        return [
            Permission(found[0].action, document, no_keys),
            *pass_role(role[0] if role else None, "ssm.amazonaws.com"),
        ]
    return found


def _experiments(found: list[Permission], call: Call, account: str) -> list[Permission]:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsfaultinjectionservice.html"""
    arn, given = f"arn:aws:fis:{call.region}:{account}:", call.params
    if call.name == "StartExperiment":
        return [*found, Permission(found[0].action, f"{arn}experiment/*")]
    if call.name in ("CreateExperimentTemplate", "UpdateExperimentTemplate"):
        actions = {one.get("actionId", "*") for one in given.get("actions", {}).values()}
        needed = [Permission(found[0].action, f"{arn}action/{one}") for one in sorted(actions)]
        return [*found, *needed, *pass_role(given.get("roleArn"), "fis.amazonaws.com")]
    return found


def _parameters(call: Call, account: str) -> list[Permission]:
    """``/a/b`` and ``a/b`` both stand in the ARN as ``parameter/a/b``."""
    given = arguments(call)
    names = given.get("Names") or [given.get("Name") or given.get("Path") or "*"]
    arn = f"arn:aws:ssm:{call.region}:{account}:parameter/"
    return [
        Permission(f"ssm:{call.name}", name if name.startswith("arn:") else arn + name.lstrip("/"))
        for name in (str(one) for one in names)
    ]
