"""execute-api: serves requests at deployed stages."""

import base64
import secrets
import threading
import time
import uuid

from moto.apigateway.models import RestAPI, Stage

from localcloud.apigateway import responses
from localcloud.apigateway.control_plane import backend
from localcloud.apigateway.lambda_proxy import LambdaProxy, TimedOut
from localcloud.apigateway.proxy_event import ApiRequest, Caller, write_access_log
from localcloud.apigateway.routes import Routes
from localcloud.cloud import Cloud
from localcloud.cloudwatch import cloudwatch_of
from localcloud.cloudwatch.metrics import Metric
from localcloud.gateway.errors import NOT_EMULATED, ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import Principal, access_key_of
from localcloud.iam import Authority, IamAuthorizer
from localcloud.usage.units import REST_REQUESTS

_MAX_BODY_BYTES = 10 * 1024 * 1024


class DataPlane:
    """Handler of ``execute-api``."""

    def __init__(self, cloud: Cloud, proxy: LambdaProxy) -> None:
        self._cloud = cloud
        self._account = cloud.settings.account_id
        self._proxy = proxy
        self._authorizer = cloud.find(IamAuthorizer)
        cloudwatch = cloudwatch_of(cloud)
        self._metrics = cloudwatch.metrics
        self._logs = cloudwatch.logs
        self._lock = threading.Lock()
        self._keys: dict[Principal, str] = {}
        self._deployed: dict[tuple[str, str, str], Routes] = {}

    def deploy(self, region: str, api_id: str, deployment_id: str) -> None:
        """Keep the API as it is now."""
        api = backend(self._account, region).get_rest_api(api_id)
        self._deployed[region, api_id, deployment_id] = Routes.of(api)

    def __call__(self, call: Call) -> Response:
        if self._authorizer and not call.principal.is_anonymous:
            self._authorizer.check(call)
        request_id = str(uuid.uuid4())
        extended_id = base64.b64encode(secrets.token_bytes(11)).decode()
        response = self._serve(call, request_id, extended_id)
        response.headers["x-amzn-RequestId"] = request_id
        response.headers["x-amz-apigw-id"] = extended_id
        return response

    def _serve(self, call: Call, request_id: str, extended_id: str) -> Response:
        start = self._cloud.clock.now()
        api_id = call.request.host.split(".", 1)[0]
        api = backend(self._account, call.region).apis.get(api_id)
        name, _, path = call.request.parts.path.lstrip("/").partition("/")
        stage = api.stages.get(name) if api else None
        if api is None or stage is None or api.disableExecuteApiEndpoint:
            return responses.FORBIDDEN.response()
        routes = self._deployed.get((call.region, api_id, str(stage.deployment_id)))
        match = routes.match(call.request.method.upper(), f"/{path}") if routes else None
        if match is None:
            self._count(call.region, api, stage, responses.MISSING_TOKEN.status, None)
            return responses.MISSING_TOKEN.response()
        if match.route.authorization == "NONE" and call.principal.is_anonymous and self._authorizer:
            self._authorizer.check_open_method(call)
        request = ApiRequest(
            http=call.request,
            caller=self._caller(call),
            account=self._account,
            region=call.region,
            api=api,
            stage=stage,
            match=match,
            path=f"/{path}",
            request_id=request_id,
            extended_id=extended_id,
            time=start,
        )
        return self._answer(request)

    def _answer(self, request: ApiRequest) -> Response:
        self._cloud.usage.add(REST_REQUESTS, request.region, request.api.name)
        start = time.monotonic()
        result = self._result(request)
        latency = (time.monotonic() - start) * 1000
        message = None
        if isinstance(result, responses.GatewayError):
            message, result = result.message, result.response()
        self._count(request.region, request.api, request.stage, result.status, latency)
        if (request.stage.access_log_settings or {}).get("destinationArn"):
            role = backend(self._account, request.region).get_account().cloudwatch_role_arn
            if role:
                write_access_log(self._logs, role, request, result, message, latency)
        return result

    def _result(self, request: ApiRequest) -> Response | responses.GatewayError:
        authorization = request.match.route.authorization
        if authorization not in ("AWS_IAM", "NONE"):
            raise not_emulated(f"the API Gateway authorization type {authorization}")
        if authorization == "AWS_IAM" and request.caller is None:
            return responses.MISSING_TOKEN
        if len(request.http.body) > _MAX_BODY_BYTES:
            return responses.TOO_LONG
        try:
            result = self._proxy.call(request)
            if result.function_error:
                return responses.BAD_RESULT
            return responses.response_of(result.payload)
        except TimedOut:
            return responses.TIMED_OUT
        except responses.MalformedResponse:
            return responses.BAD_RESULT
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

    def _count(
        self, region: str, api: RestAPI, stage: Stage, status: int, latency: float | None
    ) -> None:
        values: dict[str, tuple[float, str]] = {
            "Count": (1.0, "Count"),
            "4XXError": (float(400 <= status < 500), "Count"),
            "5XXError": (float(status >= 500), "Count"),
        }
        if latency is not None:
            values["Latency"] = values["IntegrationLatency"] = (latency, "Milliseconds")
        # AWS publishes them by ApiName alone, too; moto finds these by a part of their dimensions.
        dimensions = (("ApiName", api.name), ("Stage", str(stage.name)))
        for name, (value, unit) in values.items():
            metric = Metric(region, "AWS/ApiGateway", name, unit, dimensions)
            self._metrics.add(metric, value)
