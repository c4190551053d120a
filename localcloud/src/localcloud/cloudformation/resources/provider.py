"""What every resource provider can do: create, read, update and delete resources of one type."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localcloud.cloudformation.resources import schemas
from localcloud.cloudformation.resources.context import NO_NAMES, Properties, ResourceContext
from localcloud.gateway.errors import not_emulated
from localcloud.settings import ACCOUNT_ID

# Properties that are not emulated, with the value that asks for what every resource has anyway: the
# defaults that the pages of the types name.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
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


class _Blanks(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


@dataclass(frozen=True, kw_only=True)
class ResourceProvider:
    """Subclass for a type, or make a row of ``ApiResource``.

    ``attributes`` are templates of what GetAtt gives: ``{id}`` is the physical id, ``{name}`` its
    last part, ``{region}``, ``{account}``, and a property by its name.
    """

    type: str
    supported: frozenset[str]  # properties that are handed on
    ignored: frozenset[str] = NO_NAMES  # properties that have no effect here
    attributes: Mapping[str, str] = field(default_factory=lambda: {"Id": "{id}"})
    unique_name: str | None = None  # the property by which no two resources can have one name
    tags_are_map: bool = False  # otherwise a list of Key and Value

    def gaps(self, region: str, properties: Properties) -> list[str]:
        """What a resource of these properties needs that is not emulated, by name."""
        # A property that AWS does not know either is left to the schema (validation.py).
        return [
            f"the property {name} of {self.type}"
            for name in sorted(self.without_defaults(properties))
            if name not in self.supported | self.ignored
            and schemas.has_property(region, self.type, name)
        ]

    def without_defaults(self, properties: Properties) -> Properties:
        """The properties but those that are not emulated and ask for the default."""
        return {
            name: value
            for name, value in properties.items()
            if name in self.supported or not is_default(self.type, name, value)
        }

    def replaced_by(self, region: str, old: Properties, new: Properties) -> list[str]:
        """Properties whose change needs another resource in place of this one."""
        conditional = schemas.conditionally_replaced_by(region, self.type, old, new)
        return schemas.replaced_by(region, self.type, old, new) + conditional

    def create(self, context: ResourceContext) -> None:
        """Create the resource, and tell ``context.created`` its physical id, which is its Ref."""
        raise NotImplementedError

    def read_attributes(self, context: ResourceContext) -> Properties:
        """What GetAtt gives, by attribute."""
        return {name: expand(template, context) for name, template in self.attributes.items()}

    def update(self, context: ResourceContext) -> None:
        """Change it in place, or refuse before anything is changed."""
        # A change that makes another resource of it sets ``context.physical_id``.
        self.refuse(context.changes())

    def restore(self, context: ResourceContext) -> None:
        """Take back an update, which may have failed half-way: back to ``context.properties``."""
        self.update(context)

    def delete(self, context: ResourceContext) -> None:
        """Delete it; it is no error if it does not exist any more."""
        raise NotImplementedError

    def refuse(self, names: Iterable[str]) -> None:
        """Refuse to change these properties, if there are any."""
        if listed := ", ".join(sorted(names)):
            raise not_emulated(f"changing {listed} of {self.type}")


def expand(template: str, context: ResourceContext) -> str:
    """The template with what is known of the resource; see ``ResourceProvider``."""
    identifier = context.physical_id
    parent, _, number = identifier.rpartition(":")
    values = {
        "id": identifier,
        "name": identifier.rpartition("/")[2].rpartition(":")[2],
        "parent": parent,
        "number": number,
        "region": context.region,
        "account": ACCOUNT_ID,
    }
    return template.format_map(_Blanks({**context.properties, **values}))
