"""The members of HTTP APIs that are emulated; None: with any value."""

from collections.abc import Mapping
from typing import Any

from localcloud.gateway.errors import not_emulated

Supported = Mapping[str, tuple[Any, ...] | None]

API: Supported = {
    "Description": None,
    "DisableExecuteApiEndpoint": None,
    "IpAddressType": ("ipv4",),
    "Name": None,
    "ProtocolType": ("HTTP",),
    "RouteSelectionExpression": ("${request.method} ${request.path}",),
    "Tags": None,
    "Version": None,
}
INTEGRATION: Supported = {
    "ApiId": None,
    "ConnectionType": ("INTERNET",),
    "Description": None,
    "IntegrationMethod": ("POST",),
    "IntegrationType": ("AWS_PROXY",),
    "IntegrationUri": None,
    "PayloadFormatVersion": ("2.0",),
    "TimeoutInMillis": None,
}
ROUTE: Supported = {
    "ApiId": None,
    "ApiKeyRequired": (False,),
    "AuthorizationType": ("AWS_IAM", "NONE"),
    "OperationName": None,
    "RouteKey": None,
    "Target": None,
}
STAGE: Supported = {
    "AccessLogSettings": None,
    "ApiId": None,
    "AutoDeploy": (True,),
    "DefaultRouteSettings": None,
    "Description": None,
    "StageName": None,
    "Tags": None,
}
# Of DefaultRouteSettings.
ROUTE_SETTINGS: Supported = {
    "DetailedMetricsEnabled": (False,),
    "ThrottlingBurstLimit": None,
    "ThrottlingRateLimit": None,
}


def gaps(kind: str, members: Mapping[str, Any], supported: Supported) -> list[str]:
    """What of these members is not emulated, by name."""
    named = []
    for name, value in members.items():
        if name not in supported:
            named.append(f"{name} of an HTTP API's {kind}")
        elif (values := supported[name]) and value not in values:
            named.append(f"{name} {value} of an HTTP API's {kind}")
    return named


def require_supported(kind: str, members: Mapping[str, Any], supported: Supported) -> None:
    if named := gaps(kind, members, supported):
        raise not_emulated(", ".join(named))
