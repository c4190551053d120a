"""The check of calls from inside a VPC: is there a route, and does its endpoint allow them?"""

import logging

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.cloud import Cloud
from localcloud.gateway.clients import Clients
from localcloud.gateway.errors import not_emulated
from localcloud.gateway.gateway import ConnectionCut, Gateway
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.ledger import Ledger
from localcloud.gateway.principals import Principal
from localcloud.iam.authority import Authority
from localcloud.iam.context import Context, Keys
from localcloud.iam.evaluate import consult
from localcloud.iam.permissions import required_permissions
from localcloud.iam.refusals import refuse
from localcloud.network.hosts import endpoint_service
from localcloud.network.routing import NoRoute, Origin, find_route
from localcloud.network.topology import Endpoint, Topology
from localcloud.usage.units import ENDPOINT_BYTES

log = logging.getLogger(__name__)

_READS = ("Describe", "Get", "List", "Search")


class EgressCheck:
    """Cuts connections that have no route. On AWS they hang until the caller gives up."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        # Descriptions of EC2 pass neither checks, such as an outage, nor the ledger of calls.
        unchecked = Gateway(cloud.principals, Ledger(), cloud.clock)
        self._ec2 = Clients(unchecked, cloud.principals)
        self._topologies: dict[str, Topology] = {}
        self._groups: dict[str, tuple[str, ...] | None] = {}
        self._routes: dict[tuple[Origin, str | None], Endpoint | str] = {}

    def __call__(self, call: Call) -> None:
        principal = call.principal
        if not principal.subnet_ids or call.request.presigned:
            return
        route = self.route(call)
        if isinstance(route, str):
            log.warning(
                "no route out of the VPC", extra={"host": call.request.host, "reason": route}
            )
            raise ConnectionCut(f"{call.request.host}: {route}")
        self._check_endpoint_policy(call, route)

    def route(self, call: Call) -> Endpoint | str:
        """The endpoint through which a call leaves its VPC, or the reason why there is none."""
        origin, service = self._origin(call.principal), endpoint_service(call)
        routes = self._routes  # a change in EC2 meanwhile starts a new cache
        if (origin, service) not in routes:
            try:
                route: Endpoint | str = find_route(self._topology(origin.region), origin, service)
            except NoRoute as error:
                route = str(error)  # the exception itself would keep its frames alive
            routes[origin, service] = route
        return routes[origin, service]

    def count_bytes(self, call: Call, response: Response) -> None:
        """Count what goes through interface endpoints, without headers; gateways are free."""
        if not call.principal.subnet_ids or call.request.presigned:
            return
        route = self.route(call)
        if not isinstance(route, str) and not route.is_gateway:
            size = len(call.request.body) + len(response.body)
            self._cloud.usage.add(ENDPOINT_BYTES, call.region, route.service, size)

    def source_keys(self, call: Call) -> Keys:
        """aws:SourceVpce and aws:SourceVpc, which exist only for calls through an endpoint."""
        if not call.principal.subnet_ids or call.request.presigned:
            return {}
        route = self.route(call)
        if isinstance(route, str):
            return {}
        return {"aws:SourceVpce": route.id, "aws:SourceVpc": route.vpc}

    def forget_network(self, call: Call, _response: Response) -> None:
        if not call.name.startswith(_READS):
            self._topologies = {}
            self._routes = {}

    def forget_functions(self, call: Call, _response: Response) -> None:
        if call.name in ("UpdateFunctionConfiguration", "DeleteFunction"):
            self._groups.clear()

    def _topology(self, region: str) -> Topology:
        topologies = self._topologies
        if region not in topologies:
            topologies[region] = Topology(self._ec2.client("ec2", region))
        return topologies[region]

    def _origin(self, principal: Principal) -> Origin:
        if principal.function_arn is None:
            raise not_emulated("a caller in a VPC that is not a function")
        region = principal.function_arn.split(":")[3]
        return Origin(region, principal.subnet_ids, self._groups_of(principal.function_arn, region))

    def _groups_of(self, function: str, region: str) -> tuple[str, ...] | None:
        if function not in self._groups:
            client = self._cloud.clients.client("lambda", region)
            try:
                config = client.get_function_configuration(FunctionName=function)
            except (ClientError, BotoCoreError):
                return None
            self._groups[function] = tuple(config.get("VpcConfig", {}).get("SecurityGroupIds", ()))
        return self._groups[function]

    def _check_endpoint_policy(self, call: Call, endpoint: Endpoint) -> None:
        """https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"""
        authority = self._cloud.get(Authority)
        for permission in required_permissions(call):
            if _is_asked_elsewhere(call, permission.action):
                continue
            context = Context(
                lambda: authority.keys_of(call.principal),
                permission.keys,
                lambda: self.source_keys(call),
                lambda: {"aws:RequestedRegion": call.region, "aws:SecureTransport": "true"},
            )
            action, resource = permission.action, permission.resource
            verdict = consult([endpoint.policy], call.principal, action, resource, context)
            if verdict.is_denied:
                refuse(call, permission, "with an explicit deny in a VPC endpoint policy")
            elif not verdict.allows:
                reason = f"because no VPC endpoint policy allows the {action} action"
                refuse(call, permission, reason)


def _is_asked_elsewhere(call: Call, action: str) -> bool:
    """IAM checks the passing of a role; a service that uses a key calls KMS itself.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    return action == "iam:PassRole" or (action.startswith("kms:") and call.service != "kms")
