"""Invoking: who may, which version, synchronously or through the queue. The part that other engines
use.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from functools import cached_property

from botocore.awsrequest import HeadersDict
from moto.core.model import OperationModel
from moto.core.utils import get_service_model

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError, access_denied, not_emulated
from localcloud.gateway.http import Request
from localcloud.gateway.identify import Call
from localcloud.gateway.ledger import Entry
from localcloud.gateway.principals import Principal
from localcloud.lambda_ import limits
from localcloud.lambda_.execution import Executor, Outcome
from localcloud.lambda_.model import Registry
from localcloud.lambda_.names import FunctionRef, parse_function
from localcloud.lambda_.policy import allows_service
from localcloud.lambda_.queue import AsyncQueue, QueuedEvent
from localcloud.lambda_.sandbox import Event


@dataclass(frozen=True)
class InvokeResult:
    """What Invoke answers. ``function_error`` is None or ``Unhandled``, the payload then says what
    went wrong.
    """

    status: int
    payload: bytes
    executed_version: str
    request_id: str
    function_error: str | None = None
    log: str = ""

    @property
    def log_tail(self) -> bytes:
        return self.log.encode()[-limits.LOG_TAIL_BYTES :]


class Lambda:
    """Functions, as the rest of the local cloud sees them."""

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
        client_context: str | None = None,
    ) -> InvokeResult:
        """Invoke as ``principal``, without HTTP; ``function`` is a name or an ARN, qualified or
        not.

        A service (``service_principal(…)``) is judged by the function's resource policy, anybody
        else by the gateway's judges, as if the call had come through the gateway; the ledger
        records it likewise. Raises ApiError (AccessDeniedException, ResourceNotFoundException,
        TooManyRequestsException …) and ConnectionCut.
        """
        ref = parse_function(function, region)
        outcome, status = "InternalFailure", 500
        try:
            if principal.service:
                self._check_resource_policy(ref, principal)
            else:
                self._judge(ref, principal, invocation_type, region)
            result = self.invoke_unjudged(ref, payload, invocation_type, client_context)
            outcome, status = "ok", result.status
        except ApiError as error:
            outcome, status = error.code, error.status or 400
            raise
        finally:
            arn = _arn(self.registry, ref)
            self._cloud.ledger.record(
                Entry(
                    self._cloud.clock.now(),
                    ref.region,
                    principal.arn,
                    "lambda:Invoke",
                    arn,
                    outcome,
                    status,
                )
            )
        return result

    def invoke_unjudged(
        self,
        ref: FunctionRef,
        payload: bytes,
        invocation_type: str,
        client_context: str | None = None,
    ) -> InvokeResult:
        """For callers that were judged already."""
        function = self.registry.function(ref)
        version = function.version(ref.qualifier)
        if invocation_type == "DryRun":
            return InvokeResult(204, b"", version.number, str(uuid.uuid4()))
        _check_size(payload, invocation_type)
        event = Event(
            request_id=str(uuid.uuid4()),
            payload=payload or b"{}",
            function_arn=function.arn(ref.qualifier),
            client_context=client_context if invocation_type == "RequestResponse" else None,
            trace_id=_trace_id(self._cloud.clock.now()),
        )
        if invocation_type == "Event":
            self.queue.put(QueuedEvent(ref, event))
            return InvokeResult(202, b"", version.number, event.request_id)
        outcome = self.executor.run(function, version, event)
        return _result(outcome)

    def resource_policy(
        self, region: str, name: str, qualifier: str | None = None
    ) -> dict[str, object] | None:
        """The policy document of a function (or of one of its qualifiers), for judges; None if it
        has none.
        """
        function = self.registry.functions(region).get(name)
        statements = function.statements.get(qualifier) if function else None
        return policy_document(statements) if statements else None

    def _check_resource_policy(self, ref: FunctionRef, principal: Principal) -> None:
        function = self.registry.function(ref)
        if not allows_service(
            function.statements.get(ref.qualifier, ()), principal, function.account
        ):
            raise access_denied(
                principal.arn,
                "lambda:InvokeFunction",
                function.arn(ref.qualifier),
                "because no resource-based policy allows the lambda:InvokeFunction action",
            )

    def _judge(
        self, ref: FunctionRef, principal: Principal, invocation_type: str, region: str
    ) -> None:
        host = f"https://lambda.{region}.amazonaws.com"
        url = f"{host}/2015-03-31/functions/{ref.name}/invocations"
        headers = HeadersDict({"X-Amz-Invocation-Type": invocation_type})
        call = Call(Request("POST", url, headers), "lambda", region, principal, self._operation)
        name = _arn(self.registry, ref)
        # Known here; parsing it out of the request again would cost more than the judges do.
        call.__dict__["params"] = {"FunctionName": name, "InvocationType": invocation_type}
        call.path_params = {"FunctionName": name}
        for check in self._cloud.gateway.checks:
            check(call)

    @cached_property
    def _operation(self) -> OperationModel:
        model: OperationModel = get_service_model("lambda").operation_model("Invoke")
        return model


def policy_document(statements: list[dict[str, object]]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Id": "default", "Statement": statements}


def _arn(registry: Registry, ref: FunctionRef) -> str:
    arn = f"arn:aws:lambda:{ref.region}:{registry.account}:function:{ref.name}"
    return f"{arn}:{ref.qualifier}" if ref.qualifier else arn


def _check_size(payload: bytes, invocation_type: str) -> None:
    if invocation_type not in ("RequestResponse", "Event"):
        raise not_emulated(f"the Lambda invocation type {invocation_type}")
    limit = limits.ASYNC_REQUEST_BYTES if invocation_type == "Event" else limits.SYNC_REQUEST_BYTES
    if len(payload) > limit:
        raise ApiError(
            "RequestTooLargeException",
            f"Request must be smaller than {limit} bytes for the InvokeFunction operation",
        )


def check_json(payload: bytes) -> None:
    """Lambda parses an event before it takes it."""
    try:
        json.loads(payload or b"{}")
    except ValueError as error:
        raise ApiError(
            "InvalidRequestContentException", f"Could not parse request body into json: {error}"
        ) from error


def _trace_id(now: float) -> str:
    """https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader,
    not sampled.
    """
    random = uuid.uuid4().hex
    return f"Root=1-{int(now):08x}-{random[:24]};Parent={random[16:]};Sampled=0"


def _result(outcome: Outcome) -> InvokeResult:
    return InvokeResult(
        200,
        outcome.payload,
        outcome.version.number,
        outcome.request_id,
        "Unhandled" if outcome.failure else None,
        outcome.log,
    )
