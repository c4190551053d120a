"""Invoke, and its settings: asynchronous invocation and reserved concurrency."""

import base64
from datetime import UTC, datetime
from typing import Any

from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.lambda_ import limits
from localcloud.lambda_.api.base import ApiBase, no_content
from localcloud.lambda_.arns import LATEST, parse_function
from localcloud.lambda_.errors import invalid_parameter, not_found
from localcloud.lambda_.invocation import check_json

_ASYNC_SETTINGS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")


class InvocationApi(ApiBase):
    def invoke(self, call: Call, **params: Any) -> Response:
        ref = parse_function(params["FunctionName"], call.region, params.get("Qualifier"))
        payload = call.request.body
        check_json(payload)
        invocation_type = params.get("InvocationType") or "RequestResponse"
        result = self._lambda.invoke_checked(ref, payload, invocation_type)
        headers = {
            "Content-Type": "application/json",
            "x-amzn-RequestId": result.request_id,
            "X-Amz-Executed-Version": result.executed_version,
        }
        if result.function_error:
            headers["X-Amz-Function-Error"] = result.function_error
        if params.get("LogType") == "Tail":
            tail = result.log.encode()[-limits.LOG_TAIL_BYTES :]
            headers["X-Amz-Log-Result"] = base64.b64encode(tail).decode()
        return Response(result.status, headers, result.payload)

    def put_function_event_invoke_config(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find(call, params)
        for kind in ("OnSuccess", "OnFailure"):
            if target := params.get("DestinationConfig", {}).get(kind, {}).get("Destination"):
                self._roles.may_send_to(function.latest.role, target)
        settings = {m: params[m] for m in _ASYNC_SETTINGS if params.get(m) is not None}
        arn = f"{function.arn}:{LATEST}"
        function.async_config = {**settings, "LastModified": datetime.now(UTC), "FunctionArn": arn}
        return function.async_config

    def get_function_event_invoke_config(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find(call, params)
        if not function.async_config:
            arn = f"{function.arn}:{LATEST}"
            raise not_found(f"The function {arn} doesn't have an EventInvokeConfig")
        return function.async_config

    def delete_function_event_invoke_config(self, call: Call, **params: Any) -> Response:
        self.get_function_event_invoke_config(call, **params)
        self._find(call, params).async_config = {}
        return no_content()

    def put_function_concurrency(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find(call, params)
        reserved = params["ReservedConcurrentExecutions"]
        with self._registry.lock:
            others = self._registry.reserved(call.region) - (function.reserved or 0)
            if self._quotas.concurrency - others - reserved < self._quotas.unreserved:
                raise invalid_parameter(
                    "Specified ReservedConcurrentExecutions for function decreases account's "
                    "UnreservedConcurrentExecution below its minimum value of "
                    f"[{self._quotas.unreserved}]."
                )
            function.reserved = reserved
        return {"ReservedConcurrentExecutions": reserved}

    def delete_function_concurrency(self, call: Call, **params: Any) -> Response:
        self._find(call, params).reserved = None
        return no_content()
