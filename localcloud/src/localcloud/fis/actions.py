"""The actions of experiments: their parameters, targets and effects.

https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html

aws:network:disrupt-connectivity stands for a network ACL that denies traffic of the subnets.
Traffic within a subnet passes: "this option allows intra-subnet traffic". An interface endpoint,
such as a Multi-Region Access Point's, has an address in the VPC: denied address ranges of S3 or
DynamoDB do not concern it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from localcloud.faults import Cut, Faults
from localcloud.faults.origin import subnet_of
from localcloud.fis.role import Run, Undo
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.network import EgressCheck
from localcloud.network.topology import Endpoint

_SCOPES = {
    "all", "availability-zone", "dynamodb", "prefix-list", "s3", "s3express", "vpc",
}  # fmt: skip
_EMULATED = {"all", "dynamodb", "s3", "vpc"}


def _check(parameters: dict[str, str]) -> None:
    scope = parameters["scope"]
    if scope not in _SCOPES:
        raise ApiError("ValidationException", f"The value {scope} of scope is not valid.", 400)
    if scope not in _EMULATED:
        raise not_emulated(f"the scope {scope} of aws:network:disrupt-connectivity")


def _begin(run: Run) -> Undo:
    _check_permissions(run)
    subnets = frozenset(arn.rsplit("/", 1)[-1] for arn in run.targets)
    egress = run.cloud.find(EgressCheck)
    disruption = Disruption(subnets, run.parameters["scope"], run.region, egress)
    faults = run.cloud.get(Faults)
    return partial(faults.remove, faults.add(disruption, Cut()))


def _check_permissions(run: Run) -> None:
    """By the actions reference, on resources as in AWSFaultInjectionSimulatorNetworkAccess."""
    tag = "managedByFIS"
    for action in ("ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DescribeNetworkAcls",
                   "ec2:DescribeManagedPrefixLists"):  # fmt: skip
        run.require(action, "*")
    run.require("ec2:CreateNetworkAcl", run.arn("vpc/*"))
    acl = run.arn("network-acl/*")
    run.require("ec2:CreateNetworkAcl", acl, **{f"aws__RequestTag/{tag}": "true"})
    tagging = {f"aws__RequestTag/{tag}": "true", "ec2__CreateAction": "CreateNetworkAcl"}
    run.require("ec2:CreateTags", acl, **tagging)
    for action in ("ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAcl"):
        run.require(action, acl, **{f"ec2__ResourceTag/{tag}": "true"})
    if run.parameters["scope"] in ("s3", "dynamodb"):
        run.require("ec2:GetManagedPrefixListEntries", run.arn("prefix-list/*"))
    for subnet in run.targets:
        run.require("ec2:ReplaceNetworkAclAssociation", subnet)
    run.require("ec2:ReplaceNetworkAclAssociation", acl)


@dataclass(frozen=True)
class Disruption:
    subnets: frozenset[str]
    scope: str
    region: str
    egress: EgressCheck | None

    def covers(self, call: Call) -> bool:
        subnet = subnet_of(call)
        if subnet not in self.subnets or subnet is None:
            return False
        endpoint = self._endpoint(call)
        if self.scope in ("s3", "dynamodb"):
            is_denied = call.service == self.scope and call.region == self.region
            has_interface = endpoint is not None and not endpoint.is_gateway
            return is_denied and not call.request.via and not has_interface
        if endpoint is None or endpoint.is_gateway:
            return True
        return self.scope == "all" and subnet not in endpoint.subnets

    def _endpoint(self, call: Call) -> Endpoint | None:
        route = self.egress.route(call) if self.egress else None
        return route if isinstance(route, Endpoint) else None

    def __str__(self) -> str:
        return f"experiment: {self.scope} from {', '.join(sorted(self.subnets))}"


@dataclass(frozen=True)
class ActionKind:
    """``begin`` starts the effect; ``target``: its name in the action; ``check`` raises ApiError.

    ``more_parameters``: those beside the duration, and whether they are required.
    """

    begin: Callable[[Run], Undo]
    target: str | None = None
    more_parameters: Mapping[str, bool] = field(default_factory=dict)
    check: Callable[[dict[str, str]], None] = lambda _: None

    @property
    def parameters(self) -> dict[str, bool]:
        return {"duration": True, **self.more_parameters}


CATALOGUE = {
    "aws:fis:wait": ActionKind(lambda _: lambda: None),
    "aws:network:disrupt-connectivity": ActionKind(
        _begin, "Subnets", {"scope": True, "prefixListIdentifier": False}, _check
    ),
}
