"""Amazon EC2: security groups, with their rules."""

from localcloud.cloudformation.resources.api_calls import Calls
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names, pick
from localcloud.cloudformation.resources.ec2 import InterfacePlace

_ALL_TRAFFIC = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
# A rule's property for the other end → (the member of IpPermissions, the member in it).
_PEERS = {
    "CidrIp": ("IpRanges", "CidrIp"),
    "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "SourcePrefixListId": ("PrefixListIds", "PrefixListId"),
    "DestinationPrefixListId": ("PrefixListIds", "PrefixListId"),
    "SourceSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    "DestinationSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}


def _permission(rule: Properties) -> Properties:
    """A rule as an item of IpPermissions."""
    permission = {"IpProtocol": str(rule["IpProtocol"]), **pick(rule, "FromPort", "ToPort")}
    for name, (ranges, member) in _PEERS.items():
        if name in rule:
            permission[ranges] = [{member: rule[name], **pick(rule, "Description")}]
    return permission


class SecurityGroup(InterfacePlace):
    def set_children(self, context: ResourceContext) -> None:
        """Set the rules. A group without egress rules of its own has one that allows all."""
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
        ec2, group = self.client(context), context.physical_id
        had_egress = bool(context.previous.get("SecurityGroupEgress"))
        has_egress = bool(context.properties.get("SecurityGroupEgress"))
        if has_egress and not had_egress:
            ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[_ALL_TRAFFIC])
        for direction in ("ingress", "egress"):
            removed, added = context.difference(f"SecurityGroup{direction.title()}")
            for verb, rules in (("revoke", removed), ("authorize", added)):
                call = getattr(ec2, f"{verb}_security_group_{direction}")
                for rule in rules:
                    call(GroupId=group, IpPermissions=[_permission(rule)])
        if had_egress and not has_egress:
            ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[_ALL_TRAFFIC])


PROVIDERS = (
    SecurityGroup(
        type="AWS::EC2::SecurityGroup",
        supported=names(
            "GroupDescription GroupName SecurityGroupEgress SecurityGroupIngress Tags VpcId"
        ),
        tag_type="security-group",
        calls=Calls("create_security_group", "delete_security_group"),
        missing="InvalidGroup.NotFound",
        key="GroupId",
        unique_name="GroupName",
        renamed={"GroupDescription": "Description"},
        also_changeable=names("SecurityGroupEgress SecurityGroupIngress"),
        attributes={"GroupId": "{id}", "Id": "{id}", "VpcId": "{VpcId}"},
    ),
)
