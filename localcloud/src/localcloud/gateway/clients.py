"""boto3 clients whose requests go straight to the gateway, without sockets."""

import io
import threading
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from localcloud.gateway.gateway import ConnectionCut, Gateway
from localcloud.gateway.http import Request
from localcloud.gateway.models import new_session
from localcloud.gateway.principals import Principal, Principals

_CONFIG = Config(retries={"max_attempts": 0}, parameter_validation=True)


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Any:
        while chunk := self.read(1 << 16):
            yield chunk


class Clients:
    """Clients by service, Region and principal, kept because making one takes tens of ms."""

    def __init__(self, gateway: Gateway, principals: Principals) -> None:
        self._gateway = gateway
        self._principals = principals
        self._session = new_session()
        self._clients: dict[tuple[str, str, Principal], Any] = {}
        self._lock = threading.RLock()

    def client(self, service: str, region: str, principal: Principal | None = None) -> Any:
        """A botocore client that calls as ``principal`` (by default the operator)."""
        principal = principal or self._principals.admin
        key = (service, region, principal)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._make(service, region, principal)
            return self._clients[key]

    def _make(self, service: str, region: str, principal: Principal) -> Any:
        if principal.is_admin:
            keys = self._principals.admin_credentials
        else:
            keys = self._principals.issue(principal)
        client = self._session.create_client(
            service,
            region_name=region,
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
            aws_session_token=keys.token,
            config=_CONFIG,
        )
        client.meta.events.register_first("before-send", self._send)  # type: ignore[arg-type]  # its stub forgets that a handler may respond
        return client

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        try:
            return send(self._gateway, request)
        except ConnectionCut as cut:
            raise EndpointConnectionError(endpoint_url=request.url, error=cut) from cut


def send(gateway: Gateway, request: AWSPreparedRequest) -> AWSResponse:
    """Hand botocore's request to the gateway. Raises ConnectionCut."""
    headers = HeadersDict()
    for name, value in request.headers.items():
        headers[name] = value.decode() if isinstance(value, bytes) else value
    body = request.body or b""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        body = body.encode()
    response = gateway.handle(Request(str(request.method), str(request.url), headers, bytes(body)))
    received = HeadersDict(response.headers)
    return AWSResponse(request.url, response.status, received, _Raw(response.body))  # type: ignore[arg-type]  # botocore reads it like urllib3's
