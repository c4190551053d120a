"""The pipeline of every call: identify it, check it, answer it, tell the watchers."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable

from localcloud.clock import Clock
from localcloud.cpu import CpuMeter
from localcloud.gateway import moto_bridge
from localcloud.gateway.answer import serialize
from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Request, Response
from localcloud.gateway.identify import Call, identify
from localcloud.gateway.ledger import Entry, Ledger
from localcloud.gateway.principals import ANONYMOUS, Principal, Principals, access_key_of

log = logging.getLogger(__name__)

Handler = Callable[[Call], Response | None]
Check = Callable[[Call], None]
Watcher = Callable[[Call, Response], None]
Rewriter = Callable[[Request], Request]


class ConnectionCut(Exception):
    """There is no answer at all, as when there is no route: the proxy drops the connection."""


class Gateway:
    """Passes calls through rewriters of requests, checks that may raise, a handler, watchers."""

    def __init__(self, principals: Principals, ledger: Ledger, clock: Clock) -> None:
        self._principals = principals
        self._ledger = ledger
        self._clock = clock
        self._handlers: dict[str, list[Handler]] = defaultdict(list)
        self._watchers: dict[str, list[Watcher]] = defaultdict(list)
        self.checks: list[Check] = []
        self.rewriters: list[Rewriter] = []
        # Services that also take requests without a signature.
        self.open_services: set[str] = set()
        self.cpu = CpuMeter()

    def register(self, service: str, handler: Handler) -> None:
        """Add a handler; a call passes on to the next, in the end moto, if it returns None."""
        self._handlers[service].append(handler)

    def watch(self, service: str, watcher: Watcher) -> None:
        """Add a watcher of every successful call of ``service`` and its response."""
        self._watchers[service].append(watcher)

    def handle(self, request: Request, principal: Principal | None = None) -> Response:
        """Answer a request of ``principal``, by default the one who signed it.

        Raises ``ConnectionCut`` where AWS would not answer at all.
        """
        with self.cpu.part("gateway"):
            return self._handle(request, principal)

    def _handle(self, request: Request, principal: Principal | None) -> Response:
        for rewrite in self.rewriters:
            request = rewrite(request)
        caller = principal or self._caller(request)
        call = identify(request, caller or Principal(arn=ANONYMOUS))
        try:
            is_open = call.service in self.open_services and access_key_of(request) is None
            if caller is None and not is_open:
                raise _unknown_caller(call)
            for check in self.checks:
                check(call)
            with self.cpu.part(call.service):
                response = self._answer(call)
        except ApiError as error:
            response = serialize(call, error)
            self._record(call, error.code, response.status)
            return response
        except ConnectionCut:
            self._record(call, "ConnectionCut", 0)
            raise
        except Exception as error:
            # A defect of the local cloud must look like one: a 500 that names it, and a trace.
            log.exception("call failed inside the local cloud", extra={"action": call.action})
            response = serialize(call, ApiError("InternalFailure", f"local cloud: {error!r}", 500))
            self._record(call, "InternalFailure", response.status)
            return response
        self._record(call, _outcome(response), response.status)
        if response.status < 300:
            for watcher in self._watchers[call.service]:
                watcher(call, response)
        return response

    def _caller(self, request: Request) -> Principal | None:
        key = access_key_of(request)
        return self._principals.by_key(key) if key else None

    def _answer(self, call: Call) -> Response:
        for handler in self._handlers[call.service]:
            if (response := handler(call)) is not None:
                return response
        return moto_bridge.dispatch(call)

    def _record(self, call: Call, outcome: str, status: int) -> None:
        self._ledger.record(
            Entry(
                time=self._clock.now(),
                region=call.region,
                principal=call.principal.arn,
                action=call.action,
                resource=call.request.via or call.request.host + call.request.parts.path,
                outcome=outcome,
                status=status,
            )
        )


def _unknown_caller(call: Call) -> ApiError:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html, and S3's error list."""
    model = call.operation.service_model.metadata if call.operation else {"awsQueryCompatible": {}}
    is_json = "json" in call.protocol and "awsQueryCompatible" not in model
    if access_key_of(call.request) is None:
        code = "MissingAuthenticationTokenException" if is_json else "MissingAuthenticationToken"
        return ApiError(code, "Request is missing Authentication Token", 403)
    if call.service == "s3":
        words = "The AWS Access Key Id you provided does not exist in our records."
        return ApiError("InvalidAccessKeyId", words, 403)
    code = "UnrecognizedClientException" if is_json else "InvalidClientTokenId"
    return ApiError(code, "The security token included in the request is invalid.", 403)


def _outcome(response: Response) -> str:
    if response.status < 400:
        return "ok"
    headers = {name.lower(): value for name, value in response.headers.items()}
    return headers.get("x-amzn-errortype") or f"HTTP {response.status}"
