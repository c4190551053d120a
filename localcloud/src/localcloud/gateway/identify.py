"""Finds service, Region and operation of a request by host, signature and botocore's models."""

import re
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from typing import Any

from botocore.awsrequest import HeadersDict
from moto.core.model import OperationModel
from moto.core.request import Request as MotoRequest
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import MethodNotAllowed, NotFound

from localcloud.gateway.authorization import Authorization
from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Request
from localcloud.gateway.moto_request import moto_request
from localcloud.gateway.parse import moto_input, parameters, plain_input
from localcloud.gateway.principals import Principal
from localcloud.gateway.protocols import default_protocol, protocol_of

# The service in a signature's scope → botocore's name of it, where they differ.
_BY_SIGNING_NAME = {
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "states": "stepfunctions",
}
_SCOPE = re.compile(r"[^/]+/\d{8}/(?:([a-z0-9-]+)/)?([A-Za-z0-9-]+)/aws4_request")
_HOST = re.compile(
    r"^(?:.+?\.)??(?P<service>[a-z0-9-]+?)(?:-fips)?(?:\.dualstack)?"
    r"(?:[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.(?:amazonaws\.com|api\.aws)$"
)
# The service in a signature's scope, by the one in the host, where they differ.
_SIGNING_NAMES = {
    "ddb": "dynamodb",
    "email": "ses",
    "s3-accesspoint": "s3",
    "s3-control": "s3",
    "s3-global": "s3",
    "sync-states": "states",
}
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
        return moto_request(self.request, self.service, self.protocol)

    def moto_request_of(self, body: bytes) -> MotoRequest:
        """The same request with another body, which is not zipped."""
        headers = HeadersDict(self.request.headers.items())
        headers.pop("Content-Encoding", None)
        request = replace(self.request, body=body, headers=headers)
        return moto_request(request, self.service, self.protocol)

    @cached_property
    def protocol(self) -> str:
        return protocol_of(self.service, self.request) or default_protocol(self.service)

    @cached_property
    def params(self) -> dict[str, Any]:
        """The operation's input, as botocore's model names it. Raises ApiError if malformed."""
        assert self.operation is not None, "a call without a model has no parameters"  # noqa: S101 - programmer error
        is_plain = "json" in self.protocol and not self.request.header("Content-Encoding")
        content = plain_input(self.request) if is_plain else moto_input(self.moto_request)
        return parameters(self.operation, self.protocol, content, self.path_params)


def identify(request: Request, principal: Principal) -> Call:
    """The call that ``request`` makes; its operation is None if no model knows it."""
    signing_name, region = _service_and_region(request)
    service = _BY_SIGNING_NAME.get(signing_name, signing_name)
    if service == "ses" and request.parts.path.startswith("/v2/"):
        service = "sesv2"
    if service == "apigateway" and request.parts.path.startswith("/v2/"):
        service = "apigatewayv2"
    if service == "dynamodb" and request.header("X-Amz-Target").startswith("DynamoDBStreams"):
        service = "dynamodbstreams"
    if service == "s3" and "s3-control" in request.host:
        service = "s3control"
    call = Call(request, service, region, principal)
    call.operation, call.path_params = _operation(call)
    return call


def expected_scope(request: Request) -> tuple[str | None, str]:
    """The Region and the service that a signature of the request has to name.

    The Region is None at the global host of S3: it is that of the bucket.
    """
    host = _HOST.match(request.host)
    service, region = (host["service"], host["region"]) if host else ("unknown", None)
    service = _SIGNING_NAMES.get(service, service)
    return region or (None if service == "s3" else _GLOBAL_REGION), service


def _service_and_region(request: Request) -> tuple[str, str]:
    """By the host; by the scope of the signature where the host does not tell."""
    region, service = expected_scope(request)
    authorization = Authorization.of(request)
    scope = _SCOPE.fullmatch(authorization.credential) if authorization else None
    if scope and service == "unknown":
        return scope[2].lower(), scope[1] or _GLOBAL_REGION
    return service, region or (scope and scope[1]) or _GLOBAL_REGION


def _operation(call: Call) -> tuple[OperationModel | None, dict[str, Any]]:
    protocol = protocol_of(call.service, call.request)
    if protocol is None:
        return None, {}
    try:
        target = call.request.header("X-Amz-Target")
        if protocol == "json" and (operation := _by_target(call.service).get(target)):
            return operation, {}
        if call.service == "lambda":
            operation, path_params = _of_lambda(call.request.method, call.request.url)
            return operation, dict(path_params)
        return get_service_router(call.service).match(call.moto_request)
    except (NotFound, MethodNotAllowed, UnicodeError):  # the last for a host such as xn--a
        return None, {}


@lru_cache(maxsize=1024)
def _of_lambda(method: str, url: str) -> tuple[OperationModel, dict[str, Any]]:
    """The operations of Lambda differ by method and URL alone, and few URLs are called often."""
    request = Request(method, url, HeadersDict())
    return get_service_router("lambda").match(moto_request(request, "lambda", "rest-json"))


@cache
def _by_target(service: str) -> dict[str, OperationModel]:
    """Operations of JSON protocols; moto's router needs a request built for it to find them."""
    model = get_service_model(service)
    prefix = model.metadata.get("targetPrefix")
    names = model.operation_names if prefix else ()
    return {f"{prefix}.{name}": model.operation_model(name) for name in names}
