"""What a call needs: which IAM actions on which resources.

One module a service, from the service authorization reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
An operation that stands nowhere here is refused by name, never let through.
"""

from __future__ import annotations

from collections.abc import Callable

from localcloud.gateway.errors import not_emulated
from localcloud.gateway.identify import Call
from localcloud.iam.requests import (
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
from localcloud.iam.requests.permission import Need, Unmapped

Mapper = Callable[[Call, str], list[Need]]

_MAPPERS: dict[str, Mapper] = {
    "dynamodb": dynamodb.needs,
    "dynamodbstreams": dynamodb.needs,
    "execute-api": execute_api.needs,
    "lambda": lambda_.needs,
    "logs": logs.needs,
    "s3": s3.needs,
    "s3control": s3control.needs,
    "ses": ses.needs,
    "sesv2": ses.needs,
    "sns": messaging.sns,
    "sqs": messaging.sqs,
    "stepfunctions": states.needs,
    "route53-recovery-cluster": recovery.needs,
    "route53-recovery-control-config": recovery.needs,
}


def needs(call: Call, account: str) -> list[Need]:
    """Everything that ``call`` needs; an error that names the operation where that is not known."""
    try:
        return _MAPPERS.get(call.service, simple.needs)(call, account)
    except Unmapped as unmapped:
        raise not_emulated(f"the permissions of {call.action} ({unmapped})") from unmapped
    except KeyError as missing:
        raise not_emulated(f"the permissions of {call.action} without {missing}") from missing
