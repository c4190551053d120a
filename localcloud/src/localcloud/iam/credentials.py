"""The check of the keys, the age and the signature of a request."""

import time
from datetime import UTC, datetime
from functools import lru_cache

from localcloud.clock import Clock
from localcloud.gateway.authorization import Authorization
from localcloud.gateway.errors import ApiError, require
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import Principals, access_key_of
from localcloud.iam.refusals import (
    expired_token,
    incomplete_signature,
    invalid_token,
    wrong_signature,
)
from localcloud.iam.signature import is_signed

_FORMAT = "%Y%m%dT%H%M%SZ"
_SKEW_SECONDS = 15 * 60
_WEEK = 7 * 24 * 3600
_BAD_PARAMETERS = "AuthorizationQueryParametersError"
_PRESIGNED_PARAMETERS = (
    "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders",
    "X-Amz-Expires",
)  # fmt: skip


class CredentialsCheck:
    """Refuses expired keys, wrong session tokens, old signatures and URLs, bad signatures.

    Clients sign by real time, whatever the time of the local cloud.
    """

    def __init__(self, principals: Principals, clock: Clock) -> None:
        self._principals = principals
        self._clock = clock
        self._real_time = time.time

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
        if presigned and call.service == "s3":
            self._check_url(call)
        else:
            self._check_age(call)
        if call.service == "s3":
            _check_headers(call)
        if credentials.token:
            query = call.request.query.get("X-Amz-Security-Token", [""])
            token = query[0] if presigned else call.request.header("X-Amz-Security-Token")
            if token != credentials.token:
                raise invalid_token(call)
        if not is_signed(call, credentials):
            raise wrong_signature(call)

    def _check_url(self, call: Call) -> None:
        """https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html"""
        query = {name: values[0] for name, values in call.request.query.items()}
        for name in _PRESIGNED_PARAMETERS:
            words = (
                "Query-string authentication version 4 requires the X-Amz-Algorithm, "
                "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
                f"X-Amz-Expires parameters. Missing: {name}"
            )
            require(name in query, _BAD_PARAMETERS, words)
        is_number = query["X-Amz-Expires"].lstrip("-").isdigit()
        require(is_number, _BAD_PARAMETERS, "X-Amz-Expires should be a number")
        seconds = int(query["X-Amz-Expires"])
        require(seconds >= 0, _BAD_PARAMETERS, "X-Amz-Expires must be non-negative")
        words = (
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires "
            f"must be less than {_WEEK} seconds"
        )
        require(seconds <= _WEEK, _BAD_PARAMETERS, words)
        signed_at = _time_of(call, query["X-Amz-Date"])
        is_current = signed_at - _SKEW_SECONDS <= self._real_time()
        require(is_current, "AccessDenied", "Request is not yet valid", 403)
        is_valid = signed_at + seconds >= self._clock.now()
        require(is_valid, "AccessDenied", "Request has expired", 403)

    def _check_age(self, call: Call) -> None:
        """A signature is good for 15 minutes.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
        """
        now, authorization = self._real_time(), Authorization.of(call.request)
        date = authorization.time if authorization else ""
        skew = now - _time_of(call, date)
        if abs(skew) <= _SKEW_SECONDS:
            return
        if call.service == "s3":
            words = "The difference between the request time and the current time is too large."
            raise ApiError("RequestTimeTooSkewed", words, 403)
        problem, sign = f"Signature expired: {date} is now earlier", "-"
        limit = now - _SKEW_SECONDS
        if skew < 0:
            problem, sign = f"Signature not yet current: {date} is still later", "+"
            limit = now + _SKEW_SECONDS
        raise wrong_signature(call, f"{problem} than {_iso(limit)} ({_iso(now)} {sign} 15 min.)")


def _check_headers(call: Call) -> None:
    """Every x-amz header has to be signed.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    """
    authorization = Authorization.of(call.request)
    signed = authorization.signed_headers.split(";") if authorization else ()
    names = (name.lower() for name in call.request.headers)
    words = "There were headers present in the request which were not signed"
    are_signed = all(name in signed for name in names if name.startswith("x-amz-"))
    require(are_signed, "AccessDenied", words, 403)


def _iso(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).strftime(_FORMAT)


def _time_of(call: Call, date: str) -> float:
    try:
        return _parse(date)
    except ValueError:
        if call.service == "s3":
            words = "AWS authentication requires a valid Date or x-amz-date header"
            raise ApiError("AccessDenied", words, 403) from None
        words = f"Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"
        raise incomplete_signature(call, words) from None


@lru_cache(maxsize=16)
def _parse(date: str) -> float:
    """Signers write whole seconds: hundreds of requests have the same."""
    return datetime.strptime(date, _FORMAT).replace(tzinfo=UTC).timestamp()
