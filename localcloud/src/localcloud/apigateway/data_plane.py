"""execute-api: what happens to a request at a deployed stage."""

from __future__ import annotations

import base64
import secrets
import threading
import time
import uuid

from moto.apigateway.models import RestAPI, Stage

from localcloud.apigateway import access_log, rest_apis
from localcloud.apigateway.lambda_proxy import LambdaProxy, TimedOut, refused
from localcloud.apigateway.proxy_event import ApiRequest, Caller
from localcloud.apigateway.proxy_response import MalformedResponse, response_of
from localcloud.apigateway.routes import Routes
from localcloud.cloud import Cloud
from localcloud.cloudwatch import cloudwatch_of, namespaces
from localcloud.cloudwatch.metrics import Metric
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import Principal, access_key_of

_LONGEST_BODY = 10 * 1024 * 1024


class DataPlane:
    """Handler of ``execute-api``. IAM has judged the call before, if it was signed."""

    def __init__(self, cloud: Cloud, proxy: LambdaProxy) -> None:
        self._cloud = cloud
        self._account = cloud.settings.account_id
        self._proxy = proxy
        self._metrics = cloudwatch_of(cloud).metrics
        self._logs = cloudwatch_of(cloud).logs
        self._lock = threading.Lock()
        self._keys: dict[Principal, str] = {}
        self._deployed: dict[tuple[str, str, str], Routes] = {}

    def deploy(self, region: str, api_id: str, deployment_id: str) -> None:
        """Keep the API as it is now."""
        api = rest_apis.backend(self._account, region).get_rest_api(api_id)
        self._deployed[region, api_id, deployment_id] = Routes.of(api)

    def __call__(self, call: Call) -> Response:
        request_id, extended_id = str(uuid.uuid4()), _extended_id()
        response = self._serve(call, request_id, extended_id)
        response.headers["x-amzn-RequestId"] = request_id
        response.headers["x-amz-apigw-id"] = extended_id
        return response

    def _serve(self, call: Call, request_id: str, extended_id: str) -> Response:
        began = self._cloud.clock.now()
        api_id = call.request.host.split(".", 1)[0]
        api = rest_apis.backend(self._account, call.region).apis.get(api_id)
        name, _, rest = call.request.parts.path.lstrip("/").partition("/")
        stage = api.stages.get(name) if api else None
        if api is None or stage is None or api.disableExecuteApiEndpoint:
            return _error(403, "Forbidden", "ForbiddenException")
        routes = self._deployed.get((call.region, api_id, str(stage.deployment_id)))
        match = routes.match(call.request.method.upper(), "/" + rest) if routes else None
        if match is None:
            response = _error(
                403, "Missing Authentication Token", "MissingAuthenticationTokenException"
            )
            self._count(call.region, api.name, name, response.status, None)
            return response
        api_request = ApiRequest(
            request=call.request,
            caller=self._caller(call),
            account=self._account,
            api_id=api_id,
            stage=name,
            deployment_id=str(stage.deployment_id),
            stage_variables=stage.variables,
            binary_types=api.binaryMediaTypes,
            match=match,
            path="/" + rest,
            request_id=request_id,
            extended_id=extended_id,
            at=began,
        )
        return self._answer(api_request, call.region, api, stage)

    def _answer(self, api_request: ApiRequest, region: str, api: RestAPI, stage: Stage) -> Response:
        started = time.monotonic()
        response, problem = self._respond(api_request, region)
        latency = (time.monotonic() - started) * 1000
        self._count(region, api.name, api_request.stage, response.status, latency)
        if stage.access_log_settings and stage.access_log_settings.get("destinationArn"):
            values = {
                "status": response.status,
                "responseLatency": int(latency),
                "integrationLatency": int(latency),
                "responseLength": len(response.body),
                "error.message": problem,
                "error.messageString": f'"{problem}"' if problem else None,
            }
            role = rest_apis.backend(self._account, region).get_account().cloudwatch_role_arn
            if role:
                access_log.write(self._logs, stage.access_log_settings, role, api_request, values)
        return response

    def _respond(self, api_request: ApiRequest, region: str) -> tuple[Response, str | None]:
        """The response, and $context.error.message if API Gateway made it itself."""
        authorization = api_request.match.route.authorization
        if authorization not in ("AWS_IAM", "NONE"):
            raise not_emulated(f"the API Gateway authorization type {authorization}")
        if authorization == "AWS_IAM" and api_request.caller is None:
            return _problem(
                403, "Missing Authentication Token", "MissingAuthenticationTokenException"
            )
        if len(api_request.request.body) > _LONGEST_BODY:
            return _problem(413, "Request Too Long", "RequestTooLargeException")
        try:
            result = self._proxy.call(api_request, region)
        except TimedOut:
            return _problem(504, "Endpoint request timed out", "InternalServerErrorException")
        except ApiError as error:
            if not refused(error):
                raise
            # "Execution failed due to configuration error: Invalid permissions on Lambda function"
            return _problem(500, "Internal server error", "InternalServerErrorException")
        if result.function_error:
            return _problem(502, "Internal server error", "InternalServerErrorException")
        try:
            accept = api_request.request.header("Accept")
            return response_of(result.payload, accept, api_request.binary_types), None
        except MalformedResponse:
            # "Execution failed due to configuration error: MalformedResponse Lambda proxy response"
            return _problem(502, "Internal server error", "InternalServerErrorException")

    def _caller(self, call: Call) -> Caller | None:
        """Who signed; None for a request without a signature."""
        principal = call.principal
        if principal.arn == "anonymous":
            return None
        key = access_key_of(call.request)
        if key is None:  # an engine that calls without HTTP
            with self._lock:
                if principal not in self._keys:
                    self._keys[principal] = self._cloud.principals.issue(principal).access_key
                key = self._keys[principal]
        return Caller(principal.arn, key, self._user_id(principal))

    def _user_id(self, principal: Principal) -> str | None:
        """The unique id that AWS shows for the caller, if this cloud has IAM."""
        from localcloud.iam import Authority  # late: a cloud without IAM must not need it

        try:
            keys = self._cloud.get(Authority).keys_of(principal)
        except KeyError:
            return None
        found = keys.get("aws:userid")
        return str(found) if found else None

    def _count(self, region: str, api: str, stage: str, status: int, latency: float | None) -> None:
        numbers: dict[str, tuple[float, str]] = {
            "Count": (1.0, "Count"),
            "4XXError": (float(400 <= status < 500), "Count"),
            "5XXError": (float(status >= 500), "Count"),
        }
        if latency is not None:
            numbers["Latency"] = numbers["IntegrationLatency"] = (latency, "Milliseconds")
        # AWS publishes them by ApiName alone, too; moto finds these by a part of their dimensions.
        dimensions = (("ApiName", api), ("Stage", stage))
        for name, (value, unit) in numbers.items():
            metric = Metric(region, namespaces.API_GATEWAY, name, unit, dimensions)
            self._metrics.add(metric, value)


def _problem(status: int, message: str, kind: str) -> tuple[Response, str]:
    return _error(status, message, kind), message


def _error(status: int, message: str, kind: str) -> Response:
    """A gateway response, in API Gateway's own form."""
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": kind}
    return Response(status, headers, f'{{"message":"{message}"}}'.encode())


def _extended_id() -> str:
    return base64.b64encode(secrets.token_bytes(11)).decode()
