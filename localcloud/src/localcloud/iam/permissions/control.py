"""Services that control others: API Gateway, Step Functions, FIS, Automation and ARC."""

from dataclasses import replace

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.model import Permission, arguments, pass_role
from localcloud.iam.permissions.table import Table
from localcloud.settings import ACCOUNT_ID

STATES = Table(
    "states",
    {
        "execution": "{executionArn}",
        "execution|express": "{executionArn}",
        "maprun": "{mapRunArn}",
        "maprun|statemachine": "{stateMachineArn|mapRunArn}",
        "statemachine": "{stateMachineArn|name}",
        "activity|statemachine": "{resourceArn}",
    },
)
_TEMPLATE = "arn:aws:fis:{region}:{account}:experiment-template/"
FIS = Table(
    "fis",
    {
        "experiment": "{id|experimentId}",
        "experiment-template": "{id}",
        "action|experiment|experiment-template": "{resourceArn}",
    },
    # These have other resources beside the template: see below.
    {
        "CreateExperimentTemplate": f"{_TEMPLATE}*",
        "UpdateExperimentTemplate": f"{_TEMPLATE}{{id}}",
        "StartExperiment": f"{_TEMPLATE}{{experimentTemplateId}}",
    },
)
SSM = Table(
    "ssm",
    {"automation-execution": "{AutomationExecutionId}", "document": "{Name}"},
    {
        "StartAutomationExecution": "arn:aws:ssm:{region}:{account}:automation-definition/"
        "{DocumentName}:{DocumentVersion}",
        "GetParametersByPath": "arn:aws:ssm:{region}:{account}:parameter{Path}",
    },
)
ARC = Table("route53-recovery-cluster", {"routingcontrol": "{RoutingControlArn}"})


def apigateway(call: Call) -> list[Permission]:
    """The method of HTTP on the path of a resource.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html
    """
    path = call.request.parts.path.removeprefix("/v2")
    arn = f"arn:aws:apigateway:{call.region}::{path}"
    return [Permission(f"apigateway:{call.request.method}", arn)]


def states(call: Call) -> list[Permission]:
    permissions = STATES.permissions(call)
    if call.name in ("CreateStateMachine", "UpdateStateMachine"):
        permissions += pass_role(arguments(call).get("roleArn"), "states.amazonaws.com")
    return permissions


def fis(call: Call) -> list[Permission]:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsfaultinjectionservice.html"""
    permissions, params = FIS.permissions(call), call.params
    action, arn = f"fis:{call.name}", f"arn:aws:fis:{call.region}:{ACCOUNT_ID}:"
    if call.name == "StartExperiment":
        return [*permissions, Permission(action, f"{arn}experiment/*")]
    if call.name in ("CreateExperimentTemplate", "UpdateExperimentTemplate"):
        actions = {entry.get("actionId", "*") for entry in params.get("actions", {}).values()}
        on_actions = [Permission(action, f"{arn}action/{name}") for name in sorted(actions)]
        return [*permissions, *on_actions, *pass_role(params.get("roleArn"), "fis.amazonaws.com")]
    return permissions


def ssm(call: Call) -> list[Permission]:
    permissions = SSM.permissions(call)
    if call.name != "StartAutomationExecution":
        return permissions
    [permission] = permissions
    document = permission.resource.replace(":*", ":$DEFAULT")
    role = (arguments(call).get("Parameters") or {}).get("AutomationAssumeRole")
    return [
        Permission(permission.action, document),
        *pass_role(role[0] if role else None, "ssm.amazonaws.com"),
    ]


def arc(call: Call) -> list[Permission]:
    """The data plane: the states of routing controls."""
    params = arguments(call)
    overrides = "true" if params.get("SafetyRulesToOverride") else "false"
    keys = {"route53-recovery-cluster:AllowSafetyRulesOverrides": overrides}
    if call.name == "UpdateRoutingControlStates":
        # AWS does not document whether setting several states is setting each: the stricter.
        action = "route53-recovery-cluster:UpdateRoutingControlState"
        arns = [entry["RoutingControlArn"] for entry in params["UpdateRoutingControlStateEntries"]]
        return [Permission(action, arn, lambda: keys) for arn in arns]
    permissions = ARC.permissions(call)
    return [replace(permission, keys=lambda: keys) for permission in permissions]
