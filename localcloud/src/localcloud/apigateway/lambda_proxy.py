"""Calls the function of a Lambda proxy integration, as API Gateway or as the integration's role."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from localcloud.apigateway.proxy_event import ApiRequest, proxy_event
from localcloud.gateway.errors import not_emulated
from localcloud.gateway.principals import Principal, role_session, service_principal
from localcloud.lambda_ import InvokeResult, Lambda
from localcloud.lambda_.arns import parse_function

_URI = re.compile(
    r"arn:aws:apigateway:[a-z0-9-]+:lambda:path/2015-03-31/functions/(.+)/invocations"
)
_VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
MAX_SECONDS = 29.0


class TimedOut(Exception):
    """The integration did not answer in its time."""


class LambdaProxy:
    """Raises ApiError as Invoke does, and TimedOut."""

    def __init__(self, functions: Lambda) -> None:
        self._functions = functions
        self._threads = ThreadPoolExecutor(16, thread_name_prefix="apigateway")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def call(self, request: ApiRequest) -> InvokeResult:
        integration = request.match.route.integration
        if integration["type"] != "AWS_PROXY":
            raise not_emulated(f"the API Gateway integration type {integration['type']}")
        arn = _function_arn(integration["uri"], request.stage.variables)
        payload = json.dumps(proxy_event(request), separators=(",", ":")).encode()
        principal = _principal(request, integration)

        def invoke() -> InvokeResult:
            return self._functions.invoke(arn, payload, principal, region=request.region)

        seconds = float(integration.get("timeoutInMillis") or MAX_SECONDS * 1000) / 1000
        if self._may_take_longer(seconds, arn, request.region):
            try:
                return self._threads.submit(invoke).result(seconds)
            except FutureTimeout as error:
                raise TimedOut from error
        # Without a thread of its own, which costs more than a short call.
        start = time.monotonic()
        result = invoke()
        if time.monotonic() - start > seconds:
            raise TimedOut
        return result

    def _may_take_longer(self, seconds: float, arn: str, region: str) -> bool:
        ref = parse_function(arn, region)
        function = self._functions.registry.functions[ref.region].get(ref.name)
        return function is not None and function.latest.timeout > seconds


def _function_arn(uri: str, variables: dict[str, Any]) -> str:
    resolved = _VARIABLE.sub(lambda match: str(variables.get(match[1], "")), uri)
    match = _URI.fullmatch(resolved)
    if not match:
        raise not_emulated(f"the API Gateway integration {uri}")
    return match[1]


def _principal(request: ApiRequest, integration: dict[str, Any]) -> Principal:
    role = integration.get("credentials")
    if not role:
        source = (
            f"arn:aws:execute-api:{request.region}:{request.account}:{request.api.id}/"
            f"{request.stage.name}/{request.http.method.upper()}{request.match.route.resource_path}"
        )
        return service_principal("apigateway.amazonaws.com", source)
    if ":role/" not in role:
        raise not_emulated(f"the API Gateway integration credentials {role}")
    return role_session(role, "BackplaneAssumeRoleSession")
