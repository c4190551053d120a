"""Bucket policies: S3's own checks when one is put, and which of them are public."""

import re
from typing import Any

from localcloud.gateway.errors import ApiError
from localcloud.iam.match import glob, listed
from localcloud.iam.permissions.aws_list import actions_like, resource_types
from localcloud.iam.policy_grammar import Form, PolicyError, Statement, check

_MAX_BYTES = 20 * 1024
_JSON = "Policies must be valid JSON and the first byte must be '{'"
# A condition on one of these keys, with fixed values, makes a policy not public:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
_LIMITING_KEYS = {
    "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount",
    "aws:sourceip", "aws:principalorgid", "aws:principalorgpaths", "aws:principalarn",
    "aws:principalaccount", "aws:userid", "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:dataaccesspointarn", "s3:dataaccesspointaccount",
}  # fmt: skip


def check_bucket_policy(bucket: str, document: str) -> list[Statement]:
    """Return the statements of a policy that S3 would store. Raises MalformedPolicy."""
    try:
        if len(document.encode()) > _MAX_BYTES:
            raise PolicyError("Policy exceeds the maximum allowed document size.")
        statements = check(document, Form(syntax=_JSON))
        for statement in statements:
            _check_statement(statement, bucket)
    except PolicyError as error:
        raise ApiError("MalformedPolicy", str(error), 400) from error
    return statements


def _check_statement(statement: Statement, bucket: str) -> None:
    actions, resources = listed(statement.get("Action")), listed(statement.get("Resource"))
    for resource in resources:
        _, separator, path = resource.partition(":s3:::")
        if not separator or not glob(path.partition("/")[0])(bucket):
            raise PolicyError("Policy has invalid resource")
    for action in actions:
        if action == "*":
            continue
        service, _, pattern = action.partition(":")
        names = actions_like("s3", pattern) if service.lower() == "s3" else ()
        if not names:
            raise PolicyError("Policy has invalid action")
        kinds = {kind for name in names for kind in resource_types("s3", name)}
        if resources and not any(kinds & _kinds_of(resource) for resource in resources):
            raise PolicyError("Action does not apply to any resource(s) in statement")


def _kinds_of(resource: str) -> set[str]:
    path = resource.partition(":s3:::")[2]
    if "/" in path:
        return {"object"}
    return {"bucket", "object"} if path.endswith("*") else {"bucket"}


def is_public(statements: list[Statement]) -> bool:
    return any(
        statement["Effect"] == "Allow"
        and _names_everybody(statement)
        and not _is_limited(statement.get("Condition", {}))
        for statement in statements
    )


def _names_everybody(statement: Statement) -> bool:
    principal = statement.get("Principal")
    if "NotPrincipal" in statement or principal == "*":
        return True
    return isinstance(principal, dict) and "*" in listed(principal.get("AWS"))


def _is_limited(condition: dict[str, Any]) -> bool:
    return any(
        key.lower() in _LIMITING_KEYS
        and not any(re.search(r"[*?]|\$\{", str(value)) for value in listed(values))
        for operator, keys in condition.items()
        if "Not" not in operator and not operator.lower().endswith("ifexists")
        for key, values in keys.items()
    )
