"""Systems Manager: documents, executions of runbooks, parameters."""

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.aws_list import resource_types
from localcloud.iam.permissions.model import Permission, arguments, pass_role
from localcloud.iam.permissions.table import Table

TABLE = Table(
    "ssm",
    {"automation-execution": "{AutomationExecutionId}", "document": "{Name}"},
    {
        "StartAutomationExecution": "arn:aws:ssm:{region}:{account}:automation-definition/"
        "{DocumentName}:{DocumentVersion}"
    },
)


def required_permissions(call: Call, account: str) -> list[Permission]:
    if resource_types("ssm", call.name) == ("parameter",):
        return _parameters(call, account)
    permissions = TABLE.permissions(call, account)
    if call.name != "StartAutomationExecution":
        return permissions
    [permission] = permissions
    document = permission.resource.replace(":*", ":$DEFAULT")
    role = (arguments(call).get("Parameters") or {}).get("AutomationAssumeRole")
    return [
        Permission(permission.action, document),
        *pass_role(role[0] if role else None, "ssm.amazonaws.com"),
    ]


def _parameters(call: Call, account: str) -> list[Permission]:
    """In the ARN, ``/a/b`` and ``a/b`` are both ``parameter/a/b``."""
    params = arguments(call)
    names = params.get("Names") or [params.get("Name") or params.get("Path") or "*"]
    prefix = f"arn:aws:ssm:{call.region}:{account}:parameter/"
    arns = [name if name.startswith("arn:") else prefix + name.lstrip("/") for name in names]
    return [Permission(f"ssm:{call.name}", arn) for arn in arns]
