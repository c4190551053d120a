"""Calls the function of a Lambda proxy integration, in API Gateway's name or with the integration's
role.
"""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from localcloud.apigateway.proxy_event import ApiRequest, proxy_event
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.principals import Principal, role_session, service_principal
from localcloud.lambda_ import InvokeResult, Lambda
from localcloud.lambda_.arns import parse_function

_URI = re.compile(
    r"arn:aws:apigateway:[a-z0-9-]+:lambda:path/2015-03-31/functions/(.+)/invocations"
)
_VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
LONGEST_SECONDS = 29.0


class TimedOut(Exception):
    """The integration did not answer in its time."""


class LambdaProxy:
    """Raises ApiError as Invoke does, and TimedOut."""

    def __init__(self, functions: Lambda) -> None:
        self._functions = functions
        self._slow = ThreadPoolExecutor(16, thread_name_prefix="apigateway")

    def close(self) -> None:
        self._slow.shutdown(wait=False, cancel_futures=True)

    def call(self, api_request: ApiRequest, region: str) -> InvokeResult:
        integration = api_request.match.route.integration
        if integration["type"] != "AWS_PROXY":
            raise not_emulated(f"the API Gateway integration type {integration['type']}")
        arn = _function_arn(integration["uri"], api_request.stage_variables)
        payload = json.dumps(proxy_event(api_request), separators=(",", ":")).encode()
        principal = _principal(api_request, integration, region)
        seconds = float(integration.get("timeoutInMillis") or LONGEST_SECONDS * 1000) / 1000
        return self._within(seconds, arn, payload, principal, region)

    def _within(
        self, seconds: float, arn: str, payload: bytes, principal: Principal, region: str
    ) -> InvokeResult:
        def invoke() -> InvokeResult:
            return self._functions.invoke(arn, payload, principal, region=region)

        if not self._may_outlast(seconds, arn, region):
            began = time.monotonic()
            result = invoke()
            if time.monotonic() - began > seconds:
                raise TimedOut
            return result
        # A thread of its own costs more than a short call does.
        try:
            return self._slow.submit(invoke).result(seconds)
        except FutureTimeout as late:
            raise TimedOut from late

    def _may_outlast(self, seconds: float, arn: str, region: str) -> bool:
        ref = parse_function(arn, region)
        function = self._functions.registry.functions(ref.region).get(ref.name)
        return function is not None and function.version(ref.qualifier).timeout > seconds


def _function_arn(uri: str, variables: dict[str, Any]) -> str:
    resolved = _VARIABLE.sub(lambda match: str(variables.get(match[1], "")), uri)
    match = _URI.fullmatch(resolved)
    if not match:
        raise not_emulated(f"the API Gateway integration {uri}")
    return match[1]


def _principal(api_request: ApiRequest, integration: dict[str, Any], region: str) -> Principal:
    role = integration.get("credentials")
    if not role:
        route = api_request.match.route
        source = (
            f"arn:aws:execute-api:{region}:{api_request.account}:{api_request.api_id}/{api_request.stage}/"
            f"{api_request.request.method.upper()}{route.resource_path}"
        )
        return service_principal("apigateway.amazonaws.com", source)
    if ":role/" not in role:
        raise not_emulated(f"the API Gateway integration credentials {role}")
    return role_session(role, "BackplaneAssumeRoleSession")


def refused(error: ApiError) -> bool:
    """Whether Invoke itself was refused; what is not emulated must stay loud."""
    return error.code != "LocalCloudNotEmulated"
