"""What the kinds of operations share."""

from datetime import UTC, datetime
from typing import Any

from localcloud.cloud import Cloud
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.paging import Pager
from localcloud.gateway.service import Service
from localcloud.lambda_.arns import parse_function
from localcloud.lambda_.invocation import Lambda
from localcloud.lambda_.model import Function
from localcloud.lambda_.network_interfaces import NetworkInterfaces
from localcloud.lambda_.packages import Packages
from localcloud.lambda_.permissions import RoleChecks


class ApiBase(Service):
    service = "lambda"
    pager = Pager(50, "InvalidParameterValueException", "The marker {token} is not valid.")

    def __init__(self, cloud: Cloud, lambda_service: Lambda, packages: Packages) -> None:
        self._lambda = lambda_service
        self._registry = lambda_service.registry
        self._clients = cloud.clients
        self._packages = packages
        self._roles = RoleChecks(cloud)
        self._quotas = cloud.settings.quotas
        self._clock = cloud.clock
        self._interfaces = NetworkInterfaces(cloud)
        cloud.gateway.register("ec2", self._interfaces)

    def _find(self, call: Call, params: dict[str, Any]) -> Function:
        ref = parse_function(params["FunctionName"], call.region, params.get("Qualifier"))
        return self._registry.function(ref)


def timestamp() -> str:
    """Return the time now, in the form of LastModified and CreatedDate."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def no_content() -> Response:
    return Response(204, {}, b"")
