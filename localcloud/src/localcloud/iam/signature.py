"""Checks of Signature Version 4 and 4A.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
from functools import lru_cache
from urllib.parse import quote, unquote

from botocore.utils import normalize_url_path
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from localcloud.gateway.authorization import ASYMMETRIC, Authorization
from localcloud.gateway.http import Request
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import Credentials

_STREAMED = ("UNSIGNED-PAYLOAD", "STREAMING-")


def is_signed(call: Call, credentials: Credentials) -> bool:
    """Whether the secret of ``credentials`` has made the signature of the request."""
    authorization = Authorization.of(call.request)
    canonical = _canonical(call, authorization) if authorization else None
    if authorization is None or canonical is None:
        return False
    digest = _sha256(_bytes(canonical))
    scope = authorization.scope
    text = _bytes(f"{authorization.algorithm}\n{authorization.time}\n{scope}\n{digest}")
    if authorization.algorithm == ASYMMETRIC:
        key = _public_key(credentials.access_key, credentials.secret_key)
        try:
            key.verify(bytes.fromhex(authorization.signature), text, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):  # the latter if it is not hexadecimal
            return False
        return True
    signature = _hmac(_signing_key(credentials.secret_key, scope), text).hex()
    return hmac.compare_digest(signature.encode(), _bytes(authorization.signature))


def _canonical(call: Call, authorization: Authorization) -> str | None:
    """The canonical request; None if the body is not the one that was signed."""
    request = call.request
    payload = _payload_hash(request, authorization)
    if payload is None:
        return None
    path = request.parts.path or "/"
    if call.service not in ("s3", "s3control"):
        path = quote(normalize_url_path(path), safe="/~")
    parts = request.parts.query.split("&") if request.parts.query else []
    pairs = sorted(
        (name, value)
        for name, _, value in (_encoded(part).partition("=") for part in parts)
        if name != "X-Amz-Signature"
    )
    query = "&".join(f"{name}={value}" for name, value in pairs)
    names = authorization.signed_headers
    headers = "".join(f"{name}:{_header(request, name)}\n" for name in names.split(";"))
    return f"{request.method.upper()}\n{path}\n{query}\n{headers}\n{names}\n{payload}"


def _encoded(part: str) -> str:
    """As the signer encodes it; senders may write a plus, or leave some characters unencoded."""
    name, _, value = part.partition("=")
    return f"{quote(unquote(name), safe='~')}={quote(unquote(value), safe='~')}"


def _header(request: Request, name: str) -> str:
    if name == "host":
        return request.header("Host") or request.parts.netloc
    return " ".join(request.header(name).split())


def _payload_hash(request: Request, authorization: Authorization) -> str | None:
    declared = request.header("X-Amz-Content-SHA256")
    if declared.startswith(_STREAMED):
        return declared
    if not declared and authorization.presigned and "/s3/" in authorization.scope:
        return "UNSIGNED-PAYLOAD"
    computed = _sha256(request.body)
    return computed if declared in ("", computed) else None


def _bytes(text: str) -> bytes:
    """Of a request, whose headers may have bytes that are no UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _hmac(key: bytes, text: bytes) -> bytes:
    # Not hmac.digest: it lets another thread run first, however short the text is.
    return hmac.new(key, text, "sha256").digest()


@lru_cache(maxsize=1024)
def _signing_key(secret: str, scope: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = _hmac(key, _bytes(part))
    return key


@lru_cache(maxsize=256)
def _public_key(access_key: str, secret: str) -> ec.EllipticCurvePublicKey:
    """SigV4A derives a P-256 key from the pair of keys (NIST SP 800-108, counter mode)."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    for counter in range(1, 255):
        fixed = ASYMMETRIC.encode() + b"\0" + access_key.encode() + bytes([counter])
        block = b"\0\0\0\1" + fixed + (256).to_bytes(4, "big")
        candidate = int.from_bytes(_hmac(f"AWS4A{secret}".encode(), block), "big")
        if candidate <= order - 2:
            return ec.derive_private_key(candidate + 1, ec.SECP256R1()).public_key()
    raise ValueError("no key can be derived")  # one in 2**32 for each of 254 tries
