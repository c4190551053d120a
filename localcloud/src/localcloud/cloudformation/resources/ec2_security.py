"""Amazon EC2: security groups and their rules."""

from __future__ import annotations

import json
from typing import Any

from localcloud.cloudformation.resources.ec2 import retag, tagged
from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    given,
    gone,
    names,
)

_ANYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def _permission(rule: Props) -> Props:
    """A rule as EC2's API words it."""
    made: Props = {"IpProtocol": str(rule["IpProtocol"]), **given(rule, "FromPort", "ToPort")}
    said = given(rule, "Description")
    if "CidrIp" in rule:
        made["IpRanges"] = [{"CidrIp": rule["CidrIp"], **said}]
    if "CidrIpv6" in rule:
        made["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **said}]
    for name in ("SourcePrefixListId", "DestinationPrefixListId"):
        if name in rule:
            made["PrefixListIds"] = [{"PrefixListId": rule[name], **said}]
    for name in ("SourceSecurityGroupId", "DestinationSecurityGroupId"):
        if name in rule:
            made["UserIdGroupPairs"] = [{"GroupId": rule[name], **said}]
    return made


class SecurityGroup(ResourceType):
    type = "AWS::EC2::SecurityGroup"
    named_by = "GroupName"
    consumes = names(
        "GroupDescription GroupName SecurityGroupEgress SecurityGroupIngress Tags VpcId"
    )

    def create(self, site: Site, props: Props) -> str:
        ec2 = site.client("ec2")
        made = ec2.create_security_group(
            GroupName=props.get("GroupName") or site.name(255),
            Description=props["GroupDescription"],
            **given(props, "VpcId"),
            **tagged("security-group", props),
        )
        group: str = site.created(made["GroupId"])
        if props.get("SecurityGroupEgress"):
            # "If you specify an egress rule, the default rule, which allows all, is removed."
            ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[_ANYWHERE])
        self._set_rules(ec2, group, {}, props)
        return group

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"GroupId": physical_id, "Id": physical_id, "VpcId": props.get("VpcId", "")}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        ec2 = site.client("ec2")
        had, has = bool(old.get("SecurityGroupEgress")), bool(new.get("SecurityGroupEgress"))
        if has and not had:
            ec2.revoke_security_group_egress(GroupId=physical_id, IpPermissions=[_ANYWHERE])
        self._set_rules(ec2, physical_id, old, new)
        if had and not has:
            ec2.authorize_security_group_egress(GroupId=physical_id, IpPermissions=[_ANYWHERE])
        if changed(old, new, "Tags"):
            retag(ec2, physical_id, old, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(
            site.client("ec2").delete_security_group,
            "InvalidGroup.NotFound",
            GroupId=physical_id,
        )

    def _set_rules(self, ec2: Any, group: str, old: Props, new: Props) -> None:
        for direction in ("ingress", "egress"):
            key = f"SecurityGroup{direction.title()}"
            before = {json.dumps(rule, sort_keys=True): rule for rule in old.get(key, [])}
            after = {json.dumps(rule, sort_keys=True): rule for rule in new.get(key, [])}
            revoke = getattr(ec2, f"revoke_security_group_{direction}")
            authorize = getattr(ec2, f"authorize_security_group_{direction}")
            for rule in before.keys() - after.keys():
                revoke(GroupId=group, IpPermissions=[_permission(before[rule])])
            for rule, value in after.items():
                if rule not in before:
                    authorize(GroupId=group, IpPermissions=[_permission(value)])


class _Rule(ResourceType):
    direction: str
    consumes = names(
        "CidrIp CidrIpv6 Description DestinationPrefixListId DestinationSecurityGroupId FromPort "
        "GroupId IpProtocol SourcePrefixListId SourceSecurityGroupId ToPort"
    )

    def create(self, site: Site, props: Props) -> str:
        authorize = getattr(site.client("ec2"), f"authorize_security_group_{self.direction}")
        answer = authorize(GroupId=props["GroupId"], IpPermissions=[_permission(props)])
        rules = answer.get("SecurityGroupRules") or []
        return str(rules[0]["SecurityGroupRuleId"]) if rules else site.name()

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"Id": physical_id}

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        revoke = getattr(site.client("ec2"), f"revoke_security_group_{self.direction}")
        gone(
            revoke,
            "InvalidGroup.NotFound",
            "InvalidPermission.NotFound",
            GroupId=props["GroupId"],
            IpPermissions=[_permission(props)],
        )


class Ingress(_Rule):
    type = "AWS::EC2::SecurityGroupIngress"
    direction = "ingress"


class Egress(_Rule):
    type = "AWS::EC2::SecurityGroupEgress"
    direction = "egress"


TYPES = (SecurityGroup, Ingress, Egress)
