"""Requests as clients send them, without a client."""

from __future__ import annotations

from botocore.awsrequest import HeadersDict

from localcloud.gateway.http import Request

# Of the operator, in the clouds of these tests: they do not check signatures.
KEY = "AKIAOPERATOR00000000"


def signed(
    url: str,
    scope: str,
    method: str = "POST",
    body: bytes = b"",
    key: str = KEY,
    **headers: str,
) -> Request:
    """``scope``: Region and service, as in ``us-east-1/states``; ``_`` in headers is ``-``."""
    credential = f"Credential={key}/20260101/{scope}/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=00"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method, url, HeadersDict({"Authorization": authorization, **named}), body)


def unsigned(url: str, method: str = "GET") -> Request:
    return Request(method, url, HeadersDict())
