"""execute-api: serves requests at the stages of HTTP APIs."""

import base64
import json
import math
import secrets
import threading
import time
from typing import Any, NamedTuple
from urllib.parse import unquote

from localcloud.apigatewayv2 import access_log, responses
from localcloud.apigatewayv2.integration import LambdaIntegration, TimedOut
from localcloud.apigatewayv2.model import Apis, HttpApi
from localcloud.apigatewayv2.request import (
    DEFAULT_STAGE,
    ApiRequest,
    Caller,
    event,
    variables,
)
from localcloud.apigatewayv2.responses import GatewayError
from localcloud.apigatewayv2.throttling import Throttle
from localcloud.cloud import Cloud
from localcloud.cloudwatch import cloudwatch_of
from localcloud.cloudwatch.metrics import Metric
from localcloud.gateway.errors import NOT_EMULATED, ApiError
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import Principal, access_key_of
from localcloud.iam import Authority, PermissionCheck
from localcloud.iam.permissions.model import Permission
from localcloud.lambda_.executor import Throttled
from localcloud.usage.units import HTTP_REQUESTS

_INCREMENT_BYTES = 512 * 1024
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
_MAX_BODY_BYTES = 10 * 1024 * 1024


class _Result(NamedTuple):
    """``latency``: milliseconds of the integration, if it was called."""

    response: Response | GatewayError
    latency: float | None = None


class DataPlane:
    """Handler of ``execute-api``; it checks the permission itself, where a route asks for it."""

    def __init__(self, cloud: Cloud, apis: Apis, integration: LambdaIntegration) -> None:
        self._cloud = cloud
        self._apis = apis
        self._integration = integration
        self._permission_check = cloud.find(PermissionCheck)
        self._throttle = Throttle(cloud.clock)
        cloudwatch = cloudwatch_of(cloud)
        self._metrics, self._logs = cloudwatch.metrics, cloudwatch.logs
        self._lock = threading.Lock()
        self._keys: dict[Principal, str] = {}

    def __call__(self, call: Call) -> Response:
        api = self._apis.of(call.region).get(call.request.host.split(".", 1)[0])
        if api is None:
            return responses.FORBIDDEN.response()
        request_id = base64.b64encode(secrets.token_bytes(11)).decode()
        response = self._serve(call, api, request_id)
        response.headers["apigw-requestid"] = request_id
        return response

    def _serve(self, call: Call, api: HttpApi, request_id: str) -> Response:
        start = time.monotonic()
        request = self._request(call, api, request_id)
        if request is None:
            return responses.NOT_FOUND.response()
        caller = self._caller(call)
        result = self._result(call, request, caller)
        error = result.response if isinstance(result.response, GatewayError) else None
        response = error.response() if error else result.response
        assert isinstance(response, Response)  # noqa: S101 - for mypy
        latency = (time.monotonic() - start) * 1000
        self._count(request, response, latency, result.latency)
        if settings := api.stages.get(request.stage, {}).get("AccessLogSettings"):
            values = variables(request, caller) | _outcome(response, error, latency, result.latency)
            stream = f"{api.id}-{request.stage.strip('$')}"
            access_log.write(self._logs, settings, stream, values)
        return response

    def _request(self, call: Call, api: HttpApi, request_id: str) -> ApiRequest | None:
        """None if no stage is for it."""
        if api.members.get("DisableExecuteApiEndpoint"):
            return None
        path = unquote(call.request.parts.path) or "/"
        stage = path.split("/")[1]
        if stage in api.stages and stage != DEFAULT_STAGE:
            path = path.removeprefix(f"/{stage}") or "/"
        else:
            stage = DEFAULT_STAGE
        if stage not in api.stages:
            return None
        return ApiRequest(
            http=call.request,
            region=call.region,
            api=api,
            stage=stage,
            match=api.router.match(call.request.method.upper(), path),
            request_id=request_id,
            time=self._cloud.clock.now(),
        )

    def _result(self, call: Call, request: ApiRequest, caller: Caller | None) -> _Result:
        if request.match is None:
            return _Result(responses.NOT_FOUND)
        if not self._is_admitted(request):
            return _Result(responses.TOO_MANY)
        is_open = request.match.route["AuthorizationType"] == "NONE"
        if not is_open and not self._is_authorized(call, request):
            return _Result(responses.FORBIDDEN)
        if len(request.http.body) > _MAX_BODY_BYTES:
            return _Result(responses.TOO_LARGE)
        integration = request.api.integration_of(request.match.route)
        if integration is None:
            return _Result(responses.REFUSED)
        self._count_usage(request)
        start = time.monotonic()
        response = self._call(integration, request, None if is_open else caller)
        return _Result(response, (time.monotonic() - start) * 1000)

    def _is_admitted(self, request: ApiRequest) -> bool:
        """By the stage's default settings, which count for each route on its own."""
        settings = request.api.stages[request.stage].get("DefaultRouteSettings") or {}
        rate, burst = settings.get("ThrottlingRateLimit"), settings.get("ThrottlingBurstLimit")
        if rate is None or burst is None:
            return True
        return self._throttle.admits(
            (request.api.id, request.stage, request.route_key), rate, burst
        )

    def _is_authorized(self, call: Call, request: ApiRequest) -> bool:
        if call.principal.is_anonymous:
            return False
        if self._permission_check is None:
            return True
        permission = Permission("execute-api:Invoke", request.invoked_arn)
        return self._permission_check.decide(call, permission).allowed

    def _call(
        self, integration: dict[str, Any], request: ApiRequest, caller: Caller | None
    ) -> Response | GatewayError:
        payload = json.dumps(event(request, caller), separators=(",", ":")).encode()
        try:
            result = self._integration.call(
                integration, payload, request.source_arn, request.region
            )
            if result.function_error:
                return responses.FAILED
            return responses.response_of(result.payload)
        except TimedOut:
            return responses.TIMED_OUT
        except responses.MalformedResponse:
            return responses.MALFORMED
        except Throttled:
            return responses.THROTTLED
        except ApiError as error:
            if error.code == NOT_EMULATED:
                raise
            return responses.REFUSED

    def _caller(self, call: Call) -> Caller | None:
        """Who signed; None for a request without a signature."""
        principal = call.principal
        if principal.is_anonymous:
            return None
        key = access_key_of(call.request)
        if key is None:  # a service of ours that calls without HTTP
            with self._lock:
                if principal not in self._keys:
                    self._keys[principal] = self._cloud.principals.issue(principal).access_key
                key = self._keys[principal]
        authority = self._cloud.find(Authority)
        user_id = authority.keys_of(principal).get("aws:userid") if authority else None
        return Caller(principal.arn, key, str(user_id) if user_id else None)

    def _count_usage(self, request: ApiRequest) -> None:
        """ "HTTP APIs are metered in 512 KB increments": https://aws.amazon.com/api-gateway/pricing/"""
        increments = max(1, math.ceil(len(request.http.body) / _INCREMENT_BYTES))
        name = str(request.api.members["Name"])
        self._cloud.usage.add(HTTP_REQUESTS, request.region, name, increments)

    def _count(
        self, request: ApiRequest, response: Response, latency: float, integration: float | None
    ) -> None:
        """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html"""
        size = len(request.http.body) + len(response.body)
        values: dict[str, tuple[float, str]] = {
            "Count": (1.0, "Count"),
            "4xx": (float(400 <= response.status < 500), "Count"),
            "5xx": (float(response.status >= 500), "Count"),
            "Latency": (latency, "Milliseconds"),
            "DataProcessed": (float(size), "Bytes"),
        }
        if integration is not None:
            values["IntegrationLatency"] = (integration, "Milliseconds")
        # AWS publishes them by ApiId alone, too; moto finds these by a part of their dimensions.
        dimensions = (("ApiId", request.api.id), ("Stage", request.stage))
        for name, (value, unit) in values.items():
            metric = Metric(request.region, "AWS/ApiGateway", name, unit, dimensions)
            self._metrics.add(metric, value)


def _outcome(
    response: Response, error: GatewayError | None, latency: float, integration: float | None
) -> dict[str, Any]:
    """The variables of an access log that a response has."""
    reason = error.reason if error else None
    # Of a proxy integration: the status of Lambda itself, not that of the function's response.
    status = None if integration is None else 200 if reason is None else response.status
    return {
        "dataProcessed": len(response.body),
        "error.message": error.message if error else None,
        "error.messageString": f'"{error.message}"' if error else None,
        "integration.error": reason,
        "integration.integrationStatus": status,
        "integration.latency": None if integration is None else int(integration),
        "integration.status": None if integration is None or error else response.status,
        "integrationErrorMessage": reason,
        "integrationLatency": None if integration is None else int(integration),
        "integrationStatus": status,
        "responseLatency": int(latency),
        "responseLength": len(response.body),
        "status": response.status,
    }
