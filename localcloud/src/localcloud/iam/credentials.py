"""The check of the keys and the signature of a request."""

from __future__ import annotations

from datetime import UTC, datetime

from localcloud.clock import Clock
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import Principals, access_key_of
from localcloud.iam.refusals import expired_token, invalid_token, wrong_signature
from localcloud.iam.signature import is_signed


class CredentialsCheck:
    """Refuses expired keys, wrong session tokens, outdated presigned URLs, bad signatures."""

    def __init__(self, principals: Principals, clock: Clock) -> None:
        self._principals = principals
        self._clock = clock

    def __call__(self, call: Call) -> None:
        key = access_key_of(call.request)
        if key is None:
            return  # a service in its own name, or an anonymous caller
        credentials = self._principals.credentials(key)
        if credentials is None or self._principals.by_key(key) != call.principal:
            return
        if credentials.expires_at is not None and credentials.expires_at <= self._clock.now():
            raise expired_token(call)
        presigned = call.request.presigned
        if presigned:
            self._check_expiry(call)
        if credentials.token:
            query = call.request.query.get("X-Amz-Security-Token", [""])
            token = query[0] if presigned else call.request.header("X-Amz-Security-Token")
            if token != credentials.token:
                raise invalid_token(call)
        if not is_signed(call, credentials):
            raise wrong_signature(call)

    def _check_expiry(self, call: Call) -> None:
        query = call.request.query
        signed = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if signed.timestamp() + int(query["X-Amz-Expires"][0]) < self._clock.now():
            raise ApiError("AccessDenied", "Request has expired", 403)
