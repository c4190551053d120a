"""Which operations put a policy document, and what AWS answers if it is malformed or too long."""

import re
from dataclasses import dataclass, replace

import jmespath  # type: ignore[import-untyped]  # ships no types

from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.iam.policy_grammar import Form, PolicyError, check

_IDENTITY = Form(has_principals=False, syntax="Syntax errors in policy.")
_MANAGED = replace(_IDENTITY, version="2012-10-17")
_TRUST = Form(
    has_resources=False,
    actions=(
        re.compile(r"sts:[^:\s]+", re.IGNORECASE),
        "AssumeRole policy may only specify STS AssumeRole actions.",
    ),
)
_RESOURCE = Form()


@dataclass(frozen=True)
class PolicyKind:
    """``words``: what the service says whatever is wrong; by default the grammar's words.

    ``limit``: the greatest length, without white space in IAM, and its error.
    """

    code: str
    words: str = ""
    form: Form = _RESOURCE
    limit: int = 20_480
    too_long: tuple[str, str, int] | None = None


def _policy_of_iam(form: Form, limit: int = 0, words: str = "") -> PolicyKind:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
    too_long = ("LimitExceeded", words, 409)
    return PolicyKind("MalformedPolicyDocument", "", form, limit, too_long)


_ROLE = _policy_of_iam(_TRUST, 2048, "Cannot exceed quota for ACLSizePerRole: 2048")
_INLINE = _policy_of_iam(_IDENTITY)  # limited together with the others of the user or role
_CUSTOMER = _policy_of_iam(_MANAGED, 6144, "Cannot exceed quota for PolicySize: 6144")
_MALFORMED = "MalformedPolicyDocumentException"
_QUEUE = PolicyKind(
    "InvalidAttributeValue", "Invalid value for the parameter Policy.", limit=262_144
)
_TOPIC = PolicyKind("InvalidParameter", "Invalid parameter: Policy Error: null", limit=30_720)
_KEY = PolicyKind(_MALFORMED, limit=32_768)

# By service and operation: the member with the document, with dots between members.
_POLICIES: dict[str, tuple[str, PolicyKind]] = {
    "iam:CreatePolicy": ("PolicyDocument", _CUSTOMER),
    "iam:CreatePolicyVersion": ("PolicyDocument", _CUSTOMER),
    "iam:CreateRole": ("AssumeRolePolicyDocument", _ROLE),
    "iam:PutRolePolicy": ("PolicyDocument", _INLINE),
    "iam:PutUserPolicy": ("PolicyDocument", _INLINE),
    "iam:UpdateAssumeRolePolicy": ("PolicyDocument", _ROLE),
    "ec2:CreateVpcEndpoint": ("PolicyDocument", PolicyKind("InvalidPolicyDocument")),
    "ec2:ModifyVpcEndpoint": ("PolicyDocument", PolicyKind("InvalidPolicyDocument")),
    "kms:CreateKey": ("Policy", _KEY),
    "kms:PutKeyPolicy": ("Policy", _KEY),
    "logs:PutResourcePolicy": (
        "policyDocument", PolicyKind("InvalidParameterException", limit=5120)
    ),
    "sns:CreateTopic": ("Attributes.Policy", _TOPIC),
    "sns:SetTopicAttributes": ("AttributeValue", _TOPIC),
    "sqs:CreateQueue": ("Attributes.Policy", _QUEUE),
    "sqs:SetQueueAttributes": ("Attributes.Policy", _QUEUE),
}  # fmt: skip
SERVICES = sorted({action.partition(":")[0] for action in _POLICIES})


def check_policy(call: Call) -> None:
    """A handler that refuses malformed documents and leaves the answer to the next one."""
    if call.action not in _POLICIES or call.params.get("AttributeName", "Policy") != "Policy":
        return
    member, kind = _POLICIES[call.action]
    if document := jmespath.search(member, call.params):
        _check(str(document), kind)


def _check(document: str, kind: PolicyKind) -> None:
    """Raise the service's error for a document that it refuses."""
    size = len(re.sub(r"\s", "", document) if kind.too_long else document)
    if kind.limit and size > kind.limit:
        code, words, status = kind.too_long or (kind.code, kind.words, 400)
        words = words or f"The policy exceeds the limit of {kind.limit} characters."
        raise ApiError(code, words, status)
    try:
        check(document, kind.form)
    except PolicyError as error:
        raise ApiError(kind.code, kind.words or str(error), 400) from error
