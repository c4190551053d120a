"""Finds service, Region and operation of a request by host, signature and botocore's models."""

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from botocore.exceptions import UnknownServiceError
from moto.core.model import OperationModel
from moto.core.request import Request as MotoRequest
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import MethodNotAllowed, NotFound

from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Request
from localcloud.gateway.moto_request import moto_request
from localcloud.gateway.parse import parameters
from localcloud.gateway.principals import Principal

# The service in a signature's scope → botocore's name of it, where they differ.
_BY_SIGNING_NAME = {
    "email": "ses",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "states": "stepfunctions",
}
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?:([a-z0-9-]+)/)?([A-Za-z0-9-]+)/aws4_request")
_HOST = re.compile(
    r"^(?:(?P<prefix>.+?)\.)??(?P<service>[a-z0-9-]+?)"
    r"(?:[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.(?:amazonaws\.com|api\.aws)$"
)
_HOST_SERVICES = {"sync-states": "states", "s3-control": "s3control"}
_GLOBAL_REGION = "us-east-1"


@dataclass
class Call:
    """One API call on its way through the gateway."""

    request: Request
    service: str  # botocore's name: s3, dynamodb, stepfunctions, lambda … or execute-api
    region: str
    principal: Principal
    operation: OperationModel | None = None
    path_params: dict[str, Any] = field(default_factory=dict)
    # By number: the parts of a call of several parts that the caller may not do.
    refused_parts: dict[int, ApiError] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The operation, as in ``PutItem``; the HTTP method where there is no model."""
        return str(self.operation.name) if self.operation else self.request.method

    @property
    def action(self) -> str:
        """``service:Operation`` for the ledger."""
        return f"{self.service}:{self.name}"

    @cached_property
    def moto_request(self) -> MotoRequest:
        has_form = bool(_protocols(self.service) & {"query", "ec2"})
        return moto_request(self.request, inflate=self.service != "s3", has_form=has_form)

    @cached_property
    def protocol(self) -> str:
        if self.operation is None:
            return "rest-json"
        model = self.operation.service_model
        try:
            return determine_request_protocol(model, self.moto_request.content_type)
        except NotImplementedError:  # the content type of another protocol
            return model.resolved_protocol

    @cached_property
    def params(self) -> dict[str, Any]:
        """The operation's input, as botocore's model names it. Raises ApiError if malformed."""
        assert self.operation is not None, "a call without a model has no parameters"  # noqa: S101 - programmer error
        return parameters(self.operation, self.protocol, self.moto_request, self.path_params)


def identify(request: Request, principal: Principal) -> Call:
    """The call that ``request`` makes; its operation is None if no model knows it."""
    signing_name, region = _service_and_region(request)
    service = _BY_SIGNING_NAME.get(signing_name, signing_name)
    if service == "ses" and request.parts.path.startswith("/v2/"):
        service = "sesv2"
    if service == "dynamodb" and request.header("X-Amz-Target").startswith("DynamoDBStreams"):
        service = "dynamodbstreams"
    if service == "s3" and "s3-control" in request.host:
        service = "s3control"
    call = Call(request, service, region, principal)
    call.operation, call.path_params = _operation(call)
    return call


def _service_and_region(request: Request) -> tuple[str, str]:
    scope = _SCOPE.search(request.header("Authorization"))
    if scope is None and (presigned := request.query.get("X-Amz-Credential")):
        scope = _SCOPE.search("Credential=" + presigned[0])
    by_host = _HOST.match(request.host)
    host_region = by_host["region"] if by_host else None
    if scope:
        return scope[2].lower(), scope[1] or host_region or _GLOBAL_REGION
    service = by_host["service"] if by_host else "unknown"
    return _HOST_SERVICES.get(service, service), host_region or _GLOBAL_REGION


def _operation(call: Call) -> tuple[OperationModel | None, dict[str, Any]]:
    if call.service == "execute-api":
        return None, {}
    try:
        target = call.request.header("X-Amz-Target")
        if target and (operation := _by_target(call.service).get(target)):
            return operation, {}
        return get_service_router(call.service).match(call.moto_request)
    except (NotFound, MethodNotAllowed, UnicodeError):  # the last for a host such as xn--a
        return None, {}
    except UnknownServiceError:
        return None, {}


@cache
def _protocols(service: str) -> frozenset[str]:
    """The protocols of the service's model; none of a service without a model."""
    try:
        model = get_service_model(service)
    except UnknownServiceError:
        return frozenset()
    return frozenset(model.metadata.get("protocols", [model.protocol]))


@cache
def _by_target(service: str) -> dict[str, OperationModel]:
    """Operations of JSON protocols; moto's router needs a request built for it to find them."""
    model = get_service_model(service)
    prefix = model.metadata.get("targetPrefix")
    names = model.operation_names if prefix else ()
    return {f"{prefix}.{name}": model.operation_model(name) for name in names}
