"""Calls the function of a Lambda proxy integration, as API Gateway."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.principals import service_principal
from localcloud.lambda_ import InvokeResult, Lambda
from localcloud.lambda_.arns import parse_function

_URI = re.compile(
    r"(?:arn:[a-z-]+:apigateway:[a-z0-9-]+:lambda:path/2015-03-31/functions/)?"
    r"(?P<function>arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[^/]+)(?:/invocations)?"
)
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
_MAX_SECONDS = 30.0


class TimedOut(Exception):
    """The integration did not answer in its time."""


def function_arn(uri: str) -> str:
    """The function of an IntegrationUri."""
    if match := _URI.fullmatch(uri):
        return match["function"]
    if ":lambda:" in uri:
        raise ApiError("BadRequestException", "Invalid function arn or invalid uri", 400)
    raise not_emulated(f"the integration {uri} of an HTTP API")


class LambdaIntegration:
    """Raises ApiError as Invoke does, and TimedOut."""

    def __init__(self, functions: Lambda) -> None:
        self._functions = functions
        self._threads = ThreadPoolExecutor(16, thread_name_prefix="apigatewayv2")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def call(
        self, integration: dict[str, Any], payload: bytes, source_arn: str, region: str
    ) -> InvokeResult:
        arn = function_arn(integration["IntegrationUri"])
        principal = service_principal("apigateway.amazonaws.com", source_arn)

        def invoke() -> InvokeResult:
            return self._functions.invoke(arn, payload, principal, region=region)

        seconds = float(integration.get("TimeoutInMillis") or _MAX_SECONDS * 1000) / 1000
        if self._may_take_longer(seconds, arn, region):
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
