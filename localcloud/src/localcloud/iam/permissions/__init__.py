"""What a call needs: which IAM actions on which resources.

``aws_list`` has the resource types of an action, a ``Table`` the members of a call that name
them; a service that needs more has its own module. An unknown operation is refused by name.
"""

from collections.abc import Callable

from localcloud.gateway.errors import not_emulated
from localcloud.gateway.identify import Call
from localcloud.iam.permissions import (
    dynamodb,
    ec2,
    execute_api,
    fis,
    lambda_,
    logs,
    messaging,
    recovery,
    s3,
    ses,
    ssm,
    states,
    tables,
)
from localcloud.iam.permissions.model import Permission, Unmapped

_SERVICES: dict[str, Callable[[Call, str], list[Permission]]] = {
    "dynamodb": dynamodb.required_permissions,
    "dynamodbstreams": dynamodb.required_permissions,
    "ec2": ec2.required_permissions,
    "execute-api": execute_api.required_permissions,
    "fis": fis.required_permissions,
    "lambda": lambda_.required_permissions,
    "logs": logs.required_permissions,
    "route53-recovery-cluster": recovery.required_permissions,
    "s3": s3.required_permissions,
    "ses": ses.required_permissions,
    "sesv2": ses.required_permissions,
    "sns": messaging.sns,
    "sqs": messaging.sqs,
    "ssm": ssm.required_permissions,
    "stepfunctions": states.required_permissions,
}


def required_permissions(call: Call, account: str) -> list[Permission]:
    """Everything that ``call`` needs; an error that names the operation where that is not known."""
    try:
        return _SERVICES.get(call.service, tables.required_permissions)(call, account)
    except Unmapped as unmapped:
        raise not_emulated(f"the permissions of {call.action} ({unmapped})") from unmapped
    except KeyError as missing:
        raise not_emulated(f"the permissions of {call.action} without {missing}") from missing
