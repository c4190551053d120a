"""The pipeline of every call: identify it, check it, answer it, tell the watchers."""

import logging
from collections import defaultdict
from collections.abc import Callable

from moto.core.exceptions import ServiceException

from localcloud.clock import Clock
from localcloud.cpu import CpuMeter
from localcloud.gateway import moto_bridge
from localcloud.gateway.answer import serialize
from localcloud.gateway.check_parameters import check_parameters, missing_member
from localcloud.gateway.errors import INTERNAL_FAILURE, ApiError
from localcloud.gateway.http import Request, Response
from localcloud.gateway.identify import Call, identify
from localcloud.gateway.ledger import Entry, Ledger
from localcloud.gateway.principals import ANONYMOUS, Principal, Principals, access_key_of
from localcloud.gateway.protocols import model_of
from localcloud.gateway.refused_members import check_members
from localcloud.gateway.vouched import check_vouched

log = logging.getLogger(__name__)

Handler = Callable[[Call], Response | None]
Check = Callable[[Call], None]
Watcher = Callable[[Call, Response], None]
Rewriter = Callable[[Request], Request]

_ANONYMOUS = Principal(arn=ANONYMOUS)


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
        self.checks: list[Check] = [check_vouched, check_parameters, check_members]
        # Before it is known who has signed.
        self.checks_of_signers: list[Check] = []
        self.rewriters: list[Rewriter] = []
        # They see every answer, an error of a service's handler too, and change nothing.
        self.meters: list[Watcher] = []
        # Services that also take requests without a signature.
        self.open_services: set[str] = set()
        # Set when the local cloud is closed: what is under way then has no answer.
        self.is_closing = False
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

    def refuse(self, request: Request, code: str, words: str, status: int) -> Response:
        """Answer with an error, whatever the call; its code is that of XML."""
        call = identify(request, _ANONYMOUS)
        code += "Exception" if "json" in call.protocol else ""
        response = serialize(call, ApiError(code, words, status))
        self._record(call, code, response.status)
        return response

    def _handle(self, request: Request, principal: Principal | None) -> Response:
        call = Call(request, "unknown", "unknown", principal or _ANONYMOUS)
        try:
            for rewrite in self.rewriters:
                request = rewrite(request)
            caller = principal or self._caller(request)
            call = identify(request, caller or _ANONYMOUS)
            if principal is None:
                for check in self.checks_of_signers:
                    check(call)
            response = self._checked(call, caller)
        except ServiceException as error:  # moto's, of which ours are a kind
            response = serialize(call, error)
            self._record(call, error.code, response.status)
            return response
        except ConnectionCut:
            self._record(call, "ConnectionCut", 0)
            raise
        except Exception as error:
            return self._failure(call, error)
        self._record(call, _outcome(response), response.status)
        for meter in self.meters:
            meter(call, response)
        return self._watched(call, response) if response.status < 300 else response

    def _checked(self, call: Call, caller: Principal | None) -> Response:
        is_open = call.service in self.open_services and access_key_of(call.request) is None
        if caller is None and not is_open:
            raise _unknown_caller(call)
        for check in self.checks:
            check(call)
        with self.cpu.part(call.service):
            return self._answer(call)

    def _watched(self, call: Call, response: Response) -> Response:
        try:
            for watcher in self._watchers[call.service]:
                watcher(call, response)
        except (ServiceException, ConnectionCut):
            raise
        except Exception as error:
            return self._failure(call, error)
        return response

    def _failure(self, call: Call, error: Exception) -> Response:
        """A defect of the local cloud must look like one: an error of one kind, and a trace."""
        if self.is_closing:
            raise ConnectionCut("the local cloud is being stopped") from error
        log.exception("call failed inside the local cloud", extra={"action": call.action})
        message = f"This is a defect of the local cloud, not of the call: {error!r}"
        response = serialize(call, ApiError(INTERNAL_FAILURE, message, 500))
        self._record(call, INTERNAL_FAILURE, response.status)
        return response

    def _caller(self, request: Request) -> Principal | None:
        key = access_key_of(request)
        return self._principals.by_key(key) if key else None

    def _answer(self, call: Call) -> Response:
        try:
            for handler in self._handlers[call.service]:
                if (response := handler(call)) is not None:
                    return response
            return moto_bridge.dispatch(call)
        except KeyError as error:
            if refusal := missing_member(call, error):
                raise refusal from error
            raise

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
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html, and S3's error list.

    The JSON protocol has 400 (https://github.com/architect/dynalite), those of HTTP 403. EC2:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    """
    model = model_of(call.service)
    is_query = model is None or "awsQueryCompatible" in model.metadata
    is_json = "json" in call.protocol and not is_query
    status = 400 if is_json and call.protocol == "json" else 403
    if access_key_of(call.request) is None:
        code = "MissingAuthenticationTokenException" if is_json else "MissingAuthenticationToken"
        return ApiError(code, "Request is missing Authentication Token", status)
    if call.service == "s3":
        words = "The AWS Access Key Id you provided does not exist in our records."
        return ApiError("InvalidAccessKeyId", words, 403)
    if call.service == "ec2":
        words = "AWS was not able to validate the provided access credentials"
        return ApiError("AuthFailure", words, 401)
    code = "UnrecognizedClientException" if is_json else "InvalidClientTokenId"
    return ApiError(code, "The security token included in the request is invalid.", status)


def _outcome(response: Response) -> str:
    if response.status < 400:
        return "ok"
    headers = {name.lower(): value for name, value in response.headers.items()}
    return headers.get("x-amzn-errortype") or f"HTTP {response.status}"
