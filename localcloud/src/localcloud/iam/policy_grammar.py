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

from localcloud.iam.conditions import UnknownOperator, operator_of

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
# What identity policies are told where others hear the words at the raise.
_IDENTITY_WORDS = {
    "action": "Policy statement must contain actions.",
    "resource": "Policy statement must contain resources.",
    "principal": "Policy document should not specify a principal.",
}


@dataclass(frozen=True)
class Form:
    """What a kind of document must and must not have.

    ``actions``: a pattern of the actions that it may name, with the words of the refusal.
    ``principal_exists``: whether AWS finds the principal with this ARN in the account.
    """

    has_principals: bool = True
    has_resources: bool = True
    version: str | None = None
    actions: tuple[re.Pattern[str], str] | None = None
    syntax: str = "This policy contains invalid Json"
    principal_exists: Callable[[str], bool] = lambda _arn: True

    @property
    def is_identity(self) -> bool:
        return not self.has_principals


def check(document: str, form: Form) -> list[Statement]:
    """Return the statements. Raises PolicyError."""
    try:
        content = json.loads(document)
    except ValueError as error:
        raise PolicyError(form.syntax) from error
    if not isinstance(content, dict):
        raise PolicyError(form.syntax)
    if unknown := sorted(content.keys() - _TOP):
        raise _syntax(form, f"Unknown field {unknown[0]}")
    if content.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise _syntax(form, "The policy must contain a valid version string")
    if form.version and content.get("Version") != form.version:
        raise PolicyError(f"Policy document must be version {form.version} or greater.")
    statements = _listed(content.get("Statement"))
    if not statements or not all(isinstance(statement, dict) for statement in statements):
        raise _syntax(form, "Missing required field Statement")
    for statement in statements:
        _check_statement(statement, form)
    sids = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(set(sids)) < len(sids):
        raise PolicyError("Statement IDs (SID) in a single policy must be unique.")
    return statements


def _check_statement(statement: Statement, form: Form) -> None:
    if unknown := sorted(statement.keys() - _ELEMENTS):
        raise _syntax(form, f"Unknown field {unknown[0]}")
    if (effect := statement.get("Effect")) not in ("Allow", "Deny"):
        words = f"Invalid effect: {effect}" if effect else "Missing required field Effect"
        raise _syntax(form, words)
    sid = statement.get("Sid", "")
    if not isinstance(sid, str) or (form.is_identity and not _SID.fullmatch(sid)):
        raise PolicyError(
            f"Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the "
            f"regular expression [0-9A-Za-z]*: {sid}"
        )
    _check_principals(statement, form)
    for action in _values(statement, "Action", form):
        _check_action(action, form)
    if form.has_resources:
        for resource in _values(statement, "Resource", form):
            _check_resource(resource, form)
    else:
        _prohibit(statement, "Resource", form)
    _check_conditions(statement.get("Condition", {}), form)


def _values(statement: Statement, element: str, form: Form) -> list[str]:
    """The texts of an element or its negation, of which a statement has one."""
    names = [name for name in (element, f"Not{element}") if name in statement]
    if len(names) > 1:
        raise _syntax(form, "Invalid policy syntax.")
    values = _listed(statement[names[0]]) if names else []
    if not values:
        missing = f"Missing required field {element}"
        raise PolicyError(_IDENTITY_WORDS[element.lower()] if form.is_identity else missing)
    if not all(isinstance(value, str) for value in values):
        raise _syntax(form, f"Policy has invalid {element.lower()}")
    return values


def _prohibit(statement: Statement, element: str, form: Form) -> None:
    for name in (element, f"Not{element}"):
        if name in statement:
            words = f"Has prohibited field {name}"
            raise PolicyError(_IDENTITY_WORDS["principal"] if form.is_identity else words)


def _check_principals(statement: Statement, form: Form) -> None:
    if form.is_identity:
        return _prohibit(statement, "Principal", form)
    if "NotPrincipal" in statement and not form.has_resources:
        raise PolicyError("Has prohibited field NotPrincipal")
    principals = statement.get("Principal", statement.get("NotPrincipal"))
    if not principals:
        raise PolicyError("Missing required field Principal")
    if principals == "*":
        return None
    if not isinstance(principals, dict):
        raise PolicyError("Invalid policy syntax.")
    for kind, values in principals.items():
        if kind not in _KINDS:
            raise PolicyError(f'Invalid principal in policy: "{kind}"')
        for value in _listed(values):
            if not _is_principal(kind, value, form):
                raise PolicyError(f'Invalid principal in policy: "{kind.upper()}":"{value}"')
    return None


def _is_principal(kind: str, value: Any, form: Form) -> bool:
    if not isinstance(value, str):
        return False
    if kind == "Service":
        return bool(_SERVICE.fullmatch(value))
    return kind != "AWS" or bool(_AWS.fullmatch(value) and form.principal_exists(value))


def _check_action(action: str, form: Form) -> None:
    if form.actions and not form.actions[0].fullmatch(action):
        raise PolicyError(form.actions[1])
    if action == "*" or _ACTION.fullmatch(action):
        return
    if not form.is_identity:
        raise PolicyError("Policy has invalid action")
    if ":" not in action:
        raise PolicyError(
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
        )
    if action.count(":") > 1:
        raise PolicyError("Actions/Condition can contain only one colon.")
    raise PolicyError(f"Vendor {action.split(':')[0]} is not valid")


def _check_resource(resource: str, form: Form) -> None:
    if resource == "*" or "${" in resource.split(":", 1)[0]:
        return
    parts = resource.split(":", 5)
    if not form.is_identity:
        # An API's policy may leave out the start of its ARN.
        if parts[0] != "arn" and not resource.startswith("execute-api:/"):
            raise PolicyError("Policy has invalid resource")
        return
    if len(parts) < 2 or parts[0] != "arn":
        raise PolicyError(f'Resource {resource} must be in ARN format or "*".')
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
    if not isinstance(block, dict) or not all(isinstance(keys, dict) for keys in block.values()):
        raise _syntax(form, "Invalid policy syntax.")
    for name, keys in block.items():
        try:
            operator = operator_of(name)
        except UnknownOperator as error:
            raise _syntax(form, f"Invalid Condition type : {name}") from error
        for key, values in keys.items():
            for value in _listed(values):
                if not _fits(operator, value):
                    legacy = "The policy failed legacy parsing"
                    words = f"Invalid value for condition key {key}: {value}"
                    raise PolicyError(legacy if form.is_identity else words)


def _fits(operator: str, value: Any) -> bool:
    """Whether AWS can read the value as the operator's type; a policy variable stands for any."""
    if isinstance(value, dict | list) or value is None:
        return False
    text = str(value)
    if "${" in text:
        return True
    for kind, read in _READERS.items():
        if kind in operator:
            try:
                read(text)
            except ValueError:
                return False
    return True


def _read_date(text: str) -> None:
    if not text.isdigit():
        datetime.fromisoformat(text)


def _read_boolean(text: str) -> None:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)


_READERS: Mapping[str, Callable[[str], object]] = {
    "Numeric": float,
    "Date": _read_date,
    "Bool": _read_boolean,
    "Null": _read_boolean,
    "IpAddress": lambda text: ip_network(text, strict=False),
}


def _syntax(form: Form, words: str) -> PolicyError:
    """Identity policies hear no details."""
    return PolicyError(_SYNTAX if form.is_identity else words)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
