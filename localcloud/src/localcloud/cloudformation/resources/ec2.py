"""Amazon EC2: networks, their endpoints and security groups."""

from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import (
    Properties,
    ResourceContext,
    error_code,
    names,
    pick,
)
from localcloud.iam.policy import FULL_ACCESS


@dataclass(frozen=True, kw_only=True)
class Ec2Resource(ApiResource):
    """``tag_type`` is what a create call names the resource's type when it tags it."""

    service: str = "ec2"
    tag_type: str
    tagging: Tagging | None = field(
        default_factory=lambda: Tagging("Resources", tag="create_tags", untag="delete_tags")
    )

    def api_properties(self, context: ResourceContext) -> Properties:
        tags = context.properties.get("Tags")
        specification = {"ResourceType": self.tag_type, "Tags": tags}
        return {**context.properties, **({"TagSpecifications": [specification]} if tags else {})}


class InterfacePlace(Ec2Resource):
    """What network interfaces are in: CloudFormation tries again for 15 minutes.

    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1327
    """

    def delete(self, context: ResourceContext) -> None:
        for _ in range(_DELETE_ATTEMPTS):
            try:
                return super().delete(context)
            except ClientError as error:
                if error_code(error) != "DependencyViolation":
                    raise
            context.cloud.clock.sleep(_DELETE_SECONDS)
        return super().delete(context)


_DELETE_ATTEMPTS, _DELETE_SECONDS = 30, 30.0


class Vpc(Ec2Resource):
    def read_attributes(self, context: ResourceContext) -> Properties:
        ec2 = self.client(context)
        in_vpc = {"Name": "vpc-id", "Values": [context.physical_id]}
        default = {"Name": "group-name", "Values": ["default"]}
        groups = ec2.describe_security_groups(Filters=[in_vpc, default])["SecurityGroups"]
        acls = ec2.describe_network_acls(Filters=[in_vpc])["NetworkAcls"]
        return {
            **super().read_attributes(context),
            "DefaultSecurityGroup": groups[0]["GroupId"] if groups else "",
            "DefaultNetworkAcl": acls[0]["NetworkAclId"] if acls else "",
        }


class VpcEndpoint(Ec2Resource):
    def set_children(self, context: ResourceContext) -> None:
        """Add and remove what the endpoint is connected to, which an update takes as changes."""
        changes = {}
        for name in ("RouteTableIds", "SubnetIds", "SecurityGroupIds"):
            changes[f"Remove{name}"], changes[f"Add{name}"] = context.difference(name)
        changes = {name: ids for name, ids in changes.items() if ids}
        if context.previous and changes:
            self.client(context).modify_vpc_endpoint(VpcEndpointId=context.physical_id, **changes)


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
    Vpc(
        type="AWS::EC2::VPC",
        supported=names("CidrBlock EnableDnsHostnames EnableDnsSupport Tags"),
        tag_type="vpc",
        calls=Calls("create_vpc", "delete_vpc", "describe_vpcs"),
        missing="InvalidVpcID.NotFound",
        key="VpcId",
        updates=(
            Update("modify_vpc_attribute", "EnableDnsSupport", {"EnableDnsSupport": True}),
            Update("modify_vpc_attribute", "EnableDnsHostnames", {"EnableDnsHostnames": False}),
        ),
        described="Vpcs[0]",
    ),
    InterfacePlace(
        type="AWS::EC2::Subnet",
        supported=names("AvailabilityZone CidrBlock MapPublicIpOnLaunch Tags VpcId"),
        tag_type="subnet",
        calls=Calls("create_subnet", "delete_subnet", "describe_subnets"),
        missing="InvalidSubnetID.NotFound",
        key="SubnetId",
        updates=(Update("modify_subnet_attribute", defaults={"MapPublicIpOnLaunch": False}),),
        described="Subnets[0]",
    ),
    Ec2Resource(
        type="AWS::EC2::RouteTable",
        supported=names("Tags VpcId"),
        tag_type="route-table",
        calls=Calls("create_route_table", "delete_route_table"),
        missing="InvalidRouteTableID.NotFound",
        key="RouteTableId",
    ),
    ApiResource(
        type="AWS::EC2::SubnetRouteTableAssociation",
        supported=names("RouteTableId SubnetId"),
        calls=Calls("associate_route_table", "disassociate_route_table"),
        missing="InvalidAssociationID.NotFound",
        key="AssociationId",
    ),
    VpcEndpoint(
        type="AWS::EC2::VPCEndpoint",
        supported=names(
            "PolicyDocument PrivateDnsEnabled RouteTableIds SecurityGroupIds ServiceName SubnetIds "
            "Tags VpcEndpointType VpcId"
        ),
        tag_type="vpc-endpoint",
        calls=Calls("create_vpc_endpoint", "delete_vpc_endpoints", "describe_vpc_endpoints"),
        missing="InvalidVpcEndpointId.NotFound",
        key="VpcEndpointId",
        updates=(
            Update(
                "modify_vpc_endpoint",
                "PolicyDocument PrivateDnsEnabled",
                # For this ModifyVpcEndpoint has ResetPolicy, which moto does not have.
                {"PolicyDocument": FULL_ACCESS, "PrivateDnsEnabled": False},
            ),
        ),
        also_changeable=names("RouteTableIds SubnetIds SecurityGroupIds"),
        described=(
            "VpcEndpoints[0].{CreationTimestamp: CreationTimestamp, "
            "DnsEntries: DnsEntries[].join(':', [HostedZoneId || '', DnsName]) || `[]`, "
            "NetworkInterfaceIds: NetworkInterfaceIds || `[]`}"
        ),
    ),
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
