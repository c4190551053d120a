"""Invoking a function: who may, synchronously or through the queue."""

import json
from functools import cached_property

from botocore.awsrequest import HeadersDict
from moto.core.model import OperationModel
from moto.core.utils import get_service_model

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError, access_denied, not_emulated
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Request
from localcloud.gateway.identify import Call
from localcloud.gateway.ledger import Entry
from localcloud.gateway.principals import Principal
from localcloud.identifiers import hexadecimal, request_id
from localcloud.lambda_ import limits
from localcloud.lambda_.arns import FunctionRef, function_arn, parse_function
from localcloud.lambda_.async_queue import AsyncQueue, QueuedEvent
from localcloud.lambda_.executor import Executor, InvokeResult
from localcloud.lambda_.model import Registry
from localcloud.lambda_.permissions import allows_service, policy_document
from localcloud.lambda_.sandbox import Event


class Lambda:
    """Functions, as the other services of the local cloud see them."""

    def __init__(
        self, cloud: Cloud, registry: Registry, executor: Executor, queue: AsyncQueue
    ) -> None:
        self._cloud = cloud
        self.registry = registry
        self.executor = executor
        self.queue = queue

    def invoke(
        self,
        function: str,
        payload: bytes,
        principal: Principal,
        *,
        region: str,
        invocation_type: str = "RequestResponse",
    ) -> InvokeResult:
        """Invoke as ``principal``, without HTTP; ``function`` is a name or ARN.

        A service (``service_principal(…)``) must be allowed by the function's resource policy;
        anybody else passes the gateway's checks, as if the call had come through the gateway. The
        ledger records both. Raises ApiError (AccessDeniedException, ResourceNotFoundException,
        TooManyRequestsException …) and ConnectionCut.
        """
        ref = parse_function(function, region)
        outcome, status = "InternalFailure", 500
        try:
            if principal.service:
                self._check_resource_policy(ref, principal)
            else:
                self._check_call(ref, principal, invocation_type, region)
            result = self.invoke_checked(ref, payload, invocation_type)
            outcome, status = "ok", result.status
        except ApiError as error:
            outcome, status = error.code, error.status or 400
            raise
        except ConnectionCut:
            outcome, status = "ConnectionCut", 0
            raise
        finally:
            now, arn = self._cloud.clock.now(), self._arn(ref)
            entry = Entry(now, ref.region, principal.arn, "lambda:Invoke", arn, outcome, status)
            self._cloud.ledger.record(entry)
        return result

    def invoke_checked(
        self, ref: FunctionRef, payload: bytes, invocation_type: str
    ) -> InvokeResult:
        """Invoke for a caller whose permissions were checked before."""
        function = self.registry.function(ref)
        version = function.latest
        if invocation_type == "DryRun":
            return InvokeResult(204, b"", version.number, request_id())
        _check_size(payload, invocation_type)
        event = Event(
            request_id=request_id(),
            payload=payload or b"{}",
            function_arn=function.arn,
            trace_id=_trace_id(self._cloud.clock.now()),
        )
        if invocation_type == "Event":
            self.queue.put(QueuedEvent(ref, event))
            return InvokeResult(202, b"", version.number, event.request_id)
        return self.executor.run(function, version, event)

    def resource_policy(self, ref: FunctionRef) -> str | None:
        """Return the policy of a function; None if it has none."""
        function = self.registry.functions[ref.region].get(ref.name)
        return policy_document(function.statements) if function and function.statements else None

    def _check_resource_policy(self, ref: FunctionRef, principal: Principal) -> None:
        function = self.registry.function(ref)
        arn = function.arn
        if not allows_service(function.statements, principal, arn):
            action = "lambda:InvokeFunction"
            reason = f"because no resource-based policy allows the {action} action"
            raise access_denied(principal.arn, action, arn, reason)

    def _check_call(
        self, ref: FunctionRef, principal: Principal, invocation_type: str, region: str
    ) -> None:
        host = f"https://lambda.{region}.amazonaws.com"
        url = f"{host}/2015-03-31/functions/{ref.name}/invocations"
        headers = HeadersDict({"X-Amz-Invocation-Type": invocation_type})
        call = Call(Request("POST", url, headers), "lambda", region, principal, self._operation)
        name = self._arn(ref)
        # Known here; parsing it out of the request again would cost more than the checks do.
        call.__dict__["params"] = {"FunctionName": name, "InvocationType": invocation_type}
        call.path_params = {"FunctionName": name}
        for check in self._cloud.gateway.checks:
            check(call)

    @cached_property
    def _operation(self) -> OperationModel:
        model: OperationModel = get_service_model("lambda").operation_model("Invoke")
        return model

    def _arn(self, ref: FunctionRef) -> str:
        return function_arn(ref.region, ref.name)


def _check_size(payload: bytes, invocation_type: str) -> None:
    if invocation_type not in ("RequestResponse", "Event"):
        raise not_emulated(f"the Lambda invocation type {invocation_type}")
    limit = limits.ASYNC_REQUEST_BYTES if invocation_type == "Event" else limits.SYNC_REQUEST_BYTES
    if len(payload) > limit:
        message = f"Request must be smaller than {limit} bytes for the InvokeFunction operation"
        raise ApiError("RequestTooLargeException", message)


def check_json(payload: bytes) -> None:
    """Parse an event, as Lambda does before it accepts it."""
    try:
        json.loads(payload or b"{}")
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise ApiError("InvalidRequestContentException", message) from error


def _trace_id(now: float) -> str:
    """Return the header of a trace that is not sampled.

    https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
    """
    return f"Root=1-{int(now):08x}-{hexadecimal(24)};Parent={hexadecimal(16)};Sampled=0"
