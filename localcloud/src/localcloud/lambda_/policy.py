"""A function's resource policy: how its statements are written, and whether they let a service in.

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from localcloud.gateway.principals import Principal

_ACCOUNT = re.compile(r"\d{12}")


def statement(params: dict[str, Any], arn: str) -> dict[str, Any]:
    """The policy statement that AddPermission's parameters make."""
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


def allows_service(statements: Iterable[dict[str, Any]], caller: Principal, account: str) -> bool:
    """May ``caller``, an AWS service that acts for the resource ``source_arn`` of ``account``,
    invoke the function?
    """
    return any(_allows(one, caller, account) for one in statements)


def _allows(one: dict[str, Any], caller: Principal, account: str) -> bool:
    named = one["Principal"]
    services = named.get("Service") if isinstance(named, dict) else named
    if services not in ("*", caller.service):
        return False
    if one["Action"] not in ("lambda:InvokeFunction", "lambda:*", "*"):
        return False
    conditions = one.get("Condition", {})
    known = {"AWS:SourceArn": caller.source_arn or "", "AWS:SourceAccount": account}
    return all(
        arn_like(known.get(key, ""), pattern)
        for key, pattern in conditions.get("ArnLike", {}).items()
    ) and all(known.get(key) == value for key, value in conditions.get("StringEquals", {}).items())


def arn_like(arn: str, pattern: str) -> bool:
    """ArnLike: the six parts are matched one by one, ``*`` and ``?`` do not cross a colon but in
    the last.
    """
    actual, wanted = arn.split(":", 5), pattern.split(":", 5)
    return len(actual) == len(wanted) and all(
        fnmatchcase(part, glob.replace("[", "[[]"))
        for part, glob in zip(actual, wanted, strict=True)
    )


def _principal(text: str) -> Any:
    if text == "*":
        return "*"
    if _ACCOUNT.fullmatch(text):
        return {"AWS": f"arn:aws:iam::{text}:root"}
    return {"AWS": text} if text.startswith("arn:") else {"Service": text}
