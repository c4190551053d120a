"""A function's resource policy: how its statements are written, and whether they allow a service.

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from localcloud.gateway.principals import Principal
from localcloud.iam.context import Context
from localcloud.iam.evaluate import consult
from localcloud.iam.policy import parsed

_ACCOUNT = re.compile(r"\d{12}")
Statements = list[dict[str, Any]]


def statement(params: dict[str, Any], arn: str) -> dict[str, Any]:
    """Return the policy statement that AddPermission adds."""
    conditions: dict[str, dict[str, str]] = {}
    if params.get("SourceArn"):
        conditions["ArnLike"] = {"AWS:SourceArn": params["SourceArn"]}
    equals = {
        "AWS:SourceAccount": params.get("SourceAccount"),
        "lambda:EventSourceToken": params.get("EventSourceToken"),
        "aws:PrincipalOrgID": params.get("PrincipalOrgID"),
    }
    if present := {key: value for key, value in equals.items() if value}:
        conditions["StringEquals"] = present
    result = {
        "Sid": params["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(params["Principal"]),
        "Action": params["Action"],
        "Resource": arn,
    }
    return {**result, "Condition": conditions} if conditions else result


def policy_document(statements: Statements) -> str:
    document = {"Version": "2012-10-17", "Id": "default", "Statement": statements}
    return json.dumps(document, separators=(",", ":"))


def allows_service(statements: Statements, caller: Principal, arn: str, account: str) -> bool:
    """Whether ``caller``, a service that acts for a resource of ``account``, may invoke ``arn``."""
    keys = {"aws:SourceArn": caller.source_arn or "", "aws:SourceAccount": account}
    policy = parsed(policy_document(statements))
    return consult([policy], caller, "lambda:InvokeFunction", arn, Context.of(keys)).allows


def _principal(text: str) -> Any:
    if text == "*":
        return "*"
    if _ACCOUNT.fullmatch(text):
        return {"AWS": f"arn:aws:iam::{text}:root"}
    return {"AWS": text} if text.startswith("arn:") else {"Service": text}
