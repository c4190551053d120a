"""The grammar of policy documents, checked when a document is put.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html. The wordings are
those that https://github.com/versity/versitygw (iamapi/policy, auth) and moto compared with AWS.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from typing import Any

from localcloud.iam.conditions import operator_of
from localcloud.iam.match import listed
from localcloud.iam.roles import principal_exists

Statement = dict[str, Any]

_VERSIONS = ("2008-10-17", "2012-10-17")
_TOP = {"Version", "Id", "Statement"}
_ELEMENTS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
    "Condition",
}  # fmt: skip
_KINDS = {"AWS", "Service", "Federated", "CanonicalUser"}
_SERVICE = re.compile(r"[a-z0-9][a-z0-9.-]*\.(amazonaws\.com|amazon\.com|aws\.internal)")
_AWS = re.compile(
    r"\*|\d{12}|A(RO|ID)A[A-Z0-9]+|arn:aws[a-z-]*:(iam|sts)::\d{12}:"
    r"(root|(user|role|assumed-role|federated-user)/\S+)"
    r"|arn:aws:iam::cloudfront:user/\S+"
)
_ACTION = re.compile(r"[A-Za-z0-9.*?-]+:[^:\s]+")
_SID = re.compile(r"[A-Za-z0-9]*")
_IAM_PATHS = (
    "*", "user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/",
    "server-certificate/", "policy/", "sms-mfa/", "saml-provider/", "oidc-provider/", "report/",
    "access-report/", "root",
)  # fmt: skip


class PolicyError(ValueError):
    """What AWS says about a document that it refuses."""


_SYNTAX = "Syntax errors in policy."


@dataclass(frozen=True)
class Form:
    """What a kind of document must and must not have.

    ``actions``: a pattern of the actions that it may name, with the words of the refusal.
    """

    has_principals: bool = True
    has_resources: bool = True
    version: str | None = None
    actions: tuple[re.Pattern[str], str] | None = None
    syntax: str = "This policy contains invalid Json"

    @property
    def is_identity(self) -> bool:
        return not self.has_principals

    def require(self, holds: object, words: str, identity_words: str = _SYNTAX) -> None:
        """Raise PolicyError unless the condition holds; identity policies hear no details."""
        if not holds:
            raise PolicyError(identity_words if self.is_identity else words)


def check(document: str, form: Form) -> list[Statement]:
    """Return the statements. Raises PolicyError."""
    try:
        content = json.loads(document)
    except ValueError as error:
        raise PolicyError(form.syntax) from error
    if not isinstance(content, dict):
        raise PolicyError(form.syntax)
    _check_names(content, _TOP, form)
    is_version = content.get("Version", _VERSIONS[0]) in _VERSIONS
    form.require(is_version, "The policy must contain a valid version string")
    if form.version and content.get("Version") != form.version:
        raise PolicyError(f"Policy document must be version {form.version} or greater.")
    statements = listed(content.get("Statement"))
    are_objects = all(isinstance(statement, dict) for statement in statements)
    form.require(statements and are_objects, "Missing required field Statement")
    for statement in statements:
        _check_statement(statement, form)
    sids = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(set(sids)) < len(sids):
        raise PolicyError("Statement IDs (SID) in a single policy must be unique.")
    return statements


def _check_names(element: dict[str, Any], names: set[str], form: Form) -> None:
    for name in sorted(element.keys() - names):
        form.require(False, f"Unknown field {name}")


def _check_statement(statement: Statement, form: Form) -> None:
    _check_names(statement, _ELEMENTS, form)
    effect = statement.get("Effect")
    words = f"Invalid effect: {effect}" if effect else "Missing required field Effect"
    form.require(effect in ("Allow", "Deny"), words)
    sid = statement.get("Sid", "")
    if not isinstance(sid, str) or (form.is_identity and not _SID.fullmatch(sid)):
        raise PolicyError(
            f"Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the "
            f"regular expression [0-9A-Za-z]*: {sid}"
        )
    _check_principals(statement, form)
    for action in _element_values(statement, "Action", form):
        _check_action(action, form)
    if form.has_resources:
        for resource in _element_values(statement, "Resource", form):
            _check_resource(resource, form)
    else:
        _prohibit(statement, "Resource", form)
    _check_conditions(statement.get("Condition", {}), form)


def _element_values(statement: Statement, element: str, form: Form) -> list[str]:
    """The texts of an element or its negation, of which a statement has one."""
    names = [name for name in (element, f"Not{element}") if name in statement]
    form.require(len(names) < 2, "Invalid policy syntax.")
    values = listed(statement[names[0]]) if names else []
    noun = element.lower()
    identity_words = f"Policy statement must contain {noun}s."
    form.require(values, f"Missing required field {element}", identity_words)
    are_texts = all(isinstance(value, str) for value in values)
    form.require(are_texts, f"Policy has invalid {noun}")
    return values


def _prohibit(statement: Statement, element: str, form: Form) -> None:
    identity_words = "Policy document should not specify a principal."
    for name in (element, f"Not{element}"):
        form.require(name not in statement, f"Has prohibited field {name}", identity_words)


def _check_principals(statement: Statement, form: Form) -> None:
    if form.is_identity:
        _prohibit(statement, "Principal", form)
        return
    is_allowed = form.has_resources or "NotPrincipal" not in statement
    form.require(is_allowed, "Has prohibited field NotPrincipal")
    principals = statement.get("Principal", statement.get("NotPrincipal"))
    form.require(principals, "Missing required field Principal")
    if principals == "*":
        return
    if not isinstance(principals, dict):
        raise PolicyError("Invalid policy syntax.")
    for kind, values in principals.items():
        form.require(kind in _KINDS, f'Invalid principal in policy: "{kind}"')
        for value in listed(values):
            words = f'Invalid principal in policy: "{kind.upper()}":"{value}"'
            form.require(_is_principal(kind, value), words)


def _is_principal(kind: str, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if kind == "Service":
        return bool(_SERVICE.fullmatch(value))
    return kind != "AWS" or bool(_AWS.fullmatch(value) and principal_exists(value))


def _check_action(action: str, form: Form) -> None:
    if form.actions and not form.actions[0].fullmatch(action):
        raise PolicyError(form.actions[1])
    if action == "*" or _ACTION.fullmatch(action):
        return
    words = f"Vendor {action.split(':')[0]} is not valid"
    if ":" not in action:
        words = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
    elif action.count(":") > 1:
        words = "Actions/Condition can contain only one colon."
    form.require(False, "Policy has invalid action", words)


def _check_resource(resource: str, form: Form) -> None:
    if resource == "*" or "${" in resource.split(":", 1)[0]:
        return
    parts = resource.split(":", 5)
    is_arn = len(parts) > 1 and parts[0] == "arn"
    words = f'Resource {resource} must be in ARN format or "*".'
    form.require(is_arn, "Policy has invalid resource", words)
    if not form.is_identity:
        return
    if not re.fullmatch(r"\*|aws[a-z-]*|\$\{.*", parts[1]):
        suffix = ":".join((parts[2:] + ["*"] * 4)[:4])
        raise PolicyError(
            f'Partition "{parts[1]}" is not valid for resource "arn:{parts[1]}:{suffix}".'
        )
    if len(parts) < 3 or not parts[2]:
        raise PolicyError("Resource vendor must be fully qualified and cannot contain regexes.")
    _check_service_resource(parts, resource)


def _check_service_resource(parts: list[str], resource: str) -> None:
    service, path = parts[2], parts[5] if len(parts) > 5 else ""
    if len(parts) < 6 and "*" not in resource:
        raise PolicyError("The policy failed legacy parsing")
    region = parts[3] if len(parts) > 3 else ""
    if service == "s3" and region not in ("", "*") and not path.startswith("accesspoint/"):
        raise PolicyError(f"Resource {resource} can not contain region information.")
    if service == "iam" and region not in ("", "*"):
        raise PolicyError(f"IAM resource {resource} cannot contain region information.")
    if service == "iam" and path and not path.startswith((*_IAM_PATHS, "${")):
        paths = ", ".join(path for path in _IAM_PATHS if path.endswith("/"))
        raise PolicyError(f'IAM resource path must either be "*" or start with {paths}.')


def _check_conditions(block: Any, form: Form) -> None:
    is_block = isinstance(block, dict) and all(isinstance(keys, dict) for keys in block.values())
    form.require(is_block, "Invalid policy syntax.")
    for name, keys in block.items():
        operator = operator_of(name)
        form.require(operator, f"Invalid Condition type : {name}")
        for key, values in keys.items():
            for value in listed(values):
                words = f"Invalid value for condition key {key}: {value}"
                form.require(_fits(operator, value), words, "The policy failed legacy parsing")


def _fits(operator: str, value: Any) -> bool:
    """Whether AWS can read the value as the operator's type; a policy variable stands for any."""
    if isinstance(value, dict | list) or value is None:
        return False
    text = str(value)
    if "${" in text:
        return True
    try:
        for kind, read in _READERS.items():
            if kind in operator:
                read(text)
    except ValueError:
        return False
    return True


def _read_date(text: str) -> None:
    if not text.isdigit():
        datetime.fromisoformat(text)


_READERS: Mapping[str, Callable[[str], object]] = {
    "Numeric": float,
    "Date": _read_date,
    "Bool": lambda text: ("true", "false").index(text.lower()),
    "Null": lambda text: ("true", "false").index(text.lower()),
    "IpAddress": lambda text: ip_network(text, strict=False),
}
