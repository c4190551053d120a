"""Properties that are not emulated, with the value that asks for what every resource has anyway.

The values are those that the pages of the types name as defaults:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

import json
from typing import Any

_DEFAULTS: dict[str, dict[str, Any]] = {
    "AWS::DynamoDB::GlobalTable": {"MultiRegionConsistency": "EVENTUAL"},
    "AWS::DynamoDB::Table": {"ContributorInsightsSpecification": {"Enabled": False}},
    "AWS::EC2::Subnet": {
        "AssignIpv6AddressOnCreation": False,
        "EnableDns64": False,
        "Ipv6Native": False,
    },
    "AWS::EC2::VPC": {"InstanceTenancy": "default"},
    "AWS::EC2::VPCEndpoint": {"IpAddressType": "ipv4"},
    "AWS::KMS::Key": {
        "BypassPolicyLockoutSafetyCheck": False,
        "Enabled": True,
        "Origin": "AWS_KMS",
    },
    "AWS::Lambda::Function": {"SnapStart": {"ApplyOn": "None"}},
    "AWS::Logs::LogGroup": {
        "BearerTokenAuthenticationEnabled": False,
        "DeletionProtectionEnabled": False,
    },
    "AWS::Route53RecoveryControl::Cluster": {"NetworkType": "IPV4"},
    "AWS::S3::Bucket": {
        "AccelerateConfiguration": {"AccelerationStatus": "Suspended"},
        "AccessControl": "Private",
        "ObjectLockEnabled": False,
    },
    "AWS::StepFunctions::StateMachine": {"EncryptionConfiguration": {"Type": "AWS_OWNED_KEY"}},
}


def is_default(kind: str, name: str, value: Any) -> bool:
    """Whether a property asks for nothing, or for what it would be without it."""
    default = _DEFAULTS.get(kind, {}).get(name)
    return value == [] or (default is not None and _plain(value) == _plain(default))


def _plain(value: Any) -> str:
    """A template may write ``false`` as a text."""
    return json.dumps(value, sort_keys=True).replace('"', "").lower()
