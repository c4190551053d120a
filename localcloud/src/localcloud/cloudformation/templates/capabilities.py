"""What a caller must acknowledge before a template may be deployed.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""

from collections.abc import Sequence

from localcloud.cloudformation.templates.form import written
from localcloud.cloudformation.templates.processed import ProcessedTemplate
from localcloud.cloudformation.templates.template import Template, load
from localcloud.gateway.errors import ApiError

IAM, NAMED_IAM, AUTO_EXPAND = "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"

_NAMES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
}
_IAM_TYPES = {*_NAMES, "AWS::IAM::AccessKey", "AWS::IAM::Policy", "AWS::IAM::UserToGroupAddition"}
_NESTED_APPLICATION = "AWS::Serverless::Application"


def iam_capability(template: Template) -> tuple[str, list[str]] | None:
    """The IAM capability that a processed template needs, and the types that need it."""
    resources = [item for _, item in written(template["Resources"])]
    types = sorted({item["Type"] for item in resources if item.get("Type") in _IAM_TYPES})
    if not types:
        return None
    named = any(_NAMES.get(item["Type"], "") in item.get("Properties", {}) for item in resources)
    return (NAMED_IAM if named else IAM), types


def check_capabilities(
    template: ProcessedTemplate, acknowledged: Sequence[str], by_change_set: bool = False
) -> None:
    """Raise InsufficientCapabilities for what is not acknowledged."""
    # A change set shows what transforms make, so that only nested applications need it there.
    needed = iam_capability(template.body)
    if needed and not {needed[0], NAMED_IAM} & set(acknowledged):
        raise _insufficient(needed[0])
    expands = bool(template.transforms)
    if by_change_set:
        resources = written(load(template.text)["Resources"])
        expands = any(item["Type"] == _NESTED_APPLICATION for _, item in resources)
    if expands and AUTO_EXPAND not in acknowledged:
        raise _insufficient(AUTO_EXPAND)


def _insufficient(capability: str) -> ApiError:
    return ApiError("InsufficientCapabilitiesException", f"Requires capabilities : [{capability}]")
