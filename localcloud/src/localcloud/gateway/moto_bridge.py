"""Hands a call to moto, which answers for services that are not emulated here."""

import json
import logging
import re
import threading
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import Any

from moto.backend_index import backend_url_patterns
from moto.backends import get_backend
from moto.core.request import Request
from moto.ec2.exceptions import FilterNotImplementedError
from werkzeug.exceptions import HTTPException

from localcloud.gateway.check_parameters import missing_member
from localcloud.gateway.errors import not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.moto_errors import error_for
from localcloud.gateway.undo import undone_if_it_fails
from localcloud.settings import ACCOUNT_ID

log = logging.getLogger(__name__)
# moto's backends are not made for threads: each service takes one call at a time.
_locks: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)


def service_lock(service: str) -> threading.RLock:
    """The lock to hold while reading or writing moto's backend of ``service``."""
    return _locks[service]


def dispatch(call: Call) -> Response:
    """moto's response; an error that names the operation if moto does not have it."""
    parts = call.request.parts
    url = f"{parts.scheme}://{parts.netloc}{parts.path or '/'}"
    handler = _handler(url)
    if handler is None:
        raise not_emulated(f"the service at {parts.netloc} ({call.action})")
    request = _without_nulls(call)
    try:
        with service_lock(call.service), undone_if_it_fails(call):
            result = handler(request, request.raw_url, request.headers)
    except HTTPException as error:
        result = error.code, dict(error.get_headers()), error.get_body()
    except FilterNotImplementedError as error:
        raise not_emulated(f"this filter of {call.action} ({error})") from error
    except NotImplementedError as error:
        missing = not_emulated(f"the operation {call.action} ({error})")
        raise error_for(call.action, error) or missing from error
    except Exception as error:
        refusal = error_for(call.action, error)
        if refusal is None or missing_member(call, error):
            raise
        log.warning("moto raises %r for %s: answered as %s", error, call.action, refusal.code)
        raise refusal from error
    status, headers, body = result if isinstance(result, tuple) else (200, {}, result)
    plain = {str(name): _text(value) for name, value in dict(headers).items() if name != "status"}
    return Response(int(status), plain, body.encode() if isinstance(body, str) else body or b"")


def _without_nulls(call: Call) -> Request:
    """To AWS a null in JSON is as good as absent; moto would find it, or no JSON at all."""
    if "json" not in call.protocol:
        return call.moto_request
    body = call.moto_request.data
    if call.protocol == "json" and not body:
        return call.moto_request_of(b"{}")
    if b"null" not in body:
        return call.moto_request
    try:
        content = json.loads(body)
    except ValueError:
        return call.moto_request  # no JSON: the code of a function, for example
    return call.moto_request_of(json.dumps(_compact(content)).encode())


def _compact(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _compact(item) for key, item in value.items() if item is not None}
    return [_compact(item) for item in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _handler(url: str) -> Callable[..., Any] | None:
    for service, pattern in backend_url_patterns:
        if pattern.match(url):
            for path, handler in _urls(service):
                if path.match(url):
                    return handler
    return None


@cache
def _urls(service: str) -> list[tuple[re.Pattern[str], Callable[..., Any]]]:
    regions: Any = get_backend(service)[ACCOUNT_ID]  # type: ignore[call-overload]  # service names are literals in moto
    backend = regions["us-east-1" if "us-east-1" in regions else "aws"]
    return [(re.compile(path), handler) for path, handler in backend.urls.items()]
