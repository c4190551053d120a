"""What a call needs: which IAM actions on which resources.

One module a service, from the service authorization reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
An operation that stands nowhere here is refused by name, never let through.
"""

from __future__ import annotations

from collections.abc import Callable

from localcloud.gateway.errors import not_emulated
from localcloud.gateway.identify import Call
from localcloud.iam.permissions import (
    dynamodb,
    execute_api,
    lambda_,
    logs,
    messaging,
    recovery,
    s3,
    s3control,
    ses,
    simple,
    states,
)
from localcloud.iam.permissions.model import Permission, Unmapped

Mapper = Callable[[Call, str], list[Permission]]

_MAPPERS: dict[str, Mapper] = {
    "dynamodb": dynamodb.required_permissions,
    "dynamodbstreams": dynamodb.required_permissions,
    "execute-api": execute_api.required_permissions,
    "lambda": lambda_.required_permissions,
    "logs": logs.required_permissions,
    "s3": s3.required_permissions,
    "s3control": s3control.required_permissions,
    "ses": ses.required_permissions,
    "sesv2": ses.required_permissions,
    "sns": messaging.sns,
    "sqs": messaging.sqs,
    "stepfunctions": states.required_permissions,
    "route53-recovery-cluster": recovery.required_permissions,
    "route53-recovery-control-config": recovery.required_permissions,
}


def required_permissions(call: Call, account: str) -> list[Permission]:
    """Everything that ``call`` needs; an error that names the operation where that is not known."""
    try:
        return _MAPPERS.get(call.service, simple.required_permissions)(call, account)
    except Unmapped as unmapped:
        raise not_emulated(f"the permissions of {call.action} ({unmapped})") from unmapped
    except KeyError as missing:
        raise not_emulated(f"the permissions of {call.action} without {missing}") from missing
